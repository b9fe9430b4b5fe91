"""Guarantee-time bias: a patient must live to respond."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from robust_cohort import START, draw, study

from asked import row
from oligomet.estimates.design import chosen, design
from oligomet.estimates.factor_levels import subjects
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.robustness.landmark import (
    as_assessed,
    assessed_on,
    estimate_landmark,
    exact,
    fit_assessed,
    from_landmark,
)

STUDY = study()
OPTIONS = {"ties": "efron", "confidence": 0.95}


def ward(*people):
    """'P1 Yes 50 200 1': patient, response, day it was assessed, day of the end, death; - for never assessed."""
    parts = [one.split() for one in people]
    seen = [np.nan if part[2] == "-" else int(part[2]) for part in parts]
    frame = pd.DataFrame({
        "patient_id": [part[0] for part in parts], "objective_response": [part[1] == "Yes" for part in parts],
        "days": [int(part[3]) for part in parts], "event": [int(part[4]) for part in parts], "start_date": START,
    })  # fmt: skip
    frame["objective_response"] = frame["objective_response"].astype("Int64")
    known = pd.Series(START + pd.to_timedelta(seen, unit="D"), index=frame["patient_id"]).dropna()
    return design(exact(frame, known, 30), chosen(STUDY, ["response"]))


FIVE = ("P1 Yes 50 300 1", "P2 No 60 80 1", "P3 Yes 100 400 0", "P4 No 30 200 1", "P5 No - 150 1")


def test_the_landmark_keeps_who_lives_and_is_known_there_and_starts_the_clock():
    kept = from_landmark(ward(*FIVE), 3)  # day 90: P2 is dead, P3 not yet assessed, P5 never
    assert list(kept.frame["patient_id"]) == ["P1", "P4"]
    assert list(kept.frame["months"] * 30) == pytest.approx([210, 110])
    assert list(kept.indicators.iloc[:, 0]) == [1, 0]


def test_a_landmark_after_everyone_has_a_reason():
    with pytest.raises(Undefined, match="nobody followed beyond 20"):
        from_landmark(ward(*FIVE), 20)


def test_time_before_the_assessment_belongs_to_neither_group():
    parts = as_assessed(ward(*FIVE), ["response: Yes vs No"])
    assert parts.n == 5
    told = parts.frame.assign(yes=parts.indicators["response: Yes vs No"])
    of_first = told[told["patient_id"] == "P1"]
    assert list(of_first["start"] * 30) == pytest.approx([0, 50])
    assert list(of_first["yes"]) == [0, 1]
    assert list(of_first["event"]) == [0, 1]
    assert (told["patient_id"] == "P5").sum() == 1  # never assessed: one part, in the state before it


def test_a_death_on_the_last_day_of_radiotherapy_leaves_the_analysis_of_the_others():
    people = [f"P{n} {'Yes' if n % 2 else 'No'} {20 + n} {30 + 13 * n % 200} {int(n % 3 > 0)}" for n in range(30)]
    alone, with_death = (
        as_assessed(ward(*some), ["response: Yes vs No"]) for some in (people, [*people, "P30 No - 0 1"])
    )
    assert (with_death.n, with_death.frame["event"].sum()) == (31, alone.frame["event"].sum() + 1)
    died = with_death.frame[with_death.frame["patient_id"] == "P30"]
    assert list(died["assessed"]) == [0]  # in the state before the assessment, of which nothing is asked
    without, later = (fit_assessed(parts, None, **OPTIONS) for parts in (alone, with_death))
    assert later.log_ratio.iloc[0] == pytest.approx(without.log_ratio.iloc[0])


def test_the_rows_of_a_cohort_with_a_death_on_the_first_day_are_there():
    times, *others = draw(seed=2, patients=60)
    first = times.index[times["endpoint"] == "OS"][0]
    times.loc[first, ["days", "months", "event"]] = 0, 0.0, 1
    one = row(estimate_landmark(times, *others, STUDY), statistic="time_dependent_hazard_ratio")
    naive = row(estimate_landmark(times, *others, STUDY), statistic="naive_hazard_ratio")
    assert one["conf_low"] < one["estimate"] < one["conf_high"]
    assert (one["n"], one["events"]) == (naive["n"], naive["events"])


def test_known_from_the_first_day_it_is_the_naive_analysis():
    people = [f"P{n} {'Yes' if n % 2 else 'No'} 0 {30 + 13 * n % 200} {int(n % 3 > 0)}" for n in range(30)]
    of = ward(*people)
    parts = as_assessed(of, ["response: Yes vs No"])
    late = fit_assessed(parts, None, **OPTIONS)
    assert late.log_ratio.iloc[0] == pytest.approx(cox(of.indicators, *of.followed).log_ratio.iloc[0])


def test_response_that_only_tells_who_lived_predicts_nothing_once_time_is_counted():
    """Whoever lives beyond day 60 is assessed then and responds by chance; who dies before has not responded."""
    rng = np.random.default_rng(8)
    days = rng.exponential(120, 3000).astype(int) + 1
    people = [
        f"P{n} {'Yes' if day > 60 and rng.random() < 0.5 else 'No'} {60 if day > 60 else '-'} {day} 1"
        for n, day in enumerate(days)
    ]
    of = ward(*people)
    naive = cox(of.indicators, *of.followed).table.iloc[0]
    assert naive["conf_high"] < 0.85
    kept = from_landmark(of, 2)
    assert abs(cox(kept.indicators, *kept.followed).table["z"].iloc[0]) < 2.6
    parts = as_assessed(of, ["response: Yes vs No"])
    assert abs(fit_assessed(parts, None, **OPTIONS).table["z"].iloc[0]) < 2.6


def test_a_patient_is_known_when_the_last_evaluable_lesion_is():
    responses = pd.DataFrame({
        "patient_id": ["P1", "P1", "P1", "P2"], "assessment": ["first", "first", "best", "first"],
        "response": ["PR", "SD", "PR", "NE"],
        "date": pd.to_datetime(["2020-02-01", "2020-03-01", "2020-09-01", None]),
    })  # fmt: skip
    assert assessed_on(responses).to_dict() == {"P1": pd.Timestamp("2020-03-01")}


def test_rows_hold_the_landmark_and_who_is_left():
    times, patients, lesions, responses = draw(seed=2, patients=60)
    found = estimate_landmark(times, patients, lesions, responses, STUDY)
    naive = row(found, statistic="naive_hazard_ratio")
    late = row(found, statistic="landmark_hazard_ratio", time_months=4)
    known = subjects("OS", "patient", times, patients, lesions)["objective_response"].notna().sum()
    assert naive["n"] == known
    assert late["n"] < known
    assert late["population"] == "followed beyond 4 months"


def test_of_lesions_each_response_is_known_on_its_own_day_and_patients_are_clusters():
    rng = np.random.default_rng(3)
    lesions = pd.DataFrame({"lesion_id": [f"P{at // 2}-L{at % 2}" for at in range(80)]})
    lesions = lesions.assign(
        patient_id=lesions["lesion_id"].str.split("-").str[0], objective_response=rng.integers(0, 2, 80), response="PR"
    ).astype({"objective_response": "Int64"})
    days = (200 + 400 * rng.random(80) + 200 * lesions["objective_response"].astype(int)).round().astype(int)
    times = lesions[["patient_id"]].assign(
        subject_id=lesions["lesion_id"], endpoint="LC", unit="lesion", start_date=START, days=days, months=days / 30,
        event=rng.integers(0, 2, 80), competing=0, free_days=days,
    )  # fmt: skip
    seen = START + pd.to_timedelta(rng.integers(40, 140, 80), unit="D")
    responses = lesions[["lesion_id", "patient_id", "response"]].assign(assessment="first", date=seen)
    assert assessed_on(responses, "lesion_id").to_dict() == dict(zip(lesions["lesion_id"], seen, strict=True))

    endpoints = {"LC": STUDY.endpoints["LRFS_lesion"]}
    asked = {"headline": {"LC": ["response"]}, "response_factors": ["response"]}
    robustness = STUDY.robustness.model_copy(update=asked)
    declared = SimpleNamespace(**{**vars(STUDY), "endpoints": endpoints, "robustness": robustness})
    patients = pd.DataFrame({"patient_id": lesions["patient_id"].unique()})
    found = estimate_landmark(times, patients, lesions, responses, declared)
    landmark = robustness.landmarks_months[0]
    here = row(found, statistic="landmark_hazard_ratio", time_months=landmark)
    assert here.unit == "lesion"

    kept = (seen <= START + pd.Timedelta(days=landmark * 30)) & (days > landmark * 30)
    of = lesions[kept]
    indicator = (of["objective_response"] == 1).astype(int).to_frame("x")
    ties = {"ties": STUDY.analyses.ties}
    args = (indicator, days[kept] / 30 - landmark, times["event"][kept])
    clustered = cox(*args, cluster=of["patient_id"], **ties).table.iloc[0]
    ratio = here.estimate if here.group == "Yes" else 1 / here.estimate
    assert here.n == kept.sum() and ratio == pytest.approx(clustered["estimate"], rel=1e-6)
