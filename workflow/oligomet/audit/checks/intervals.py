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
from oligomet.audit.findings import POINTS, Finding, Findings, held
from oligomet.audit.printed import Interval
from oligomet.estimates.methods.proportions import usual_limits

NARROWER = 0.8  # times the narrowest usual interval of a proportion: below it no method goes
FEWEST = 3  # with the event, and without it, for a width to say anything


def intervals(paper: Paper) -> Iterator[tuple[Claim, Claim, Claim]]:
    """Each estimate that is no ratio with its two limits, as one row prints them; one of them can be not reached."""
    together: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.select():
        kind = claim.limit_of or claim.kind
        if kind in ESTIMATES and kind not in RATIOS:
            of = claim.section, claim.row, claim.place, claim.variable, claim.endpoint, claim.time, kind
            together[of]["estimate" if claim.kind == kind else claim.kind] = claim
    for found in together.values():
        if "estimate" in found and len(found) > 1:
            yield found["estimate"], found.get("low", found["estimate"]), found.get("high", found["estimate"])


def check_estimates_and_intervals(paper: Paper) -> Findings:
    """A rate, percentage, mean or median lies within its own interval."""
    for estimate, low, high in intervals(paper):
        ends = tuple(claim for claim in (low, high) if claim is not estimate)
        if (off := low.interval.low - high.interval.high) > 0:
            yield Finding("impossible", ends, f"{low.printed} is above {high.printed}.", (estimate,), off)
        else:
            words = f"The {estimate.kind}'s own interval is {' to '.join(claim.printed for claim in ends)}"
            points = POINTS if estimate.kind in ("rate", "percentage") else ""
            yield held(estimate, Interval(low.interval.low, high.interval.high), words, ends, points)


def narrowest_width(percent: float, subjects: int, confidence: float) -> float:
    """The least width, in points, of a usual interval of a proportion; a Kaplan-Meier rate's is no narrower.

    Greenwood's variance is that of a proportion if nobody is censored before, and larger otherwise. 50% of 100: 19.2.
    """
    limits = usual_limits(percent / 100 * subjects, subjects, confidence=confidence)
    return 100 * min(float(high - low) for low, high in limits)


def check_widths_of_rates(paper: Paper) -> Findings:
    """The interval of a rate or percentage is not narrower than its number of subjects allows."""
    for estimate, low, high in intervals(paper):
        total = _subjects(paper, estimate)
        if estimate.kind not in ("rate", "percentage") or total is None or low is estimate or high is estimate:
            continue
        n, confidence = int(total.value), paper.confidence_of(low)[0]
        if not FEWEST <= n * estimate.value / 100 <= n - FEWEST or estimate.relation != "=":
            continue
        width = high.interval.high - low.interval.low
        twice_z = 2 * float(ndtri((1 + confidence) / 2))
        needed = estimate.value * (100 - estimate.value) * (twice_z / max(width, 1e-9)) ** 2
        yield held(
            (low, high), Interval(NARROWER * narrowest_width(estimate.value, n, confidence), math.inf),
            f"Such an interval takes about {needed:.0f} subjects or more", (estimate, total), POINTS, "inconsistent",
            found=Interval.at(width), printed=str(n),
        )  # fmt: skip


def _subjects(paper: Paper, estimate: Claim) -> Claim | None:
    """Those whom a rate is of; of a percentage those whom its factor divides."""
    if estimate.kind != "percentage" or not estimate.group:
        return paper.counted(estimate.place)
    return paper.counted(paper.divided(estimate, estimate.divides), estimate.section)


def check_intervals_of_means(paper: Paper) -> Findings:
    """The interval of a mean: the mean in its middle, and t (or z) times SD/√n, or times the standard error, wide."""
    for mean, low, high in intervals(paper):
        if mean.kind != "mean" or low is mean or high is mean:
            continue
        middle = (low.interval + high.interval).times(0.5)
        words = f"The middle of {low.printed} to {high.printed} is {middle}"
        yield held(mean, middle, words, (low, high), "", "inconsistent")
        total, share = paper.counted(mean.place), (1 + paper.confidence_of(low)[0]) / 2
        spread = paper.first(kind=("se", "sd"), variable=mean.variable, section=mean.section, place=mean.place)
        if spread is None or total is None or total.value < 2:
            continue
        n = total.value
        z, t = float(ndtri(share)), float(stdtrit(n - 1, share))
        as_error = Interval(z * spread.interval.low, t * spread.interval.high)
        half = as_error if spread.kind == "se" else as_error.times(1 / math.sqrt(n))
        found = high.interval.minus(low.interval).times(0.5)
        swapped = spread.kind == "sd" and as_error.meets(found)
        repair = "'standard error' in place of 'standard deviation'" * swapped
        words = f"{n:g} values with a {spread.kind.upper()} of {spread.printed} have an interval of ± {half}"
        yield held((low, high), half, words, (spread, total), "", "inconsistent", repair, found, f"± {found}")


CHECKS = (check_estimates_and_intervals, check_widths_of_rates, check_intervals_of_means)
