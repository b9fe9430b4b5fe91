"""Cross tables of counts: the odds and risk ratios that they have, and the p values of their tests.

scipy and statsmodels compute what is held against the printed numbers.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import chi2_contingency, fisher_exact, multivariate_hypergeom, norm

from oligomet.audit.claims import Claim, Paper, narrowed, ratios_of
from oligomet.audit.findings import Finding, Findings, Severity, held, judged
from oligomet.audit.printed import Interval
from oligomet.estimates.methods.group_tests import ratio_of

Cells = tuple[np.ndarray, tuple[Claim, ...]]  # a row a group, a column an outcome; the claims that they follow from
MOST_TABLES = 200_000  # of the same margins, for an exact test to go through all of them
NARROWER, WIDER = 0.9, 1.5  # than Woolf's, on the log scale, the other usual intervals can be (score, exact, profile)


def tests_of(cells: np.ndarray) -> dict[str, float]:
    """p values of the tests of independence that papers use, by name; empty if a row or a column is.

    Of [[3, 30], [19, 47]]: chi-square 0.026, with Yates' correction 0.049, likelihood ratio 0.019, Fisher 0.039.
    """
    if (cells.sum(axis=0) == 0).any() or (cells.sum(axis=1) == 0).any():
        return {}
    found = {
        "chi-square": chi2_contingency(cells, correction=False),
        "likelihood ratio": chi2_contingency(cells, correction=False, lambda_="log-likelihood"),
    }
    if cells.shape == (2, 2):
        found["chi-square with Yates' correction"] = chi2_contingency(cells)
    exact = exact_p(cells)
    return {name: float(test.pvalue) for name, test in found.items()} | ({} if exact is None else {"Fisher": exact})


def exact_p(cells: np.ndarray) -> float | None:
    """Fisher's exact p, by Freeman and Halton's extension in tables of two rows or columns; None of any others.

    scipy has it for four cells only, and draws at random beyond. Of [[5, 98, 4], [11, 92, 5]]: 0.3132, as in R.
    """
    if cells.shape == (2, 2):
        return float(fisher_exact(cells).pvalue)
    rows = (cells if len(cells) == 2 else cells.T).astype(int)
    columns, first = rows.sum(axis=0), int(rows[0].sum())
    if len(rows) != 2 or np.prod(columns[1:] + 1.0) > MOST_TABLES:
        return None
    others = np.indices(columns[1:] + 1).reshape(len(columns) - 1, -1).T
    tables = np.column_stack([first - others.sum(axis=1), others])
    possible = tables[(tables[:, 0] >= 0) & (tables[:, 0] <= columns[0])]
    chances = multivariate_hypergeom.logpmf(possible, columns, first)
    seen = multivariate_hypergeom.logpmf(rows[0], columns, first)
    return min(1.0, float(np.exp(chances[chances <= seen + 1e-7]).sum()))


def check_ratios_of_counts(paper: Paper) -> Findings:
    """An odds or risk ratio, not adjusted for anything, against the counts of its two groups; its interval too."""
    for printed in ratios_of(paper):
        claim = printed.estimate
        table = _two_by_two(paper, claim) if claim else None
        if claim is None or claim.outcome is None or claim.model == "multivariable":
            continue
        if table is None:
            yield from _ratio_of_shares(paper, claim)
            continue
        if (table[0] == 0).any():
            continue
        (ratio, error), against = ratio_of(table[0], claim.kind), table[1]
        other = "risk_ratio" if claim.kind == "odds_ratio" else "odds_ratio"
        others = {
            "the two groups the other way round": 1 / ratio,
            f"'{other.replace('_', ' ')}'": ratio_of(table[0], other)[0],
        }
        repair = "; ".join(words for words, value in others.items() if claim.interval.holds(value))
        words = f"The counts give {'an odds' if claim.kind == 'odds_ratio' else 'a risk'} ratio of {ratio:.4g}"
        yield held(claim, Interval.at(ratio), words, against, "ratio", "inconsistent", repair)
        if printed.low and printed.high and min(printed.low.interval.low, printed.high.interval.low) > 0:
            yield _interval(paper, printed.low, printed.high, error, against)


def _ratio_of_shares(paper: Paper, claim: Claim) -> Findings:
    """An odds or risk ratio against the two groups' percentages, where their counts are not printed."""
    factor, *levels = claim.compared
    places = [narrowed(narrowed(claim.place, factor, level), *(claim.outcome or ("", ""))) for level in levels]
    shares = [paper.first(kind="percentage", place=each, section=claim.section, relation="=") for each in places]
    first, second = shares
    if first is None or second is None or not all(0 < c.interval.low < c.interval.high < 100 for c in (first, second)):
        return

    def measure(percent: float) -> float:
        return percent / (100 - percent) if claim.kind == "odds_ratio" else percent

    ends = [[measure(end) for end in (c.interval.low, c.interval.high)] for c in (first, second)]
    bounds = Interval(ends[0][0] / ends[1][1], ends[0][1] / ends[1][0])
    kind = "an odds" if claim.kind == "odds_ratio" else "a risk"
    words = f"{first.printed}% and {second.printed}% have {kind} ratio of {bounds}"
    yield held(claim, bounds, words, (first, second), "ratio", "inconsistent")


def _interval(paper: Paper, low: Claim, high: Claim, error: float, against: tuple[Claim, ...]) -> Finding:
    """An interval's width on the log scale against Woolf's, with room for the other methods."""
    width = 2 * float(norm.ppf((1 + paper.confidence_of(low)[0]) / 2)) * error
    found = Interval(
        math.log(max(high.interval.low, 1e-9) / low.interval.high), math.log(high.interval.high / low.interval.low)
    )
    words = f"The counts give an interval whose limits' ratio is about {math.exp(width):.3g}"
    bounds, printed = Interval(NARROWER * width, WIDER * width), f"{high.value / low.value:.3g}"
    return held((low, high), bounds, words, against, "log ratio", "inconsistent", found=found, printed=printed)


def check_tests_of_counts(paper: Paper) -> Findings:
    """The p value of a comparison of counts against the usual tests of the table (chi-square, Yates, Fisher)."""
    level = paper.significance
    for p in paper.select(kind="p_value"):
        table = _two_by_two(paper, p) if p.outcome else _levels_by_levels(paper, p)
        found = tests_of(table[0]) if table is not None and p.model != "multivariable" else {}
        tested = {name: value for name, value in found.items() if not p.test or _means(p.test, name)}
        if table is None or not tested:
            continue
        off = min(p.interval.apart(Interval.at(value)) for value in tested.values())
        decision = all((value < level) != (p.interval.low < level) for value in tested.values())
        others = [f"the p of {name}" for name, value in found.items() if p.interval.holds(value)]
        slip = off < 10.0**-p.decimals and not decision
        unclear = not decision and (others or not p.test)
        severity: Severity = "slip" if slip else "ambiguous" if unclear else "inconsistent"
        words = f"The counts have a p of {', '.join(f'{name} {value:.3g}' for name, value in tested.items())}"
        wrong = f"{words}, not {p.printed}" + f": that changes the decision at {level:g}" * decision + "."
        yield judged(p, off, f"{words}.", wrong, table[1], "p", severity, "; ".join(others))


def _means(test: str, name: str) -> bool:
    """Whether a test, as a paper names it, is one of ours."""
    test = test.lower().replace("χ", "chi").replace("²", "2")
    return ("fisher" in test and name == "Fisher") or ("chi" in test and "chi-square" in name)


def _two_by_two(paper: Paper, claim: Claim) -> Cells | None:
    """Of the two levels that a claim compares, those with its outcome and those without."""
    if claim.contrast is None or claim.outcome is None:
        return None
    factor, *levels = claim.contrast
    rows, against = [], []
    for level in levels:
        group = narrowed(claim.place, factor, level)
        counts = paper.counted_each((narrowed(group, *claim.outcome), group), claim.section)
        if not counts or counts[0].value > counts[1].value:
            return None
        rows.append([counts[0].value, counts[1].value - counts[0].value])
        against += counts
    return np.array(rows), tuple(against)


def _levels_by_levels(paper: Paper, p: Claim) -> Cells | None:
    """The counts of all levels of one factor at all levels of another."""
    if p.factor is None or p.by is None or p.factor == p.by:
        return None
    rows, columns = (paper.declared.factors[factor].top_levels for factor in (p.factor, p.by))
    groups = [narrowed(p.place, p.factor, row) for row in rows]
    counts = paper.counted_each((narrowed(group, p.by, column) for group in groups for column in columns), p.section)
    if not counts or len(rows) < 2:
        return None
    return np.array([claim.value for claim in counts]).reshape(len(rows), -1), tuple(counts)


CHECKS = (check_ratios_of_counts, check_tests_of_counts)
