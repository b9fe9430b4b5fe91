"""What the prose says of a study's declarations: numbers and dates of study.yaml, and the software that ran."""

from __future__ import annotations

import datetime as dt
import platform
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from oligomet.displays import formats
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.declarations import Factor
    from oligomet.study import Study

SOFTWARE = (
    "snakemake", "papermill", "numpy", "scipy", "pandas", "lifelines", "statsmodels", "seaborn", "matplotlib",
)  # fmt: skip

Setting = tuple[str, str, str]  # key, text, place in study.yaml


def date(day: dt.date) -> str:
    """A day as it is written: '30 December 2021'."""
    return f"{day.day} {day:%B %Y}"


def several(words: list[str], last: str = "and") -> str:
    """A list in a sentence: 'a, b and c'."""
    *most, end = words
    return f"{', '.join(most)} {last} {end}" if most else end


def spelled(x: float) -> str:
    """A declared number as it was declared: 30.4167, 0.5, 12."""
    return f"{x:.15g}".replace("-", "−")


def slug(level: str) -> str:
    """A level of a factor as part of a key: '< 6 months' -> 'below_6_months', '≥ 2' -> 'from_2'.

    >>> slug("Epithelial carcinoma")
    'epithelial_carcinoma'
    """
    words = level.replace("<", " below ").replace("≥", " from ").replace("≤", " to ").replace(">", " above ")
    key = re.sub(r"\W+", "_", words).strip("_").lower()
    return f"n{key}" if key.isdigit() else key  # Quarto takes a number in a path for a place in a list


def factors_of(study: Study, unit: str) -> dict[str, Factor]:
    """The factors whose variable a patient, or a lesion, has."""
    columns = TABLES[f"outcomes/{unit}s"]
    return {name: factor for name, factor in study.factors.items() if factor.variable in columns}


def variables_of(study: Study, unit: str) -> list[str]:
    """The variables that are described for a patient, or a lesion."""
    shown = [name for table in study.tables.values() if table.unit == unit for name in table.variables]
    derived = ["days_to_first_assessment"] if unit == "lesion" else []
    return list(dict.fromkeys([*study.analyses.describe.get(unit, []), *shown, *derived]))


def digits_of(variable: str, statistic: str) -> int | None:
    """Decimals of a described variable: as it is measured for what was observed, one more for what was computed."""
    columns = {**TABLES["outcomes/patients"], **TABLES["outcomes/lesions"]}
    counted = variable not in columns or columns[variable].kind == "integer"
    if counted:
        return (
            0
            if variable.startswith("days_") or variable.endswith("_years")
            else 1
            if statistic in ("mean", "sd")
            else None
        )
    return 2 if variable.endswith("_cm") else 1


def tells_literature(study: Study) -> bool:
    """Whether a table of published series is declared."""
    return any(table.file for table in study.tables.values())


def settings(study: Study) -> Iterator[Setting]:
    """The declared numbers that the methods name: key, text, where in study.yaml."""
    yield "study.title", study.title, "title"
    yield "study.subject", study.subject, "subject"
    yield "study.department", study.department, "department"
    if study.synthetic:
        yield "study.notice", study.synthetic.notice.strip(), "synthetic.notice"
        yield "study.short", study.synthetic.short, "synthetic.short"
    yield "study.data_cut", date(study.data_cut), "data_cut"
    yield "study.sources", formats.count(len(study.sources)), "sources"
    yield "study.endpoints", formats.count(len(study.endpoints)), "endpoints"
    yield "months.days", spelled(study.months.days_per_month), "months.days_per_month"
    yield "months.rounded", spelled(study.months.round_endpoints_to), "months.round_endpoints_to"
    yield from _eligibility(study)
    yield from _dose_and_response(study)
    yield from _analyses(study)
    for name, endpoint in study.endpoints.items():
        yield f"endpoints.{name}.label", endpoint.label, f"endpoints.{name}.label"
        compared = len(study.analyses.compare.get(name, []))
        yield f"endpoints.{name}.compared", formats.count(compared), f"analyses.compare.{name}"
    for name, factor in study.factors.items():
        yield f"factors.{name}.label", factor.label, f"factors.{name}.label"
        for level in factor.groups:
            yield f"factors.{name}.levels.{slug(level)}", level, f"factors.{name}.groups"


def _eligibility(study: Study) -> Iterator[Setting]:
    yield "eligibility.rules", formats.count(len(study.eligibility)), "eligibility"
    for rule in study.eligibility:
        limits = [limit for limit in (rule.at_least, rule.at_most) if isinstance(limit, dt.date)]
        between = f" ({' to '.join(date(limit) for limit in limits)})" if limits else ""
        yield f"eligibility.{rule.id}", rule.excluded + between, f"eligibility, id {rule.id}"


def _dose_and_response(study: Study) -> Iterator[Setting]:
    dose, response = study.dose, study.response
    yield "dose.alpha_beta", spelled(dose.alpha_beta_tumour_gy), "dose.alpha_beta_tumour_gy"
    yield "dose.tolerance", spelled(dose.tolerance_gy), "dose.tolerance_gy"
    yield "response.criteria", response.criteria, "response.criteria"
    for window in ("baseline", "first_assessment", "best_response"):
        for end, days in zip(("from", "to"), getattr(response, f"{window}_days"), strict=True):
            yield f"response.{window}.{end}", spelled(abs(days)), f"response.{window}_days"
    for name in ("measurable_long_cm", "measurable_node_short_cm", "normal_node_short_cm", "increase_cm"):
        yield f"response.{name}", spelled(getattr(response, name)), f"response.{name}"
    for name in ("decrease", "increase"):
        yield f"response.{name}", formats.percent(getattr(response, name), 0), f"response.{name}"
    yield "toxicity.scale", study.toxicity.scale, "toxicity.scale"
    yield "toxicity.late_after", spelled(study.toxicity.late_after_days), "toxicity.late_after_days"


def _analyses(study: Study) -> Iterator[Setting]:
    analyses = study.analyses
    yield "analyses.confidence", formats.percent(analyses.confidence, 0), "analyses.confidence"
    yield "analyses.significance", spelled(analyses.significance), "analyses.significance"
    yield "analyses.times", several([spelled(time) for time in analyses.rates_at_months]), "analyses.rates_at_months"
    for time in analyses.rates_at_months:
        yield f"analyses.time.at_{time:g}", spelled(time), "analyses.rates_at_months"
    comparisons = sum(len(names) for names in analyses.compare.values())
    yield "analyses.comparisons", formats.count(comparisons), "analyses.compare"


def software() -> Iterator[tuple[str, str, str]]:
    """Python and the packages that the results rest on, with their versions."""
    yield "software.python", platform.python_version(), "the interpreter"
    for name in SOFTWARE:
        yield f"software.{name}", version(name), f"the installed package {name}"


def facts(study: Study, **parts: Any) -> dict:
    """What holds for this study: the conditions of the prose's conditional blocks (facts.<name>)."""
    compared = {study.factors[name].variable for names in study.analyses.compare.values() for name in names}
    cut = {
        factor.variable
        for factor in study.factors.values()
        if any(group.below or group.at_least for group in factor.groups.values())
    }
    together = [{study.factors[name].variable for name in names} for names in study.analyses.multivariable.values()]
    robustness = study.robustness if parts.get("robustness") else None
    headline = robustness.headline if robustness else {}
    known_late = set(robustness.response_factors) if robustness else set()
    per_lesion = any(endpoint.per == "lesion" for endpoint in study.endpoints.values())
    return {
        "synthetic": study.synthetic is not None,
        "response_as_factor": bool(compared & {"objective_response", "disease_control", "response", "best_response"}),
        "response_landmark": any(known_late & set(names) for names in headline.values()),
        "grouped_tables": any(table.by for table in study.tables.values()),
        "lesion_endpoints": per_lesion,
        "lesions_by_formula": per_lesion and robustness is None,
        "lesions_resampled": per_lesion and robustness is not None,
        "competing": any(endpoint.competing for endpoint in study.endpoints.values()),
        "competing_incidence": any(study.endpoints[name].competing for name in headline),
        "cut_points": bool(compared & cut),
        "splines": bool(robustness and robustness.continuous),
        "nested_responses": any({"objective_response", "disease_control"} <= variables for variables in together),
        **parts,
    }
