"""Intervals of rates, percentages, means and medians: around their estimate, and as wide as so many subjects make them.

Those of ratios are in `hazard_ratios_and_p_values`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from scipy.special import ndtri, stdtrit

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import ESTIMATES, RATIOS
from oligomet.audit.findings import Finding, held
from oligomet.audit.printed import Interval
from oligomet.estimates.methods.proportions import usual_limits

NARROWER = 0.8  # times the narrowest usual interval of a proportion: below it no method goes
FEWEST = 3  # with the event, and without it, for a width to say anything


def intervals(paper: Paper) -> Iterator[tuple[Claim, Claim, Claim]]:
    """Each estimate that is no ratio with its two limits, as one row prints them."""
    together: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.select():
        kind = claim.limit_of or claim.kind
        if kind in ESTIMATES and kind not in RATIOS:
            of = claim.section, claim.row, claim.place, claim.variable, claim.endpoint, claim.time, kind
            together[of]["estimate" if claim.kind == kind else claim.kind] = claim
    for found in together.values():
        if "estimate" in found and ("low" in found or "high" in found):
            estimate = found["estimate"]
            low, high = (found.get(limit, estimate) for limit in ("low", "high"))  # one of them can be not reached
            yield estimate, low, high


def check_estimates_and_intervals(paper: Paper) -> Iterator[Finding]:
    """A rate, percentage, mean or median lies within its own interval."""
    for estimate, low, high in intervals(paper):
        bounds = Interval(low.interval.low, max(low.interval.low, high.interval.high))
        ends = tuple(claim for claim in (low, high) if claim is not estimate)
        if low.interval.low > high.interval.high:
            off = low.interval.low - high.interval.high
            yield Finding("impossible", ends, f"{low.printed} is above {high.printed}.", (estimate,), off)
        else:
            points = "percentage points" if estimate.kind in ("rate", "percentage") else ""
            span = " to ".join(claim.printed for claim in ends)
            yield held((estimate,), bounds, f"The {estimate.kind}'s own interval is {span}", ends, points)


def narrowest_width(percent: float, subjects: int, confidence: float) -> float:
    """The least width, in points, of a usual interval of a proportion; a Kaplan-Meier rate's is no narrower.

    Greenwood's variance is that of a proportion if nobody is censored before, and larger otherwise. 50% of 100: 19.2.
    """
    limits = usual_limits(percent / 100 * subjects, subjects, confidence=confidence)
    return 100 * min(float(high - low) for low, high in limits)


def check_widths_of_rates(paper: Paper) -> Iterator[Finding]:
    """The interval of a rate or percentage is not narrower than its number of subjects allows."""
    for estimate, low, high in intervals(paper):
        total = _subjects(paper, estimate)
        if estimate.kind not in ("rate", "percentage") or total is None or low is estimate or high is estimate:
            continue
        n, confidence = int(total.value), paper.confidence_of(low)[0]
        affected = n * estimate.value / 100
        if not (FEWEST <= affected <= n - FEWEST) or estimate.relation != "=":
            continue
        least = NARROWER * narrowest_width(estimate.value, n, confidence)
        width = high.interval.high - low.interval.low
        z = ndtri((1 + confidence) / 2)
        needed = estimate.value * (100 - estimate.value) * (2 * z / max(width, 1e-9)) ** 2
        words = f"Such an interval takes about {needed:.0f} subjects or more"
        yield held(
            (low, high), Interval(least, math.inf), words, (estimate, total), "percentage points", "inconsistent",
            found=Interval(width, width), printed=str(n),
        )  # fmt: skip


def _subjects(paper: Paper, estimate: Claim) -> Claim | None:
    """Those whom a rate is of; of a percentage those whom its factor divides."""
    if estimate.kind != "percentage" or not estimate.group:
        return paper.counted(estimate.place)
    factor = estimate.group[-1][0]
    population, base = paper.base(factor, estimate.population)
    rest = {item for item in estimate.group if item[0] != factor}
    return paper.counted((population, tuple(sorted({*rest, *base}))), estimate.section)


def check_intervals_of_means(paper: Paper) -> Iterator[Finding]:
    """The interval of a mean: the mean in its middle, and t (or z) times SD/√n, or times the standard error, wide."""
    for mean, low, high in intervals(paper):
        if mean.kind != "mean" or low is mean or high is mean:
            continue
        middle = Interval(low.interval.low + high.interval.low, low.interval.high + high.interval.high).times(0.5)
        words = f"The middle of {low.printed} to {high.printed} is {middle}"
        yield held((mean,), middle, words, (low, high), "", "inconsistent")
        total, confidence = paper.counted(mean.place), paper.confidence_of(low)[0]
        beside = [
            c for kind in ("se", "sd") for c in paper.select(kind=kind, variable=mean.variable, section=mean.section)
        ]
        spread = next((c for c in beside if c.place == mean.place), None)
        if spread is None or total is None or total.value < 2:
            continue
        n = total.value
        root = 1.0 if spread.kind == "se" else math.sqrt(n)
        z, t = float(ndtri((1 + confidence) / 2)), float(stdtrit(n - 1, (1 + confidence) / 2))
        half = Interval(z * spread.interval.low / root, t * spread.interval.high / root)
        found = Interval(high.interval.low - low.interval.high, high.interval.high - low.interval.low).times(0.5)
        as_error = Interval(z * spread.interval.low, t * spread.interval.high).meets(found) and spread.kind == "sd"
        words = f"{n:g} values with a {spread.kind.upper()} of {spread.printed} have an interval of ± {half}"
        repair = "'standard error' in place of 'standard deviation'" * as_error
        yield held((low, high), half, words, (spread, total), "", "inconsistent", repair, found, f"± {found}")


CHECKS = (check_estimates_and_intervals, check_widths_of_rates, check_intervals_of_means)
