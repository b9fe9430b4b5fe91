"""The synthetic cohort carries the published numbers, through the whole chain, and could have been one of patients.

It is generated once, at the study's own seed; exported, read, cleaned and analysed as any other.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from all_outcomes import derive_outcomes
from generator import targets
from generator.cohort import generate
from generator.dose import bed10
from generator.measure import measure
from generator.screened import BROKEN
from generator.words import WORDS
from oligomet.book import Book
from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.survival import estimate_survival
from oligomet.extract.readers import extract_sources
from oligomet.schemas import DTYPES, SOURCES
from oligomet.study import read_study
from oligomet.synthetic.hospital import export

STUDY = read_study(Path(__file__).parents[2] / "study.yaml")


@dataclass(frozen=True)
class Made:
    """The generator's clean tables by role, and what cohort and outcomes make of the exports of these."""

    records: dict[str, pd.DataFrame]
    cohort: dict[str, pd.DataFrame]
    outcomes: dict[str, pd.DataFrame]

    @property
    def courses(self) -> pd.DataFrame:
        """A row a patient: the first and the last fraction of those who were irradiated."""
        return self.records["plans"].groupby("patient_id").agg(start=("start_date", "min"), end=("end_date", "max"))


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Made:
    records = generate(STUDY)
    raw = tmp_path_factory.mktemp("raw")
    export(records, STUDY, WORDS, raw)
    cohort = build_cohort(extract_sources(STUDY, raw), STUDY, PUBLIC_KEY)
    return Made(records, cohort, derive_outcomes(cohort, STUDY))


@pytest.fixture(scope="session")
def measured(made) -> dict[str, float]:
    return measure(made.outcomes, STUDY)


def test_every_published_number_is_met(measured):
    found = targets.check(measured)
    assert found["met"].all(), "\n" + found[~found["met"]].to_string()


def test_a_number_out_of_tolerance_and_a_missing_one_are_not_met(measured):
    wrong = {**measured, "OS at 12 months, all": 67.6}
    del wrong["age, mean"]
    found = targets.check(wrong).set_index("target")["met"]
    assert set(found.index[~found]) == {"OS at 12 months, all", "age, mean"}


def test_what_is_measured_is_what_the_workflow_estimates(made, measured):
    tables = made.outcomes["times"], made.outcomes["patients"], made.outcomes["lesions"]
    survival, models = Book(estimate_survival(*tables, STUDY)), Book(estimate_regression(*tables, STUDY))
    for group in targets.OVERALL_SURVIVAL:
        factor, name = group.split(", ") if ", " in group else (None, None)
        for month in targets.LANDMARKS:
            where = {"analysis": "survival", "endpoint": "OS", "factor": factor, "group": name, "time_months": month}
            estimate = survival.one(**where, statistic="survival").estimate
            assert 100 * estimate == pytest.approx(measured[f"OS at {month} months, {group}"], abs=1e-9)
    for factor in targets.HAZARD_RATIOS:
        where = {"analysis": "cox_univariable", "endpoint": "OS", "factor": factor, "statistic": "hazard_ratio"}
        found = models.one(**where).estimate
        ratio = measured[f"OS, hazard ratio, {factor}"]
        assert found == pytest.approx(ratio, abs=1e-6) or found == pytest.approx(1 / ratio, abs=1e-6)
    for endpoint, factors in STUDY.analyses.compare.items():
        for factor in factors:
            test = survival.one(analysis="logrank", endpoint=endpoint, factor=factor)
            assert test.p_value == pytest.approx(measured[f"{endpoint}, p, {factor}"], abs=1e-9)


@pytest.mark.parametrize("role", SOURCES)
def test_tables_are_clean(made, role):
    table, columns = made.records[role], SOURCES[role]
    assert list(table) == list(columns)
    assert not table.duplicated(STUDY.sources[role].key).any()
    for name, column in columns.items():
        values = table[name].dropna()
        assert table[name].dtype == DTYPES[column.kind]
        assert len(values) == len(table) or not column.required
        assert not column.terms or set(values) <= set(STUDY.terms[column.terms])
        assert column.at_least is None or (values >= column.at_least).all()
        assert column.at_most is None or (values <= column.at_most).all()


def test_a_life_is_in_order(made):
    patients = made.records["patients"].set_index("patient_id")
    restaging, start = patients["screening_date"], made.courses["start"]
    courses = made.records["therapies"]
    before = courses[courses["reason"] != "after_radiotherapy"]
    first_line = before[before["reason"] == "first_line"].groupby("patient_id")["start_date"].min()
    operated = made.records["surgeries"].groupby("patient_id")["date"].min()
    assert ((first_line - patients["birth_date"]).dropna() > pd.Timedelta(days=365 * 15)).all()
    assert ((first_line - operated).dropna().dt.days > 0).all()
    assert (courses["end_date"] >= courses["start_date"])[courses["end_date"].notna()].all()
    assert (before["relapse_date"] > before["end_date"])[before["relapse_date"].notna()].all()
    for column in ("end_date", "relapse_date"):
        assert not (before[column] >= before["patient_id"].map(restaging)).any()
    assert (start - restaging).dropna().dt.days.between(7, 28).all()


def test_nothing_is_recorded_after_the_last_contact_or_the_data_cut(made):
    last = made.records["follow_up"].groupby("patient_id")["date"].max()
    assert last.max() <= pd.Timestamp(STUDY.data_cut)
    for role, dates in (
        ("measurements", ["date"]),
        ("therapies", ["start_date", "end_date"]),
        ("toxicities", ["onset_date"]),
    ):
        table = made.records[role]
        followed = table[table["patient_id"].isin(made.cohort["screened"].index) | table["patient_id"].isin(last.index)]
        for date in dates:
            assert not (followed[date] > followed["patient_id"].map(last)).any()
    ended = made.records["follow_up"].sort_values("date").groupby("patient_id")["status"]
    assert (ended.apply(lambda status: status.iloc[:-1].eq("alive").all())).all()


def test_lesions_recur_only_where_imaging_shows_it(made):
    contacts = made.records["follow_up"]
    named = contacts[contacts["in_field_recurrence"] == 1]
    assert named["in_field_lesions"].notna().all()
    lesions = named.assign(lesion_number=named["in_field_lesions"].str.split(";")).explode("lesion_number")
    lesions["lesion_number"] = lesions["lesion_number"].astype("Int64")
    scans = made.records["measurements"]
    assert len(lesions.merge(scans, on=["patient_id", "lesion_number", "date"])) == len(lesions)
    assert (made.outcomes["times"].query("endpoint == 'LRFS_lesion'")["event"] == 1).sum() > 80


def test_plans_fit_their_days_and_the_printed_limits(made):
    plans = made.records["plans"]
    days = np.busday_count(
        plans["start_date"].to_numpy().astype("datetime64[D]"), plans["end_date"].to_numpy().astype("datetime64[D]")
    )
    assert (days + 1 == plans["fractions"]).all()
    for level in ("ptv", "pgtv"):
        total = plans["fractions"].astype(float) * plans[f"{level}_fraction_gy"]
        assert (total - plans[f"{level}_dose_gy"]).abs().max() < 1e-3
    analysed = plans[plans["patient_id"].isin(made.courses.index) & plans["fractions"].notna()]
    ordinary = analysed[bed10(analysed).between(28.5, 115)]
    assert len(analysed) - len(ordinary) == 2
    assert ordinary["ptv_dose_gy"].between(24, 50.4).all()
    assert ordinary["pgtv_dose_gy"].dropna().between(40, 60).all()
    stereotactic = analysed[analysed["technique"] == "sbrt"]
    assert stereotactic["fractions"].between(6, 10).all() and (stereotactic["ptv_fraction_gy"] >= 5).all()


def test_who_was_screened_out_breaks_the_rule_meant(made):
    screened = made.cohort["screened"]
    assert screened["eligible"].sum() == targets.PATIENTS
    assert screened["rule"].value_counts().to_dict() == BROKEN
    assert set(BROKEN) == {rule.id for rule in STUDY.eligibility}


def test_best_response_differs_from_the_first_for_a_minority(made):
    lesions = made.outcomes["lesions"]
    differs = (lesions["response"] != lesions["best_response"]).mean()
    assert 0.02 < differs < 0.25
