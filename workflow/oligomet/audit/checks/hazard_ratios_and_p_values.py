"""p values, hazard ratios and their intervals: whether they can be of one model, and of so many events.

statcheck (Nuijten et al. 2016, Behav Res Methods 48:1205) recomputes p from a printed test statistic; the same is done
here from estimate and interval, and for survival models the interval is also asked how many events it takes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from scipy.special import ndtr, ndtri

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import RATIOS
from oligomet.audit.findings import Finding, Severity
from oligomet.audit.printed import Interval, as_printed
from oligomet.audit.survival_claims import counted_or_summed
from oligomet.audit.wording import RATIO

USUAL = (0.90, 0.95, 0.99)  # confidence of intervals that papers print


def standard_error(low: Interval, high: Interval, confidence: float = 0.95) -> Interval:
    """Standard error of the log hazard ratio from the limits of its Wald interval: ln(high / low) / (2 z).

    Limits of 0.405 and 0.884 are of a standard error of 0.1987 to 0.1996, rounding included.
    """
    width = 2 * ndtri((1 + confidence) / 2)
    return Interval((_log(high.low) - _log(low.high)) / width, (_log(high.high) - _log(low.low)) / width)


def _log(value: float) -> float:
    """The logarithm; of what rounding brings to 0 or below, minus infinity."""
    return math.log(value) if value > 0 else -math.inf


def wald_p(estimate: Interval, low: Interval, high: Interval, confidence: float = 0.95) -> Interval:
    """Bounds of the two-sided p of |ln HR| / SE, over all values that print as this estimate and these limits.

    0.598 (0.405 to 0.884) has a p of 0.0095 to 0.0101.
    """
    error = standard_error(low, high, confidence)
    logs = sorted(abs(_log(value)) for value in (estimate.low, estimate.high))
    least = 0.0 if estimate.holds(1) else logs[0]
    if not 0 < error.low <= error.high < math.inf:
        return Interval(0, 1)
    return Interval(float(2 * ndtr(-logs[1] / error.low)), float(2 * ndtr(-least / error.high)))


def geometric_middle(low: Interval, high: Interval) -> Interval:
    """Where the estimate of a Wald interval stands: exp of the middle of the logs, sqrt(low * high)."""
    return Interval(math.sqrt(max(0, low.low) * max(0, high.low)), math.sqrt(low.high * high.high))


def fewest_events(error: float, spread: float = 0.25) -> float:
    """Events that a standard error of a log hazard ratio takes at least: 1 / (spread * SE^2).

    The information of a Cox model on a 0/1 covariate is the sum over events of its variance in the risk set, p (1 -
    p), which is 1/4 at most: so d >= 4 / SE^2, for any data, any ties by Breslow or Efron, and any further
    covariates, which only take information away. A standard error
    of 0.2 takes 100 events. With the p (1 - p) of the groups it is the usual approximation
    (Schoenfeld 1983, Biometrics 39:499; Tierney et al. 2007, Trials 8:16).
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


def check_wald_p(paper: Paper) -> Iterator[Finding]:
    """The p value of a hazard ratio against its estimate and interval."""
    for model in _models(paper):
        if not {"estimate", "low", "high", "p_value"} <= model.keys():
            continue
        estimate, low, high, p = (model[kind] for kind in ("estimate", "low", "high", "p_value"))
        confidence, stated = paper.confidence_of(estimate)
        printed = estimate.interval, low.interval, high.interval
        found = wald_p(*printed, confidence)
        if found.meets(p.interval):
            yield Finding("sound", (p,), f"Estimate and interval give a Wald p of {found}.", (estimate, low, high))
            continue
        off = abs(found.gap(p.interval))
        bound = f"< {as_printed(p.value, p.decimals)}"
        repairs = [f"p {bound} in place of {p.printed}"] * (found.high < p.value)
        others = [each for each in USUAL if each != confidence and wald_p(*printed, each).meets(p.interval)]
        repairs += [f"an interval of {100 * each:g} % confidence" for each in others]
        says = f"Estimate and interval, if of {100 * confidence:g} %, give a Wald p of {found}, not {p.printed}."
        least = found.high < p.value and p.value == 10.0**-p.decimals  # the smallest that so many decimals print
        severity: Severity = "slip" if least else "ambiguous" if others and not stated else "inconsistent"
        yield Finding(severity, (p,), says, (estimate, low, high), off, "p", "; ".join(repairs))


def check_geometric_middle(paper: Paper) -> Iterator[Finding]:
    """A hazard ratio against the geometric middle of its interval."""
    for model in _models(paper):
        if {"estimate", "low", "high"} <= model.keys():
            estimate, low, high = (model[kind] for kind in ("estimate", "low", "high"))
            middle = geometric_middle(low.interval, high.interval)
            if not Interval(low.interval.low, high.interval.high).meets(estimate.interval):
                says = f"{estimate.printed} is outside its own interval, {low.printed} to {high.printed}."
                off = abs(Interval(low.value, high.value).gap(Interval(estimate.value, estimate.value)))
                yield Finding("impossible", (estimate, low, high), says, (), off, "hazard ratio")
            elif middle.meets(estimate.interval):
                yield Finding("sound", (estimate,), f"The interval's geometric middle is {middle}.", (low, high))
            else:
                slip = 1.001 * 10**-estimate.decimals
                slight = middle.widened(slip).meets(estimate.interval)
                says = (
                    f"√({low.printed} × {high.printed}) is {middle}, not {estimate.printed}, as in every Wald interval."
                )
                repair = (
                    f"{as_printed(math.sqrt(low.value * high.value), estimate.decimals)} in place of {estimate.printed}"
                )
                off = abs(middle.gap(estimate.interval))
                if slight:
                    yield Finding("slip", (estimate,), says, (low, high), off, "hazard ratio", repair)
                else:
                    yield Finding("inconsistent", (estimate, low, high), says, (), off, "hazard ratio", repair)


def check_events(paper: Paper) -> Iterator[Finding]:
    """The events that an interval's width takes against those that its subjects can have in its time."""
    for model in _models(paper):
        if not {"low", "high"} <= model.keys():
            continue
        low, high = model["low"], model["high"]
        if low.limit_of != "hazard_ratio":
            continue
        error = standard_error(low.interval, high.interval, paper.confidence_of(low)[0]).high
        spread = _spread(paper, low)
        if spread is None or not 0 < error < math.inf:
            continue
        needed = math.ceil(fewest_events(error, spread) - 1e-9)
        possible = _possible_events(paper, low, low.population, low.window)
        if possible is None:
            continue
        most, window, against = possible
        groups = _groups(paper, low)
        least = least_error(groups[0], most) if groups else 0.0
        if needed <= most and least <= error * (1 + 1e-9):
            says = f"The interval takes {needed:g} events or more; {most:g} are possible{window}."
            yield Finding("sound", (low, high), says, against)
            continue
        says = (
            f"The interval's width takes at least {'4/SE²' if spread == 0.25 else '1/(variance × SE²)'} = {needed:g} "
            f"events; {against[0].value:g} {paper.declared.populations[low.population].says} can have {most:g}{window}."
        )
        if needed <= most and groups is not None:
            against = (*against, *groups[1])
            says = (
                f"The interval is of a standard error of at most {error:.3f}, but with groups of {groups[0][0]:g} and "
                f"{groups[0][1]:g} it is at least {least:.3f}, however many have events."
            )
        everybody = against[0].value
        within_all = low.window is not None and bool(window) and needed <= everybody
        repairs = []
        if within_all:
            says += f" That it covers {low.window:g} months is how it was read when it was entered."
            repairs.append(
                f"events after {low.window:g} months counted too (needs {needed / everybody:.0%} of all to die)"
            )
        for name, population in paper.declared.populations.items():
            if population.nested_in == low.population:
                rows = _possible_events(paper, low, name, low.window)
                if rows is not None and needed <= rows[0]:
                    repairs.append(f"a row for each of the {population.says} ({rows[0]:g} events possible)")
        severity: Severity = "inconsistent" if within_all else "impossible"
        yield Finding(severity, (low, high), says, against, max(1, needed - most), "events", "; ".join(repairs))


def _spread(paper: Paper, claim: Claim) -> float | None:
    """The largest variance of a covariate: of two groups 1/4, of a variable a quarter of its range squared.

    The latter by Popoviciu, in the units that the ratio is per; None if the range is not printed.
    """
    if claim.contrast:
        return 0.25
    ends = [paper.select(kind=kind, variable=claim.variable, endpoint=None) for kind in ("minimum", "maximum")]
    if not all(ends):
        return None
    span = max(c.interval.high for c in ends[1]) - min(c.interval.low for c in ends[0])
    return (span / (claim.per or 1)) ** 2 / 4


def _possible_events(
    paper: Paper, claim: Claim, population: str, window: float | None
) -> tuple[float, str, tuple[Claim, ...]] | None:
    """The most events there can be: N, or up to the window N (1 - S), since each event lowers S by 1/N or more."""
    total = paper.counted((population, ()))
    if total is None:
        return None
    counted = paper.select(kind="events", endpoint=claim.endpoint, population=population, group=())
    if counted and window is None:
        return min(counted[0].value, total.value), " as counted", (counted[0], total)
    rates = paper.select(kind="rate", endpoint=claim.endpoint, time=window, group=(), population=claim.population)
    if window is None or not rates:
        return total.value, "", (total,)
    rate = rates[0]
    possible = math.floor(total.value * (1 - rate.interval.low / 100) + 1e-9)
    return possible, f" up to {window:g} months ({total.value:g} × (1 − {rate.printed}%))", (total, rate)


def _groups(paper: Paper, claim: Claim) -> tuple[tuple[float, float], tuple[Claim, ...]] | None:
    """The sizes of the two groups that a hazard ratio compares, or the events in each, if both are counted."""
    if claim.contrast is None:
        return None
    factor, *levels = claim.compared
    of = {"kind": "events", "endpoint": claim.endpoint, "population": claim.population}
    events = [paper.select(**of, group=((factor, level),))[:1] for level in levels]
    counts = (
        events
        if all(events) and claim.window is None
        else [counted_or_summed(paper, claim.population, factor, level) for level in levels]
    )
    if not all(counts):
        return None
    first, second = (sum(c.value for c in each) for each in counts)
    return (first, second), (*counts[0], *counts[1])


def check_events_of_adjusted(paper: Paper) -> Iterator[Finding]:
    """The events that an interval takes beside a nested factor in one model, which leaves it little to explain."""
    models = defaultdict(list)
    for model in _models(paper):
        if {"low", "high"} <= model.keys() and model["low"].model == "multivariable" and model["low"].contrast:
            models[model["low"].section, model["low"].endpoint].append(model)
    for together in models.values():
        for wider in together:
            for narrower in together:
                shares = _nested(paper, wider["low"], narrower["low"])
                if shares is None:
                    continue
                first, second, counts = shares
                low, high = wider["low"], wider["high"]
                error = standard_error(low.interval, high.interval, paper.confidence_of(low)[0]).high
                if not 0 < error < math.inf:
                    continue
                needed = fewest_events(error, spread_of_nested(first, second))
                alone = fewest_events(error, first * (1 - first))
                most = max(claim.value for claim in counts)
                names = [paper.declared.factors[claim.compared[0]].says for claim in (low, narrower["low"])]
                says = (
                    f"Beside {names[1]}, which is part of it, {names[0]} needs about {needed:.0f} events for such an "
                    f"interval (alone {alone:.0f}); there are {most:g} rows."
                )
                against = (narrower["low"], *counts)
                if needed <= most:
                    yield Finding("sound", (low, high), says, against)
                else:
                    repair = "each factor in a model of its own" if alone <= most else ""
                    yield Finding("inconsistent", (low, high), says, against, needed - most, "events", repair)


def _nested(paper: Paper, wider: Claim, narrower: Claim) -> tuple[float, float, tuple[Claim, ...]] | None:
    """The shares of two levels of which the first contains the second, by the levels that make them up."""
    unions = [paper.declared.factors[c.compared[0]].levels[c.compared[1]].union for c in (wider, narrower)]
    for factor in unions[0].keys() & unions[1].keys():
        if set(unions[1][factor]) < set(unions[0][factor]):
            population = paper.declared.factors[factor].of
            total = paper.counted((population, ()))
            sums = []
            for union in unions:
                parts = paper.counted_each((population, ((factor, level),)) for level in union[factor])
                if total is None or not total.value or not parts:
                    return None
                sums.append(sum(part.value for part in parts) / total.value)
            return sums[0], sums[1], (total,) if total else ()
    return None


def check_significance(paper: Paper) -> Iterator[Finding]:
    """What is called significant against the stated level, and against an interval that holds 1."""
    level = paper.setting("significance_level")
    called = [claim for claim in paper.select(kind="p_value") if claim.called]
    for claim in called:
        if level is None:
            break
        below = claim.interval.low < level.value
        above = claim.interval.high >= level.value
        wrong = (claim.called == "significant" and not below) or (claim.called == "not significant" and not above)
        if wrong:
            says = f"p = {claim.printed} is called {claim.called} at a level of {level.printed}."
            off, repair = abs(claim.value - level.value), "'significant'" if below else "'not significant'"
            yield Finding("inconsistent", (claim,), says, (level,), off, "p", repair)
        else:
            yield Finding("sound", (claim,), f"p {claim.printed} is {claim.called} at {level.printed}.", (level,))
    for model in _models(paper):
        if (
            {"low", "high", "p_value"} <= model.keys()
            and level is not None
            and abs(level.value - (1 - paper.confidence_of(model["low"])[0])) < 1e-9
        ):
            low, high, p = model["low"], model["high"], model["p_value"]
            inside = low.interval.high < 1 < high.interval.low
            outside = high.interval.high < 1 or low.interval.low > 1
            if (inside and p.interval.high < level.value) or (outside and p.interval.low > level.value):
                limits = f"{low.printed} to {high.printed}"
                says = f"p = {p.printed}, but the interval {limits} {'holds' if inside else 'leaves out'} 1."
                yield Finding("inconsistent", (p, low, high), says, (level,), abs(p.value - level.value), "p")


def _models(paper: Paper) -> Iterator[dict[str, Claim]]:
    """The claims of each ratio as one place prints it: the ratio (as 'estimate' too), its limits, p."""
    models: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.claims:
        if claim.limit_of not in (None, *RATIOS) or (claim.kind == "p_value" and claim.test and claim.outcome):
            continue
        if claim.stated and (claim.contrast or (claim.variable and claim.kind in (*RATIO, "p_value"))):
            of = claim.contrast or (claim.variable, claim.per)
            model = models[claim.section, claim.row, claim.endpoint, of, claim.outcome, claim.model]
            model["estimate" if claim.kind in RATIOS else claim.kind] = claim
    yield from models.values()


CHECKS = (check_wald_p, check_geometric_middle, check_events, check_events_of_adjusted, check_significance)
