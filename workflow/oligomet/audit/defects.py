"""What is wrong with a paper in a minute: findings that say the same as one, and the worst defects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import GRAVE, each_row
from oligomet.audit.headlines import consequence, headline
from oligomet.audit.wording import RATIO_AND_LIMITS

SHOWN = 10
POINTS = {"impossible": 3, "inconsistent": 2, "ambiguous": 1}
COMPARISONS = (*RATIO_AND_LIMITS, "p_value")
RESULTS = (*COMPARISONS, "rate")


def merge_findings(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings that say the same of the same number in several places, as one; `names` holds all their names."""
    first = ["size", "measure", "against"]
    keys = ["check", "severity", "about", "says", "repair"]
    together = findings.fillna({"repair": ""}).groupby(keys, sort=False)
    return together.agg(
        names=("finding", " ".join), claims=("claims", " ".join), **{name: (name, "first") for name in first}
    ).reset_index()


def worst_defects(paper: Paper, grouped: pd.DataFrame) -> pd.DataFrame:
    """The defects that a reader should know first, each with what else comes from the same cause.

    Points are given for severity (impossible 3, inconsistent 2, ambiguous 1), for a result (a survival rate or a
    comparison) in it and for a number of the abstract in it; for results, half the binary logarithm of how many numbers
    the finding has, with the others of its check in its section. Ambiguous counts only what is off under the reading
    that the paper invites; slips do not count. A section's findings of one check are one defect, and so are findings of
    one comparison. Sizes decide only among equals: points of survival and p values have no common measure.

    Parameters
    ----------
    grouped
        As `merge_findings` gives them.

    Returns
    -------
    At most `SHOWN` rows of `grouped`, the worst first, with section, place (section and row), more (other findings of
    that check there), headline (a plain sentence) and touches (what it is a defect of).
    """
    by_id = {claim.id: claim for claim in paper.claims}
    claims = grouped["claims"].map(lambda ids: [by_id[name] for name in dict.fromkeys(ids.split())])
    ranked = grouped.assign(those=claims, section=[those[0].section for those in claims])
    ranked = ranked[ranked["severity"].isin(GRAVE) | ((ranked["severity"] == "ambiguous") & ranked["size"].notna())]
    together = ranked.groupby(["check", "section"])
    more = together["says"].transform("size") - 1
    numbers = ranked["those"].map(len).groupby([ranked["check"], ranked["section"]]).transform("sum")
    result = ranked["those"].map(lambda those: any(claim.kind in RESULTS for claim in those))
    abstract = ranked["those"].map(lambda those: any("abstract" in claim.section.lower() for claim in those))
    points = ranked["severity"].map(POINTS) + result * (1 + np.log2(numbers.astype(float)) / 2) + abstract
    ranked = ranked.assign(more=more, points=points).sort_values(
        ["points", "size"], ascending=False, kind="stable", na_position="last"
    )
    kept: list[int] = []
    compared: set[str] = set()
    for row in each_row(ranked.drop_duplicates("check")):
        comparisons = {claim.id for claim in row.those if claim.kind in COMPARISONS}
        if not comparisons & compared:
            kept.append(row.Index)
            compared |= comparisons
    shown = ranked.loc[kept[:SHOWN]]
    told = [headline(paper, row.check, row.those, row.more + 1) for row in each_row(shown)]
    places = [_place(those[0]) for those in shown["those"]]
    touches = [*map(consequence, shown["those"])]
    return shown.assign(headline=told, place=places, touches=touches).drop(columns=["those", "points"])


def _place(claim: Claim) -> str:
    """Where a claim stands, in a reader's words: the sentence of its section, or the line of its table or figure."""
    if not claim.row:
        return claim.section
    return f"{claim.section}, {'line' if claim.section.lower().startswith(('tab', 'fig')) else 'sentence'} {claim.row}"


def coverage(paper: Paper, findings: pd.DataFrame) -> pd.Series:
    """Of each number by its claim's id: defect (a finding says what is wrong with it), checked, or never checked.

    Checked is what was held against others, or others against it; never checked, what nothing else in the paper limits.
    """
    grave = findings["severity"] != "sound"
    wrong = {name for ids in findings.loc[grave, "claims"] for name in ids.split()}
    seen = {name for column in ("claims", "against") for ids in findings[column] for name in ids.split()}
    ids = [claim.id for claim in paper.claims]
    states = ["defect" if name in wrong else "checked" if name in seen else "never checked" for name in ids]
    return pd.Series(states, index=ids, dtype=object)
