"""A trial of two centres, written by hand: what its monitor is told."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from oligomet.declarations import Factor, Response
from oligomet.estimates.compliance import estimate_compliance
from oligomet.follow_up_declarations import ImagingSchedule
from oligomet.protocol.centres import count_accrual, count_exclusions, summarise_centres
from oligomet.protocol.deviations import find_deviations
from oligomet.protocol.due_scans import find_due_scans
from oligomet.protocol.monitor_page import render_page
from oligomet.protocol.queries import raise_queries
from oligomet.protocol_declarations import PlannedAccrual, Protocol
from oligomet.schemas import TABLES, conform, validate
from oligomet.trial_declarations import CompleteResponse

DAY = pd.Timedelta(days=1)
END = pd.Timestamp("2020-01-10")  # a Friday
SCHEDULE = ImagingSchedule(due_days=[90, 180, 270], then_every_days=180, tolerance_days=30)


def patients(*names):
    return pd.DataFrame({"patient_id": names, "radiotherapy_start": END - 4 * DAY, "radiotherapy_end": END})


def scans(*days, patient="P1", modality="ct", **more):
    rows = {"patient_id": patient, "lesion_id": f"{patient}-L1", "date": [END + day * DAY for day in days], "seen": 1}
    rows |= {"long_axis_cm": 2.0, "short_axis_cm": 1.8, "modality": modality, **more}
    return conform(
        pd.DataFrame(rows).assign(source=[f"scans:{day}" for day in days]), TABLES["cohort/measurements"]
    ).assign(**{name: value for name, value in more.items() if name not in TABLES["cohort/measurements"]})


def contacts(day, patient="P1", status="alive"):
    return pd.DataFrame({"patient_id": [patient], "date": END + day * DAY, "status": status})


def due(measurements, follow_up):
    found = validate(find_due_scans(patients("P1"), measurements, follow_up, SCHEDULE), "protocol/due_scans")
    return list(zip(found["due_day"], found["status"], strict=True))


def test_a_scan_is_done_late_early_or_missed_by_the_day_it_is_nearest_to():
    assert due(scans(95, 220, 235), contacts(400)) == [(90, "done"), (180, "late"), (270, "early")]
    assert due(scans(100, 280), contacts(400)) == [(90, "done"), (180, "missed"), (270, "done")]


def test_two_scans_near_one_day_make_it_done():
    assert due(scans(45, 92), contacts(200)) == [(90, "done")]


def test_nobody_owes_a_scan_whose_window_had_not_closed():
    assert due(scans(), contacts(119)) == []
    assert due(scans(), contacts(121)) == [(90, "missed")]
    assert due(scans(), contacts(121, status="dead")) == [(90, "missed")]


def test_who_was_lost_owes_nothing_after_the_last_contact_in_life():
    both = pd.concat([contacts(100), contacts(300, status="lost")])
    assert due(scans(), both) == []


def lesions(**changes):
    row = {
        "patient_id": "P1", "lesion_id": "P1-L1", "imaged_id": "P1-L1", "course": 1, "site": "liver", "nodal": 0,
        "fractions": 5, "ptv_dose_gy": 40.0, "start_date": END - 4 * DAY, "end_date": END, "plan_source": "plans:2",
    }  # fmt: skip
    return conform(pd.DataFrame([{**row, **changes}]), TABLES["cohort/lesions"])


def declared(reader=None, **protocol):
    treatment = {"fractions": [1, 3, 5], "dose_gy": [30, 50]}
    return SimpleNamespace(
        protocol=Protocol.model_validate({"treatment": treatment, **protocol}),
        response=Response(baseline_days=(-60, 7)),
        complete_response=CompleteResponse(reader=reader),
        imaging_schedule=SCHEDULE,
        factors={"node": Factor(label="", variable="nodal", groups={"Node": {"is": 1}, "Other": {"is": 0}})},
        eligibility=[SimpleNamespace(id="brca"), SimpleNamespace(id="few")],
        title="A trial <of two centres>", data_cut=dt.date(2021, 1, 1), synthetic=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, []),
        ({"fractions": 4, "start_date": END - 3 * DAY}, ["fractions"]),
        ({"ptv_dose_gy": 25.0}, ["dose"]),
        ({"end_date": END + 4 * DAY}, []),  # over a weekend, two working days more
        ({"end_date": END + 5 * DAY}, ["days"]),
        ({"ptv_dose_gy": 55.0, "end_date": END + 20 * DAY}, ["days", "dose"]),
    ],
)
def test_a_plan_deviates_by_its_fractions_its_dose_or_its_days(changes, kinds):
    found = validate(find_deviations(lesions(**changes), scans(), declared()), "protocol/deviations")
    assert found["kind"].tolist() == kinds
    assert (found["source"] == "plans:2").all()


def test_a_modality_deviates_where_the_site_has_its_own_and_after_radiotherapy_alone():
    imaging = {"modalities": ["ct", "mri"], "modalities_at": {"intracranial": ["mri"]}}
    ct = scans(-10, 90)
    assert find_deviations(lesions(), ct, declared(imaging=imaging)).empty
    found = find_deviations(lesions(site="intracranial"), ct, declared(imaging=imaging))
    assert found[["kind", "found", "expected", "source"]].to_numpy().tolist() == [["modality", "ct", "mri", "scans:90"]]


def test_a_complete_response_that_was_called_and_not_measured_is_asked_about():
    measured = scans(-10, 90, 180, called=[None, "CR", "SD"])
    found = find_deviations(lesions(), measured, declared(reader="called"))
    assert found[["kind", "found", "source"]].to_numpy().tolist() == [["reader", "CR called", "scans:90"]]


SCREENED = pd.DataFrame(
    [
        ("P1", 1, None, None, "A", "a/patients.csv:2"),
        ("P2", 0, "few", "5 lesions or more", "B", "b/patients.csv:2"),
        ("P3", 0, "brca", "BRCA not assessed", "B", "b/patients.csv:3"),
    ],
    columns=["patient_id", "eligible", "rule", "reason", "centre", "source"],
)
QUARANTINE = pd.DataFrame(
    [
        ("follow_up", "a/visits.csv", None, 7, None, "Status", "unknown_term", "no pattern is this", 0, "A"),
        ("patients", "b/patients.csv", None, 4, None, "KPS", "unreadable", "expected a whole number", 1, "B"),
        ("patients", "b/patients.csv", None, 5, None, None, "duplicate", "says the same", 0, "B"),
        ("patients", "b/patients.csv", None, 2, None, None, "not_eligible", "few: 5 lesions or more", 0, "B"),
    ],
    columns=list(TABLES["cohort/quarantine"]),
)
EVENTS = pd.DataFrame(
    [("follow_up", None, "death", 0, 1, "a/visits.csv:7", "no pattern is this")],
    columns=list(TABLES["cohort/possible_events"]),
)


def queries():
    deviations = find_deviations(lesions(ptv_dose_gy=25.0), scans(), declared())
    due_scans = find_due_scans(patients("P1"), scans(), contacts(200), SCHEDULE)
    tables = [conform(QUARANTINE, TABLES["cohort/quarantine"]), conform(EVENTS, TABLES["cohort/possible_events"])]
    return validate(raise_queries(*tables, deviations, due_scans, SCREENED), "protocol/queries")


def test_each_centre_is_asked_once_about_a_record_and_first_about_a_death():
    found = queries()
    assert found[["query", "priority", "kind"]].to_numpy().tolist() == [
        ["A-001", 1, "possible death"],
        ["A-002", 3, "deviation: dose"],
        ["A-003", 3, "missed scan"],
        ["B-001", 2, "unreadable"],
    ]
    assert found["place"].tolist()[0] == "a/visits.csv, row 7, column Status"
    assert "2020-04-09" in found["question"].tolist()[2]


def test_centres_add_up_and_every_exclusion_has_its_centre():
    responses = pd.DataFrame({"patient_id": ["P1"], "assessment": "best", "response": "CR"})
    due_scans = find_due_scans(patients("P1"), scans(), contacts(200), SCHEDULE)
    deviations = find_deviations(lesions(ptv_dose_gy=25.0), scans(), declared())
    centres = validate(
        summarise_centres(SCREENED, lesions(), responses, due_scans, deviations, queries()), "protocol/centres"
    ).set_index("centre")
    assert centres.loc[["A", "B"]].sum().tolist() == centres.loc["all"].tolist()
    counted = ["screened", "excluded", "patients", "lesions", "scans_due", "scans_missed"]
    assert centres.loc["all", counted].tolist() == [3, 2, 1, 1, 1, 1]
    exclusions = count_exclusions(SCREENED, declared())
    assert exclusions[["centre", "rule"]].to_numpy().tolist() == [["B", "brca"], ["B", "few"]]
    found = estimate_compliance(
        centres.reset_index(), deviations, conform(pd.DataFrame(), TABLES["protocol/accrual"]), None
    )
    missed = found[(found["factor"] == "scans_missed") & found["by"].isna()].iloc[0]
    assert (missed["estimate"], missed["n"]) == (1, 1)


def test_accrual_grows_evenly_as_planned_and_by_first_fractions_as_it_went():
    planned = PlannedAccrual.model_validate(
        {"begins": "2020-01-01", "ends": "2020-12-31", "lesions": 10, "by": "node", "planned": {"Node": 4, "Other": 6}}
    )
    study = declared(accrual=planned)
    found = validate(count_accrual(lesions(), study), "protocol/accrual")
    all_ = found[found["group"] == "all"].set_index("month")
    assert all_.loc["2020-06-30", ["treated", "planned"]].tolist() == [1, 5]
    assert found.groupby("group")[["treated", "planned"]].max().to_dict("index") == {
        "all": {"treated": 1, "planned": 10},
        "Node": {"treated": 0, "planned": 4},
        "Other": {"treated": 1, "planned": 6},
    }


def test_the_page_has_every_query_and_escapes_what_it_is_told():
    tables = {
        "queries": queries(),
        "deviations": find_deviations(lesions(ptv_dose_gy=25.0), scans(), declared()),
        "exclusions": count_exclusions(SCREENED, declared()),
        "centres": conform(pd.DataFrame([{"centre": "A"}, {"centre": "all"}]).fillna(0), TABLES["protocol/centres"]),
        "accrual": conform(pd.DataFrame(), TABLES["protocol/accrual"]),
    }
    tables["centres"] = tables["centres"].fillna(0)
    page = render_page(tables, declared())
    assert all(query in page for query in tables["queries"]["query"])
    assert "&lt;of two centres&gt;" in page and "<of two" not in page
    assert "BRCA not assessed" in page
