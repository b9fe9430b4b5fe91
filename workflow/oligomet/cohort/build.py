"""From verbatim text to clean tables of the eligible patients; every raw row ends there or in quarantine."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.checks import check_deaths, check_lesions, check_patients, check_plans, check_rows
from oligomet.cohort.cross_checks import cross_check
from oligomet.cohort.deaths import date_deaths
from oligomet.cohort.eligibility import derive_variables, screen, screen_lesions
from oligomet.cohort.excluded_lesions import leave_out_lesions
from oligomet.cohort.parse import parse_role, plain
from oligomet.cohort.possible_events import find_possible_events
from oligomet.cohort.pseudonyms import name_patients, shift_dates
from oligomet.cohort.records import Records, findings
from oligomet.cohort.repeats import compare_repeats
from oligomet.cohort_columns import SOURCE
from oligomet.courses import index_course, number_courses
from oligomet.schemas import ALL_SOURCES, OPTIONAL, TABLES, conform
from oligomet.study import Study
from oligomet.variables import columns_of

CHILDREN = ("therapies", "surgeries", "measurements", "follow_up", "toxicities")


def build_cohort(extracted: dict[str, pd.DataFrame], study: Study, key: str) -> dict[str, pd.DataFrame]:
    """The tables `cohort/*` of `oligomet.schemas`, without that prefix.

    Cells are parsed by the declarations; copies and corrected rows are resolved; rows that cannot be read, belong to
    nobody or cannot be true are set aside; the patients left are screened. An unreadable cell takes its row out if the
    column requires a value; otherwise the cell is empty, and quarantine has a note of it (`row_kept` 1).

    Parameters
    ----------
    extracted
        Verbatim text by role, as `oligomet.extract.readers.extract_sources` gives it.
    study
        The declarations.
    key
        Of the pseudonyms; a secret.

    Returns
    -------
    `patients`, `lesions` (with their plans), `therapies`, `surgeries`, `measurements`, `follow_up` and `toxicities` of
    the eligible; `screened`, a row for every patient with a readable row; `screened_lesions`, a row for every
    irradiation of a lesion; `quarantine`; `possible_events`, what was set aside and could be an event; `findings`, what
    contradicts another value and is analysed; `accounting`, where for every source raw = analysed + quarantined.
    Patients bear pseudonyms, and their dates are moved by as many days as `privacy` says; no table has a record number,
    a date of birth or a text that is no code, but for `quarantined_cells` (`extracted/quarantined_cells`), which has
    what stood in the cells that the quarantine names.

    Raises
    ------
    ConfigurationError
        If an eligibility rule, a date format or the key cannot be used.
    """
    extracted = {role: extracted[role].reset_index(drop=True) for role in study.sources}
    records = _read_rows(extracted, study, key)
    check_rows(records, study)
    check_patients(records)
    check_plans(records, study)

    irradiated = _join_plans(records, study)
    check_deaths(records, irradiated.groupby("patient_id")["end_date"].max())
    screened_lesions = screen_lesions(_describe_lesions(irradiated, study), study)
    leave_out_lesions(records, irradiated, screened_lesions)

    irradiated = _join_plans(records, study)
    index = index_course(irradiated, study.courses)
    variables = derive_variables(records.rows, index, study)
    screened = variables[["patient_id", "source"]].join(screen(variables, screened_lesions, study.eligibility))
    if "centre" in extracted["patients"]:
        screened["centre"] = extracted["patients"]["centre"].map(plain)
    _leave_out_ineligible(records, screened)
    check_lesions(records, irradiated, index)

    quarantine = records.quarantine(extracted, study)
    children = [*CHILDREN, *(role for role in OPTIONAL if role in study.sources)]
    tables = {
        "patients": variables[screened["eligible"] == 1],
        "lesions": _describe_lesions(_join_plans(records, study), study),
        **{role: _name_lesions(records.rows[role], "lesion_id") for role in children},
        "screened": screened,
        "screened_lesions": screened_lesions,
        "quarantine": quarantine,
        "possible_events": find_possible_events(records, screened, study),
        "findings": cross_check(records, extracted, irradiated, study),
    }
    columns = {name: columns_of(f"cohort/{name}", study.variables) for name in tables}
    tables = {name: conform(frame, columns[name]).reset_index(drop=True) for name, frame in tables.items()}
    tables = {name: shift_dates(frame, key, study.privacy.shift_dates_days) for name, frame in tables.items()}
    cells = conform(quarantine.dropna(subset="value"), TABLES["extracted/quarantined_cells"])
    return {**tables, "accounting": _account(extracted, tables, study), "quarantined_cells": cells}


def _read_rows(extracted: dict[str, pd.DataFrame], study: Study, key: str) -> Records:
    """Typed rows, each key once, without those that lack a required value."""
    parsed, found = {}, {}
    for role, frame in extracted.items():
        answers = parse_role(frame, role, study)
        parsed[role] = pd.DataFrame({values.name: values for values, _ in answers}).assign(source=_source(frame))
        found[role] = pd.concat([findings for _, findings in answers])
    names = name_patients(pd.concat([rows["patient_id"] for rows in parsed.values()]), key)
    for role in ALL_SOURCES:
        if role not in parsed:
            parsed[role] = conform(pd.DataFrame(), {**columns_of(role, study.variables), "source": SOURCE})
    named = {
        role: rows.assign(patient_id=rows["patient_id"].map(names).astype("string")) for role, rows in parsed.items()
    }
    if "follow_up" in found:
        named["follow_up"], found["follow_up"] = date_deaths(named["follow_up"], found["follow_up"], study)
    records = Records(named, dict(named))
    for role, source in study.sources.items():
        _sift(records, role, found[role], extracted[role], source.key, study)
    return records


def _sift(records: Records, role: str, found: pd.DataFrame, raw: pd.DataFrame, key: list[str], study: Study) -> None:
    """Leave out rows without a key, then copies and what was corrected, then rows without another required value."""
    refused = found["kind"] != "partial_date"
    keyless = found.index.isin(found.index[refused & found["column"].isin([*key, "centre"])])
    records.leave_out(role, found[keyless])
    found, refused = found[~keyless], refused[~keyless]
    needed = refused & found["column"].isin([name for name, column in ALL_SOURCES[role].items() if column.required])

    rows = records.rows[role]
    besides = ["death_date"] if "death_date" in rows else []
    contents = rows[[*columns_of(role, study.variables), *besides]].astype("string")
    for at, column in zip(found.index[needed], found["column"][needed], strict=True):
        contents.loc[at, column] = plain(raw[column][at])  # unreadable cells are equal if their texts are
    if (
        role == "plans" and "start_date" not in key
    ):  # a lesion that is irradiated again has a second plan, no correction
        contents["course"] = number_courses(rows, key, study.courses)
        key = [*key, "course"]
    edited = rows.get("edited", pd.Series(pd.NaT, rows.index))
    numbers = raw.loc[rows.index, "row"].astype("Int64")
    repeats = compare_repeats(contents, key, edited, numbers)
    if role == "follow_up":  # a visit and a death certificate of one day are two records, and no contradiction
        both = repeats.index[repeats["kind"] == "inconsistent"]
        certified = compare_repeats(contents.loc[both], [*key, "status"], edited.loc[both], numbers.loc[both])
        repeats = pd.concat([repeats.drop(index=both), certified])
    records.leave_out(role, repeats)

    stays = found.index.isin(records.rows[role].index)
    lost = found.index.isin(found.index[needed])
    records.leave_out(role, found[stays & lost])
    records.note(role, found[stays & ~lost])


def _source(frame: pd.DataFrame) -> pd.Series:
    sheet = frame["sheet"].fillna("").map(lambda name: f"[{name}]" if name else "")
    part = (
        frame["part"].map(lambda name: f":{name}" if name else "") if "part" in frame else ""
    )  # of several rows in one
    return (frame["file"].astype(str) + sheet + ":" + frame["row"].astype(str) + part).astype("string")


def _join_plans(records: Records, study: Study) -> pd.DataFrame:
    """Lesions that were planned and treated, with their plans, a row for each course in which a lesion was irradiated.

    `source` is the lesion's, `plan_source` the plan's.
    """
    joined = _name_lesions(
        records.rows["lesions"].merge(
            records.rows["plans"].rename(columns={"source": "plan_source"}).drop(columns="edited", errors="ignore"),
            on=["patient_id", "lesion_number"],
        ),
        "imaged_id",
    )
    joined["course"] = number_courses(joined, ["patient_id"], study.courses)
    again = joined["course"] > joined["course"].groupby(joined["imaged_id"]).transform("min")
    named = joined["imaged_id"] + "-C" + joined["course"].astype("string")
    return joined.assign(lesion_id=joined["imaged_id"].where(~again, named))


def _name_lesions(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    if "lesion_number" not in rows:
        return rows
    return rows.assign(**{column: rows["patient_id"] + "-L" + rows["lesion_number"].astype("string")})


def _describe_lesions(lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    nodal = {code: int(site.nodal) for code, site in study.sites.items()}
    visceral = {code: int(site.visceral) for code, site in study.sites.items()}
    return lesions.assign(nodal=lesions["site"].map(nodal), visceral=lesions["site"].map(visceral))


def _leave_out_ineligible(records: Records, screened: pd.DataFrame) -> None:
    excluded = screened[screened["eligible"] == 0].set_index("patient_id")
    why = excluded["rule"] + ": " + excluded["reason"]
    for role, rows in records.rows.items():
        theirs = rows.index[rows["patient_id"].isin(why.index)]
        records.leave_out(role, findings(theirs, "not_eligible", rows.loc[theirs, "patient_id"].map(why)))


def _account(extracted: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """Raw, analysed and quarantined rows of every source, each counted from its own table.

    Raises
    ------
    AssertionError
        If they do not add up: a row was lost or used twice, which is a mistake of this package.
    """
    used = {role: tables[role]["source"] for role in extracted if role != "plans"}
    used["plans"] = tables["lesions"]["plan_source"]
    quarantine = tables["quarantine"]
    counted = tables["possible_events"]["role"].value_counts()
    left_out = quarantine.loc[quarantine["row_kept"] == 0, "role"].value_counts()
    accounting = pd.DataFrame(
        {
            "role": role,
            "file": study.sources[role].shown,
            "sheet": study.sources[role].sheet,
            "raw": len(frame),
            "analysed": used[role].nunique(),
            "quarantined": left_out.get(role, 0),
            "possible_events": counted.get(role, 0),
        }
        for role, frame in extracted.items()
    )
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all(), accounting.to_string()
    return conform(accounting, TABLES["cohort/accounting"])
