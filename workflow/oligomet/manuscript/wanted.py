"""The declarative list of what the prose wants of the estimates: a key, how to show it, and the row that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oligomet.displays import formats
from oligomet.manuscript import configured
from oligomet.manuscript.configured import slug

if TYPE_CHECKING:
    from oligomet.study import Study

NAMES = ("analysis", "endpoint", "unit", "population", "factor", "level", "statistic", "time_months")


@dataclass(frozen=True)
class Wanted:
    """A value of the prose as a declaration: what to show of the one row of estimates that `criteria` name.

    A column of `NAMES` that is not among the criteria is empty in that row.
    """

    key: str
    show: Callable[[dict], str]
    criteria: dict[str, Any]


def wanted_estimates(study: Study) -> Iterator[Wanted]:
    """The declarative list: a key, how to show it, and the row of estimates that answers."""
    yield from _flow(study)
    yield from _descriptions(study)
    yield from _responses(study)
    yield from _response_models(study)
    for name, endpoint in study.endpoints.items():
        yield from _endpoint(study, name, endpoint.per)
    yield from _toxicity(study)
    if configured.tells_literature(study):
        yield from _literature()


def _estimate(found: dict) -> str:
    return formats.count(found["estimate"])


def _n(found: dict) -> str:
    return formats.count(found["n"])


def _events(found: dict) -> str:
    return formats.count(found["events"])


def _percent(found: dict) -> str:
    return formats.percent(found["estimate"])


def _percent_ci(found: dict) -> str:
    return formats.percent_ci(found["estimate"], found["conf_low"], found["conf_high"])


def _share(found: dict) -> str:
    return f"{formats.count(found['events'])} ({formats.percent(found['estimate'])})"


def _decimals(digits: int | None) -> Callable[[dict], str]:
    return lambda found: formats.number(found["estimate"], digits)


def _months_ci(found: dict) -> str:
    return formats.months(found["estimate"], found["conf_low"], found["conf_high"])


def _p(found: dict) -> str:
    return formats.p_text(found["p_value"])


def _ratio_ci(found: dict) -> str:
    return formats.estimate_ci(found["estimate"], found["conf_low"], found["conf_high"])


def _flow(study: Study) -> Iterator[Wanted]:
    where = {"analysis": "flow", "population": "screened", "statistic": "count"}
    for level in ("screened", "excluded", "analysed", *(rule.id for rule in study.eligibility)):
        criteria = {**where, "unit": "patient", "factor": "eligibility", "level": level}
        yield Wanted(f"flow.{level}", _estimate, criteria)
    for role in study.sources:
        for level in ("raw", "analysed", "quarantined"):
            yield Wanted(f"records.{role}.{level}", _estimate, {**where, "unit": "row", "factor": role, "level": level})


def _descriptions(study: Study) -> Iterator[Wanted]:
    for unit in ("patient", "lesion"):
        where = {"analysis": "description", "unit": unit, "population": "all"}
        size = {"factor": None, "level": None, "statistic": "count"}
        yield Wanted(f"{unit}s.n", _estimate, {**where, **size})
        yield Wanted(f"{unit}s.evaluable", _estimate, {**where, **size, "population": "evaluable"})
        for name, factor in configured.factors_of(study, unit).items():
            for level in factor.groups:
                criteria = {**where, "factor": name, "level": level, "statistic": "proportion"}
                yield Wanted(f"{unit}s.{name}.{slug(level)}.n", _events, criteria)
                yield Wanted(f"{unit}s.{name}.{slug(level)}.share", _share, criteria)
        for name in configured.variables_of(study, unit):
            for statistic in ("mean", "sd", "median", "q1", "q3", "min", "max"):
                criteria = {**where, "factor": name, "level": None, "statistic": statistic}
                yield Wanted(f"{unit}s.{name}.{statistic}", _decimals(configured.digits_of(name, statistic)), criteria)


def _responses(study: Study) -> Iterator[Wanted]:
    for endpoint in ("first", "best"):
        for unit in ("lesion", "patient"):
            for statistic in ("CR", "PR", "SD", "PD", "ORR", "DCR"):
                criteria = {
                    "analysis": "response", "endpoint": endpoint, "unit": unit, "population": "evaluable",
                    "factor": None, "level": None, "statistic": statistic,
                }  # fmt: skip
                key = f"response.{endpoint}.{unit}.{statistic}"
                for name, show in (("n", _events), ("of", _n), ("percent", _percent), ("percent_ci", _percent_ci)):
                    yield Wanted(f"{key}.{name}", show, criteria)
            not_evaluable = {**criteria, "population": "all", "statistic": "NE"}
            yield Wanted(f"response.{endpoint}.{unit}.NE.n", _events, not_evaluable)
    for name, factor in configured.factors_of(study, "lesion").items():
        for level in factor.levels if factor.variable == "site" else []:
            criteria = {
                "analysis": "response", "endpoint": "first", "unit": "lesion", "population": "evaluable",
                "factor": name, "level": level, "statistic": "CR",
            }  # fmt: skip
            yield Wanted(f"response.first.lesion.{name}.{slug(level)}.CR.n", _events, criteria)
            yield Wanted(f"response.first.lesion.{name}.{slug(level)}.CR.of", _n, criteria)


def _response_models(study: Study) -> Iterator[Wanted]:
    for outcome, names in study.analyses.logistic.items():
        where = {"analysis": "logistic_multivariable", "endpoint": outcome, "unit": "lesion", "population": "evaluable"}
        for name in names:
            declared = study.factors[name]
            for level in declared.levels:
                if level != declared.reference_level:
                    of_level = {**where, "factor": name, "level": f"{level} vs {declared.reference_level}"}
                    key = f"response.models.{outcome}.{name}.{slug(level)}"
                    criteria = {**of_level, "statistic": "odds_ratio"}
                    for said, show in (("or", _ratio_ci), ("or_p", _p), ("model_n", _n), ("model_events", _events)):
                        yield Wanted(f"{key}.{said}", show, criteria)
                    yield Wanted(f"{key}.firth", _ratio_ci, {**of_level, "statistic": "firth_odds_ratio"})


def _endpoint(study: Study, name: str, unit: str) -> Iterator[Wanted]:
    where = {"endpoint": name, "unit": unit, "population": "all"}
    whole = {**where, "analysis": "survival", "factor": None, "level": None}
    key = f"endpoints.{name}"
    median = {**whole, "statistic": "median"}
    yield Wanted(f"{key}.n", _n, median)
    yield Wanted(f"{key}.events", _events, median)
    yield Wanted(f"{key}.median", lambda found: formats.months(found["estimate"]), median)
    yield Wanted(f"{key}.median_ci", _months_ci, median)
    yield Wanted(f"{key}.follow_up", _months_ci, {**whole, "statistic": "follow_up_median"})
    for end in ("min", "max"):
        yield Wanted(f"{key}.{end}", _decimals(0), {**whole, "statistic": end})
    for time in study.analyses.rates_at_months:
        criteria = {**whole, "statistic": "survival", "time_months": time}
        yield Wanted(f"{key}.at_{time:g}.rate", _percent, criteria)
        yield Wanted(f"{key}.at_{time:g}.rate_ci", _percent_ci, criteria)
        yield Wanted(f"{key}.at_{time:g}.at_risk", _n, criteria)
    for factor in study.analyses.compare.get(name, []):
        yield from _comparison(study, f"{key}.by.{factor}", where, factor)
    together = {**where, "analysis": "cox_multivariable"}
    for factor in study.analyses.multivariable.get(name, []):
        yield from _ratios(study, f"{key}.together.{factor}", together, factor)


def _comparison(study: Study, key: str, where: dict, factor: str) -> Iterator[Wanted]:
    test = {**where, "analysis": "logrank", "factor": factor, "statistic": "chi_square"}
    yield Wanted(f"{key}.p", _p, test)
    yield Wanted(f"{key}.n", _n, test)
    for level in study.factors[factor].levels:
        of_level = {**where, "analysis": "survival", "factor": factor, "level": level}
        yield Wanted(f"{key}.{slug(level)}.n", _n, {**of_level, "statistic": "median"})
        yield Wanted(f"{key}.{slug(level)}.events", _events, {**of_level, "statistic": "median"})
        yield Wanted(f"{key}.{slug(level)}.median", _months_ci, {**of_level, "statistic": "median"})
        for time in study.analyses.rates_at_months:
            criteria = {**of_level, "statistic": "survival", "time_months": time}
            yield Wanted(f"{key}.{slug(level)}.at_{time:g}", _percent, criteria)
    yield from _ratios(study, key, {**where, "analysis": "cox_univariable"}, factor)


def _ratios(study: Study, key: str, where: dict, factor: str) -> Iterator[Wanted]:
    declared = study.factors[factor]
    for level in declared.levels:
        if level != declared.reference_level:
            contrast = f"{level} vs {declared.reference_level}"
            criteria = {**where, "factor": factor, "level": contrast, "statistic": "hazard_ratio"}
            for name, show in (("hr", _ratio_ci), ("hr_p", _p), ("model_n", _n), ("model_events", _events)):
                yield Wanted(f"{key}.{slug(level)}.{name}", show, criteria)


def _toxicity(study: Study) -> Iterator[Wanted]:
    levels = [("phase", level) for level in ("none", "any", "acute", "late", "both")]
    levels += [(system, phase) for system in study.terms["toxicity"] for phase in ("any", "acute", "late")]
    for factor, level in (*levels, ("grade", "≥ 3")):
        criteria = {
            "analysis": "toxicity", "unit": "patient", "population": "all",
            "factor": factor, "level": level, "statistic": "proportion",
        }  # fmt: skip
        key = f"toxicity.{factor}.{slug(level)}"
        yield Wanted(f"{key}.n", _events, criteria)
        yield Wanted(f"{key}.percent", _percent, criteria)
        yield Wanted(f"{key}.percent_ci", _percent_ci, criteria)


def _literature() -> Iterator[Wanted]:
    for series in ("ovarian", "mixed"):
        for outcome in ("complete_response", "local_control_24"):
            key = f"literature.{series}.{outcome}"
            where = {"analysis": "literature", "unit": "study", "population": series, "factor": outcome}
            pooled = {**where, "level": "pooled", "statistic": "proportion"}
            yield Wanted(f"{key}.pooled", _percent_ci, pooled)
            yield Wanted(f"{key}.lesions", _n, pooled)
