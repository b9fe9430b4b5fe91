"""Complete response as an endpoint: a lesion written by hand, and what each declaration makes of it."""

import pandas as pd
import pytest
from handwritten import RECIST, all_of, scans

from oligomet.declarations import Months
from oligomet.outcomes.best_complete_response import assess_complete_responses
from oligomet.schemas import TABLES, conform
from oligomet.trial_declarations import CompleteResponse

BASELINE = "2019-01-02 baseline 24mm"
GONE = scans(BASELINE, "2019-04-11 18mm", "2019-07-10 gone", "2019-10-08 gone")  # 60, 150 and 240 days


def judged(lesion, therapy=None, dead=None, reader=None, **declared) -> pd.DataFrame:
    """Every row of the lesions; `therapy` and `dead` are days of the first patient, `reader` what was called."""
    lesions, measurements = lesion
    if reader is not None:
        measurements = measurements.assign(called=reader)
    first = {"patient_id": lesions["patient_id"].iloc[:1]}
    therapies = pd.DataFrame({**first, "start_date": pd.to_datetime([therapy])}).dropna()
    events = pd.DataFrame({**first, "event": "death", "date": dead}).dropna()
    events = conform(events, TABLES["outcomes/events"])
    sections = (
        CompleteResponse(reader=None if reader is None else "called", **declared),
        RECIST,
        Months(days_per_month=30),
    )
    return assess_complete_responses(lesions, measurements, therapies, events, *sections)


def one(*args, by="measured", systemic_therapy="ignored", **kwargs) -> pd.Series:
    found = judged(*args, **kwargs)
    chosen = found[(found["by"] == by) & (found["systemic_therapy"] == systemic_therapy)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def test_the_first_imaging_without_the_lesion_is_the_complete_response():
    row = one(GONE)
    assert (row["complete"], row["days_after_radiotherapy"], row["cause"]) == (1, 150, 1)
    assert row["months"] == pytest.approx(150 / 30)
    assert row["source"] == "imaging.csv:4"


def test_what_is_seen_outside_the_window_is_not_the_response():
    row = one(GONE, within_days=(20, 100))
    assert (row["complete"], row["cause"], row["months"]) == (0, 0, 2)


@pytest.mark.parametrize(("days", "complete"), [(90, 1), (91, 0)])
def test_a_response_may_have_to_be_confirmed_so_much_later(days, complete):
    row = one(GONE, confirmed_after_days=days)
    assert row["complete"] == complete
    assert row["why"] == ("complete response" if complete else "not confirmed")


def test_another_response_in_between_confirms_nothing():
    back = scans(BASELINE, "2019-04-11 gone", "2019-05-11 4mm", "2019-07-10 gone")
    assert one(back, confirmed_after_days=28)["complete"] == 0  # 4 mm after a complete response is progression


def test_what_follows_progression_is_not_its_response():
    row = one(scans(BASELINE, "2019-04-11 35mm", "2019-07-10 gone"))
    assert (row["complete"], row["cause"], row["months"]) == (0, 2, 2)


def test_a_lesion_that_was_never_imaged_is_not_evaluable_and_no_complete_response():
    row = one(scans(BASELINE))
    assert pd.isna(row["complete"])
    assert (row["best"], row["why"], row["months"]) == ("NE", "no imaging counts", 0)


def test_only_declared_modalities_count_and_a_site_may_have_its_own():
    by_mri = scans(BASELINE, "2019-04-11 18mm mri", "2019-07-10 gone")
    assert one(by_mri)["complete"] == 1
    assert one(by_mri, modalities=["mri"])["complete"] == 0
    assert one(by_mri, modalities=["ct"], modalities_at={"pelvic": ["mri"]})["complete"] == 0


def test_systemic_therapy_before_the_response_is_taken_in_three_ways():
    found = judged(GONE, therapy="2019-06-01").set_index("systemic_therapy")
    assert found["complete"].to_dict() == {"ignored": 1, "excluded after": 0, "composite": 0}
    assert found["cause"].to_dict() == {"ignored": 1, "excluded after": 0, "composite": 2}
    assert found["therapy_first"].eq(1).all()
    assert found.loc["composite", "months"] == pytest.approx(
        (pd.Timestamp("2019-06-01") - pd.Timestamp("2019-02-10")).days / 30
    )
    assert found.loc["composite", "why"] == "systemic therapy before a complete response"


def test_systemic_therapy_after_the_response_changes_nothing():
    found = judged(GONE, therapy="2019-08-01")
    assert found["complete"].eq(1).all()
    assert found["therapy_first"].eq(0).all()


def test_therapy_before_any_imaging_leaves_nothing_to_evaluate_but_a_failure_of_the_composite():
    found = judged(GONE, therapy="2019-03-01").set_index("systemic_therapy")["complete"]
    assert pd.isna(found["excluded after"])
    assert found["composite"] == 0


def test_death_makes_a_complete_response_impossible_within_the_window_only():
    smaller = scans(BASELINE, "2019-04-11 18mm")
    row = one(smaller, dead="2019-08-10")
    assert (row["cause"], row["months"]) == (2, pytest.approx(181 / 30))
    later = one(smaller, dead="2020-08-10")
    assert (later["cause"], later["months"]) == (0, 2)


def test_the_reader_is_judged_by_the_same_rules():
    called = [None, "PR", "CR", "CR"]
    row = one(GONE, reader=called, by="reader")
    assert (row["complete"], row["days_after_radiotherapy"]) == (1, 150)
    both = judged(GONE, reader=called)
    assert sorted(both["by"].unique()) == ["measured", "reader"]


def test_who_decides_must_be_declared():
    with pytest.raises(ValueError, match="by: reader needs reader"):
        CompleteResponse(by="reader")


def test_lesions_stay_apart():
    two = all_of(GONE, scans(BASELINE, "2019-04-11 20mm", lesion="P2-L1"))
    found = judged(two)
    found = found[found["systemic_therapy"] == "ignored"].set_index("lesion_id")
    assert found["complete"].to_dict() == {"P1-L1": 1, "P2-L1": 0}
