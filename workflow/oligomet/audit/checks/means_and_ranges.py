"""Means, medians and ranges against the classes, limits and ranges they have to agree with.

SPRITE (Heathers et al. 2018, PeerJ Preprints 6:e26968) rebuilds samples from a mean and an SD; where only classes and
limits are printed, bounds are what can be said, and they are exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from oligomet.audit.checks.variable_classes import class_limits
from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding
from oligomet.audit.printed import Interval, read_number

ValueClass = tuple[int, float, float]  # subjects, least, most


def median_of_classes(classes: Iterable[ValueClass]) -> Interval:
    """Bounds of a median, from how many values are in which class (n, least, most).

    Of 179 values 114 are below 3 cm: so is the median, and its bounds are those of that class.
    Sorted by their limits, the classes say in which of them the middle value(s) stand; nothing else is known of them.
    """
    classes = sorted((each for each in classes if each[0] > 0), key=lambda each: (each[1], each[2]))
    n = sum(each[0] for each in classes)

    def holding(position: int) -> ValueClass:
        passed = 0
        for each in classes:
            passed += each[0]
            if position <= passed:
                return each
        return classes[-1]

    lower, upper = holding((n + 1) // 2), holding(n // 2 + 1)
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


def check_medians(paper: Paper) -> Iterator[Finding]:
    """A median against the numbers in the classes of its variable."""
    for claim in paper.select(kind="median", endpoint=None):
        for classes, against in _classes(paper, claim):
            bounds = _clipped(paper, claim, median_of_classes(classes))
            if bounds.meets(claim.interval):
                yield Finding("sound", (claim,), f"The median lies within {bounds} by the classes.", against)
                continue
            n = sum(each[0] for each in classes)
            below = max((each for each in classes), key=lambda each: each[0])
            least, most = _range(paper, claim)
            span = f"from {max(below[1], least):g} to {min(below[2], most):g}"
            says = f"{below[0]:g} of {n:g} values are {span}, so the median is {bounds}, not {claim.printed}."
            repairs = []
            mean = mean_of_classes(classes, *_range(paper, claim))
            same = [c for c in paper.select(kind="mean", variable=claim.variable) if c.interval.meets(claim.interval)]
            if mean.meets(claim.interval):
                also = " (as it is called elsewhere)" if same else ""
                repairs.append(f"'mean' in place of 'median'{also}: by classes and range it lies within {mean}")
            if not repairs and len(classes) == 2:
                exchanged = [(classes[1 - i][0], *classes[i][1:]) for i in (0, 1)]
                if _clipped(paper, claim, median_of_classes(exchanged)).meets(claim.interval):
                    repairs.append("the counts of the two classes swapped")
            yield Finding(
                "impossible",
                (claim,),
                says,
                against,
                abs(bounds.gap(claim.interval)),
                _measure(paper, claim),
                "; ".join(repairs),
            )


def check_means(paper: Paper) -> Iterator[Finding]:
    """A mean against the classes and the range of its variable; of whole numbers also against their number (GRIM)."""
    for claim in paper.select(kind="mean"):
        for classes, against in _classes(paper, claim):
            bounds = mean_of_classes(classes, *_range(paper, claim))
            if bounds.meets(claim.interval):
                yield Finding("sound", (claim,), f"The mean lies within {bounds} by classes and range.", against)
            else:
                says = f"By classes and range the mean is {bounds}, not {claim.printed}."
                yield Finding(
                    "impossible", (claim,), says, against, abs(bounds.gap(claim.interval)), _measure(paper, claim)
                )
        total = paper.counted(claim.place)
        if paper.variable_of(claim).integer and total is not None and not grim(claim.printed, int(total.value)):
            says = f"No sum of {total.value:g} whole numbers divided by {total.value:g} prints as {claim.printed}."
            yield Finding("impossible", (claim,), says, (total,), math.nan)


def check_ranges(paper: Paper) -> Iterator[Finding]:
    """Least ≤ middle ≤ most in one population; the range of a part within that of the whole; no empty outer classes."""
    groups = {(c.variable, c.endpoint, c.place) for kind in ("minimum", "maximum") for c in paper.select(kind=kind)}
    for variable, endpoint, place in sorted(groups, key=str):
        where = {"variable": variable, "endpoint": endpoint, "population": place[0], "group": place[1]}
        lows, highs = (paper.select(kind=kind, **where) for kind in ("minimum", "maximum"))
        middles = [*paper.select(kind="mean", **where), *paper.select(kind="median", **where)]
        for low in lows:
            yield from (_ordered(low, high) for high in [*middles, *highs])
        for high in highs:
            yield from (_ordered(middle, high) for middle in middles)
        parent = paper.declared.populations[place[0]].part_of
        if parent:
            for low in lows:
                yield from (
                    _ordered(whole, low)
                    for whole in paper.select(kind="minimum", variable=variable, population=parent, group=place[1])
                )
            for high in highs:
                yield from (
                    _ordered(high, whole)
                    for whole in paper.select(kind="maximum", variable=variable, population=parent, group=place[1])
                )


def _ordered(low: Claim, high: Claim) -> Finding:
    if low.interval.low <= high.interval.high:
        return Finding("sound", (low,), f"{low.printed} ≤ {high.printed}.", (high,))
    off = low.interval.low - high.interval.high
    return Finding(
        "impossible", (low,), f"{low.printed} ({low.kind}) is above {high.printed} ({high.kind}).", (high,), off
    )


def check_outer_classes(paper: Paper) -> Iterator[Finding]:
    """The smallest value stands in the lowest class that is not empty, the largest in the highest."""
    for kind in ("minimum", "maximum"):
        for claim in paper.select(kind=kind, endpoint=None):
            if claim.relation != "=":
                continue
            for classes, against in _classes(paper, claim):
                filled = sorted(each for each in ((low, high) for n, low, high in classes if n > 0))
                low, high = filled[0] if kind == "minimum" else filled[-1]
                if Interval(low, high).meets(claim.interval):
                    yield Finding("sound", (claim,), f"The {kind} stands in the outermost class.", against)
                else:
                    span = (
                        f"up to {high:g}" if low == -math.inf else f"from {low:g}" + f" to {high:g}" * (high < math.inf)
                    )
                    says = f"The outermost class is {span}; the {kind} of {claim.printed} is not in it."
                    off = abs(Interval(low, high).gap(claim.interval))
                    yield Finding("impossible", (claim,), says, against, off, _measure(paper, claim))


def _measure(paper: Paper, claim: Claim) -> str:
    return paper.variable_of(claim).measure


def _range(paper: Paper, claim: Claim) -> tuple[float, float]:
    """The least and most that are printed for the claim's variable and population, as far as rounding allows."""
    where = {"variable": claim.variable, "population": claim.population, "group": claim.group, "relation": "="}
    lows = [c.interval.low for c in paper.select(kind="minimum", **where)]
    highs = [c.interval.high for c in paper.select(kind="maximum", **where)]
    return min(lows, default=-math.inf), max(highs, default=math.inf)


def _clipped(paper: Paper, claim: Claim, bounds: Interval) -> Interval:
    low, high = _range(paper, claim)
    return Interval(max(bounds.low, low), min(bounds.high, high))


def _classes(paper: Paper, claim: Claim) -> Iterator[tuple[list[ValueClass], tuple[Claim, ...]]]:
    """The complete classifications of the claim's variable in its population, those of unknown value left out."""
    for name, factor in paper.declared.factors.items():
        if factor.variable != claim.variable or claim.variable is None:
            continue
        variable = paper.declared.variables[claim.variable]
        limited = {label: level for label, level in factor.levels.items() if level.limited and level.within is None}
        counts = paper.counted_each(narrowed(claim.place, name, label) for label in limited)
        if counts:
            spans = [class_limits(level, variable.integer, variable.at_least) for level in limited.values()]
            yield [(int(c.value), *span) for c, span in zip(counts, spans, strict=True)], tuple(counts)


CHECKS = (check_medians, check_means, check_ranges, check_outer_classes)
