"""What was done otherwise than the protocol has it: fractions, dose, days and imaging."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from oligomet.outcomes.recist import assess_imaging
from oligomet.protocol_declarations import PlannedImaging, PlannedTreatment
from oligomet.schemas import TABLES, conform
from oligomet.study import Study


def find_deviations(lesions: pd.DataFrame, measurements: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Deviations of the treatment and imaging of eligible patients (protocol/deviations), a row for each.

    Parameters
    ----------
    lesions, measurements
        The tables of those names of the cohort stage.
    study
        Its `protocol` says what was planned.
    """
    protocol = study.protocol
    found: list[pd.DataFrame] = []
    if protocol and protocol.treatment:
        found += _of_treatment(lesions, protocol.treatment)
    if protocol:
        found += _of_imaging(lesions, measurements, protocol.imaging)
    if protocol and study.complete_response and study.complete_response.reader:
        found.append(_of_readers(lesions, measurements, study.complete_response.reader, study))
    columns = TABLES["protocol/deviations"]
    table = pd.concat([conform(frame, columns) for frame in found]) if found else conform(pd.DataFrame(), columns)
    return table.sort_values(["kind", "patient_id", "source"], kind="stable").reset_index(drop=True)


def _of_treatment(lesions: pd.DataFrame, planned: PlannedTreatment) -> Iterator[pd.DataFrame]:
    low, high = planned.dose_gy
    dose = lesions["ptv_dose_gy"].astype(float)
    numbers = " or ".join(map(str, sorted(planned.fractions)))
    began, ended = (lesions[name].to_numpy().astype("datetime64[D]") for name in ("start_date", "end_date"))
    daily = np.busday_offset(began, lesions["fractions"].to_numpy(int) - 1, roll="forward")
    late = pd.Series(np.busday_count(daily, ended), lesions.index)
    rules = [
        ("fractions", ~lesions["fractions"].isin(planned.fractions), lesions["fractions"].astype("string"),
         f"{numbers} fractions"),
        ("dose", ~dose.between(low - 1e-9, high + 1e-9), dose.map("{:g} Gy".format), f"{low:g} to {high:g} Gy"),
        ("days", late > planned.pause_weekdays, late.map("{} weekdays later than daily fractions".format),
         f"daily fractions, at most {planned.pause_weekdays} weekdays later"),
    ]  # fmt: skip
    for kind, deviates, found, expected in rules:
        plans = lesions.assign(source=lesions["plan_source"], kind=kind, found=found, expected=expected)
        yield plans[deviates]


def _of_imaging(lesions: pd.DataFrame, measurements: pd.DataFrame, planned: PlannedImaging) -> Iterator[pd.DataFrame]:
    scans = measurements.rename(columns={"lesion_id": "imaged_id"}).merge(
        lesions[["imaged_id", "site", "end_date"]].drop_duplicates("imaged_id"), on="imaged_id"
    )
    scans = scans[scans["date"] > scans["end_date"]].rename(columns={"imaged_id": "lesion_id"})
    for site, of_site in scans.groupby("site"):
        wanted = planned.modalities_at.get(str(site), planned.modalities)
        if wanted:
            other = of_site[~of_site["modality"].isin(wanted)]
            yield other.assign(kind="modality", found=other["modality"], expected=" or ".join(wanted))


def _of_readers(lesions: pd.DataFrame, measurements: pd.DataFrame, variable: str, study: Study) -> pd.DataFrame:
    """Imaging on which a complete response was called and not measured, or measured and not called."""
    measured = assess_imaging(lesions, measurements, study.response)
    called = measurements[["patient_id", "source", variable]]
    both = measured.merge(called, on="source")
    both = both[both[variable].notna() & (both["response"] != "NE")]
    apart = both[(both["response"] == "CR") != (both[variable] == "CR")]
    return apart.assign(
        kind="reader",
        found=apart[variable] + " called",
        expected=apart["response"] + " by the measurements (" + apart["why"] + ")",
    )
