"""Which published conclusions stand, weaken, are not confirmed or fall: a rule, applied to the specifications.

A conclusion falls only where the primary analysis contradicts it; that nothing was shown is no contradiction. It stands
only where more is kept than its direction. What the classes need is declared: `robustness` of study.yaml.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import Contrast
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.robustness.choices import Choice
from oligomet.estimates.robustness.confounding import e_value_rows
from oligomet.estimates.robustness.nested import contrast_meant

if TYPE_CHECKING:
    from oligomet.study import Study

STANDS, WEAKENS, UNCONFIRMED, FALLS = VERDICTS = ("stands", "weakens", "not_confirmed", "falls")


def published_choice(endpoint: str, factor: str, study: Study) -> Choice:
    """The analysis as published, repeated: subjects as declared, known from the start.

    The factor stands in the published multivariable model where that holds it, else alone.
    """
    together = study.analyses.multivariable.get(endpoint, [])
    adjustment = "published" if factor in together and len(together) > 1 else "alone"
    return Choice(unit=study.endpoints[endpoint].per, adjustment=adjustment, ties=study.analyses.ties)


def published_meanings(study: Study) -> dict[tuple[str, str], str]:
    """(endpoint, factor) -> 'SD against PD', where the published model compares other responses than the factor."""
    found: dict[tuple[str, str], str] = {}
    for endpoint, names in study.robustness.headline.items() if study.robustness else []:
        for name in names:
            factor, choice = study.factors[name], published_choice(endpoint, name, study)
            for group in factor.levels:
                contrast = Contrast(name, group, factor.reference_level)
                if group != contrast.reference and (meant := contrast_meant(choice, endpoint, contrast, study)):
                    found.setdefault((endpoint, name), meant)
    return found


def primary_choice(endpoint: str, factor: str, study: Study) -> Choice:
    """The one corrected analysis that a conclusion is held to, fixed in advance.

    Where the endpoint is declared per lesion, lesions are the subjects and each patient counts once; a response is
    known at the first landmark; adjusted as specified in advance.
    """
    robustness = declared_robustness(study)
    unit = "lesion" if endpoint in robustness.per_lesion else study.endpoints[endpoint].per
    at_landmark = factor in robustness.response_factors and unit == "patient"
    return Choice(
        unit=unit,
        dependence="weighted" if unit == "lesion" else "independent",
        clock="landmark" if at_landmark else "start",
        time_months=robustness.landmarks_months[0] if at_landmark else None,
        adjustment="prespecified" if endpoint in robustness.prespecified else "alone",
        ties=study.analyses.ties,
    )


def rule(study: Study) -> str:
    """The rule in words, as it stands in the estimates."""
    robustness = declared_robustness(study)
    same, excluding = (f"{100 * share:.3g} %" for share in (robustness.same_direction, robustness.excluding_one))
    return (
        f"{STANDS}: the intervals of the published analysis and of the primary corrected one exclude 1 on one side, at "
        f"least {same} of choices have that direction, and at least {excluding} intervals that exclude 1 in it; "
        f"{WEAKENS}: that direction in the primary analysis and in at least {same} of choices, with one of the two "
        f"intervals excluding 1, but not all that it takes to stand; {FALLS}: the interval of the primary analysis "
        "excludes 1 on the other side; not confirmed: none of these"
    )


def estimate_verdicts(specifications: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The verdict on each headline conclusion.

    Parameters
    ----------
    specifications
        Rows of `estimates`, analysis specification.

    Returns
    -------
    Rows of `estimates`, analysis verdict, by contrast: published_hazard_ratio and primary_hazard_ratio, the two
    specifications that are compared, each with its e_value and e_value_limit (published_e_value, ...); statistic stands
    | weakens | not_confirmed | falls, estimate the share of the choices with an estimate (n) that have the direction of
    the published analysis (events); excluding_one and contradicting, the share of these whose interval excludes 1 in
    that direction and in the other; published_excludes_one and primary_excludes_one, 1 if the interval excludes 1 in
    that direction, else 0.

    Notes
    -----
    Choices whose contrast is not the declared one (`nested.contrast_meant`) are neither counted nor give the direction:
    where the published model is one of them, the direction is that of the factor alone.
    """
    rows: list[dict] = []
    for endpoint, names in declared_robustness(study).headline.items():
        for name in names:
            found = specifications[(specifications["endpoint"] == endpoint) & (specifications["factor"] == name)]
            for at, ratios in found.groupby(["factor", "group", "reference"], sort=False):
                of = {Choice.of(row): row for row in ratios.to_dict("records")}
                rows += _judge(of, endpoint, Contrast(*map(str, at)), study)
    return tabulate(rows)


def _judge(of: dict[Choice, dict], endpoint: str, contrast: Contrast, study: Study) -> list[dict]:
    as_published = published_choice(endpoint, contrast.factor, study)
    published, primary = of[as_published], of[primary_choice(endpoint, contrast.factor, study)]
    meant = {choice: contrast_meant(choice, endpoint, contrast, study) for choice in of}
    where: dict = {"analysis": "verdict", "endpoint": endpoint, "population": "all", **contrast.where}
    rows = []
    for which, row in (("published", published), ("primary", primary)):
        found = ("unit", "estimate", "conf_low", "conf_high", "p_value", "n", "events", "method", "reason")
        ratio = {**{name: row[name] for name in found}, **where, "statistic": f"{which}_hazard_ratio"}
        rows += [ratio, *e_value_rows(ratio, f"{which}_")]
    if meant[as_published]:
        rows[0]["method"] += f", which compares {meant[as_published]}"
    pooled = pd.DataFrame([row for choice, row in of.items() if not meant[choice] and pd.notna(row["estimate"])])
    where |= {"unit": study.endpoints[endpoint].per, "method": rule(study), "n": len(pooled)}
    directing = of[replace(as_published, adjustment="alone")] if meant[as_published] else published
    for which, row in (("published", published), ("published", directing), ("primary", primary)):
        if pd.isna(row["estimate"]):
            return [*rows, {**where, "statistic": UNCONFIRMED, "reason": f"the {which} analysis is undefined"}]

    below = directing["estimate"] < 1
    same, excluding, contradicting = (
        int(found.sum())
        for found in (
            pooled["estimate"] < 1 if below else pooled["estimate"] > 1,
            _excludes(pooled, below),
            _excludes(pooled, not below),
        )
    )
    clear = {which: bool(_excludes(row, below)) for which, row in (("published", published), ("primary", primary))}
    shares = {"excluding_one": excluding, "contradicting": contradicting}
    rows += [{**where, "statistic": f"{which}_excludes_one", "estimate": float(one)} for which, one in clear.items()]
    rows += [
        {**where, "statistic": which, "estimate": count / len(pooled), "events": count}
        for which, count in shares.items()
    ]
    robustness = declared_robustness(study)
    kept = same / len(pooled) >= robustness.same_direction and (primary["estimate"] < 1) == below
    if _excludes(primary, not below):
        verdict = FALLS
    elif kept and all(clear.values()) and excluding / len(pooled) >= robustness.excluding_one:
        verdict = STANDS
    else:
        verdict = WEAKENS if kept and any(clear.values()) else UNCONFIRMED
    return [*rows, {**where, "statistic": verdict, "estimate": same / len(pooled), "events": same}]


def _excludes(row: dict | pd.DataFrame, below: bool):
    """Whether the interval lies on that side of 1."""
    return row["conf_high"] < 1 if below else row["conf_low"] > 1
