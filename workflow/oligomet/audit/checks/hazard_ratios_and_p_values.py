"""p values, hazard ratios and their intervals: whether they can be of one model, and of so many events.

statcheck (Nuijten et al. 2016, Behav Res Methods 48:1205) recomputes p from a printed test statistic; the same is done
here from estimate and interval, and for survival models the interval is also asked how many events it takes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product

from scipy.special import ndtr, ndtri

from oligomet.audit.claims import Claim, Paper, narrowed, ratios_of
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, Findings, Severity, judged
from oligomet.audit.printed import Interval, as_printed
from oligomet.audit.survival_claims import counted_or_summed

USUAL = (0.90, 0.95, 0.99)  # confidence of intervals that papers print
BOUNDS = (0.0001, 0.001, 0.01, 0.05)  # below which a p value often is, in place of itself


def standard_error(low: Interval, high: Interval, confidence: float = 0.95) -> Interval:
    """Standard error of the log hazard ratio from the limits of its Wald interval: ln(high / low) / (2 z).

    Limits of 0.405 and 0.884 are of a standard error of 0.1987 to 0.1996, rounding included.
    """
    return high.through(_log).minus(low.through(_log)).times(0.5 / float(ndtri((1 + confidence) / 2)))


def _log(value: float) -> float:
    """The logarithm; of what rounding brings to 0 or below, minus infinity."""
    return math.log(value) if value > 0 else -math.inf


def wald_p(estimate: Interval, low: Interval, high: Interval, confidence: float = 0.95) -> Interval:
    """Bounds of the two-sided p of |ln HR| / SE, over all values that print as this estimate and these limits.

    0.598 (0.405 to 0.884) has a p of 0.0095 to 0.0101.
    """
    error = standard_error(low, high, confidence)
    if not 0 < error.low <= error.high < math.inf:
        return Interval(0, 1)
    logs = estimate.through(_log).magnitude()
    return Interval(float(2 * ndtr(-logs.high / error.low)), float(2 * ndtr(-logs.low / error.high)))


def geometric_middle(low: Interval, high: Interval) -> Interval:
    """Where the estimate of a Wald interval stands: exp of the middle of the logs, sqrt(low * high)."""
    return Interval(math.sqrt(max(0, low.low) * max(0, high.low)), math.sqrt(low.high * high.high))


def fewest_events(error: float, spread: float = 0.25) -> float:
    """Events that a standard error of a log hazard ratio takes at least: 1 / (spread * SE^2).

    The information of a Cox model on a 0/1 covariate is the sum over events of its variance in the risk set, p (1 -
    p), which is 1/4 at most: so d >= 4 / SE^2, for any data, any ties by Breslow or Efron, and any further
    covariates, which only take information away. A standard error of 0.2 takes 100 events. With the p (1 - p) of the
    groups it is the usual approximation (Schoenfeld 1983, Biometrics 39:499; Tierney et al. 2007, Trials 8:16).
    """
    return 1 / (spread * error**2)


def spread_of_nested(first: float, second: float) -> float:
    """Variance of a 0/1 covariate that a nested one leaves: shares `first` > `second`, e.g. disease control, response.

    Given the second, only those outside it differ in the first: (1 - s) q (1 - q), q = (f - s) / (1 - s).
    """
    outside = 1 - second
    q = (first - second) / outside
    return outside * q * (1 - q)


def least_error(groups: tuple[float, float], most: float) -> float:
    """The least standard error of the log hazard ratio of two groups: the root of 1/d1 + 1/d2.

    At the estimate the events of a group are the sum of its shares p of the risk, and p (1 - p) is concave: so the
    information is at most d q (1 - q), q being the group's share of the d events, whatever else is in the model. 20
    patients against 120 cannot give less than 0.24, however many of them die.

    Parameters
    ----------
    groups
        The most events that each of the two can have.
    most
        The most that they can have together.
    """
    small, large = sorted(groups)
    first = min(small, most / 2)
    second = min(large, most - first)
    return math.sqrt(1 / first + 1 / second) if first > 0 else math.inf


def deviates(p: Interval) -> Interval:
    """The absolute standard normal deviates that a two-sided p can stand for: 0.05 for 1.96."""
    return p.within(1e-300, 1).through(lambda end: float(-ndtri(end / 2)))


def check_wald_p(paper: Paper) -> Findings:
    """The p value of a hazard ratio against its estimate and interval."""
    for ratio in ratios_of(paper):
        if not (ratio.estimate and ratio.low and ratio.high and ratio.p_value):
            continue
        p, against = ratio.p_value, (ratio.estimate, ratio.low, ratio.high)
        confidence, stated = paper.confidence_of(ratio.estimate)
        estimate, low, high = (claim.interval for claim in against)
        by_confidence = {each: wald_p(estimate, low, high, each) for each in (*USUAL, confidence)}
        found = by_confidence.pop(confidence)
        bound = f"< {as_printed(p.value, p.decimals)}"
        others = [each for each, other in by_confidence.items() if other.meets(p.interval)]
        repairs = [f"p {bound} in place of {p.printed}"] * (found.high < p.value and p.value in BOUNDS)
        repairs += [f"an interval of {100 * each:g} % confidence" for each in others]
        least = found.high < p.value and p.value == 10.0**-p.decimals  # the smallest that so many decimals print
        severity: Severity = "slip" if least else "ambiguous" if others and not stated else "inconsistent"
        fine = f"Estimate and interval give a Wald p of {found}."
        wrong = f"Estimate and interval, if of {100 * confidence:g}%, give a Wald p of {found}, not {p.printed}."
        wrong_one, others_held = p, against
        if not found.meets(p.interval) and wald_p(geometric_middle(low, high), low, high, confidence).meets(p.interval):
            wrong_one, others_held = ratio.estimate, (ratio.low, ratio.high, p)
            repairs = [f"{_middle(*against)} in place of {ratio.estimate.printed}, in the middle of the interval"]
        off = found.apart(p.interval)
        yield judged(wrong_one, off, fine, wrong, others_held, "p", severity, "; ".join(repairs))


def check_geometric_middle(paper: Paper) -> Findings:
    """A hazard ratio against the geometric middle of its interval."""
    for ratio in ratios_of(paper):
        if not (ratio.estimate and ratio.low and ratio.high):
            continue
        estimate, low, high = ratio.estimate, ratio.low, ratio.high
        if not Interval(low.interval.low, high.interval.high).meets(estimate.interval):
            says = f"{estimate.printed} is outside its own interval, {low.printed} to {high.printed}."
            off = Interval(low.value, high.value).apart(Interval.at(estimate.value))
            yield Finding("impossible", (estimate, low, high), says, (), off, "hazard ratio")
            continue
        middle = geometric_middle(low.interval, high.interval)
        slight = middle.widened(1.001 * 10**-estimate.decimals).meets(estimate.interval)
        fine = f"The interval's geometric middle is {middle}."
        wrong = f"√({low.printed} × {high.printed}) is {middle}, not {estimate.printed}, as in every Wald interval."
        yield judged(
            estimate, middle.apart(estimate.interval), fine, wrong, (low, high), "hazard ratio",
            "slip" if slight else "inconsistent", f"{_middle(estimate, low, high)} in place of {estimate.printed}",
            together=not slight,
        )  # fmt: skip


def _middle(estimate: Claim, low: Claim, high: Claim) -> str:
    """The estimate that would stand in the middle of its interval, with the most decimals of the three."""
    return as_printed(math.sqrt(max(0.0, low.value * high.value)), max(c.decimals for c in (estimate, low, high)))


def check_events(paper: Paper) -> Findings:
    """The events that an interval's width takes against those that its subjects can have in its time."""
    for ratio in ratios_of(paper):
        low, high = ratio.low, ratio.high
        if low is None or high is None or low.limit_of != "hazard_ratio":
            continue
        error = standard_error(low.interval, high.interval, paper.confidence_of(low)[0]).high
        spread, possible = _spread(paper, low), _possible_events(paper, low, low.place)
        if spread is None or possible is None or not 0 < error < math.inf:
            continue
        needed = math.ceil(fewest_events(error, spread) - 1e-9)
        most, window, against = possible
        groups, everybody = _groups(paper, low), against[0].value
        least = least_error(groups[0], most) if groups else 0.0
        within_all = low.window is not None and bool(window) and needed <= everybody
        wrong = (
            f"The interval's width takes at least {'4/SE²' if spread == 0.25 else '1/(variance × SE²)'} = {needed:g} "
            f"events; {everybody:g} {paper.declared.populations[low.population].says} can have {most:g}{window}."
        )
        if needed <= most and groups and least > error * (1 + 1e-9):
            against = (*against, *groups[1])
            wrong = (
                f"The interval is of a standard error of at most {error:.3f}, but with groups of {groups[0][0]:g} and "
                f"{groups[0][1]:g} it is at least {least:.3f}, however many have events."
            )
        repairs = []
        if within_all:
            wrong += f" That it covers {low.window:g} months is how it was read when it was entered."
            share = f"needs {needed / everybody:.0%} of all to die"
            repairs.append(f"events after {low.window:g} months counted too ({share})")
        for name, population in paper.declared.populations.items():
            rows = _possible_events(paper, low, (name, low.group)) if population.nested_in == low.population else None
            if rows is not None and needed <= rows[0]:
                repairs.append(f"a row for each of the {population.says} ({rows[0]:g} events possible)")
        off = 0 if needed <= most and least <= error * (1 + 1e-9) else max(1, needed - most)
        fine = f"The interval takes {needed:g} events or more; {most:g} are possible{window}."
        severity: Severity = "inconsistent" if within_all else "impossible"
        yield judged((low, high), off, fine, wrong, against, "events", severity, "; ".join(repairs))


def _spread(paper: Paper, claim: Claim) -> float | None:
    """The largest variance of a covariate: of two groups 1/4, of a variable a quarter of its range squared.

    The latter by Popoviciu, in the units that the ratio is per; None if the range is not printed.
    """
    if claim.contrast:
        return 0.25
    lows, highs = (paper.select(kind=kind, variable=claim.variable, endpoint=None) for kind in ("minimum", "maximum"))
    if not lows or not highs:
        return None
    span = max(c.interval.high for c in highs) - min(c.interval.low for c in lows)
    return (span / (claim.per or 1)) ** 2 / 4


def _possible_events(paper: Paper, claim: Claim, place: Place) -> tuple[float, str, tuple[Claim, ...]] | None:
    """The most events there can be: N, or up to the window N (1 - S), since each event lowers S by 1/N or more."""
    total, window = paper.counted(place), claim.window
    if total is None:
        return None
    counted = paper.first(kind="events", endpoint=claim.endpoint, place=place)
    if counted and window is None:
        return min(counted.value, total.value), " as counted", (counted, total)
    rate = paper.first(kind="rate", endpoint=claim.endpoint, time=window, place=claim.place)
    if window is None or rate is None:
        return total.value, "", (total,)
    possible = math.floor(total.value * (1 - rate.interval.low / 100) + 1e-9)
    return possible, f" up to {window:g} months ({total.value:g} × (1 − {rate.printed}%))", (total, rate)


def _groups(paper: Paper, claim: Claim) -> tuple[tuple[float, float], tuple[Claim, ...]] | None:
    """The sizes of the two groups that a hazard ratio compares, or the events in each, if both are counted."""
    if claim.contrast is None:
        return None
    factor, *levels = claim.compared
    places = [narrowed(claim.place, factor, level) for level in levels]
    counts = [paper.select(kind="events", endpoint=claim.endpoint, place=place)[:1] for place in places]
    if not all(counts) or claim.window is not None:
        counts = [_counted(paper, claim, factor, level) for level in levels]
    if not all(counts):
        return None
    first, second = (sum(c.value for c in each) for each in counts)
    return (first, second), (*counts[0], *counts[1])


def _counted(paper: Paper, claim: Claim, factor: str, level: str) -> list[Claim]:
    """The claims that say how many are in a group that a ratio compares."""
    if claim.group:
        return paper.counted_each([narrowed(claim.place, factor, level)])
    return counted_or_summed(paper, claim.population, factor, level)


def check_events_of_adjusted(paper: Paper) -> Findings:
    """The events that an interval takes beside a nested factor in one model, which leaves it little to explain."""
    models = defaultdict(list)
    for ratio in ratios_of(paper):
        if ratio.low and ratio.high and ratio.low.model == "multivariable" and ratio.low.contrast:
            models[ratio.low.section, ratio.low.endpoint].append((ratio.low, ratio.high))
    for (low, high), (narrower, _) in (pair for limits in models.values() for pair in product(limits, repeat=2)):
        shares = _nested(paper, low, narrower)
        error = standard_error(low.interval, high.interval, paper.confidence_of(low)[0]).high
        if shares is None or not 0 < error < math.inf:
            continue
        first, second, total = shares
        needed = fewest_events(error, spread_of_nested(first, second))
        alone = fewest_events(error, first * (1 - first))
        wide, narrow = (paper.declared.factors[claim.compared[0]].says for claim in (low, narrower))
        says = (
            f"Beside {narrow}, which is part of it, {wide} needs about {needed:.0f} events for such an interval (alone "
            f"{alone:.0f}); there are {total.value:g} rows."
        )
        repair = "each factor in a model of its own" if alone <= total.value else ""
        off = needed - total.value
        yield judged((low, high), off, says, says, (narrower, total), "events", "inconsistent", repair)


def _nested(paper: Paper, wider: Claim, narrower: Claim) -> tuple[float, float, Claim] | None:
    """The shares of two levels of which the first contains the second, by the levels that make them up, and of whom."""
    unions = [paper.declared.factors[c.compared[0]].levels[c.compared[1]].union for c in (wider, narrower)]
    for factor in unions[0].keys() & unions[1].keys():
        if set(unions[1][factor]) < set(unions[0][factor]):
            population = paper.declared.factors[factor].of
            total = paper.counted((population, ()))
            places = [[(population, ((factor, level),)) for level in union[factor]] for union in unions]
            first, second = (paper.counted_each(each) for each in places)
            if total is None or not total.value or not first or not second:
                return None
            wide, narrow = (sum(part.value for part in each) / total.value for each in (first, second))
            return (wide, narrow, total) if narrow < wide < 1 else None
    return None


def check_significance(paper: Paper) -> Findings:
    """What is called significant against the stated level, and against an interval that holds 1."""
    level = paper.setting("significance_level")
    if level is None:
        return
    for claim in (claim for claim in paper.select(kind="p_value") if claim.called):
        below, above = claim.interval.low < level.value, claim.interval.high >= level.value
        right = below if claim.called == "significant" else above
        fine = f"p {claim.printed} is {claim.called} at {level.printed}."
        wrong = f"p = {claim.printed} is called {claim.called} at a level of {level.printed}."
        off, repair = abs(claim.value - level.value), "'significant'" if below else "'not significant'"
        yield judged(claim, 0 if right else off, fine, wrong, level, "p", "inconsistent", repair)
    for ratio in ratios_of(paper):
        low, high, p = ratio.low, ratio.high, ratio.p_value
        if not (low and high and p) or abs(level.value - (1 - paper.confidence_of(low)[0])) >= 1e-9:
            continue
        inside = low.interval.high < 1 < high.interval.low
        outside = high.interval.high < 1 or low.interval.low > 1
        if (inside and p.interval.high < level.value) or (outside and p.interval.low > level.value):
            limits = f"{low.printed} to {high.printed}"
            says = f"p = {p.printed}, but the interval {limits} {'holds' if inside else 'leaves out'} 1."
            yield Finding("inconsistent", (p, low, high), says, (level,), abs(p.value - level.value), "p")


CHECKS = (check_wald_p, check_geometric_middle, check_events, check_events_of_adjusted, check_significance)
