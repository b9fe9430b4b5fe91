"""Groups compared by the means of a variable: the p value of each comparison, and of all together in a trial.

Carlisle 2017 (Anaesthesia 72:944): in a randomised trial the p values of baseline variables are uniform, if
the variables are independent, printed exactly and near normal. They seldom are all of this: what is found is no proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import ttest_ind_from_stats

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding
from oligomet.audit.printed import Interval

FEWEST_VARIABLES = 5  # for their p values to be taken together
TOO_ALIKE = 1e-4  # of all p values together (Stouffer), on either side


@dataclass(frozen=True)
class Moments:
    """Mean, standard deviation and number of values of one group, as printed."""

    mean: Claim
    sd: Claim
    total: Claim


def p_of_means(first: Moments, second: Moments, pooled: bool) -> Interval:
    """Bounds of the p value of a t test (Welch's unless pooled) over all that print as these means and deviations."""
    gaps = [
        abs(Interval(*sorted((a, b))).high - Interval(*sorted((a, b))).low)
        for a in (first.mean.interval.low, first.mean.interval.high)
        for b in (second.mean.interval.low, second.mean.interval.high)
    ]
    least = 0.0 if first.mean.interval.meets(second.mean.interval) else min(gaps)

    def p(gap: float, end: str) -> float:
        spread = [max(1e-12, getattr(each.sd.interval, end)) for each in (first, second)]
        n = [each.total.value for each in (first, second)]
        return float(ttest_ind_from_stats(gap, spread[0], n[0], 0, spread[1], n[1], equal_var=pooled).pvalue)

    return Interval(p(max(gaps), "low"), p(least, "high"))


def groups_of(paper: Paper, variable: str, factor: str, population: str) -> tuple[Moments, Moments] | None:
    """Means, deviations and numbers of the two groups of a factor; None if not all are printed."""
    found = []
    for level in paper.declared.factors[factor].top_levels:
        place = narrowed((population, ()), factor, level)
        where = {"variable": variable, "population": place[0], "group": place[1], "relation": "="}
        mean, sd = (next(iter(paper.select(kind=kind, **where)), None) for kind in ("mean", "sd"))
        total = paper.counted(place)
        if mean is None or sd is None or total is None or total.value < 2 or sd.interval.high <= 0:
            return None
        found.append(Moments(mean, sd, total))
    return (found[0], found[1]) if len(found) == 2 else None


def check_tests_of_means(paper: Paper) -> Iterator[Finding]:
    """The p value of two means against the t test that means, standard deviations and numbers give."""
    for p in paper.select(kind="p_value"):
        ranks = p.test and not p.test.lower().startswith(("t", "welch", "student", "anova", "f"))
        if not (p.variable and p.factor) or p.endpoint or ranks:
            continue
        groups = groups_of(paper, p.variable, p.factor, p.population)
        if groups is None:
            continue
        found = [p_of_means(*groups, pooled) for pooled in (True, False)]
        words = " or ".join(dict.fromkeys(f"{each}" for each in found))
        against = tuple(claim for each in groups for claim in (each.mean, each.sd, each.total))
        if any(each.meets(p.interval) for each in found):
            yield Finding("sound", (p,), f"Means and deviations have a p of {words} by a t test.", against)
            continue
        off = min(abs(each.gap(p.interval)) for each in found)
        says = f"Means and deviations have a p of {words} by a t test, not {p.printed}."
        if not p.test:
            says += " The test is not named."
        yield Finding("inconsistent" if p.test else "ambiguous", (p,), says, against, off, "p")


def check_baseline(paper: Paper) -> Iterator[Finding]:
    """The means of randomised groups, all together: too alike, or too different, for chance (Carlisle)."""
    for factor, declared in paper.declared.factors.items():
        if not declared.randomised:
            continue
        found, against = [], list[Claim]()
        for name, variable in paper.declared.variables.items():
            groups = groups_of(paper, name, factor, variable.of if variable.of == declared.of else declared.of)
            if groups is not None:
                found.append(p_of_means(*groups, pooled=True))
                against += [claim for each in groups for claim in (each.mean, each.sd)]
        if len(found) < FEWEST_VARIABLES:
            continue
        ends = np.clip([[each.low, each.high] for each in found], 1e-12, 1 - 1e-12)
        low, high = (float(ndtr(ndtri(column).sum() / math.sqrt(len(found)))) for column in ends.T)
        if min(low, 1 - low) >= TOO_ALIKE or min(high, 1 - high) >= TOO_ALIKE or (low < 0.5) != (high < 0.5):
            yield Finding("sound", tuple(against), f"{len(found)} baseline means differ as chance makes them.")
            continue
        how = "more alike" if low > 0.5 else "further apart"
        says = (
            f"The means of {len(found)} baseline variables are {how} than chance makes them in fewer than one of "
            "10,000 trials; variables that go together, skewness and what was stratified for can do this too."
        )
        yield Finding("ambiguous", tuple(against), says, (), abs(low - 0.5), "p")


CHECKS = (check_tests_of_means, check_baseline)
