"""The numbers of `targets.TARGETS` as the workflow's own tables of outcomes give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from generator import targets
from generator.curves import chi_square, contrast, median, survival, tally
from oligomet.estimates.factor_levels import UNKNOWN, assign, members
from oligomet.study import Study


def measure(outcomes: Mapping[str, pd.DataFrame], study: Study) -> dict[str, float]:
    """Every target's value in the tables patients, lesions, responses, times and toxicities of `outcomes/`."""
    patients, lesions = outcomes["patients"], outcomes["lesions"]
    numbers = dict(_counts(patients, lesions, study))
    numbers |= dict(_summaries(patients, lesions, outcomes["responses"]))
    numbers |= dict(_times(patients, outcomes["times"], study))
    numbers |= dict(_stereotactic(patients, lesions, outcomes["times"]))
    numbers |= dict(_toxicity(patients, outcomes["toxicities"]))
    return {name: float(value) for name, value in numbers.items()}


def _counts(patients: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> Iterator[tuple[str, float]]:
    evaluable = lesions[lesions["response"] != "NE"]
    for unit, frame, factors in (
        ("patients", patients, targets.TABLE_1),
        ("lesions", lesions, targets.TABLE_2),
        ("evaluable lesions", evaluable, ["bed"]),
    ):
        for factor in factors:
            for level, belongs in members(frame, study.factors[factor]).items():
                yield f"{unit}, {factor}, {level}", belongs.sum()
    cells = pd.crosstab(lesions["site"], lesions["response"])
    for site in targets.TABLE_3:
        yield f"lesions, {site}", (lesions["site"] == site).sum()
        for response in targets.RESPONSES:
            yield f"lesions, {site}, {response}", cells.get(response, pd.Series(dtype=int)).get(site, 0)
    worst = patients["response"].replace({"CR": "CR/PR", "PR": "CR/PR"}).value_counts()
    for response, count in worst.items():
        yield f"patients, worst response {response}", count


def _summaries(patients: pd.DataFrame, lesions: pd.DataFrame, responses: pd.DataFrame) -> Iterator[tuple[str, float]]:
    age, gtv, bed = patients["age_years"], lesions["gtv_diameter_cm"], lesions["bed10_gy"]
    fraction = lesions[["ptv_fraction_gy", "pgtv_fraction_gy"]]
    first = responses[(responses["assessment"] == "first") & (responses["response"] != "NE")]
    days = first["days_after_radiotherapy"]
    yield "age, mean", age.mean()
    yield "age, lowest", age.min()
    yield "age, highest", age.max()
    yield "months since last treatment, median", patients["since_last_treatment_months"].median()
    yield "GTV diameter (cm), mean", gtv.mean()
    yield "GTV diameter (cm), smallest", gtv.min()
    yield "GTV diameter (cm), largest", gtv.max()
    yield "BED10 (Gy), median", bed.median()
    yield "BED10 (Gy), lowest", bed.min()
    yield "BED10 (Gy), highest", bed.max()
    yield "fractions, fewest", lesions["fractions"].min()
    yield "fractions, most", lesions["fractions"].max()
    yield "dose a fraction (Gy), lowest", fraction.min(axis=None)
    yield "dose a fraction (Gy), highest", fraction.max(axis=None)
    yield "days to first assessment, mean", days.mean()
    yield "days to first assessment, shortest", days.min()
    yield "days to first assessment, longest", days.max()


def _times(patients: pd.DataFrame, times: pd.DataFrame, study: Study) -> Iterator[tuple[str, float]]:
    for endpoint in ("OS", "LRFS", "PFS", "CFI"):
        months, events = _course(patients, times, endpoint)
        everyone = tally(months, events, np.zeros(len(months), int), 1)
        yield from _rates(endpoint, "all", everyone)
        yield f"{endpoint}, median (months)", median(everyone[0])
        yield f"{endpoint}, shortest (months)", months.min()
        yield f"{endpoint}, longest (months)", months.max()
        for factor in study.analyses.compare.get(endpoint, []):
            levels = assign(patients, study.factors[factor]).astype(str).to_numpy()
            known = levels != UNKNOWN
            names = [level for level in study.factors[factor].levels if (levels == level).any()]
            groups = np.array([names.index(level) for level in levels[known]])
            counts = tally(months[known], events[known], groups, len(names))
            yield f"{endpoint}, p, {factor}", chdtrc(len(names) - 1, chi_square(counts))
            for place, name in enumerate(names):
                yield from _rates(endpoint, f"{factor}, {name}", counts[place : place + 1])
            if endpoint == "OS" and factor in targets.HAZARD_RATIOS:
                yield f"OS, hazard ratio, {factor}", _hazard_ratio(counts)


def _course(patients: pd.DataFrame, times: pd.DataFrame, endpoint: str) -> tuple[np.ndarray, np.ndarray]:
    of_patient = times[times["endpoint"] == endpoint].set_index("subject_id").loc[patients["patient_id"]]
    return of_patient["months"].to_numpy().astype(int), of_patient["event"].to_numpy(int)


def _rates(endpoint: str, group: str, counts: np.ndarray) -> Iterator[tuple[str, float]]:
    for month, rate in zip(targets.LANDMARKS, 100 * survival(counts, targets.LANDMARKS)[0], strict=True):
        yield f"{endpoint} at {month} months, {group}", rate


def _hazard_ratio(counts: np.ndarray) -> float:
    """Breslow's hazard ratio of the first group to the second, by Newton's method."""
    ratio = np.ones(1)
    for _ in range(50):
        ratio = contrast(counts[:1], counts[1:], ratio)[1]
    return float(ratio[0])


def _stereotactic(patients: pd.DataFrame, lesions: pd.DataFrame, times: pd.DataFrame) -> Iterator[tuple[str, float]]:
    theirs = lesions[lesions["sbrt"] == 1]
    yield "SBRT, patients", theirs["patient_id"].nunique()
    yield "SBRT, lesions", len(theirs)
    for response in targets.SBRT:
        yield f"SBRT, lesions, {response}", (theirs["response"] == response).sum()
    for site in targets.SBRT_SITES:
        yield f"SBRT, lesions, {site}", (theirs["site"] == site).sum()
    months, events = _course(patients[patients["sbrt"] == 1], times, "OS")
    yield "SBRT, median OS (months)", median(tally(months, events, np.zeros(len(months), int), 1)[0])


def _toxicity(patients: pd.DataFrame, toxicities: pd.DataFrame) -> Iterator[tuple[str, float]]:
    phases = {phase: set(rows["patient_id"]) for phase, rows in toxicities.groupby("phase")}
    acute, late = phases.get("acute", set()), phases.get("late", set())
    yield "toxicity, patients without toxicity", len(patients) - len(acute | late)
    yield "toxicity, patients, acute and late", len(acute & late)
    yield "toxicity, highest grade", toxicities["grade"].max()
    for phase, theirs in phases.items():
        yield f"toxicity, patients, {phase}", len(theirs)
    for (phase, toxicity), rows in toxicities.groupby(["phase", "toxicity"]):
        yield f"toxicity, patients, {phase} {toxicity}", rows["patient_id"].nunique()
