"""How often the audit errs: fabricated papers without a fault, and the same papers with one number changed.

A paper is fabricated by drawing a cohort and printing its true statistics, rounded. Whatever the checks find in it other
than sound is a false alarm. Then one number is changed by more than its rounding, and the audit should notice.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from oligomet.audit.claims import Claim, Paper, parse_claims
from oligomet.audit.findings import run_checks
from oligomet.audit.printed import as_printed, read_number
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods.logrank import logrank

TIMES = (12, 24, 60)
SITES = ("neck", "chest", "abdomen", "pelvis")
DAYS_PER_MONTH = 30.4375


@dataclasses.dataclass(frozen=True)
class _Cohort:
    patients: pd.DataFrame
    lesions: pd.DataFrame
    start: dt.date
    end: dt.date
    cut: dt.date


def draw_cohort(rng: np.random.Generator) -> _Cohort:
    """A cohort of 80 to 300 patients with 1 to 5 lesions each, followed to a closing date, some lost before."""
    n = int(rng.integers(80, 301))
    years = int(rng.integers(4, 9))
    patients = pd.DataFrame(
        {
            "age": np.clip(rng.normal(58, 11, n).round(), 20, 90).astype(int),
            "lesions": rng.choice([1, 2, 3, 4, 5], n, p=[0.5, 0.25, 0.12, 0.08, 0.05]),
            "stage": rng.choice(["I", "II", "III"], n, p=rng.dirichlet([4, 4, 8])),
            "marker": rng.choice(["low", "high"], n, p=(p := rng.uniform(0.2, 0.5), 1 - p)),
        }
    )
    lesions = patients.loc[patients.index.repeat(patients["lesions"])].reset_index(names="patient")
    m = len(lesions)
    lesions["diameter"] = np.where(rng.random(m) < 0.05, np.nan, np.clip(rng.lognormal(0.9, 0.6, m), 0.5, 15).round(1))
    lesions["fraction"] = rng.choice([1.8, 2.0, 2.5, 3.0, 5.0, 8.0], m)
    lesions["fractions"] = np.clip((rng.uniform(30, 60, m) / lesions["fraction"]).round(), 3, 30).astype(int)
    lesions["dose"] = lesions["fraction"] * lesions["fractions"]
    lesions["bed"] = lesions["dose"] * (1 + lesions["fraction"] / 10)
    lesions["site"] = rng.choice(SITES, m, p=rng.dirichlet([5, 5, 5, 5]))
    lesions["response"] = rng.choice(["CR", "PR", "SD", "PD", "NE"], m, p=[0.2, 0.3, 0.25, 0.2, 0.05])
    follow_up = rng.uniform(12, 12 * (years + 1), n)
    lost = rng.random(n) < rng.uniform(0, 0.1)
    follow_up = np.where(lost, rng.uniform(0.5, follow_up), follow_up)
    risk = 0.4 * (patients["lesions"] > 1) + rng.normal(0, 0.4) * (patients["marker"] == "high")
    shape = rng.uniform(0.8, 1.4)
    death = rng.uniform(25, 70) * (rng.exponential(size=n) / np.exp(risk)) ** (1 / shape) + 0.5
    worst = lesions["response"].eq("PD").groupby(lesions["patient"]).any()
    local = np.where(worst, rng.uniform(1, 3, n), 3 + rng.exponential(40, n))
    other = 1 + rng.exponential(30, n)
    for name, time in (("OS", death), ("LRFS", local), ("PFS", np.minimum(local, other))):
        last = np.minimum(follow_up, death)
        patients[name] = np.minimum(time, last)
        patients[name + "_event"] = (time <= last).astype(int)
    start = dt.date(2010, 1, 1)
    end = start.replace(year=start.year + years)
    return _Cohort(patients, lesions, start, end, end.replace(year=end.year + 1))


def fabricate(rng: np.random.Generator) -> Paper:
    """A paper whose every number is true of one cohort."""
    cohort = draw_cohort(rng)
    patients, lesions = cohort.patients, cohort.lesions
    evaluable = lesions[lesions["response"] != "NE"]
    groups = {
        "age": ("patients", np.where(patients["age"] < 60, "< 60", "≥ 60"), ["< 60", "≥ 60"]),
        "lesions": ("patients", np.where(patients["lesions"] < 2, "1", "2-5"), ["1", "2-5"]),
        "stage": ("patients", patients["stage"].to_numpy(), ["I", "II", "III"]),
        "marker": ("patients", patients["marker"].to_numpy(), ["low", "high"]),
        "site": ("lesions", lesions["site"].to_numpy(), list(SITES)),
        "diameter": (
            "lesions",
            np.select([lesions["diameter"] < 3, lesions["diameter"] >= 3], ["< 3", "≥ 3"], "unknown"),
            ["< 3", "≥ 3", "unknown"],
        ),
        "bed": ("lesions", np.where(lesions["bed"] < 60, "< 60", "≥ 60"), ["< 60", "≥ 60"]),
        "response": ("evaluable", evaluable["response"].to_numpy(), ["CR", "PR", "SD", "PD"]),
    }
    rows = iter(range(10_000))
    text: list[dict] = [
        {"of": name, "count": len(who)}
        for name, who in (("patients", patients), ("lesions", lesions), ("evaluable", evaluable))
    ]
    table = [
        {
            "of": {factor: level},
            "count": int((values == level).sum()),
            "percentage": as_printed(100 * np.mean(values == level), 1),
        }
        for factor, (_, values, levels) in groups.items()
        for level in levels
        if (values == level).any()
    ]
    response = evaluable["response"]
    controlled = as_printed(100 * response.isin(["CR", "PR", "SD"]).mean(), 2)
    text += [{"of": {"control": "yes"}, "percentage": controlled}, *_settings(cohort), *_moments(cohort)]
    text += list(_survival(patients, groups))
    by_group, column = _rates_of_groups(patients, groups)
    models = list(_models(patients, groups, rng))
    sections = {"text": [*text, *by_group, *models], "table 1": table, "table 2": column}
    return parse_claims(
        {
            **DECLARATIONS,
            "claims": {
                name: [_as_text({"row": next(rows), **entry}) for entry in entries]
                for name, entries in sections.items()
            },
        },
        "fabricated",
    )


def _settings(cohort: _Cohort) -> list[dict]:
    dates = (("accrual_start", cohort.start), ("accrual_end", cohort.end), ("data_cut", cohort.cut))
    return [
        *({"setting": name, "date": date.isoformat()} for name, date in dates),
        {"setting": "significance_level", "value": "0.05"},
    ]


def _moments(cohort: _Cohort) -> list[dict]:
    found = []
    for variable, values, decimals in (
        ("age", cohort.patients["age"], 1), ("diameter", cohort.lesions["diameter"].dropna(), 2), ("bed", cohort.lesions["bed"], 2),
        ("fraction", cohort.lesions["fraction"], 1), ("fractions", cohort.lesions["fractions"], 0), ("dose", cohort.lesions["dose"], 1),
    ):  # fmt: skip
        printed = {"mean": values.mean(), "median": values.median(), "minimum": values.min(), "maximum": values.max()}
        found.append({"variable": variable, **{kind: as_printed(value, decimals) for kind, value in printed.items()}})
    return [*found, {"variable": "assessed", "minimum": 1, "maximum": 3}]


def _survival(patients: pd.DataFrame, groups: dict) -> Iterator[dict]:
    for endpoint in ("OS", "PFS", "LRFS"):
        curve = kaplan_meier(patients[endpoint], patients[endpoint + "_event"])
        yield {"endpoint": endpoint, "rate": _printed_rates(curve)}
        if np.isfinite(curve.median.estimate):
            yield {
                "endpoint": endpoint,
                "median": as_printed(curve.median.estimate, 1),
                "maximum": as_printed(patients[endpoint].max(), 1),
            }


def _printed_rates(curve, times=TIMES) -> dict:
    rates = curve.at(times).dropna(subset=["survival"])
    return {time: as_printed(100 * rate, 1) for time, rate in zip(rates["time"], rates["survival"], strict=True)}


def _rates_of_groups(patients: pd.DataFrame, groups: dict) -> tuple[list[dict], list[dict]]:
    """Rates at all times for two factors, and a column of 24-month rates for all."""
    entries, column = [], []
    for factor in ("lesions", "marker", "age", "stage"):
        _, values, levels = groups[factor]
        curves = {
            level: kaplan_meier(patients.loc[values == level, "OS"], patients.loc[values == level, "OS_event"])
            for level in levels
            if (values == level).any()
        }
        rates = {level: _printed_rates(curve) for level, curve in curves.items()}
        if factor in ("lesions", "marker"):
            entries += [{"endpoint": "OS", "of": {factor: level}, "rate": each} for level, each in rates.items()]
        if all(24 in each for each in rates.values()):
            column += [
                {"endpoint": "OS", "of": {factor: level}, "time": 24, "rate": each[24]} for level, each in rates.items()
            ]
    return entries, column


def _models(patients: pd.DataFrame, groups: dict, rng: np.random.Generator) -> Iterator[dict]:
    ties = rng.choice(["breslow", "efron"])
    for factor in ("lesions", "marker"):
        _, values, levels = groups[factor]
        here = pd.DataFrame({"x": (values == levels[0]).astype(float)})
        fit = cox(here, patients["OS"], patients["OS_event"], ties=str(ties)).table.iloc[0]
        test = logrank(patients["OS"], patients["OS_event"], values)
        yield {
            "endpoint": "OS", "contrast": {"factor": factor, "level": levels[0], "reference": levels[1]}, "model": "univariable",
            "hazard_ratio": as_printed(fit["hazard_ratio"], 3), "low": as_printed(fit["conf_low"], 3),
            "high": as_printed(fit["conf_high"], 3), "p_value": _printed_p(fit["p_value"]), "called": _called(fit["p_value"]),
        }  # fmt: skip
        yield {
            "endpoint": "OS",
            "factor": factor,
            "test": "log-rank",
            "p_value": _printed_p(test.p_value),
            "called": _called(test.p_value),
        }


def _printed_p(p: float) -> str:
    return "< 0.001" if p < 0.001 else as_printed(p, 3)


def _called(p: float) -> str:
    return "significant" if p < 0.05 else "not significant"


def _as_text(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _as_text(each) for key, each in value.items()}
    return [_as_text(each) for each in value] if isinstance(value, list) else str(value)


DECLARATIONS = _as_text(
    {
        "paper": "fabricated",
        "title": "A cohort that was drawn",
        "citation": "none",
        "populations": {
            "patients": {"says": "patients", "unit": "patient"},
            "lesions": {"says": "lesions", "unit": "lesion", "nested_in": "patients"},
            "evaluable": {"says": "evaluable lesions", "unit": "lesion", "part_of": "lesions"},
        },
        "variables": {
            "age": {"says": "Age", "of": "patients", "integer": True},
            "number": {"says": "Lesions of a patient", "of": "patients", "integer": True, "totals": "lesions", "at_least": 1},
            "diameter": {"says": "Diameter", "of": "lesions"},
            "fraction": {"says": "Dose per fraction", "of": "lesions"},
            "fractions": {"says": "Fractions", "of": "lesions", "integer": True},
            "dose": {"says": "Dose", "of": "lesions"},
            "bed": {"says": "BED", "of": "lesions", "formula": "bed", "fraction": "fraction", "fractions": "fractions", "dose": ["dose"]},
            "assessed": {"says": "Months to the assessment", "of": "evaluable"},
        },
        "factors": {
            "age": {"says": "Age", "of": "patients", "variable": "age", "levels": {"< 60": {"below": 60}, "≥ 60": {"at_least": 60}}},
            "lesions": {"says": "Lesions", "of": "patients", "variable": "number", "levels": {"1": {"at_most": 1}, "2-5": {"at_least": 2, "at_most": 5}}},
            "stage": {"says": "Stage", "of": "patients", "levels": {"I": {}, "II": {}, "III": {}}},
            "marker": {"says": "Marker", "of": "patients", "levels": {"low": {}, "high": {}}},
            "site": {"says": "Site", "of": "lesions", "levels": {site: {} for site in SITES}},
            "diameter": {"says": "Diameter", "of": "lesions", "variable": "diameter", "levels": {"< 3": {"below": 3}, "≥ 3": {"at_least": 3}, "unknown": {}}},
            "bed": {"says": "BED", "of": "lesions", "variable": "bed", "levels": {"< 60": {"below": 60}, "≥ 60": {"at_least": 60}}},
            "response": {"says": "Response", "of": "evaluable", "levels": {"CR": {}, "PR": {}, "SD": {}, "PD": {}}},
            "control": {"says": "Control", "of": "evaluable", "levels": {"yes": {"union": {"response": ["CR", "PR", "SD"]}}, "no": {"union": {"response": ["PD"]}}}},
        },
        "endpoints": {
            "OS": {"says": "Overall survival", "of": "patients", "events": ["death"]},
            "PFS": {"says": "Progression-free survival", "of": "patients", "events": ["local", "other"]},
            "LRFS": {
                "says": "Local control", "of": "patients", "events": ["local"],
                "fails_with": {"factor": "response", "level": "PD", "assessed": "assessed"},
            },
        },
    }
)  # fmt: skip


def mutate(paper: Paper, rng: np.random.Generator) -> tuple[Paper, Claim, Claim] | None:
    """The paper with one claim changed by clearly more than its rounding; the claim before and after. None: no such claim.

    Counts: two digits swapped, or another count. Percentages, means, medians: moved by 5 to 30 % of themselves. Rates: by
    12 to 30 points. Limits of hazard ratios: drawn in by a third to two thirds of their distance. Hazard ratios: moved out of
    the middle of their interval. p values: tenfold or a tenth. Largest doses: up by a half.
    """
    claims = [
        claim
        for claim in paper.claims
        if claim.kind in MUTATIONS
        and claim.stated
        and claim.relation == "="
        and (claim.kind != "maximum" or claim.variable == "bed")
    ]
    claim = claims[int(rng.integers(len(claims)))]
    partners = {
        c.kind: c
        for c in paper.claims
        if c.section == claim.section and c.row == claim.row and c.contrast == claim.contrast
    }
    printed = MUTATIONS[claim.kind](claim, partners, rng)
    if printed is None or read_number(printed, whole=claim.kind == "count").interval.meets(claim.interval):
        return None
    number = read_number(printed, whole=claim.kind == "count")
    changed = dataclasses.replace(claim, printed=printed, value=number.value, interval=number.interval)
    return (
        dataclasses.replace(paper, claims=tuple(changed if each is claim else each for each in paper.claims)),
        claim,
        changed,
    )


def _other_count(claim: Claim, _, rng: np.random.Generator) -> str:
    digits = claim.printed
    if len(digits) > 1 and digits[-1] != digits[-2] and digits[-1] != "0" and rng.random() < 0.5:
        return digits[:-2] + digits[-1] + digits[-2]
    return f"{max(0, claim.value + rng.choice([-1, 1]) * rng.integers(1, max(2, claim.value // 4 + 2))):.0f}"


def _moved(claim: Claim, _, rng: np.random.Generator) -> str:
    return as_printed(claim.value * (1 + rng.choice([-1, 1]) * rng.uniform(0.05, 0.3)), claim.decimals)


def _other_rate(claim: Claim, _, rng: np.random.Generator) -> str | None:
    value = claim.value + rng.choice([-1, 1]) * rng.uniform(12, 30)
    return as_printed(value, claim.decimals) if 0 < value < 100 else None


def _drawn_in(claim: Claim, partners: dict[str, Claim], rng: np.random.Generator) -> str:
    middle = np.log(partners["hazard_ratio"].value)
    return as_printed(np.exp(middle + (np.log(claim.value) - middle) * rng.uniform(1 / 3, 2 / 3)), claim.decimals)


def _off_middle(claim: Claim, partners: dict[str, Claim], rng: np.random.Generator) -> str:
    end = partners[rng.choice(["low", "high"])].value
    return as_printed(claim.value * (end / claim.value) ** rng.uniform(0.2, 0.8), claim.decimals)


def _other_p(claim: Claim, _, rng: np.random.Generator) -> str:
    value = claim.value * 10 if claim.value < 0.09 else claim.value / 10
    return as_printed(max(value, 0.001), claim.decimals)


def _larger(claim: Claim, _, rng: np.random.Generator) -> str:
    return as_printed(1.5 * claim.value, claim.decimals)


MUTATIONS = {
    "count": _other_count, "percentage": _moved, "mean": _moved, "median": _moved, "rate": _other_rate, "low": _drawn_in,
    "high": _drawn_in, "hazard_ratio": _off_middle, "p_value": _other_p, "maximum": _larger,
}  # fmt: skip


def try_audit(papers: int, changes: int = 10, seed: int = 0) -> pd.DataFrame:
    """Error rates of the audit over fabricated papers.

    Parameters
    ----------
    papers
        How many papers to fabricate; each is checked as it is, and with each of `changes` numbers changed by itself.

    Returns
    -------
    DataFrame, a row 'unchanged' and a row a kind of changed claim: kind, tried, flagged, rate. For 'unchanged' the rate
    is that of false alarms (papers with any finding other than sound), for the others that of detection.
    """
    rng = np.random.default_rng(seed)
    outcomes = []
    for _ in range(papers):
        paper = fabricate(rng)
        outcomes.append(("unchanged", _flagged(paper)))
        for _ in range(changes):
            changed = mutate(paper, rng)
            if changed is not None:
                outcomes.append((_kind(changed[1]), _flagged(changed[0])))
    frame = pd.DataFrame(outcomes, columns=["kind", "flagged"])
    table = frame.groupby("kind")["flagged"].agg(tried="size", flagged="sum").reset_index()
    return table.assign(rate=table["flagged"] / table["tried"])


def _kind(claim: Claim) -> str:
    if claim.kind == "p_value":
        return "p value of a hazard ratio" if claim.model else "p value of a log-rank test"
    if claim.kind == "rate":
        return "rate of a group" if claim.group else "rate of all"
    return {"low": "limit of a hazard ratio", "high": "limit of a hazard ratio", "maximum": "largest BED"}.get(
        claim.kind, claim.kind.replace("_", " ")
    )


def _flagged(paper: Paper) -> bool:
    return bool((run_checks(paper)["severity"] != "sound").any())
