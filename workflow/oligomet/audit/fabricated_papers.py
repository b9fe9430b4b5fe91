"""Papers without a fault: a cohort is drawn, and its true statistics are printed, rounded, in one of many manners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from scipy import stats

from oligomet.audit.checks.cross_tables import tests_of
from oligomet.audit.claims import Paper
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.printed import NOT_REACHED, as_printed
from oligomet.estimates.methods.group_tests import ratio_of
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.survival_curve import KaplanMeier
from oligomet.estimates.methods_python_lacks.cox_kernel import AnyTies, cox_kernel
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel

DECLARATIONS = Path(__file__).with_suffix(".yaml")
TIMES = (12, 24, 60)
COMPARED = ("lesions", "marker")  # factors with rates at all times, hazard ratios and tests
WITH_LIMITS = {"rate": "survival", "low": "conf_low", "high": "conf_high"}
IN_COLUMN = ("lesions", "marker", "age", "stage")  # factors of the table of 24-month rates


@dataclass(frozen=True)
class Cohort:
    """Patients and lesions, a row each, and the calendar."""

    patients: pd.DataFrame
    lesions: pd.DataFrame
    start: dt.date
    end: dt.date
    cut: dt.date


@dataclass(frozen=True)
class Manner:
    """How a paper prints what it found.

    Attributes
    ----------
    confidence
        Of its intervals; stated unless it is 0.95.
    of_known
        Percentages are of those whose value is known, and the others have no line.
    partial
        Of factors with three levels or more the last is not printed.
    trial
        The marker is the arm of a trial, with its baseline, tests and ratios; else it is a factor like others.
    whole
        Percentages are whole, and hazard ratios have two decimals.
    """

    confidence: float
    of_known: bool
    partial: bool
    trial: bool
    whole: bool


@dataclass(frozen=True)
class Grouping:
    """The level of each row of a table, and all levels in their order."""

    of_row: np.ndarray
    levels: list[str]

    def occupied(self) -> list[str]:
        """The levels at which there is somebody."""
        return [level for level in self.levels if (self.of_row == level).any()]


def fabricate(rng: np.random.Generator) -> Paper:
    """A paper whose every number is true of one cohort."""
    cohort = fabricate_cohort(rng)
    manner = Manner(rng.choice([0.95, 0.95, 0.90, 0.99]), *(bool(rng.random() < each) for each in (0.3, 0.3, 0.4, 0.3)))
    groups = _groups(cohort)
    by_group, column = _rates_of_groups(cohort.patients, groups)
    sections = {
        "text": [
            *_sizes(cohort), *_settings(cohort, manner), *_moments(cohort, manner), *by_group,
            *_survival(cohort.patients, manner), *_followed(cohort.patients, groups["marker"]),
            *_models(cohort.patients, groups, "breslow" if rng.random() < 0.5 else "efron", manner),
            *(_arms(cohort.patients, groups, manner) if manner.trial else ()),
        ],
        "table 1": list(_table(groups, manner)),
        "table 2": column,
    }  # fmt: skip
    declared = yaml.load(DECLARATIONS.read_text(encoding="utf-8"), yaml.BaseLoader)
    declared["factors"]["marker"]["randomised"] = str(manner.trial)
    claims = {
        section: [_as_text({"row": row, **entry}) for row, entry in enumerate(entries, start=1)]
        for section, entries in sections.items()
    }
    return parse_claims({**declared, "claims": claims}, "fabricated")


def fabricate_cohort(rng: np.random.Generator) -> Cohort:
    """40 to 400 patients with 1 to 5 lesions each, accrued in 4 to 8 years, followed for one more, some lost before."""
    n, years = int(rng.integers(40, 401)), int(rng.integers(4, 9))
    few = rng.uniform(0.2, 0.5)
    patients = pd.DataFrame(
        {
            "age": np.clip(rng.normal(58, 11, n).round(), 20, 90).astype(int),
            "lesions": rng.choice([1, 2, 3, 4, 5], n, p=[0.5, 0.25, 0.12, 0.08, 0.05]),
            "stage": rng.choice(["I", "II", "III"], n, p=rng.dirichlet([4, 4, 8])),
            "grade": rng.choice(["low", "high", "unknown"], n, p=rng.dirichlet([6, 6, 2])),
            "marker": rng.choice(["low", "high"], n, p=[few, 1 - few]),
            "smoking": rng.choice(["yes", "no"], n, p=[0.3, 0.7]),
            "weight": rng.normal(68, 12, n),
            "height": rng.normal(164, 7, n),
            "pressure": rng.normal(128, 15, n),
            "albumin": rng.normal(41, 4, n),
        }
    )
    patients["smoker"] = (patients["smoking"] == "yes").astype(int)
    lesions = _draw_lesions(patients, rng)
    risk = 0.4 * (patients["lesions"] > 1) + rng.normal(0, 0.4) * (patients["marker"] == "high")
    death = 0.5 + rng.uniform(25, 70) * (rng.exponential(size=n) / np.exp(risk)) ** (1 / rng.uniform(0.8, 1.4))
    progressing = lesions["response"].eq("PD").groupby(lesions["patient"]).any()
    local = np.where(progressing, rng.uniform(1, 3, n), 3 + rng.exponential(40, n))
    other = 1 + rng.exponential(30, n)
    follow_up = rng.uniform(12, 12 * (years + 1), n)
    lost = rng.random(n) < rng.uniform(0, 0.1)
    last = np.minimum(np.where(lost, rng.uniform(0.5, follow_up), follow_up), death)
    progression = np.minimum(local, other)
    for name, time in (("OS", death), ("LRFS", local), ("PFS", progression), ("EFS", np.minimum(progression, death))):
        patients[name] = np.minimum(time, last)
        patients[f"{name}_event"] = (time <= last).astype(int)
    start = dt.date(2010, 1, 1)
    return Cohort(patients, lesions, start, dt.date(2010 + years, 1, 1), dt.date(2011 + years, 1, 1))


def _draw_lesions(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    lesions = pd.DataFrame({"patient": patients.index.repeat(patients["lesions"])})
    n = len(lesions)
    diameter = np.clip(rng.lognormal(0.9, 0.6, n), 0.5, 15).round(1)
    fraction = rng.choice([1.8, 2.0, 2.5, 3.0, 5.0, 8.0], n)
    fractions = np.clip((rng.uniform(30, 60, n) / fraction).round(), 3, 30).astype(int)
    return lesions.assign(
        diameter=np.where(rng.random(n) < 0.05, np.nan, diameter),
        fraction=fraction,
        fractions=fractions,
        dose=fraction * fractions,
        bed=fraction * fractions * (1 + fraction / 10),
        site=rng.choice(["neck", "chest", "abdomen", "pelvis"], n, p=rng.dirichlet([5, 5, 5, 5])),
        response=rng.choice(["CR", "PR", "SD", "PD", "NE"], n, p=[0.2, 0.3, 0.25, 0.2, 0.05]),
    )


def _groups(cohort: Cohort) -> dict[str, Grouping]:
    patients, lesions = cohort.patients, cohort.lesions
    diameter = np.select([lesions["diameter"] < 3, lesions["diameter"] >= 3], ["< 3", "≥ 3"], "unknown")
    response = lesions.loc[lesions["response"] != "NE", "response"]
    return {
        "age": Grouping(np.where(patients["age"] < 60, "< 60", "≥ 60"), ["< 60", "≥ 60"]),
        "lesions": Grouping(np.where(patients["lesions"] < 2, "1", "2-5"), ["1", "2-5"]),
        "stage": Grouping(patients["stage"].to_numpy(), ["I", "II", "III"]),
        "grade": Grouping(patients["grade"].to_numpy(), ["low", "high", "unknown"]),
        "marker": Grouping(patients["marker"].to_numpy(), ["low", "high"]),
        "smoking": Grouping(patients["smoking"].to_numpy(), ["yes", "no"]),
        "site": Grouping(lesions["site"].to_numpy(), ["neck", "chest", "abdomen", "pelvis"]),
        "diameter": Grouping(diameter, ["< 3", "≥ 3", "unknown"]),
        "bed": Grouping(np.where(lesions["bed"] < 60, "< 60", "≥ 60"), ["< 60", "≥ 60"]),
        "response": Grouping(response.to_numpy(), ["CR", "PR", "SD", "PD"]),
    }


def _table(groups: dict[str, Grouping], manner: Manner) -> Iterator[dict]:
    for factor, grouping in groups.items():
        known = grouping.of_row != "unknown" if manner.of_known else np.full(len(grouping.of_row), True)
        levels = [level for level in grouping.occupied() if level != "unknown" or not manner.of_known]
        for level in levels[:-1] if manner.partial and len(levels) > 2 else levels:
            here = grouping.of_row[known] == level
            share = as_printed(100 * here.mean(), 0 if manner.whole else 1)
            yield {"of": {factor: level}, "count": int(here.sum()), "percentage": share}


def _sizes(cohort: Cohort) -> Iterator[dict]:
    response = cohort.lesions.loc[cohort.lesions["response"] != "NE", "response"]
    for name, who in (("patients", cohort.patients), ("lesions", cohort.lesions), ("evaluable", response)):
        yield {"of": name, "count": len(who)}
    yield {"of": {"control": "yes"}, "percentage": as_printed(100 * response.ne("PD").mean(), 2)}


def _settings(cohort: Cohort, manner: Manner) -> Iterator[dict]:
    if manner.confidence != 0.95:
        yield {"setting": "confidence_level", "value": f"{100 * manner.confidence:g}"}
    for name, date in (("accrual_start", cohort.start), ("accrual_end", cohort.end), ("data_cut", cohort.cut)):
        yield {"setting": name, "date": date.isoformat()}
    yield {"setting": "significance_level", "value": "0.05"}


def _moments(cohort: Cohort, manner: Manner) -> Iterator[dict]:
    decimals = {"age": 1, "smoker": 2, "diameter": 2, "bed": 2, "fraction": 1, "fractions": 0, "dose": 1}
    for variable, places in decimals.items():
        values = (cohort.patients if variable in cohort.patients else cohort.lesions)[variable].dropna()
        summary = {"mean": values.mean(), "sd": values.std()}
        if variable != "smoker":
            quartiles = {"q1": values.quantile(0.25), "median": values.median(), "q3": values.quantile(0.75)}
            summary |= {**quartiles, "minimum": values.min(), "maximum": values.max()}
        yield {"variable": variable, **{kind: as_printed(value, places) for kind, value in summary.items()}}
    age = cohort.patients["age"]
    half = float(stats.t.ppf((1 + manner.confidence) / 2, len(age) - 1)) * (error := float(age.std()) / len(age) ** 0.5)
    limits = {"low": as_printed(float(age.mean()) - half, 1), "high": as_printed(float(age.mean()) + half, 1)}
    yield {"variable": "age", "mean": as_printed(age.mean(), 1), **limits}
    yield {"variable": "age", "se": as_printed(error, 2)}
    yield {"variable": "assessed", "minimum": 1, "maximum": 3}


def _survival(patients: pd.DataFrame, manner: Manner) -> Iterator[dict]:
    for endpoint in ("OS", "PFS", "LRFS", "EFS"):
        curve = _curve(patients, endpoint, manner.confidence)
        longest = as_printed(patients[endpoint].max(), 1)
        yield {"endpoint": endpoint, "rate": _rates(curve), "maximum": longest}
        yield {"endpoint": endpoint, **{kind: _rates(curve, name) for kind, name in WITH_LIMITS.items()}}
        yield {"endpoint": endpoint, "median": _months(curve.median.estimate)}


def _months(value: float) -> str:
    return as_printed(value, 1) if np.isfinite(value) else NOT_REACHED


def _followed(patients: pd.DataFrame, arms: Grouping) -> Iterator[dict]:
    """Events and numbers at risk, of all and by group."""
    who = {None: np.full(len(patients), True)} | {level: arms.of_row == level for level in arms.occupied()}
    for level, here in who.items():
        of = {"of": {"marker": level}} if level else {}
        months = patients.loc[here, "OS"]
        at_risk = {0: int(here.sum())} | {time: int((months >= time).sum()) for time in TIMES}
        yield {"endpoint": "OS", **of, "events": int(patients.loc[here, "OS_event"].sum()), "at_risk": at_risk}


def _arms(patients: pd.DataFrame, groups: dict[str, Grouping], manner: Manner) -> Iterator[dict]:
    """The baseline of two arms, its tests, and the ratios of an outcome."""
    arm, levels = groups["marker"].of_row, groups["marker"].levels
    for variable, places in (("age", 1), ("weight", 1), ("height", 0), ("pressure", 0), ("albumin", 1)):
        values = [patients.loc[arm == level, variable] for level in levels]
        for level, here in zip(levels, values, strict=True):
            moments = {"mean": as_printed(here.mean(), places), "sd": as_printed(here.std(), places)}
            yield {"variable": variable, "of": {"marker": level}, **moments}
        p = float(stats.ttest_ind(*values, equal_var=manner.whole).pvalue)
        yield {"of": "patients", "variable": variable, "factor": "marker", "test": "t-test", **_p(p)}
    for other in ("stage", "smoking"):
        cells = np.array(
            [[(groups[other].of_row[arm == level] == each).sum() for each in groups[other].levels] for level in levels]
        )
        for level, row in zip(levels, cells, strict=True):
            for name, count in zip(groups[other].levels, row, strict=True):
                yield {"of": {"marker": level, other: name}, "count": int(count)}
        found = tests_of(cells)
        if found:
            name = "Fisher" if "Fisher" in found and manner.of_known else "chi-square"
            yield {"of": "patients", "factor": "marker", "by": other, "test": name, **_p(found[name])}
    if cells.min() > 0:  # of smoking, the last
        for kind in ("odds_ratio", "risk_ratio"):
            ratio, error = ratio_of(cells, kind)
            z = float(stats.norm.ppf((1 + manner.confidence) / 2))
            limits = {"low": ratio * np.exp(-z * error), "high": ratio * np.exp(z * error)}
            contrast = {"factor": "marker", "level": levels[0], "reference": levels[1]}
            printed = {name: as_printed(value, 2) for name, value in {kind: ratio, **limits}.items()}
            yield {"contrast": contrast, "outcome": {"smoking": "yes"}, **printed}


def _curve(patients: pd.DataFrame, endpoint: str, confidence: float = 0.95) -> KaplanMeier:
    return km_kernel(patients[endpoint], patients[f"{endpoint}_event"], confidence=confidence)


def _rates(curve: KaplanMeier, column: str = "survival") -> dict:
    rates = curve.at(TIMES).dropna(subset=["survival", column])
    return {int(time): as_printed(100 * rate, 1) for time, rate in zip(rates["time"], rates[column], strict=True)}


def _rates_of_groups(patients: pd.DataFrame, groups: dict[str, Grouping]) -> tuple[list[dict], list[dict]]:
    entries, column = [], []
    for factor in IN_COLUMN:
        grouping = groups[factor]
        rates = {level: _rates(_curve(patients[grouping.of_row == level], "OS")) for level in grouping.occupied()}
        if factor in COMPARED:
            entries += [{"endpoint": "OS", "of": {factor: level}, "rate": each} for level, each in rates.items()]
        if all(24 in each for each in rates.values()):
            column += [
                {"endpoint": "OS", "of": {factor: level}, "time": 24, "rate": each[24]} for level, each in rates.items()
            ]
    return entries, column


def _models(patients: pd.DataFrame, groups: dict[str, Grouping], ties: AnyTies, manner: Manner) -> Iterator[dict]:
    def fit(covariate: np.ndarray) -> dict:
        here = pd.DataFrame({"covariate": covariate.astype(float)})
        fitted = cox_kernel(here, patients["OS"], patients["OS_event"], ties=ties, confidence=manner.confidence)
        found = fitted.table.iloc[0]
        ratio = {"hazard_ratio": "estimate", "low": "conf_low", "high": "conf_high"}
        printed = {kind: as_printed(found[column], 2 if manner.whole else 3) for kind, column in ratio.items()}
        return {"endpoint": "OS", "model": "univariable", **printed, **_p(found["p_value"])}

    yield {"variable": "age", "per": 1, **fit(patients["age"].to_numpy())}
    for factor in COMPARED:
        level, reference = groups[factor].levels
        contrast = {"factor": factor, "level": level, "reference": reference}
        yield {"contrast": contrast, **fit(groups[factor].of_row == level)}
        test = logrank(patients["OS"], patients["OS_event"], groups[factor].of_row)
        chi2 = {"test": "chi2", "df": [1], "statistic": as_printed(test.chi_square, 2)}
        yield {"endpoint": "OS", "factor": factor, **chi2, **_p(test.p_value)}


def _p(value: float) -> dict:
    called = "significant" if value < 0.05 else "not significant"
    return {"p_value": "< 0.001" if value < 0.001 else as_printed(value, 3), "called": called}


def _as_text(value: object) -> object:
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return {str(key): _as_text(each) for key, each in value.items()} if isinstance(value, dict) else str(value)
