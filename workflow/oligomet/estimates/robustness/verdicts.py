"""Which published conclusions stand, which weaken, which fall: a rule, applied to the specifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.robustness.choices import Choice, read_level
from oligomet.estimates.rows import tabulate
from oligomet.tables import rows as matching

if TYPE_CHECKING:
    from oligomet.study import Study

STANDS, WEAKENS, FALLS = VERDICTS = ("stands", "weakens", "falls")


def published_choice(endpoint: str, study: Study) -> Choice:
    """The analysis as published: the factor alone, patients as subjects, known from the start."""
    return Choice(unit=study.endpoints[endpoint].per, ties=study.analyses.ties)


def primary_choice(endpoint: str, factor: str, study: Study) -> Choice:
    """The one corrected analysis that a conclusion is held to, fixed in advance.

    Lesions clustered in their patients where the endpoint is declared per lesion; a response known at the first
    landmark; adjusted as specified in advance.
    """
    robustness = study.robustness
    unit = "lesion" if endpoint in robustness.per_lesion else study.endpoints[endpoint].per
    at_landmark = factor in robustness.response_factors and unit == "patient"
    return Choice(
        unit=unit,
        dependence="clustered" if unit == "lesion" else "independent",
        response=f"landmark {robustness.landmarks_months[0]:g}" if at_landmark else "start",
        adjustment="prespecified" if endpoint in robustness.prespecified else "alone",
        ties=study.analyses.ties,
    )


def rule(study: Study) -> str:
    """The rule in words, as it stands in the estimates."""
    share, rest = (
        f"{100 * part:.3g} %" for part in (study.robustness.same_direction, 1 - study.robustness.same_direction)
    )
    return (
        f"{STANDS}: the interval of the primary corrected analysis excludes 1 and the direction is that of the "
        f"published analysis in at least {share} of choices; {WEAKENS}: that direction, but the interval includes 1; "
        f"{FALLS}: another direction in the primary analysis or in more than {rest} of choices"
    )


def estimate_verdicts(specifications: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The verdict on each headline conclusion.

    Parameters
    ----------
    specifications
        Rows of `estimates`, analysis specification.

    Returns
    -------
    Rows of `estimates`, analysis verdict, level the contrast: statistic stands | weakens | falls, estimate the share of
    the choices with an estimate (n) that have the direction of the published analysis (events); published_hazard_ratio
    and primary_hazard_ratio, the two specifications that are compared.
    """
    rows: list[dict] = []
    for endpoint, names in study.robustness.headline.items():
        for name in names:
            found = matching(specifications, analysis="specification", endpoint=endpoint, factor=name)
            choices = [read_level(level) for level in found["level"]]
            contrasts = list(dict.fromkeys(contrast for _, contrast in choices))
            for contrast in contrasts:
                of = {
                    choice: row
                    for (choice, at), row in zip(choices, found.to_dict("records"), strict=True)
                    if at == contrast
                }
                rows += _judge(of, endpoint, name, contrast, study)
    return tabulate(rows)


def _judge(of: dict[Choice, dict], endpoint: str, name: str, contrast: str, study: Study) -> list[dict]:
    published, primary = of[published_choice(endpoint, study)], of[primary_choice(endpoint, name, study)]
    where = {"analysis": "verdict", "endpoint": endpoint, "population": "all", "factor": name, "level": contrast}
    compared = [
        {**row, **where, "statistic": f"{which}_hazard_ratio"}
        for which, row in (("published", published), ("primary", primary))
    ]
    where |= {"unit": study.endpoints[endpoint].per, "method": rule(study)}
    ratios = pd.Series([row["estimate"] for row in of.values()], dtype=float).dropna()
    if pd.isna(published["estimate"]) or pd.isna(primary["estimate"]):
        which = "published" if pd.isna(published["estimate"]) else "primary"
        return [
            *compared,
            {**where, "statistic": FALLS, "n": len(ratios), "reason": f"the {which} analysis is undefined"},
        ]
    below = published["estimate"] < 1
    same = int((ratios < 1).sum() if below else (ratios > 1).sum())
    share = same / len(ratios)
    kept = (primary["estimate"] < 1) == below and share >= study.robustness.same_direction
    clear = primary["conf_high"] < 1 if below else primary["conf_low"] > 1
    verdict = FALLS if not kept else STANDS if clear else WEAKENS
    return [*compared, {**where, "statistic": verdict, "estimate": share, "n": len(ratios), "events": same}]
