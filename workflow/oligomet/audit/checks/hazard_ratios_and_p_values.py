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
from oligomet.audit.findings import Finding
from oligomet.audit.printed import Interval, as_printed

CONFIDENCE = 0.95


def standard_error(low: Interval, high: Interval, confidence: float = CONFIDENCE) -> Interval:
    """Standard error of the log hazard ratio from the limits of its Wald interval: ln(high / low) / (2 z).

    Limits of 0.405 and 0.884 are of a standard error of 0.1987 to 0.1996, rounding included.
    """
    width = 2 * ndtri((1 + confidence) / 2)
    return Interval(math.log(high.low / low.high) / width, math.log(high.high / low.low) / width)


def wald_p(estimate: Interval, low: Interval, high: Interval, confidence: float = CONFIDENCE) -> Interval:
    """Bounds of the two-sided p of |ln HR| / SE, over all values that print as this estimate and these limits.

    0.598 (0.405 to 0.884) has a p of 0.0095 to 0.0101.
    """
    error = standard_error(low, high, confidence)
    logs = sorted(abs(math.log(value)) for value in (estimate.low, estimate.high))
    least = 0.0 if estimate.holds(1) else logs[0]
    return Interval(float(2 * ndtr(-logs[1] / error.low)), float(2 * ndtr(-least / error.high)))


def geometric_middle(low: Interval, high: Interval) -> Interval:
    """Where the estimate of a Wald interval stands: exp of the middle of the logs, sqrt(low * high)."""
    return Interval(math.sqrt(low.low * high.low), math.sqrt(low.high * high.high))


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


def check_wald_p(paper: Paper) -> Iterator[Finding]:
    """The p value of a hazard ratio against its estimate and interval."""
    for model in _models(paper):
        if {"hazard_ratio", "low", "high", "p_value"} <= model.keys():
            estimate, low, high, p = (model[kind] for kind in ("hazard_ratio", "low", "high", "p_value"))
            found = wald_p(estimate.interval, low.interval, high.interval)
            if found.meets(p.interval):
                yield Finding("sound", (p,), f"Estimate and interval give a Wald p of {found}.", (estimate, low, high))
                continue
            off = abs(found.gap(p.interval))
            bound = f"< {as_printed(p.value, p.decimals)}"
            repair = f"p {bound} in place of {p.printed}" if found.high < p.value else ""
            says = f"Estimate and interval give a Wald p of {found}, not {p.printed}."
            yield Finding("inconsistent", (p,), says, (estimate, low, high), off, "p", repair)


def check_geometric_middle(paper: Paper) -> Iterator[Finding]:
    """A hazard ratio against the geometric middle of its interval."""
    for model in _models(paper):
        if {"hazard_ratio", "low", "high"} <= model.keys():
            estimate, low, high = (model[kind] for kind in ("hazard_ratio", "low", "high"))
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
                    yield Finding("ambiguous", (estimate,), says, (low, high), off, "hazard ratio", repair)
                else:
                    yield Finding("inconsistent", (estimate, low, high), says, (), off, "hazard ratio", repair)


def check_events(paper: Paper) -> Iterator[Finding]:
    """The events that an interval's width takes against those that its subjects can have in its time."""
    for model in _models(paper):
        if not {"low", "high"} <= model.keys():
            continue
        low, high = model["low"], model["high"]
        needed = fewest_events(standard_error(low.interval, high.interval).high)
        possible, window, against = _possible_events(paper, low, low.population)
        if possible is None:
            continue
        if needed <= possible:
            says = f"The interval takes {math.ceil(needed - 1e-9):g} events or more; {possible:g} are possible{window}."
            yield Finding("sound", (low, high), says, against)
            continue
        repairs = []
        if window:
            everybody = against[0].value
            if needed <= everybody:
                repairs.append(
                    f"events after {low.window:g} months counted too (needs {needed / everybody:.0%} of all to die)"
                )
        for name, population in paper.declared.populations.items():
            if population.nested_in == low.population:
                rows, _, _ = _possible_events(paper, low, name)
                if rows is not None and needed <= rows:
                    repairs.append(
                        f"a row for each of the {paper.declared.populations[name].says} ({rows:g} events possible)"
                    )
        says = (
            f"The interval's width takes at least 4/SE² = {math.ceil(needed):g} events; "
            f"{against[0].value:g} {paper.declared.populations[low.population].says} can have {possible:g}{window}."
        )
        yield Finding(
            "impossible", (low, high), says, against, math.ceil(needed) - possible, "events", "; ".join(repairs)
        )


def _possible_events(paper: Paper, claim: Claim, population: str) -> tuple[float | None, str, tuple[Claim, ...]]:
    """The most events there can be: N, or up to the window N (1 - S), since each event lowers S by 1/N or more."""
    total = paper.counted((population, ()))
    if total is None:
        return None, "", ()
    rates = paper.select(kind="rate", endpoint=claim.endpoint, time=claim.window, group=(), population=claim.population)
    if claim.window is None or not rates:
        return total.value, "", (total,)
    rate = rates[0]
    possible = math.floor(total.value * (1 - rate.interval.low / 100) + 1e-9)
    return possible, f" up to {claim.window:g} months ({total.value:g} × (1 − {rate.printed}%))", (total, rate)


def check_events_of_adjusted(paper: Paper) -> Iterator[Finding]:
    """The events that an interval takes beside a nested factor in one model, which leaves it little to explain."""
    models = defaultdict(list)
    for model in _models(paper):
        if {"low", "high"} <= model.keys() and model["low"].model == "multivariable":
            models[model["low"].section, model["low"].endpoint].append(model)
    for together in models.values():
        for wider in together:
            for narrower in together:
                shares = _nested(paper, wider["low"], narrower["low"])
                if shares is None:
                    continue
                first, second, counts = shares
                low, high = wider["low"], wider["high"]
                error = standard_error(low.interval, high.interval).high
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
                if total is None or not parts:
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
            off = abs(claim.value - level.value)
            yield Finding(
                "inconsistent",
                (claim,),
                says,
                (level,),
                off,
                "p",
                "'not significant'" if below is False else "'significant'",
            )
        else:
            yield Finding("sound", (claim,), f"p {claim.printed} is {claim.called} at {level.printed}.", (level,))
    for model in _models(paper):
        if (
            {"low", "high", "p_value"} <= model.keys()
            and level is not None
            and abs(level.value - (1 - CONFIDENCE)) < 1e-9
        ):
            low, high, p = model["low"], model["high"], model["p_value"]
            inside = low.interval.high < 1 < high.interval.low
            outside = high.interval.high < 1 or low.interval.low > 1
            if (inside and p.interval.high < level.value) or (outside and p.interval.low > level.value):
                limits = f"{low.printed} to {high.printed}"
                says = f"p = {p.printed}, but the interval {limits} {'holds' if inside else 'leaves out'} 1."
                yield Finding("inconsistent", (p, low, high), says, (level,), abs(p.value - level.value), "p")


def _models(paper: Paper) -> Iterator[dict[str, Claim]]:
    """The claims of each hazard ratio as one place prints it: estimate, limits, p."""
    models: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.claims:
        if claim.contrast and claim.stated:
            models[claim.section, claim.row, claim.endpoint, claim.contrast, claim.model][claim.kind] = claim
    yield from models.values()


CHECKS = (check_wald_p, check_geometric_middle, check_events, check_events_of_adjusted, check_significance)
