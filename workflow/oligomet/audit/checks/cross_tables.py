"""Cross tables of counts: the odds and risk ratios that they have, and the p values of their tests.

scipy and statsmodels compute what is held against the printed numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2_contingency, fisher_exact

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, Severity, held
from oligomet.audit.printed import Interval
from oligomet.estimates.methods.group_tests import ratio_of

Cells = tuple[np.ndarray, tuple[Claim, ...]]  # a row a group, a column an outcome; the claims that they follow from
NARROWER, WIDER = 0.9, 1.5  # than Woolf's, on the log scale, the other usual intervals can be (score, exact, profile)
USUAL_LEVEL = 0.05


def tests_of(cells: np.ndarray) -> dict[str, float]:
    """p values of the tests of independence that papers use, by name; empty if a row or a column is.

    Of [[3, 30], [19, 47]]: chi-square 0.026, with Yates' correction 0.049, likelihood ratio 0.019, Fisher 0.039.
    """
    if (cells.sum(axis=0) == 0).any() or (cells.sum(axis=1) == 0).any():
        return {}
    found = {"chi-square": float(chi2_contingency(cells, correction=False).pvalue)}
    found["likelihood ratio"] = float(chi2_contingency(cells, correction=False, lambda_="log-likelihood").pvalue)
    if cells.shape == (2, 2):
        found["chi-square with Yates' correction"] = float(chi2_contingency(cells, correction=True).pvalue)
        found["Fisher"] = float(fisher_exact(cells).pvalue)
    return found


def check_ratios_of_counts(paper: Paper) -> Iterator[Finding]:
    """An odds or risk ratio, not adjusted for anything, against the counts of its two groups; its interval too."""
    for kind, other in (("odds_ratio", "risk_ratio"), ("risk_ratio", "odds_ratio")):
        for claim in paper.select(kind=kind):
            table = _two_by_two(paper, claim)
            if table is None or claim.model == "multivariable" or (table[0] == 0).any():
                continue
            (ratio, error), against = ratio_of(table[0], kind), table[1]
            others = {
                "the two groups the other way round": 1 / ratio,
                f"'{other.replace('_', ' ')}'": ratio_of(table[0], other)[0],
            }
            repair = "; ".join(words for words, value in others.items() if claim.interval.holds(value))
            a = "an odds ratio" if kind == "odds_ratio" else "a risk ratio"
            words = f"The counts give {a} of {ratio:.4g}"
            yield held((claim,), Interval(ratio, ratio), words, against, "ratio", "inconsistent", repair)
            beside = {"section": claim.section, "row": claim.row, "contrast": claim.contrast, "outcome": claim.outcome}
            limits = [c for limit in ("low", "high") for c in paper.select(kind=limit, limit_of=kind, **beside)]
            if len(limits) == 2 and min(c.interval.low for c in limits) > 0:
                yield _interval(paper, limits[0], limits[1], error, against)


def _interval(paper: Paper, low: Claim, high: Claim, error: float, against: tuple[Claim, ...]) -> Finding:
    """An interval's width on the log scale against Woolf's, with room for the other methods."""
    width = 2 * float(ndtri((1 + paper.confidence_of(low)[0]) / 2)) * error
    found = Interval(
        math.log(max(high.interval.low, 1e-9) / low.interval.high), math.log(high.interval.high / low.interval.low)
    )
    words = f"The counts give an interval whose limits' ratio is about {math.exp(width):.3g}"
    bounds, printed = Interval(NARROWER * width, WIDER * width), f"{high.value / low.value:.3g}"
    return held((low, high), bounds, words, against, "log ratio", "inconsistent", found=found, printed=printed)


def check_tests_of_counts(paper: Paper) -> Iterator[Finding]:
    """The p value of a comparison of counts against the usual tests of the table (chi-square, Yates, Fisher)."""
    stated = paper.setting("significance_level")
    level = stated.value if stated is not None else USUAL_LEVEL
    for p in paper.select(kind="p_value"):
        table = _two_by_two(paper, p) if p.outcome else _levels_by_levels(paper, p)
        found = tests_of(table[0]) if table is not None else {}
        if table is None or not found or p.model == "multivariable":
            continue
        named = {name: value for name, value in found.items() if p.test and _means(p.test, name)}
        if p.test and not named:
            continue
        tested = named or found
        words = ", ".join(f"{name} {value:.3g}" for name, value in tested.items())
        if any(p.interval.holds(value) for value in tested.values()):
            yield Finding("sound", (p,), f"The counts have a p of {words}.", table[1])
            continue
        off = min(abs(p.interval.gap(Interval(value, value))) for value in tested.values())
        decision = all((value < level) != (p.interval.low < level) for value in tested.values())
        others = [f"the p of {name}" for name, value in found.items() if p.interval.holds(value)]
        severity: Severity = "ambiguous" if others or not p.test else "inconsistent"
        severity = "slip" if off < 10.0**-p.decimals and not decision else "inconsistent" if decision else severity
        changes = f": that changes the decision at {level:g}" * decision
        says = f"The counts have a p of {words}, not {p.printed}{changes}."
        yield Finding(severity, (p,), says, table[1], off, "p", "; ".join(others))


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
        with_it = paper.counted(narrowed(group, *claim.outcome), claim.section)
        everybody = paper.counted(group, claim.section)
        if with_it is None or everybody is None or with_it.value > everybody.value:
            return None
        rows.append([with_it.value, everybody.value - with_it.value])
        against += [with_it, everybody]
    return np.array(rows), tuple(against)


def _levels_by_levels(paper: Paper, p: Claim) -> Cells | None:
    """The counts of all levels of one factor at all levels of another."""
    if p.factor is None or p.by is None or p.factor == p.by:
        return None
    rows, against = [], []
    for level in paper.declared.factors[p.factor].top_levels:
        group: Place = narrowed(p.place, p.factor, level)
        levels = paper.declared.factors[p.by].top_levels
        counts = paper.counted_each((narrowed(group, p.by, each) for each in levels), p.section)
        if not counts:
            return None
        rows.append([count.value for count in counts])
        against += counts
    return (np.array(rows), tuple(against)) if len(rows) > 1 else None


CHECKS = (check_ratios_of_counts, check_tests_of_counts)
