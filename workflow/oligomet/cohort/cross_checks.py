"""Values that could be true, and contradict another: they are reported, and analysed as they stand.

What cannot be true is set aside by `checks`. Here nothing is: a person looks at the record, and mends it or says in
study.yaml that it is right (`cross_checks.dismissed`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.cohort.records import Records
from oligomet.follow_up_declarations import CrossChecks
from oligomet.schemas import ALL_SOURCES, TABLES, conform
from oligomet.study import Study

# The dates on which something was seen or happened; a plan may be written before its fractions are given.
HAPPENED = {"surgeries": "date", "measurements": "date", "follow_up": "date", "toxicities": "onset_date"}
ENDS_WITH_FOLLOW_UP = ("measurements", "follow_up")
NOTHING_LEFT = "none of its rows can be used"  # of an export, which is then no absence of what it should tell
FRACTIONS_A_DAY, DAYS_A_FRACTION, DAYS_OF_PAUSE = 2, 3, 14


def cross_check(
    records: Records, extracted: dict[str, pd.DataFrame], irradiated: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Everything found (cohort/findings), in the order of the roles and rows; what a person dismissed is marked.

    Parameters
    ----------
    records
        The rows of the patients who are analysed, and all as they were read.
    extracted
        The raw rows by role.
    irradiated
        The lesions with their plans, a row a lesion in a course.
    """
    rules = study.cross_checks
    found = [
        *_plans(records),
        *_sizes(records, rules),
        *_early(records, irradiated, rules),
        *_deaths(records),
        *_follow_up(records),
        *_edited(records, study),
        *_exports(records, extracted, study),
    ]
    findings = pd.DataFrame(found, columns=["check", "role", "patient_id", "source", "column", "said"])
    findings = findings.drop_duplicates(["check", "source"])
    why = {(one.check, one.record): one.reason for one in rules.dismissed}
    reasons = [why.get(pair) for pair in zip(findings["check"], findings["source"], strict=True)]
    order = findings["role"].map({role: place for place, role in enumerate(ALL_SOURCES)})
    findings = findings.assign(reason=pd.array(reasons, "string"), order=order)
    findings["dismissed"] = findings["reason"].notna().astype(int)
    findings = findings.sort_values(["order", "check"], kind="stable", ignore_index=True)
    return conform(findings, TABLES["cohort/findings"])


def dismissed_in_vain(findings: pd.DataFrame, study: Study) -> list[str]:
    """The dismissals that no finding answers to: the record was mended, or is named otherwise."""
    there = set(zip(findings["check"], findings["source"], strict=True))
    return [
        f"{one.check} of {one.record}" for one in study.cross_checks.dismissed if (one.check, one.record) not in there
    ]


def _say(check: str, role: str, rows: pd.DataFrame, said: str, column: str | None = None) -> list[dict]:
    return [
        {
            "check": check,
            "role": role,
            "patient_id": row.patient_id,
            "source": row.source,
            "column": column,
            "said": said,
        }
        for row in rows[["patient_id", "source"]].itertuples()
    ]


def _plans(records: Records) -> list[dict]:
    """A boost below the dose around it; fewer days than fractions, or many more."""
    plans = records.rows["plans"]
    days = (plans["end_date"] - plans["start_date"]).dt.days + 1
    short = days * FRACTIONS_A_DAY < plans["fractions"]
    long = days > plans["fractions"] * DAYS_A_FRACTION + DAYS_OF_PAUSE
    return [
        *_say("boost", "plans", plans[plans["pgtv_dose_gy"] < plans["ptv_dose_gy"]],
              "the dose of the boost is below that of the volume around it", "pgtv_dose_gy"),
        *_say("fractions", "plans", plans[short], f"more than {FRACTIONS_A_DAY} fractions a day", "end_date"),
        *_say("fractions", "plans", plans[long], f"more than {DAYS_A_FRACTION} days a fraction, and "
              f"{DAYS_OF_PAUSE} of pause", "end_date"),
    ]  # fmt: skip


def _sizes(records: Records, rules: CrossChecks) -> list[dict]:
    """Two scans of a lesion, one after the other, of which one is some times the other; the GTV against its scans.

    Of the two scans the one is named that is further from the lesion's median: where a number was typed in the wrong
    unit, the others tell which.
    """
    scans, found = records.rows["measurements"], []
    lesion = ["patient_id", "lesion_number"]
    for axis in ("long_axis_cm", "short_axis_cm"):
        sizes = scans[scans[axis] > 0].sort_values([*lesion, "date"], kind="stable")
        size = np.log(sizes[axis])
        off = (size - size.groupby([sizes[name] for name in lesion]).transform("median")).abs()
        by_lesion = [sizes[name] for name in lesion]
        apart = (size - size.groupby(by_lesion).shift()).abs() >= np.log(rules.size_factor) - 1e-9
        later_is_off = off >= off.groupby(by_lesion).shift() - 1e-9
        earlier = (apart & ~later_is_off).groupby(by_lesion).shift(-1, fill_value=False)
        named = sizes[(apart & later_is_off) | earlier]
        found += _say("size", "measurements", named, f"{rules.size_factor:g} times another scan's, or less", axis)
    lesions = records.rows["lesions"]
    measured = lesions.merge(scans[scans["long_axis_cm"] > 0], on=lesion, suffixes=("", "_of_scan"))
    nearest = (
        (measured["gtv_diameter_cm"] / measured["long_axis_cm"]).map(np.log).abs().groupby(measured["source"]).min()
    )
    named = lesions[lesions["source"].map(nearest) >= np.log(rules.size_factor) - 1e-9]
    said = f"{rules.size_factor:g} times the lesion on each of its scans, or less"
    return found + _say("size", "lesions", named, said, "gtv_diameter_cm")


def _early(records: Records, irradiated: pd.DataFrame, rules: CrossChecks) -> list[dict]:
    """Imaging and restaging years before the first fraction."""
    began = irradiated.groupby("patient_id")["start_date"].min()
    found = []
    for role, column in (("patients", "screening_date"), ("measurements", "date")):
        rows = records.rows[role]
        before = (rows["patient_id"].map(began) - rows[column]).dt.days
        said = f"more than {rules.imaging_days_before} days before the first fraction"
        found += _say("early", role, rows[before > rules.imaging_days_before], said, column)
    return found


def _deaths(records: Records) -> list[dict]:
    """Deaths after which something is recorded: the records were set aside, and it may be the death that is wrong."""
    rows = records.rows["follow_up"]
    dead = rows[(rows["status"] == "dead").fillna(False)].sort_values("date").drop_duplicates("patient_id")
    died = dead.set_index("patient_id")["date"]
    later = [
        records.read[role].loc[records.read[role][column] > records.read[role]["patient_id"].map(died), "patient_id"]
        for role, column in [*HAPPENED.items(), ("therapies", "start_date"), ("plans", "start_date")]
    ]
    named = dead[dead["patient_id"].isin(pd.concat(later))]
    return _say("death", "follow_up", named, "other records are later than this death, and were set aside", "date")


def _follow_up(records: Records) -> list[dict]:
    """A cause of death in life; recurrent lesions where there was no recurrence."""
    rows = records.rows["follow_up"]
    died = rows.loc[(rows["status"] == "dead").fillna(False), "patient_id"]
    living = rows[rows["cause_of_death"].notna() & ~rows["patient_id"].isin(died)]
    listed = rows[rows["in_field_lesions"].notna() & rows["in_field_recurrence"].eq(0).fillna(False)]
    return [
        *_say("living", "follow_up", living, "a cause of death, and no contact tells of a death", "cause_of_death"),
        *_say("recurrence", "follow_up", listed, "recurrent lesions are listed, and recurrence is denied",
              "in_field_lesions"),
    ]  # fmt: skip


def _edited(records: Records, study: Study) -> list[dict]:
    """Rows that tell of a day after they were last edited, and rows edited after the export was made."""
    found = []
    for role, column in HAPPENED.items():
        rows = records.rows[role]
        if "edited" in rows:
            wrong = rows[column] > rows["edited"].dt.normalize()
            found += _say("edited", role, rows[wrong], "a day after the row was last edited", column)
    for role, source in study.sources.items():
        rows, exported = records.rows[role], source.expected.exported
        if "edited" in rows and exported:
            late = rows["edited"].dt.normalize() > pd.Timestamp(exported)
            found += _say("edited", role, rows[late], "edited after the export was made", "edited")
    return found


def _exports(records: Records, extracted: dict[str, pd.DataFrame], study: Study) -> list[dict]:
    """Exports with other rows than expected, with none, or none of use, or that end long before they should."""
    found = []
    of_ineligible = {role for said in records.said for role in said.loc[said["kind"] == "not_eligible", "role"]}

    def say(role: str, said: str) -> None:
        found.append({"check": "export", "role": role, "source": role, "said": said})

    for role, source in study.sources.items():
        rows, expected = len(extracted[role]), source.expected
        if expected.rows is not None and rows != expected.rows:
            say(role, f"{rows} rows, and {expected.rows} are expected (sources.{role}.expected.rows)")
        elif not rows and expected.rows is None:
            say(role, "no rows: nothing happened, or the export is not the whole one")
        elif rows and records.rows[role].empty and role not in of_ineligible:
            say(role, NOTHING_LEFT)
        until = expected.until or (study.data_cut if role in ENDS_WITH_FOLLOW_UP else None)
        dates = [name for name, column in ALL_SOURCES[role].items() if column.kind == "date" and name != "birth_date"]
        last = records.read[role][dates].max().max() if dates and rows else pd.NaT
        if until and pd.notna(last) and (pd.Timestamp(until) - last).days > study.cross_checks.export_ends_days:
            say(role, f"ends more than {study.cross_checks.export_ends_days} days before {until}")
    return found
