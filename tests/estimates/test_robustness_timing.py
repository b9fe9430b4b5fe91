"""Follow-up timed otherwise: which choices there are, what they are of, and that one is varied at a time."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from robust_cohort import draw, study

from asked import row, rows
from oligomet.declarations import Months
from oligomet.estimates.methods.interval_censored import weibull
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.robustness.choices import Choice, list_choices, list_timings
from oligomet.estimates.robustness.specifications import estimate_specifications
from oligomet.estimates.robustness.timing import bounds, estimate_timing, timed
from oligomet.estimates.robustness.verdicts import primary_choice, published_choice
from oligomet.schemas import ESTIMATE_KEY, validate

IMAGING = "censored at last imaging"


def retimed():
    declared = study(censoring={"LRFS": ["last_imaging"], "LRFS_lesion": ["last_imaging"]})
    declared.months = Months(days_per_month=30, round_endpoints_to=1)
    return declared


STUDY = retimed()


def seen_less(times, lost="P00"):
    """Who had no event is censored ten days before; one of them has never been imaged."""
    found = times[times["endpoint"].isin(STUDY.robustness.censoring)].drop(columns="free_days")
    free = found["event"] == 0
    found = found.assign(days=(found["days"] - 10 * free).astype(float), reason=None)
    found["months"] = np.round(found["days"] / 30)
    unseen = free & found["patient_id"].eq(lost)
    return found.assign(
        days=found["days"].mask(unseen), months=found["months"].mask(unseen),
        reason=found["reason"].mask(unseen, "last imaging before radiotherapy end"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def cohort():
    times, *others = draw(seed=3, patients=60)
    lost = times["patient_id"].eq("P00")
    return times.assign(event=times["event"].mask(lost, 0)), *others


@pytest.fixture(scope="module")
def found(cohort):
    times, patients, lesions, _ = cohort
    return estimate_timing(times, patients, lesions, STUDY, seen_less(times))


def test_an_endpoint_is_timed_otherwise_as_far_as_it_can_be():
    assert list_timings("LRFS", STUDY) == [IMAGING, "unrounded", "interval"]
    assert list_timings("OS", STUDY) == ["unrounded"]  # nobody looks for a death
    assert list_timings("OS", study()) == []  # nor are times rounded there


def test_timing_is_varied_one_way_at_a_time_around_the_plain_and_the_corrected_analysis():
    around = (published_choice("LRFS", "gtv", STUDY), primary_choice("LRFS", "gtv", STUDY))
    otherwise = [choice for choice in list_choices("LRFS", "gtv", STUDY) if choice.timing != "declared"]
    assert otherwise == [
        *(replace(around[0], timing=timing) for timing in (IMAGING, "unrounded", "interval")),
        *(replace(around[1], timing=timing) for timing in (IMAGING, "unrounded")),
    ]


def test_a_response_that_counts_from_a_landmark_has_exact_times_already():
    otherwise = [choice for choice in list_choices("OS", "response", STUDY) if choice.timing != "declared"]
    assert {choice.clock for choice in otherwise} == {"start"}


def test_rates_under_each_decision_are_those_of_their_times(cohort, found):
    times = cohort[0]
    validate(found, "estimates")
    assert not found.duplicated(ESTIMATE_KEY).any()
    of = times[times["endpoint"] == "LRFS"]
    less = seen_less(times).dropna(subset=["days"])
    expected = {
        IMAGING: kaplan_meier(*less.loc[less["endpoint"] == "LRFS", ["months", "event"]].T.to_numpy()),
        "unrounded": kaplan_meier(of["days"] / 30, of["event"]),
    }
    for timing, curve in expected.items():
        one = row(found, endpoint="LRFS", timing=timing, statistic="survival", time_months=12)
        assert one["estimate"] == pytest.approx(curve.at(12)["survival"].item())
    declared = kaplan_meier(of["months"], of["event"]).at(12)["survival"].item()
    between = row(found, endpoint="LRFS", timing="interval", statistic="survival", time_months=12)
    assert 0 < between["estimate"] < declared  # an event may have come long before it was found
    assert pd.isna(between["conf_low"])


def test_who_cannot_be_censored_there_is_set_aside_and_counted(cohort, found):
    aside = rows(found, statistic="set_aside").set_index("endpoint")
    lesions = cohort[2]["patient_id"].eq("P00").sum()
    assert aside.loc["LRFS", ["events", "n"]].tolist() == [1, 60]
    assert aside.loc["LRFS_lesion", "events"] == lesions
    assert set(aside["method"]) == {"last imaging before radiotherapy end"}


def test_an_event_on_the_first_day_lies_within_it(cohort):
    times, patients, lesions, _ = cohort
    first = times.index[(times["endpoint"] == "LRFS") & (times["event"] == 1)][0]
    times = times.copy()
    times.loc[first, ["days", "months", "free_days"]] = 0
    frame = timed("LRFS", "interval", times, patients, lesions, STUDY)
    lower, upper = bounds(frame)
    name = times.loc[first, "subject_id"]
    assert (lower[name], upper[name]) == (0, 0.5 / 30)
    assert np.isinf(upper[frame["event"] == 0]).all()
    assert (lower < upper).all()
    weibull((frame[["age_years"]] < 60).astype(float), lower, upper)


def test_the_specifications_hold_the_other_times(cohort):
    found = estimate_specifications(*cohort, STUDY, seen_less(cohort[0]))
    plain = Choice(ties="breslow")
    exact = row(found, endpoint="LRFS", factor="age", **Choice(ties="breslow", timing="unrounded").where)
    other = row(found, endpoint="LRFS", factor="age", **plain.where)
    assert exact["estimate"] != other["estimate"]
    assert exact["estimate"] == pytest.approx(other["estimate"], rel=0.1)
    intervals = row(found, endpoint="LRFS", factor="age", **Choice(ties="breslow", timing="interval").where)
    assert intervals["method"] == "patients, alone, Weibull, events between two images"
    assert intervals["estimate"] == pytest.approx(other["estimate"], rel=0.4)
    aside = row(found, endpoint="LRFS", factor="age", **Choice(ties="breslow", timing=IMAGING).where)
    assert (aside["n"], other["n"]) == (59, 60)
