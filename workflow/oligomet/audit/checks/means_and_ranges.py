"""Means, medians and ranges against the classes, limits and ranges they have to agree with.

SPRITE (Heathers et al. 2018, PeerJ Preprints 6:e26968) rebuilds samples from a mean and an SD; where only classes and
limits are printed, bounds are what can be said, and they are exact.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import accumulate

from oligomet.audit.checks.variable_classes import class_limits
from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding, Findings, held, judged
from oligomet.audit.printed import Interval, read_number

ValueClass = tuple[int, float, float]  # subjects, least, most


def median_of_classes(classes: Iterable[ValueClass]) -> Interval:
    """Bounds of a median, from how many values are in which class (n, least, most).

    Of 179 values 114 are below 3 cm: so is the median, and its bounds are those of that class.
    Sorted by their limits, the classes say in which of them the middle value(s) stand; nothing else is known of them.
    """
    classes = sorted((each for each in classes if each[0] > 0), key=lambda each: (each[1], each[2]))
    upto = list(accumulate(each[0] for each in classes))
    lower, upper = (classes[bisect_left(upto, position)] for position in ((upto[-1] + 1) // 2, upto[-1] // 2 + 1))
    return Interval((lower[1] + upper[1]) / 2, (lower[2] + upper[2]) / 2)


def mean_of_classes(classes: Iterable[ValueClass], least: float = -math.inf, most: float = math.inf) -> Interval:
    """Bounds of a mean, from how many values are in which class (n, least, most).

    All values are within `least` and `most`, and these both occur. 91 patients under 60 and 51 from 60 on, the youngest
    21 and the oldest 79, are 35.1 to 66.6 years old in the mean.
    """
    classes = [(n, max(low, least), min(high, most)) for n, low, high in classes if n > 0]
    n = sum(each[0] for each in classes)
    low, high = (sum(each[0] * each[i] for each in classes) for i in (1, 2))
    if math.isfinite(most) and n > 1:  # somebody has the largest value, somebody the smallest
        low += most - max(each[1] for each in classes)
    if math.isfinite(least) and n > 1:
        high -= min(each[2] for each in classes) - least
    return Interval(low / n, high / n)


def grim(mean: str, n: int) -> bool:
    """Whether a mean of `n` whole numbers can print so (Brown & Heathers 2017): of 28 not as 5.19, but as 5.18."""
    interval = read_number(mean).interval.times(n)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return True
    return math.floor(interval.high + 1e-9) >= math.ceil(interval.low - 1e-9)


def check_medians(paper: Paper) -> Findings:
    """A median against the numbers in the classes of its variable."""
    for claim in paper.select(kind="median", endpoint=None):
        least, most = _range(paper, claim)
        for classes, against in _classes(paper, claim):
            bounds, mean = _median_within(classes, least, most), mean_of_classes(classes, least, most)
            repair, exchanged = "", [(classes[1 - i][0], *classes[i][1:]) for i in (0, 1)] if len(classes) == 2 else []
            if mean.meets(claim.interval):
                means = paper.select(kind="mean", variable=claim.variable)
                also = " (as it is called elsewhere)" * any(c.interval.meets(claim.interval) for c in means)
                repair = f"'mean' in place of 'median'{also}: by classes and range it lies within {mean}"
            elif exchanged and _median_within(exchanged, least, most).meets(claim.interval):
                repair = "the counts of the two classes swapped"
            n, (many, low, high) = sum(each[0] for each in classes), max(classes, key=lambda each: each[0])
            wrong = (
                f"{many:g} of {n:g} values are from {max(low, least):g} to {min(high, most):g}, so the median is "
                f"{bounds}, not {claim.printed}."
            )
            fine, off = f"The median lies within {bounds} by the classes.", bounds.apart(claim.interval)
            yield judged(claim, off, fine, wrong, against, _measure(paper, claim), repair=repair)


def _median_within(classes: Iterable[ValueClass], least: float, most: float) -> Interval:
    bounds = median_of_classes(classes)
    return Interval(max(bounds.low, least), min(bounds.high, most))


def check_means(paper: Paper) -> Findings:
    """A mean against the classes and the range of its variable; of whole numbers also against their number (GRIM)."""
    for claim in paper.select(kind="mean"):
        for classes, against in _classes(paper, claim):
            bounds = mean_of_classes(classes, *_range(paper, claim))
            fine = f"The mean lies within {bounds} by classes and range."
            wrong = f"By classes and range the mean is {bounds}, not {claim.printed}."
            yield judged(claim, bounds.apart(claim.interval), fine, wrong, against, _measure(paper, claim))
        total = paper.counted(claim.place)
        if paper.variable_of(claim).integer and total is not None and not grim(claim.printed, int(total.value)):
            says = f"No sum of {total.value:g} whole numbers divided by {total.value:g} prints as {claim.printed}."
            yield Finding("impossible", (claim,), says, (total,), math.nan)


def check_means_of_groups(paper: Paper) -> Findings:
    """The mean of all against those of the groups that divide them: their average by size, or at least between them."""
    for claim in paper.select(kind="mean", relation="="):
        for name, factor in paper.declared.factors.items():
            places = [narrowed(claim.place, name, level) for level in factor.top_levels]
            means = [paper.first(kind="mean", variable=claim.variable, place=each, relation="=") for each in places]
            found = [mean for mean in means if mean is not None]
            if len(found) < max(2, len(places)) or factor.overlapping or factor.partial or dict(claim.group).get(name):
                continue
            total, counts = paper.counted(claim.place), paper.counted_each(places)
            ends = [mean.interval for mean in found]
            bounds = Interval(min(each.low for each in ends), max(each.high for each in ends))
            if counts and total is not None and total.value and sum(c.value for c in counts) == total.value:
                weighted = [mean.times(c.value / total.value) for mean, c in zip(ends, counts, strict=True)]
                bounds = sum(weighted, Interval.at(0))
            words = f"{', '.join(mean.printed for mean in found)} by {factor.says.lower()} average to {bounds}"
            yield held(claim, bounds, words, (*found, *counts), _measure(paper, claim), "inconsistent")


def check_ranges(paper: Paper) -> Findings:
    """Least ≤ middle ≤ most in one population; the range of a part within that of the whole; no empty outer classes."""
    groups = {(c.variable, c.endpoint, c.place) for c in paper.select(kind=("minimum", "maximum"))}
    for variable, endpoint, place in sorted(groups, key=str):
        where = {"variable": variable, "endpoint": endpoint, "place": place}
        lows, highs = (paper.select(kind=kind, **where) for kind in ("minimum", "maximum"))
        middles = paper.select(kind=("mean", "median"), **where)
        yield from (_ordered(low, high) for low in lows for high in [*middles, *highs])
        yield from (_ordered(middle, high) for high in highs for middle in middles)
        parent = paper.declared.populations[place[0]].part_of
        if parent:
            of_whole = {"variable": variable, "place": (parent, place[1])}
            yield from (_ordered(whole, low) for low in lows for whole in paper.select(kind="minimum", **of_whole))
            yield from (_ordered(high, whole) for high in highs for whole in paper.select(kind="maximum", **of_whole))


def _ordered(low: Claim, high: Claim) -> Finding:
    wrong = f"{low.printed} ({low.kind}) is above {high.printed} ({high.kind})."
    return judged(low, low.interval.low - high.interval.high, f"{low.printed} ≤ {high.printed}.", wrong, high)


def check_outer_classes(paper: Paper) -> Findings:
    """The smallest value stands in the lowest class that is not empty, the largest in the highest."""
    for claim in paper.select(kind=("minimum", "maximum"), endpoint=None, relation="="):
        for classes, against in _classes(paper, claim):
            filled = sorted((low, high) for n, low, high in classes if n > 0)
            low, high = filled[0] if claim.kind == "minimum" else filled[-1]
            span = f"up to {high:g}" if low == -math.inf else f"from {low:g}" + f" to {high:g}" * (high < math.inf)
            fine = f"The {claim.kind} stands in the outermost class."
            wrong = f"The outermost class is {span}; the {claim.kind} of {claim.printed} is not in it."
            off = Interval(low, high).apart(claim.interval)
            yield judged(claim, off, fine, wrong, against, _measure(paper, claim))


def _measure(paper: Paper, claim: Claim) -> str:
    return paper.variable_of(claim).measure


def _range(paper: Paper, claim: Claim) -> tuple[float, float]:
    """The least and most that are printed for the claim's variable and population, as far as rounding allows."""
    where = {"variable": claim.variable, "place": claim.place, "relation": "="}
    lows = [c.interval.low for c in paper.select(kind="minimum", **where)]
    highs = [c.interval.high for c in paper.select(kind="maximum", **where)]
    return min(lows, default=-math.inf), max(highs, default=math.inf)


def _classes(paper: Paper, claim: Claim) -> Iterator[tuple[list[ValueClass], list[Claim]]]:
    """The complete classifications of the claim's variable in its population, those of unknown value left out."""
    cuts = {name: factor for name, factor in paper.declared.factors.items() if factor.variable == claim.variable}
    for name, factor in cuts.items() if claim.variable is not None else ():
        variable = paper.variable_of(claim)
        limited = {label: level for label, level in factor.levels.items() if level.limited and level.within is None}
        counts = paper.counted_each(narrowed(claim.place, name, label) for label in limited)
        spans = [class_limits(level, variable.integer, variable.at_least) for level in limited.values()]
        if sum(claim.value for claim in counts):
            yield [(int(c.value), *span) for c, span in zip(counts, spans, strict=True)], counts


CHECKS = (check_medians, check_means, check_means_of_groups, check_ranges, check_outer_classes)
