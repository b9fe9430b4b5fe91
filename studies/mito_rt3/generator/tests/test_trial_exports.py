"""The committed exports of the trial: read as they are meant, and with the truth in them that went in."""

import importlib.util
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oligomet.cohort.build import build_cohort
from oligomet.cohort.parse import parse_column
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence
from oligomet.extract.readers import extract_sources
from oligomet.outcomes.best_complete_response import assess_complete_responses
from oligomet.outcomes.endpoints import derive_times
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import find_scans
from oligomet.outcomes.recist import assess_responses
from oligomet.protocol.deviations import find_deviations
from oligomet.protocol.due_scans import find_due_scans
from oligomet.study import read_study
from oligomet.variables import columns_of

FOLDER = Path(__file__).parents[2]
STUDY = read_study(FOLDER / "study.yaml")
TRUTH = pd.read_csv(FOLDER / "truth/truth.csv").set_index("name")["value"]
LIMITS = 3  # standard errors


@cache
def part(name: str):
    """A module of this generator, whose name another study's has as well."""
    spec = importlib.util.spec_from_file_location(f"trial_{name}", FOLDER / f"generator/{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def cohort() -> dict:
    return build_cohort(extract_sources(STUDY, FOLDER / "raw"), STUDY, PUBLIC_KEY)


@cache
def events() -> pd.DataFrame:
    responses = assess_responses(cohort()["lesions"], cohort()["measurements"], STUDY.response)
    return collect_events(cohort(), responses, STUDY)


@cache
def times() -> pd.DataFrame:
    subjects = cohort()["patients"], cohort()["lesions"]
    scans = find_scans(cohort()["lesions"], cohort()["measurements"], STUDY.response)
    return derive_times(*subjects, events(), scans, STUDY)


@pytest.mark.parametrize("centre", ["C01", "C02", "C03", "C04", "C05", "C06"])
def test_every_word_of_a_centre_means_its_code_and_no_other(centre):
    roles = ("patients", "therapies", "lesions", "plans", "measurements", "follow_up", "toxicities")
    places = {
        column.terms: (role, name)
        for role in roles
        for name, column in columns_of(role, STUDY.variables).items()
        if column.terms
    }
    for vocabulary, codes in part("words").WORDS[centre].items():
        if vocabulary in places:
            expected = [code for code, words in codes.items() for _ in words]
            cells = pd.Series([word for words in codes.values() for word in words], dtype="string")
            assert parse_column(cells, *places[vocabulary], STUDY)[0].fillna("?").tolist() == expected


def test_the_trial_has_its_lesions_and_each_exclusion_its_reason():
    lesions, screened = cohort()["lesions"], cohort()["screened"]
    true = part("parameters")
    assert len(lesions) == true.LESIONS and lesions["nodal"].sum() == true.NODES
    assert (screened["rule"] == "brca_known").sum() == 6
    assert set(screened["centre"]) == set(true.CENTRES)
    assert set(screened["rule"].dropna()) == {rule.id for rule in STUDY.eligibility}


def test_every_raw_row_is_accounted_for():
    accounting = cohort()["accounting"]
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all()
    assert (accounting["quarantined"] > 0).all()


def test_dates_units_and_decimal_signs_of_all_centres_are_read_alike():
    lesions = cohort()["lesions"].assign(centre=lambda it: it["source"].str.slice(1, 3).astype(int))
    by_centre = lesions.groupby("centre").agg(gtv=("gtv_diameter_cm", "median"), dose=("ptv_dose_gy", "median"))
    assert by_centre["gtv"].between(1.2, 4).all() and by_centre["dose"].between(30, 50).all()
    assert ((lesions["end_date"] - lesions["start_date"]).dt.days < 31).all()


def test_deviations_are_those_that_were_planted():
    true = part("parameters")
    kinds = find_deviations(cohort()["lesions"], cohort()["measurements"], STUDY)["kind"].value_counts()
    outside = sum(times for (number, dose), times in true.DEVIATING.items() if not 30 <= number * dose <= 50)
    assert kinds["dose"] == outside
    assert kinds["fractions"] == sum(times for (number, _), times in true.DEVIATING.items() if number == 4)
    assert 0 < kinds["days"] <= 4 * true.INTERRUPTED


def test_missed_scans_are_as_frequent_as_they_were_made():
    due = find_due_scans(cohort()["patients"], cohort()["measurements"], cohort()["follow_up"], STUDY.imaging_schedule)
    centre = cohort()["screened"].set_index("patient_id")["centre"]
    at, missed = due["patient_id"].map(centre).astype(object), (due["status"] == "missed").astype(float)
    for name, one in part("parameters").CENTRES.items():
        found = missed[at == name]
        error = np.sqrt(0.25 / len(found))
        planted = one.missed + one.late / 2  # one that is very late stands for the next, or is done by then
        assert one.missed - LIMITS * error < found.mean() < planted + LIMITS * error


@pytest.mark.parametrize("name, endpoint", [("os", "OS"), ("pfs", "PFS"), ("late_toxicity_free", "LTFS")])
@pytest.mark.parametrize("months", [12, 24])
def test_survival_comes_to_the_truth(name, endpoint, months):
    of = times()[times()["endpoint"] == endpoint]
    found = kaplan_meier(of["months"], of["event"], interval="plain").at([months]).iloc[0]
    delay = 0.04 if endpoint == "PFS" else 0  # what scans find is found later than it began
    difference = found["survival"] - TRUTH[f"{name}_{months}"]
    assert -LIMITS * found["std_error"] < difference < LIMITS * found["std_error"] + delay


@pytest.mark.parametrize("months", [12, 24])
def test_local_failure_comes_to_the_truth_with_death_competing(months):
    of = times()[times()["endpoint"] == "LC"]
    found = cumulative_incidence(of["months"], of["event"] + 2 * of["competing"], cluster=of["patient_id"]).at([months])
    difference = found["incidence"].iloc[0] - TRUTH[f"local_failure_{months}"]
    assert abs(difference) < LIMITS * found["std_error"].iloc[0] + 0.02


@pytest.mark.parametrize("nodal, name", [(None, "complete"), (1, "complete_nodal"), (0, "complete_parenchyma")])
def test_complete_response_comes_to_the_truth(nodal, name):
    declared = STUDY.complete_response.model_copy(update={"by": "measured", "systemic_therapy": "ignored"})
    tables = (cohort()[name] for name in ("lesions", "measurements", "therapies"))
    found = assess_complete_responses(*tables, events(), declared, STUDY.response, STUDY.months)
    found = found[(found["by"] == "measured") & (found["systemic_therapy"] == "ignored")].set_index("lesion_id")
    kind = cohort()["lesions"].set_index("lesion_id")["nodal"]
    complete = found["complete"].dropna()
    complete = complete if nodal is None else complete[complete.index.map(kind) == nodal]
    error = np.sqrt(2 * TRUTH[name] * (1 - TRUTH[name]) / len(complete))  # lesions of a patient are alike
    assert abs(complete.mean() - TRUTH[name]) < LIMITS * error
