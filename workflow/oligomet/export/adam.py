"""Patients, times and responses as ADSL, ADTTE and ADRS (CDISC's ADaM, implementation guide 1.3).

A lesion is named by LNKID beside its patient's USUBJID: ADaM knows subjects, tumours are linked to them. What a value
comes from is SRCDOM (the role of the source, e.g. FOLLOW_UP), SRCVAR (its date), SRCSEQ (the row of the export) and
SRCFILE (file and sheet).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.schemas import RESPONSES, SOURCES
from oligomet.variables import columns_of

if TYPE_CHECKING:
    from oligomet.follow_up_declarations import Endpoint
    from oligomet.study import Study

NAMES = {  # of the patients' columns, where the field has a name for it; others are shortened
    "age_years": "AGE",
    "radiotherapy_start": "TRTSDT",
    "radiotherapy_end": "TRTEDT",
    "screening_date": "SCRNDT",
    "histology": "HISTO",
    "figo_stage": "FIGO",
    "metastases": "NMETS",
    "irradiated_lesions": "NIRRAD",
    "visceral": "VISCERFN",  # FN: a flag as a number
    "sbrt": "SBRTFN",
    "surgery": "PRSURGFN",
    "chemotherapy": "PRCHEMFN",
    "immunotherapy": "PRIMMUFN",
    "targeted_therapy": "PRTARGFN",
    "recurrences": "NRELAPSE",
    "platinum_free_interval_days": "PFIDAYS",
    "platinum_free_interval_months": "PFIMONTH",
    "since_last_treatment_days": "SLTDAYS",
    "since_last_treatment_months": "SLTMONTH",
    "gtv_diameter_cm": "GTVCM",
    "bed10_gy": "BED10GY",
    "response": "FRSTRSP",
    "best_response": "BESTRSP",
    "complete_response": "COMRSPFN",
    "objective_response": "OBJRSPFN",
    "disease_control": "DISCONFN",
    "any_toxicity": "TOXFN",
}
DATED_BY = {  # the column of each source whose date an event bears
    role: next(name for name, column in reversed(columns.items()) if column.kind == "date" and column.required)
    for role, columns in SOURCES.items()
    if any(column.kind == "date" and column.required for column in columns.values())
}
EVENT, CENSORED, COMPETING = 0, 1, 2  # CNSR: zero is the event, the opposite of `event` in outcomes/times
SOURCE = re.compile(r"(?P<file>.*?)(?:\[(?P<sheet>.*)\])?:(?P<row>\d+)")


@dataclass(frozen=True)
class DataSet:
    """One data set: its name, its label, its rows, and a label for each variable (40 characters at most)."""

    name: str
    label: str
    rows: pd.DataFrame
    labels: dict[str, str]


def export_adam(outcomes: dict[str, pd.DataFrame], study: Study) -> list[DataSet]:
    """ADSL, ADTTE and ADRS.

    Parameters
    ----------
    outcomes
        Tables of the outcomes stage by name: patients, events, times and responses.
    study
        Its `study`, `sources`, `endpoints`, `factors` and `data_cut` are used.
    """
    return [
        _adsl(outcomes["patients"], outcomes["events"], study),
        _adtte(outcomes["times"], study),
        _adrs(outcomes["responses"], study),
    ]


def _subjects(patients: pd.Series, study: Study) -> dict[str, pd.Series | str]:
    return {"STUDYID": study.study, "USUBJID": study.study + "-" + patients}


IDENTIFIERS = {"STUDYID": "Study Identifier", "USUBJID": "Unique Subject Identifier", "LNKID": "Lesion Identifier"}
TRACED = {
    "SRCDOM": "Source Data",
    "SRCVAR": "Source Variable",
    "SRCSEQ": "Source Row Number",
    "SRCFILE": "Source File and Sheet",
}


def _adsl(patients: pd.DataFrame, events: pd.DataFrame, study: Study) -> DataSet:
    """A row a patient: what is known of her, her dates, and her group by every factor."""
    frame = pd.DataFrame({**_subjects(patients["patient_id"], study), "SUBJID": patients["patient_id"]})
    labels = {**IDENTIFIERS, "SUBJID": "Subject Identifier for the Study"}
    taken = {*frame, "AGEU", "DTHFL", "DTHDT", "LSTALVDT", "DCUTDT"}

    def add(column: str, values: pd.Series, label: str, ending: str = "") -> None:
        name = _shorten(NAMES.get(column, column) if not ending else column, taken, ending)
        frame[name], labels[name] = values, label

    known = columns_of("outcomes/patients", study.variables)
    for column in patients.columns.difference(["patient_id", "source"], sort=False):
        add(column, patients[column], known[column].meaning)
    frame["AGEU"], labels["AGEU"] = "YEARS", "Age Units"
    for column, factor in study.factors.items():
        if factor.variable in patients:
            group = assign(patients, factor).astype("string")
            add(column, group.mask(group == UNKNOWN), f"{factor.label}, group", "GR1")
    of_patients = events[events["lesion_id"].isna()]
    died, last = (
        patients["patient_id"].map(of_patients[of_patients["event"] == event].set_index("patient_id")["date"])
        for event in ("death", "last_contact")
    )
    frame = frame.assign(
        DTHFL=died.notna().map({True: "Y", False: ""}),
        DTHDT=died,
        LSTALVDT=last,
        DCUTDT=pd.Timestamp(study.data_cut),
    )
    labels |= {
        "DTHFL": "Subject Death Flag",
        "DTHDT": "Date of Death",
        "LSTALVDT": "Date Last Known Alive or of Death",
        "DCUTDT": "Date of Data Cut",
    }
    return _data_set("ADSL", "Subject-Level Analysis", frame, labels)


def _adtte(times: pd.DataFrame, study: Study) -> DataSet:
    """A row a subject and endpoint."""
    taken: set[str] = set()
    codes = {name: _shorten(name, taken) for name in study.endpoints}
    status = times["competing"].map({1: COMPETING}).fillna(CENSORED).mask(times["event"] == 1, EVENT).astype("Int64")
    said = times["why"].str.replace("_", " ").str.replace(r"^(censored|competing): ", "", regex=True).str.capitalize()
    parameters = {name: _parameter(endpoint) for name, endpoint in study.endpoints.items()}
    frame = pd.DataFrame(
        {
            **_subjects(times["patient_id"], study),
            "LNKID": times["subject_id"].where(times["unit"] == "lesion"),
            "PARAMCD": times["endpoint"].map(codes),
            "PARAM": times["endpoint"].map(parameters),
            "STARTDT": times["start_date"],
            "ADT": times["end_date"],
            "AVAL": times["months"].astype(float),
            "AVALU": "MONTHS",
            "DAYS": times["days"],
            "CNSR": status,
            "EVNTDESC": said.where(status != CENSORED),
            "CNSDTDSC": said.where(status == CENSORED),
            **_traced(times["source"], study),
        }
    )
    labels = {
        "PARAMCD": "Parameter Code",
        "PARAM": "Parameter",
        "STARTDT": "Time-to-Event Origin Date",
        "ADT": "Analysis Date",
        "AVAL": "Analysis Value",
        "AVALU": "Analysis Value Unit",
        "DAYS": "Days from Origin to Analysis Date",
        "CNSR": "Censor (0 event 1 censored 2 competing)",
        "EVNTDESC": "Event or Competing Event Description",
        "CNSDTDSC": "Censor Date Description",
    }
    return _data_set("ADTTE", "Time-to-Event Analysis", frame, IDENTIFIERS | labels | TRACED)


def _adrs(responses: pd.DataFrame, study: Study) -> DataSet:
    """A row a lesion and assessment, first or best."""
    parameters = {"first": "Response of the Lesion, First Assessment", "best": "Response of the Lesion, Best"}
    rank = {response: number for number, response in enumerate(RESPONSES, start=1)}
    frame = pd.DataFrame(
        {
            **_subjects(responses["patient_id"], study),
            "LNKID": responses["lesion_id"],
            "PARAMCD": responses["assessment"].map({"first": "FRSTRSP", "best": "BESTRSP"}),
            "PARAM": responses["assessment"].map(parameters),
            "ADT": responses["date"],
            "DAYSRT": responses["days_after_radiotherapy"],
            "AVAL": responses["response"].map(rank).astype("Int64"),
            "AVALC": responses["response"],
            "BASECM": responses["baseline_cm"],
            "NADIRCM": responses["nadir_cm"],
            "DIAMCM": responses["diameter_cm"],
            "CRIT": responses["why"],
            **_traced(responses["source"], study),
        }
    )
    labels = {
        "PARAMCD": "Parameter Code",
        "PARAM": "Parameter",
        "ADT": "Analysis Date",
        "DAYSRT": "Days from Last Fraction to Analysis Date",
        "AVAL": "Response (1 CR 2 PR 3 SD 4 PD 5 NE)",
        "AVALC": "Analysis Value (C)",
        "BASECM": "Diameter before Radiotherapy (cm)",
        "NADIRCM": "Smallest Diameter before (cm)",
        "DIAMCM": "Diameter (cm)",
        "CRIT": "Rule that Decided",
    }
    return _data_set("ADRS", "Response Analysis", frame, IDENTIFIERS | labels | TRACED)


def _parameter(endpoint: Endpoint) -> str:
    lesion = ", per Lesion" if endpoint.per == "lesion" and "lesion" not in endpoint.label.lower() else ""
    return f"{endpoint.label}{lesion} (Months)"


def _traced(source: pd.Series, study: Study) -> dict[str, pd.Series]:
    """Where a row of an export decided: its role, the column of the date, its row, its file and sheet."""
    roles = {(one.file, one.sheet or ""): role for role, one in study.sources.items()}
    parts = source.astype("string").str.extract(SOURCE)
    places = [roles.get((file, sheet)) for file, sheet in zip(parts["file"], parts["sheet"].fillna(""), strict=True)]
    role = pd.Series(places, source.index, dtype="string")
    return {
        "SRCDOM": role.str.upper(),
        "SRCVAR": role.map(DATED_BY).astype("string").str.upper(),
        "SRCSEQ": parts["row"].astype("Int64"),
        "SRCFILE": source.astype("string").str.replace(r":\d+$", "", regex=True),
    }


def _shorten(name: str, taken: set[str], ending: str = "") -> str:
    """A name of at most eight capitals and digits that no other variable has, `ending` included."""
    whole = re.sub(r"[^A-Z0-9]", "", name.upper()) or "X"
    whole = whole if whole[0].isalpha() else f"X{whole}"
    for number in ["", *range(2, 1000)]:
        short = whole[: 8 - len(ending) - len(str(number))] + str(number) + ending
        if short not in taken:
            taken.add(short)
            return short
    raise ValueError(f"no name of eight letters is left for {name}")


def _data_set(name: str, label: str, rows: pd.DataFrame, labels: dict[str, str]) -> DataSet:
    rows = rows.sort_values([key for key in ("USUBJID", "PARAMCD", "LNKID") if key in rows], kind="stable")
    return DataSet(
        name, label, rows.reset_index(drop=True), {column: labels[column][:40].strip() for column in map(str, rows)}
    )
