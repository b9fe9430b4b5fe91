"""Whether every numeric token of the paper is a claim or a reasoned non-claim, and every claim stands in the paper."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd
import yaml

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import NUMBERS
from oligomet.audit.findings import each_row


def read_tokens(path: str | Path) -> pd.DataFrame:
    """The paper's numeric tokens: section, row (sentence, or line of a table; 0 is its caption), number; all text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def read_nonclaims(path: str | Path) -> pd.DataFrame:
    """Tokens that are no claims: section, row, number, reason. In the file: a reason, then 'section/row': numbers."""
    raw = yaml.load(Path(path).read_text(encoding="utf-8"), yaml.CBaseLoader)
    rows = [
        (*place.rsplit("/", 1), number, reason)
        for reason, places in raw.items()
        for place, numbers in places.items()
        for number in numbers
    ]
    return pd.DataFrame(rows, columns=["section", "row", "number", "reason"])


def compare_tokens(paper: Paper, tokens: pd.DataFrame, nonclaims: pd.DataFrame) -> pd.DataFrame:
    """What does not come out even between the paper's tokens and what is said of them.

    A claim takes one token of its row for each number it prints. What is left must be in the names of the groups, times
    and definitions that the row's claims are about, or among the non-claims.

    Returns
    -------
    DataFrame with section, row, number and problem: 'in the paper, but neither claim nor non-claim', 'claimed, but not
    in the paper' or 'a non-claim that is not left over'. Empty if all is well.
    """
    left: dict[tuple, Counter] = defaultdict(Counter)
    for token in each_row(tokens):
        left[token.section, token.row][token.number] += 1
    names: dict[tuple, set[str]] = defaultdict(set)
    problems = []
    for claim in paper.claims:
        place = claim.section, str(claim.row)
        names[place] |= _named(claim, paper)
        for number in claim.tokens:
            if left[place][number] > 0:
                left[place][number] -= 1
            else:
                problems.append((*place, number, f"claimed by {claim.id}, but not in the paper"))
    for item in each_row(nonclaims):
        place = item.section, item.row
        if left[place][item.number] > 0:
            left[place][item.number] -= 1
        else:
            problems.append((*place, item.number, "a non-claim that is not left over"))
    problems += [
        (*place, number, "in the paper, but neither claim nor non-claim")
        for place, counts in left.items()
        for number, times in counts.items()
        if times > 0 and number not in names[place]
    ]
    return pd.DataFrame(problems, columns=["section", "row", "number", "problem"])


def beside(claims: Path) -> tuple[Path, Path]:
    """Where the tokens of a paper and its non-claims stand: beside its claims.yaml."""
    return claims.with_name("tokens.csv"), claims.with_name("nonclaims.yaml")


def coverage_of_text(paper: Paper, claims: str | Path) -> pd.DataFrame | None:
    """What of the paper's text is not entered, as `compare_tokens` says; None where its tokens are not at hand."""
    tokens, nonclaims = beside(Path(claims))
    if not tokens.is_file():
        return None
    empty = pd.DataFrame(columns=["section", "row", "number", "reason"])
    return compare_tokens(paper, read_tokens(tokens), read_nonclaims(nonclaims) if nonclaims.is_file() else empty)


def _named(claim: Claim, paper: Paper) -> set[str]:
    """Numbers that name what a claim is about: limits of its levels, its times in months and years."""
    texts = []
    levels = [*claim.group]
    if claim.contrast:
        factor, level, reference = claim.contrast
        levels += [(factor, level), (factor, reference)]
    if claim.factor:
        levels += [(claim.factor, level) for level in paper.declared.factors[claim.factor].levels]
    for factor, level in levels:
        texts += [level, paper.declared.factors[factor].levels[level].says, paper.declared.factors[factor].says]
    for time in (claim.time, claim.window):
        if time is not None:
            texts += [f"{time:g}", f"{time / 12:g}"]
    if claim.contrast:
        texts.append("95")
    return {number for text in texts for number in NUMBERS.findall(text)}
