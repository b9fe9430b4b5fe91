"""What must hold for any patient: RECIST against a reading of the rules in whole millimetres, one lesion at a time."""

from collections import Counter

import pandas as pd
from handwritten import RECIST, all_of, cohort_of, patient, scans, scans_of, study
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oligomet.outcomes.characteristics import derive_patients
from oligomet.outcomes.endpoints import derive_times
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.recist import assess_imaging, assess_responses
from oligomet.schemas import RESPONSES, validate

START, END = pd.Timestamp("2019-01-10"), pd.Timestamp("2019-02-10")
DAY = st.one_of(st.integers(-70, 10), st.integers(40, 140), st.integers(40, 450))  # from the first fraction
SIZE = st.one_of(st.integers(5, 30), st.sampled_from(["gone", "seen"]))  # mm
SCANS = st.lists(
    st.tuples(DAY, SIZE, st.sampled_from(["ct", "mri"])), max_size=8, unique_by=lambda scan: (scan[0], scan[2])
)
LESIONS = st.lists(st.tuples(st.sampled_from(["pelvic", "node"]), SCANS), min_size=1, max_size=4)


def noted(site, imaging, lesion="P1-L1"):
    lines = [
        f"{START + pd.Timedelta(days=day):%Y-%m-%d} {size if isinstance(size, str) else f'{size}mm'} {modality}"
        for day, size, modality in imaging
    ]
    return scans(*lines, site=site, lesion=lesion)


def tables(lesions):
    return all_of(*(noted(site, imaging, f"P1-L{number}") for number, (site, imaging) in enumerate(lesions, start=1)))


def read_by_hand(site, imaging, growth_after_cr):
    """First and best response of one lesion, in integers of millimetres."""
    node = site == "node"
    used = Counter(modality for _, _, modality in imaging)
    size = {(day, modality): 0 if mm == "gone" else mm for day, mm, modality in imaging}
    before = sorted((mm != "seen", day, used[m], -ord(m[0]), mm) for (day, m), mm in size.items() if -60 <= day <= 7)
    if not before or before[-1][-1] == "seen" or before[-1][-1] < (15 if node else 10):
        return "NE", "NE"
    _, baseline_day, _, modality, baseline = before[-1]
    nadir, had_cr, shown = baseline, False, []
    for day in sorted({day for day, _ in size if day > baseline_day}):
        *_, mm = max((mm != "seen", -ord(m[0]) == modality, used[m], mm) for (d, m), mm in size.items() if d == day)
        if mm == "seen":
            continue
        complete = mm < 10 if node else mm == 0
        if complete:
            response = "CR"
        elif (had_cr and growth_after_cr == "PD") or (10 * mm >= 12 * nadir and mm - nadir >= 5):
            response = "PD"
        else:
            response = "PR" if 10 * mm <= 7 * baseline else "SD"
        shown.append((day - 31, response))
        nadir, had_cr = min(nadir, mm), had_cr or complete
    first = next((response for day, response in shown if 20 <= day <= 100), "NE")
    within = [response for day, response in shown if 20 <= day <= 365]
    until = within[: within.index("PD") + 1] if "PD" in within else within
    return first, min(until, key=RESPONSES.index, default="NE")


@settings(max_examples=60, deadline=None)
@given(LESIONS, st.sampled_from(["PD", "as_measured"]))
def test_responses_are_those_read_by_hand(lesions, growth):
    rules = RECIST.model_copy(update={"growth_after_complete_response": growth})
    table = assess_responses(*tables(lesions), rules)
    found = table.groupby("lesion_id", sort=False)["response"].agg(tuple).tolist()
    assert found == [read_by_hand(site, imaging, growth) for site, imaging in lesions]


@settings(max_examples=25, deadline=None)
@given(LESIONS)
def test_responses_hold_together(lesions):
    table = validate(assess_responses(*tables(lesions), RECIST), "outcomes/responses")
    evaluable = table[table["response"] != "NE"]
    assert (evaluable["nadir_cm"] <= evaluable["baseline_cm"]).all()
    assert evaluable[["date", "diameter_cm", "source", "baseline_source"]].notna().all(axis=None)
    assert table.loc[table["response"] == "NE", ["date", "diameter_cm", "source"]].isna().all(axis=None)
    rank = table["response"].map(RESPONSES.index).groupby(table["lesion_id"]).agg(list)
    assert all(best <= first for first, best in rank)  # the window of the best begins with that of the first


@settings(max_examples=25, deadline=None)
@given(LESIONS, st.sampled_from([0.1, 0.5, 3.0, 10.0]))
def test_the_unit_of_length_does_not_matter(lesions, scale):
    rows, imaging = tables(lesions)
    lengths = [name for name in type(RECIST).model_fields if name.endswith("_cm")]
    rescaled = RECIST.model_copy(update={name: getattr(RECIST, name) * scale for name in lengths})
    larger = imaging.assign(**{axis: imaging[axis] * scale for axis in ("long_axis_cm", "short_axis_cm")})
    same = assess_imaging(rows, imaging, RECIST)["response"]
    assert assess_imaging(rows, larger, rescaled)["response"].tolist() == same.tolist()


@settings(max_examples=15, deadline=None)
@given(SCANS, st.integers(6, 60), st.sampled_from([20, 50]))
def test_a_later_scan_changes_no_earlier_response(imaging, size, later):
    last = max([day for day, *_ in imaging], default=0) + later
    before = assess_imaging(*noted("pelvic", imaging), RECIST)
    after = assess_imaging(*noted("pelvic", [*imaging, (last, size, "ct")]), RECIST)
    assume(last > 7 and len(before))
    known = after[after["date"] < START + pd.Timedelta(days=last)]
    # one more scan can change which modality is the usual one, and so the choice between two scans of a day
    assume(before["source"].tolist() == known["source"].tolist())
    assert known["response"].tolist() == before["response"].tolist()


DATE = st.integers(32, 1000).map(lambda days: f"{START + pd.Timedelta(days=days):%Y-%m-%d}")
CONTACT = st.tuples(DATE, st.sampled_from(["alive", "in-field 1", "in-field 1;2", "in-field", "distant", "lost"])).map(
    " ".join
)
PATIENT = st.fixed_dictionaries(
    {
        "lesions": st.sampled_from([("pelvic",), ("pelvic", "node")]),
        "contacts": st.lists(CONTACT, min_size=1, max_size=4),
        "died": st.booleans(),
        "imaging": st.lists(
            st.tuples(st.integers(52, 400), st.integers(5, 40)), max_size=3, unique_by=lambda scan: scan[0]
        ),
    }
)


def written(number, told):
    contacts = sorted(told["contacts"])
    if told["died"]:
        contacts.append(f"{pd.Timestamp(contacts[-1].split()[0]) + pd.Timedelta(days=9):%Y-%m-%d} dead")
    imaging = ["2019-01-02 20mm", *(f"{START + pd.Timedelta(days=day):%Y-%m-%d} {mm}mm" for day, mm in told["imaging"])]
    return patient(f"P{number}", lesions=told["lesions"], contacts=contacts, imaging={1: imaging})


def outcomes(cohort):
    responses = assess_responses(cohort["lesions"], cohort["measurements"], RECIST)
    events = collect_events(cohort, responses, study())
    times = derive_times(cohort["patients"], cohort["lesions"], events, scans_of(cohort), study())
    return responses, events, times, derive_patients(cohort, responses, study())


@settings(max_examples=8, deadline=None)
@given(st.lists(PATIENT, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_times_hold_together_and_the_order_of_rows_does_not_matter(told, chance):
    cohort = cohort_of(*(written(number, one) for number, one in enumerate(told)))
    _, events, times, _ = before = outcomes(cohort)
    assert len(times) == 2 * len(cohort["patients"]) + len(cohort["lesions"])
    assert (times["months"] >= 0).all()
    assert not ((times["event"] == 1) & (times["competing"] == 1)).any()
    happened = set(zip(events["patient_id"], events["event"], events["date"], events["source"], strict=True))
    for row in times[times["event"] == 1].itertuples():
        assert (row.patient_id, row.why, row.end_date, row.source) in happened
    dead = set(events.loc[events["event"] == "death", "patient_id"])
    assert set(times.loc[(times["endpoint"] == "OS") & (times["event"] == 1), "patient_id"]) == dead
    # the patient's local failure is no later than that of any of her lesions
    local = times.pivot_table("days", "patient_id", "endpoint", "min")
    failed = times[(times["endpoint"] == "LRFS_lesion") & (times["event"] == 1)]
    assert (failed["days"] >= failed["patient_id"].map(local["LRFS"])).all()

    shuffled = {}
    for role, frame in cohort.items():
        order = list(frame.index)
        chance.shuffle(order)
        shuffled[role] = frame.loc[order]
    keys = (
        ["lesion_id", "assessment"],
        ["patient_id", "lesion_id", "event"],
        ["endpoint", "subject_id"],
        ["patient_id"],
    )
    for one, other, key in zip(before, outcomes(shuffled), keys, strict=True):
        pd.testing.assert_frame_equal(
            one.sort_values(key).reset_index(drop=True), other.sort_values(key).reset_index(drop=True)
        )
