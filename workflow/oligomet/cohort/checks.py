"""What cannot be true: within a row, between a patient's rows, and between a lesion and its plan."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.records import Records, findings
from oligomet.courses import number_courses
from oligomet.schemas import ALL_SOURCES, SOURCES, TABLES
from oligomet.study import Study

_CHILDREN = tuple(role for role in ALL_SOURCES if role != "patients")
LISTED_LESIONS = r"\d{1,9}(?:\s*[;,/+、]\s*\d{1,9})*"


def check_rows(records: Records, study: Study) -> None:
    """Leave out rows that contradict themselves.

    A course that ends before it starts; a total dose that is not the fractions' (within `dose.tolerance_gy`); a lesion
    not seen and yet measured, or wider across its longest diameter than along it; an age beyond the limit of
    `age_years`. A relapse before its course, and a list of lesions that is none, are emptied. A lesion of 0 mm has
    disappeared, whatever else is said of it: by RECIST 1.1 (section 4.3.2) one that is present and too small to measure
    is recorded as 5 mm, and 0 mm is for one that is likely gone. It is taken as not seen, with a note.
    """
    for role in ("therapies", "plans"):
        rows = records.rows[role]
        wrong = rows["end_date"] < rows["start_date"]
        records.drop(role, wrong, "impossible_date", "it ends before it starts", "end_date")

    rows = records.rows["therapies"]
    wrong = rows["relapse_date"] < rows["start_date"]
    records.refuse("therapies", "relapse_date", wrong, "impossible_date", "the relapse is before the course")

    for level in ("ptv", "pgtv"):
        rows = records.rows["plans"]
        total, fraction = rows[f"{level}_dose_gy"], rows[f"{level}_fraction_gy"]
        wrong = (rows["fractions"].astype("float64") * fraction - total).abs() > study.dose.tolerance_gy + 1e-9
        reason = f"not fractions x dose per fraction within {study.dose.tolerance_gy:g} Gy (dose.tolerance_gy)"
        records.drop("plans", wrong, "inconsistent", reason, f"{level}_dose_gy")

    rows = records.rows["measurements"]
    wrong = (rows["seen"] == 0) & rows[["long_axis_cm", "short_axis_cm"]].gt(0).any(axis=1)
    records.drop("measurements", wrong, "inconsistent", "not seen, and yet measured", "seen")
    rows = records.rows["measurements"]
    gone = ((rows["seen"] == 1) & (rows["long_axis_cm"].fillna(rows["short_axis_cm"]) == 0)).fillna(False)
    reason = "0 mm is how RECIST 1.1 records a lesion that has disappeared; taken as not seen"
    records.note("measurements", findings(rows.index[gone], "inconsistent", reason, "seen"))
    records.rows["measurements"] = rows.assign(seen=rows["seen"].mask(gone, 0))

    rows = records.rows["measurements"]
    wrong = rows["short_axis_cm"] > rows["long_axis_cm"]
    reason = "the short axis is longer than the long axis"
    records.drop("measurements", wrong, "inconsistent", reason, "short_axis_cm")

    birth = records.rows["patients"]["birth_date"]
    oldest = int(TABLES["cohort/patients"]["age_years"].at_most or 0)
    wrong = birth < pd.Timestamp(study.data_cut) - pd.DateOffset(years=oldest)
    reason = f"more than {oldest} years before the data cut"
    records.refuse("patients", "birth_date", wrong, "impossible_date", reason)

    lesions = records.rows["follow_up"]["in_field_lesions"]
    wrong = lesions.notna() & ~lesions.fillna("").str.fullmatch(LISTED_LESIONS)
    reason = "expected numbers of lesions, e.g. 1;2"
    records.refuse("follow_up", "in_field_lesions", wrong, "unreadable", reason)
    one_sign = records.rows["follow_up"]["in_field_lesions"].str.replace(r"\s*[;,/+、]\s*", ";", regex=True)
    records.rows["follow_up"] = records.rows["follow_up"].assign(in_field_lesions=one_sign)


def check_patients(records: Records) -> None:
    """Leave out rows of no patient, and refuse dates before birth."""
    for role in ("patients", *_CHILDREN):  # a patient whose own row goes has no rows elsewhere
        birth = records.rows["patients"].set_index("patient_id")["birth_date"]
        rows = records.rows[role]
        unknown = ~rows["patient_id"].isin(birth.index)
        records.drop(role, unknown, "orphan", "no readable row of patients has this number")
        for column in _dates(records.rows[role]):
            rows = records.rows[role]
            wrong = rows[column] < rows["patient_id"].map(birth)
            records.refuse(role, column, wrong, "impossible_date", "before the patient's birth")


def check_plans(records: Records, study: Study) -> None:
    """Derive doses, leave out the plans of a lesion that has several in one course, note what was irradiated again.

    A boost of which a cell could not be read, or only one of dose and dose per fraction is there, is no plan without a
    boost: `dose_unknown` says why its dose is not known.
    """
    _derive_doses(records, study)
    _find_unknown_boosts(records)
    rows = records.rows["plans"]
    of_lesion = ["patient_id", "lesion_number"]
    course = number_courses(rows, of_lesion, study.courses)
    together = rows.assign(course=course).duplicated([*of_lesion, "course"], keep=False)
    reason = "several plans of one lesion in one course (courses.new_after_days): its dose is not known"
    records.drop("plans", together, "inconsistent", reason)
    if "start_date" not in study.sources["plans"].key:
        again = rows.index[(course > 1) & ~together]
        reason = f"more than {study.courses.new_after_days} days after the lesion's last plan: taken as a new course"
        records.note("plans", findings(again, "inconsistent", reason, "start_date"))


def _derive_doses(records: Records, study: Study) -> None:
    """Of fractions, dose per fraction and total dose, the one that is not collected from the two others.

    A total that is no whole number of fractions (within `dose.tolerance_gy`), or one that cannot be given, contradicts
    itself: the plan is left out.
    """
    absent = [name for name in SOURCES["plans"] if not study.collects(f"plans.{name}")]
    for level in ("ptv", "pgtv"):
        total, fraction = f"{level}_dose_gy", f"{level}_fraction_gy"
        rows = records.rows["plans"].astype({"fractions": "Float64"})
        derived = {
            total: rows["fractions"] * rows[fraction],
            fraction: rows[total] / rows["fractions"],
            "fractions": (rows[total] / rows[fraction]).round(),
        }
        for name in (one for one in absent if one in derived and rows[one].isna().all()):
            column = SOURCES["plans"][name]
            value = derived[name].astype("float64")
            low, high = column.at_least or 0, column.at_most or float("inf")
            wrong = value.notna() & ~value.between(low, high)
            if name == "fractions":
                wrong |= (value * rows[fraction] - rows[total]).abs() > study.dose.tolerance_gy + 1e-9
            rows = records.rows["plans"]
            records.rows["plans"] = rows.assign(**{name: value.astype(rows[name].dtype)})
            reason = f"{name.replace('_', ' ')}, which is not collected and follows from the others, cannot be true"
            records.drop("plans", wrong, "inconsistent", reason)


def _find_unknown_boosts(records: Records) -> None:
    rows = records.rows["plans"]
    boost = ["pgtv_dose_gy", "pgtv_fraction_gy"]
    known = rows[boost].notna().sum(axis=1)
    reason = pd.Series(pd.NA, rows.index, dtype="string").mask(
        known == 1, "a boost with a dose or a dose per fraction alone"
    )
    noted = [found[(found["role"] == "plans") & found["column"].isin(boost)] for found in records.said]
    refused = pd.Index([at for found in noted for at in found["at"]])
    reason = reason.mask(rows.index.isin(refused), "the dose of a boost cannot be read")
    records.rows["plans"] = rows.assign(dose_unknown=reason)


def check_deaths(records: Records, radiotherapy_end: pd.Series) -> None:
    """Leave out deaths before the last fraction, refuse every date after a patient's first death, and a fatal toxicity
    of who did not die.

    In the patient's own row such a date is emptied: without the row her death would be nobody's.

    `radiotherapy_end` is by patient_id.
    """
    _move_deaths_of_unknown_day(records)
    rows = records.rows["follow_up"]
    early = (rows["status"] == "dead") & (rows["date"] < rows["patient_id"].map(radiotherapy_end))
    reason = "a death before the last fraction of radiotherapy"
    records.drop("follow_up", early, "impossible_date", reason, "date")

    rows = records.rows["follow_up"]
    died = rows[(rows["status"] == "dead").fillna(False)].groupby("patient_id")["date"].min()
    for role in ALL_SOURCES:
        for column in _dates(records.rows[role]):
            rows = records.rows[role]
            wrong = rows[column] > rows["patient_id"].map(died)
            refuse = records.empty if role == "patients" else records.refuse
            refuse(role, column, wrong, "impossible_date", "after the patient's death")

    rows = records.rows["toxicities"]
    alive = (rows["grade"] == 5) & ~rows["patient_id"].isin(died.index)
    reason = "grade 5 is death, and no contact tells of the patient's death"
    records.drop("toxicities", alive, "inconsistent", reason, "grade")


def _move_deaths_of_unknown_day(records: Records) -> None:
    """A death whose day `parsing.partial_dates` made up is not before a contact of that month, or year, in life."""
    said = [found for found in records.said if (found["kind"] == "partial_date").any()]
    made_up = pd.concat(said) if said else pd.DataFrame(columns=["role", "kind", "at", "reason"])
    made_up = made_up[(made_up["role"] == "follow_up") & (made_up["kind"] == "partial_date")]
    written = made_up.set_index("at")["reason"]
    rows = records.rows["follow_up"]
    dead = rows[(rows["status"] == "dead").fillna(False) & rows.index.isin(written.index)]
    for at in dead.index:
        row = rows.loc[at]
        of_year = rows[(rows["patient_id"] == row["patient_id"]) & (rows["date"].dt.year == row["date"].year)]
        same = of_year if "month" in written[at] else of_year[of_year["date"].dt.month == row["date"].month]
        rows.loc[at, "date"] = same["date"].max()


def check_lesions(records: Records, irradiated: pd.DataFrame, index: pd.DataFrame) -> None:
    """Leave out what is of no irradiated lesion; note what is odd about a patient's counts.

    Imaging of a lesion that was not irradiated stays where it shows new lesions: it measures nothing that is analysed,
    and it dates the patient's progression.

    A contact's in-field lesions are emptied if one of them was not irradiated. Fewer metastases at restaging than
    irradiated lesions, or restaging after the first fraction, is noted and kept: lesions may have been treated as they
    appeared, and neither says which entry is wrong.

    `irradiated` are the lesions with their plans, `index` those of the course from which the patient is followed.
    """
    pairs = pd.MultiIndex.from_frame(irradiated[["patient_id", "lesion_number"]])
    for role, reason in (
        ("lesions", "no readable plan for this lesion"),
        ("plans", "no readable lesion for this plan"),
        ("measurements", "no irradiated lesion of the patient has this number"),
        ("image_features", "no irradiated lesion of the patient has this number"),
    ):
        rows = records.rows[role]
        known = pd.MultiIndex.from_frame(rows[["patient_id", "lesion_number"]]).isin(pairs)
        if role == "measurements":
            known |= rows["new_lesions"].eq(1).fillna(False).to_numpy(bool)
        records.drop(role, pd.Series(~known, rows.index), "orphan", reason, "lesion_number")

    rows = records.rows["follow_up"]
    listed = pd.to_numeric(rows["in_field_lesions"].str.split(";").explode().dropna()).astype("Int64")
    named = pd.MultiIndex.from_arrays([rows["patient_id"].reindex(listed.index), listed])
    strangers = listed.index[~named.isin(pairs)]
    reason = "a lesion that was not irradiated"
    records.refuse("follow_up", "in_field_lesions", pd.Series(rows.index.isin(strangers), rows.index), "orphan", reason)

    rows = records.rows["patients"]
    counted = rows["patient_id"].map(index["patient_id"].value_counts())
    reasons = counted.astype("string") + " irradiated lesions are more than these; kept as it stands"
    records.note("patients", _noted(counted > rows["metastases"], "inconsistent", reasons, "metastases"))
    late = rows["screening_date"] > rows["patient_id"].map(index.groupby("patient_id")["start_date"].min())
    reasons = pd.Series("restaging after the first fraction; kept as it stands", rows.index)
    records.note("patients", _noted(late, "inconsistent", reasons, "screening_date"))


def _noted(where: pd.Series, kind: str, reason: pd.Series, column: str) -> pd.DataFrame:
    where = where.fillna(False)
    return findings(where.index[where], kind, reason[where], column)


def _dates(rows: pd.DataFrame) -> list[str]:
    return [str(name) for name in rows.select_dtypes("datetime") if name not in ("birth_date", "edited")]
