"""One eligible patient as a hospital would write her, and what the cohort stage makes of changes to her records."""

from pathlib import Path

import pandas as pd

from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.study import Study, read_study

STUDY = read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")
EDITED = "2020-06-01"


def patient(number="OV-1", **changes) -> dict:
    row = dict(
        patient_id=number,
        birth_date="1960-05-17",
        histology="High-grade serous carcinoma",
        figo_stage="Ⅲ C",
        kps="80",
        screening_date="2016-02-20",
        metastases="2",
        surgery_or_systemic_feasible="no",
        edited=EDITED,
    )
    return row | changes


def therapy(number="OV-1", **changes) -> dict:
    row = dict(
        patient_id=number,
        drug="paclitaxel + carboplatin",
        therapy_class="chemo",
        platinum="yes",
        start_date="2014-01-10",
        end_date="2014/6/1",
        reason="adjuvant",
        relapse_date="2015.12.03",
        edited=EDITED,
    )
    return row | changes


def surgery(number="OV-1", **changes) -> dict:
    return dict(patient_id=number, date="2013年12月1日", procedure="PDS") | changes


def lesion(number="OV-1", **changes) -> dict:
    row = dict(patient_id=number, lesion_number="1", site="para-aortic node", gtv_diameter_cm="24 mm", edited=EDITED)
    return row | changes


def plan(number="OV-1", **changes) -> dict:
    row = dict(
        patient_id=number,
        lesion_number="1",
        technique="RapidArc",
        fractions="25",
        ptv_fraction_gy="1.8",
        ptv_dose_gy="4500 cGy",
        pgtv_fraction_gy="2.4 Gy",
        pgtv_dose_gy="60",
        start_date="2016-03-01",
        end_date="2016-04-05",
        edited=EDITED,
    )
    return row | changes


def imaging(number="OV-1", **changes) -> dict:
    row = dict(
        patient_id=number,
        lesion_number="1",
        date="2016-02-20",
        modality="CE-CT",
        long_axis_cm="24",
        short_axis_cm="1.8cm",
        seen="+",
        new_lesions="",
        edited=EDITED,
    )
    return row | changes


def contact(number="OV-1", **changes) -> dict:
    row = dict(
        patient_id=number,
        date="2018-01-10",
        status="alive",
        in_field_recurrence="0",
        in_field_lesions="",
        distant_progression="no",
        cause_of_death="",
        edited=EDITED,
    )
    return row | changes


def toxicity(number="OV-1", **changes) -> dict:
    return dict(patient_id=number, toxicity="nausea", grade="1", onset_date="2016-03-20", edited=EDITED) | changes


BASE = {
    "patients": [patient()],
    "therapies": [therapy()],
    "surgeries": [surgery()],
    "lesions": [lesion()],
    "plans": [plan()],
    "measurements": [imaging()],
    "follow_up": [contact()],
    "toxicities": [toxicity()],
}


def extract(study: Study = STUDY, **records: list[dict]) -> dict[str, pd.DataFrame]:
    """What `extract_sources` would give for the eligible patient, with the rows of the roles named replaced."""
    extracted = {}
    for role, rows in (BASE | records).items():
        if role not in study.sources:
            continue
        source = study.sources[role]
        columns = [*source.columns, *(["edited"] if source.edited else [])]
        extracted[role] = pd.DataFrame(rows, columns=columns, dtype="string").assign(
            file=source.file, sheet=source.sheet or "", row=range(2, len(rows) + 2), sha256="0" * 64
        )
    return extracted


def build(study: Study = STUDY, **records: list[dict]) -> dict[str, pd.DataFrame]:
    return build_cohort(extract(study, **records), study, PUBLIC_KEY)


def said(cohort: dict[str, pd.DataFrame], role: str | None = None) -> list[tuple]:
    """(role, row, column, kind, row_kept) of every line of the quarantine, or of one role's."""
    lines = cohort["quarantine"].astype({"column": object}).fillna({"column": ""})
    lines = lines if role is None else lines[lines["role"] == role]
    return list(lines[["role", "row", "column", "kind", "row_kept"]].itertuples(index=False, name=None))
