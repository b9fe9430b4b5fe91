"""Groups compared by the means of a variable: the p value of each comparison, and of all together in a trial.

Carlisle 2017 (Anaesthesia 72:944): in a randomised trial the p values of baseline variables are uniform, if
the variables are independent, printed exactly and near normal. They seldom are all of this: what is found is no proof.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import combine_pvalues, ttest_ind_from_stats

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding, Findings, judged
from oligomet.audit.printed import Interval

FEWEST_VARIABLES = 5  # for their p values to be taken together
TOO_ALIKE = 1e-4  # of all p values together (Stouffer), on either side

Moments = tuple[Claim, Claim, Claim]  # of one group: its mean, standard deviation and number of values


def p_of_means(first: Moments, second: Moments, pooled: bool) -> Interval:
    """Bounds of the p value of a t test (Welch's unless pooled) over all that print as these means and deviations."""

    def p(gap: float, end: str) -> float:
        spreads = [max(1e-12, getattr(sd.interval, end)) for _, sd, _ in (first, second)]
        n = [total.value for _, _, total in (first, second)]
        return float(ttest_ind_from_stats(gap, spreads[0], n[0], 0, spreads[1], n[1], equal_var=pooled).pvalue)

    gap = first[0].interval.minus(second[0].interval).magnitude()
    return Interval(p(gap.high, "low"), p(gap.low, "high"))


def groups_of(paper: Paper, variable: str, factor: str, population: str) -> tuple[Moments, Moments] | None:
    """Means, deviations and numbers of the two groups of a factor; None if not all are printed."""
    found = []
    for level in paper.declared.factors[factor].top_levels:
        place = narrowed((population, ()), factor, level)
        where = {"variable": variable, "place": place, "relation": "="}
        mean, sd, total = paper.first(kind="mean", **where), paper.first(kind="sd", **where), paper.counted(place)
        if mean is None or sd is None or total is None or total.value < 2 or sd.interval.high <= 0:
            return None
        found.append((mean, sd, total))
    return (found[0], found[1]) if len(found) == 2 else None


def check_tests_of_means(paper: Paper) -> Findings:
    """The p value of two means against the t test that means, standard deviations and numbers give."""
    for p in paper.select(kind="p_value", endpoint=None):
        ranks = p.test and not p.test.lower().startswith(("t", "welch", "student", "anova", "f"))
        groups = groups_of(paper, p.variable, p.factor, p.population) if p.variable and p.factor and not ranks else None
        if groups is None:
            continue
        found = [p_of_means(*groups, pooled) for pooled in (True, False)]
        words = f"Means and deviations have a p of {' or '.join(dict.fromkeys(map(str, found)))} by a t test"
        unnamed = "" if p.test else " The test is not named."
        off = min(each.apart(p.interval) for each in found)
        against = [claim for each in groups for claim in each]
        wrong = f"{words}, not {p.printed}.{unnamed}"
        yield judged(p, off, f"{words}.", wrong, against, "p", "inconsistent" if p.test else "ambiguous")


def check_baseline(paper: Paper) -> Findings:
    """The means of randomised groups, all together: too alike, or too different, for chance (Carlisle)."""
    for factor, declared in paper.declared.factors.items():
        compared = [groups_of(paper, name, factor, declared.of) for name in paper.declared.variables]
        groups = [each for each in compared if each is not None] if declared.randomised else []
        if len(groups) < FEWEST_VARIABLES:
            continue
        ends = [(each.low, each.high) for each in (p_of_means(*pair, pooled=True) for pair in groups)]
        low, high = (combine_pvalues(column, "stouffer").pvalue for column in np.clip(ends, 1e-12, 1 - 1e-12).T)
        against = tuple(claim for pair in groups for mean, sd, _ in pair for claim in (mean, sd))
        if min(low, 1 - low) >= TOO_ALIKE or min(high, 1 - high) >= TOO_ALIKE or (low < 0.5) != (high < 0.5):
            yield Finding("sound", against, f"{len(groups)} baseline means differ as chance makes them.")
            continue
        says = (
            f"The means of {len(groups)} baseline variables are {'more alike' if low > 0.5 else 'further apart'} than "
            "chance makes them in fewer than one of 10,000 trials; variables that go together, skewness and what was "
            "stratified for can do this too."
        )
        yield Finding("ambiguous", against, says, (), abs(low - 0.5), "p")


CHECKS = (check_tests_of_means, check_baseline)
