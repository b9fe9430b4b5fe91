"""A date without a day is given one by a rule, and the analysis is repeated with the first and the last there is."""

import pandas as pd
import pytest
from ward import STUDY, build, contact, extract

from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.estimates.partial_dates import estimate_partial_dates
from oligomet.outcomes.other_dates import derive_other_dates

PARSING = STUDY.parsing.model_copy(update={"partial_dates": "middle"})
MIDDLE = STUDY.model_copy(update={"parsing": PARSING})
FOLLOWED = [contact(), contact(date="2020-06", status="dead")]


def test_the_times_are_told_with_both():
    assert MIDDLE.has_other_dates and not STUDY.has_other_dates
    times = derive_other_dates(extract(MIDDLE, follow_up=FOLLOWED), MIDDLE, PUBLIC_KEY)
    survival = times[times["endpoint"] == "OS"].set_index("partial_dates")
    days = {rule: str(day.date()) for rule, day in survival["end_date"].items()}
    assert days == {"first": "2020-06-01", "last": "2020-06-30"} and survival["event"].tolist() == [1, 1]


def test_and_what_is_found_with_both_stands_beside_the_result():
    patients = pd.DataFrame({"patient_id": list("abcdef"), "metastases": [1, 1, 1, 2, 2, 2]})
    patients = patients.astype({"patient_id": "string", "metastases": "Int64"})
    of = {"endpoint": "OS", "unit": "patient", "competing": 0, "event": 1, "why": "death"}
    times = patients[["patient_id"]].assign(subject_id=patients["patient_id"], **of)
    times["months"] = [20.0, 30.0, 12.0, 5.0, 14.0, 25.0]
    moved = times.assign(months=times["months"] + [6, 0, 0, 0, 0, 0])
    other = pd.concat([times.assign(partial_dates="first"), moved.assign(partial_dates="last")], ignore_index=True)
    analyses = STUDY.analyses.model_copy(update={"compare": {"OS": ["lesion_count"]}, "multivariable": {}})
    study = MIDDLE.model_copy(update={"endpoints": {"OS": STUDY.endpoints["OS"]}, "analyses": analyses})
    quarantine = build(MIDDLE, follow_up=FOLLOWED)["quarantine"]
    found = estimate_partial_dates(quarantine, times, other, patients, patients, study)
    assert found["analysis"].unique().tolist() == ["partial_dates"]
    by = found.set_index("statistic")["estimate"]
    assert by["count"] == 1
    medians = found[found["statistic"] == "median"].set_index("timing")["estimate"].to_dict()
    assert medians == {"partial dates: first day": 17, "partial dates: last day": 19.5}
    first, last = by["hazard_ratio"]
    assert first != last
    assert by["largest_ratio_of_ratios"] == pytest.approx(max(first / last, last / first))
    assert found.duplicated(["statistic", "endpoint", "factor", "group", "timing", "time_months"]).sum() == 0
