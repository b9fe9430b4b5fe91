"""What differs from the published paper: its claims beside what the analysis finds, from the table of the audit."""

from __future__ import annotations

import pandas as pd

from oligomet.displays.formats import count
from oligomet.manuscript.methods import var
from oligomet.manuscript.values import Value

VERDICTS = ("reproduced", "within tolerance", "not reproduced", "impossible", "not testable", "needs data")
TOLD = ("rate", "hazard_ratio", "p_value", "median")  # kinds of numbers that the table lists


def claim_values(claims: pd.DataFrame) -> dict[str, Value]:
    """The published numbers by claim (published.<id>, with _ for the dots), and how many met each verdict.

    Parameters
    ----------
    claims
        The audit's table of claims, every cell as text: id, section, says, kind, printed, recomputed, verdict...
    """
    values = {}
    for claim in claims[claims["printed"] != ""].itertuples():
        key = f"published.{claim.id.replace('.', '_')}"
        values[key] = Value(key, claim.printed, f"published paper, {claim.section}: {claim.says}")
    counts = {verdict: int((claims["verdict"] == verdict).sum()) for verdict in VERDICTS} | {"all": len(claims)}
    for verdict, number in counts.items():
        key = f"verdicts.{verdict.replace(' ', '_')}"
        values[key] = Value(key, count(number), f"the audit's table of claims, verdict {verdict}")
    return values


HEADING = "### What differs from the published paper, and why {#sec-differences}"


def write_differences(claims: pd.DataFrame, why: str) -> str:
    """How the published numbers fare, the reasons, and a table of those on survival that are not given back."""
    differing = claims[claims["kind"].isin(TOLD) & claims["verdict"].isin(["not reproduced", "impossible"])]
    differing = differing.drop_duplicates(["says", "printed"])
    text = (
        f"Of the {var('verdicts.all')} numbers that the published paper states, this analysis gives back "
        f"{var('verdicts.reproduced')} as they were printed and {var('verdicts.within_tolerance')} within the "
        f"tolerance set for their kind. It does not give back {var('verdicts.not_reproduced')}; "
        f"{var('verdicts.impossible')} cannot be true beside the paper's other numbers; and "
        f"{var('verdicts.not_testable')} are not stated well enough to test, or need data that were not published "
        f"({var('verdicts.needs_data')})."
    )
    if differing.empty:
        return f"{HEADING}\n\n{text}\n\n{why}\n"
    rows = [
        f"| {_plain(claim.says)} | {_plain(claim.printed)} | {_plain(claim.recomputed)} | {claim.verdict} |"
        for claim in differing.itertuples()
    ]
    head = ["| Number | Published | Here | Verdict |", "|:------------------------|-----:|-----:|:-------|"]
    caption = "Published rates, medians, hazard ratios and p values that this analysis does not give back"
    return (
        f"{HEADING}\n\n{text} @tbl-differences lists the rates, medians, hazard ratios and p values among these.\n\n"
        f"{why}\n\n::: {{#tbl-differences}}\n{chr(10).join([*head, *rows])}\n\n{caption}\n:::\n"
    )


def _plain(text: str) -> str:
    """Text in which markdown sees no markup."""
    for sign in ("\\", "|", "*", "_", "<", "@", "$", "~", "^", "["):
        text = text.replace(sign, f"\\{sign}")
    return text
