"""Survival curves against medians, lesions already progressing, hazard ratios, log-rank tests and the calendar."""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import ndtri

from oligomet.audit.checks.hazard_ratios_and_p_values import standard_error
from oligomet.audit.checks.variable_classes import most_per_patient
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, held
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import (
    Division,
    canonical_endpoint,
    divisions,
    longest_follow_up,
    share_followed,
    shares_of,
)

MOST_STANDARD_ERRORS = 3  # standard errors
APART, APART_AT_LARGE = 0.3, 0.06  # of the deviates of a log-rank test and a Cox model; times the larger's square


def fewest_patients(affected: int, patients: int, lesions: int, most: float) -> int:
    """The fewest patients who can have `affected` lesions, each patient having 1 to `most` of `lesions`.

    Every patient has a lesion; the others, lesions - patients, are packed: a patient filled up to `most` takes most - 1
    of them. Patients are filled until they hold the affected lesions or nothing is left to pack, then one lesion each.
    80 of 189 lesions in 142 patients, 5 at most in each, are in 33 patients or more.
    """
    spare, count = lesions - patients, 0
    while affected > 0 and count < patients:
        held = 1 + (int(min(most - 1, spare)) if math.isfinite(most) else spare)
        spare -= held - 1
        affected -= held
        count += 1
    return count


def landmark_z(first: float, second: float, n_first: float, n_second: float) -> float:
    """By how many standard errors two rates (0 to 1) at one time differ, in groups of `n_first` and `n_second`.

    Of one rate for both, drawn in by half a case, as the log-rank test has it: near 0 and 1 the variances of small
    groups of their own are far too small. 0.814 of 80 and 0.290 of 20 differ by 4.6.
    """
    first, second = (min(1.0, max(0.0, rate)) for rate in (first, second))
    both = n_first + n_second
    rate = (first * n_first + second * n_second + 0.5) / (both + 1)
    return abs(first - second) / math.sqrt(rate * (1 - rate) * (1 / n_first + 1 / n_second))


def interval_hazard_ratios(first: list[float], second: list[float]) -> list[float]:
    """Ratios of the cumulative hazards of two groups between successive times, from their rates (0 to 1) at these.

    Rates of 0.80 and then 0.65 against 0.60 and 0.35: 0.44 up to the first time, 0.39 from there to the second.
    """
    ratios, before = [], (1.0, 1.0)
    for a, b in zip(first, second, strict=True):
        if 0 < a <= before[0] and 0 < b < before[1]:
            ratios.append(math.log(a / before[0]) / math.log(b / before[1]))
        before = a, b
    return ratios


def check_medians_and_rates(paper: Paper) -> Iterator[Finding]:
    """A median time against rates before and after it: above one half before, at most one half from then on."""
    for median in paper.select(kind="median"):
        if median.endpoint is None:
            continue
        for rate in paper.select(kind="rate", population=median.population, group=median.group):
            if rate.time is None or canonical_endpoint(paper, rate.endpoint) != canonical_endpoint(
                paper, median.endpoint
            ):
                continue
            words = f"median {median.printed} months, {rate.printed}% at {rate.time:g} months"
            if rate.time >= median.interval.high:
                off = rate.interval.low - 50
            elif rate.time < median.interval.low:
                off = 50 - rate.interval.high
            else:
                continue
            if off <= 0:
                yield Finding("sound", (median,), f"A {words}.", (rate,))
            else:
                says = f"A {words}: survival would be on the wrong side of one half."
                yield Finding("impossible", (median, rate), says, (), off, "percentage points")


def check_follow_up(paper: Paper) -> Iterator[Finding]:
    """Times against the calendar: none is longer than from the first patient to the closing date."""
    longest = longest_follow_up(paper)
    dates = tuple(claim for name in ("accrual_start", "data_cut") if (claim := paper.setting(name)))
    if not math.isfinite(longest):
        return
    for kind in ("maximum", "median"):
        for claim in paper.select(kind=kind):
            if claim.endpoint is None and not (claim.variable and paper.variable_of(claim).follow_up):
                continue
            if claim.interval.low <= longest:
                yield Finding(
                    "sound",
                    (claim,),
                    f"{claim.printed} of {longest:.0f} months from first patient to closing date.",
                    dates,
                )
            else:
                says = f"{claim.printed} months are more than the {longest:.0f} from first patient to closing date."
                yield Finding("impossible", (claim,), says, dates, claim.interval.low - longest, "months")


def check_progressing_lesions(paper: Paper) -> Iterator[Finding]:
    """Local control against the lesions that had progressed at the first assessment: those are not controlled."""
    for name, endpoint in paper.declared.endpoints.items():
        limits = progression_limits(paper, name)
        if limits is None:
            continue
        by_patient, by_lesion, assessed, claims = limits
        progressing = f"{claims[0].value:g} lesions had progressed by {claims[-1].printed} months"
        for claim in paper.select(kind="rate", group=(), population=endpoint.of):
            if canonical_endpoint(paper, claim.endpoint) != name or claim.time is None or claim.time < assessed:
                continue
            own = by_patient if claim.unit == "patient" else by_lesion
            if claim.interval.low > own:
                says = f"{progressing}, so local control is at most {own:.1f}% per {claim.unit}, not {claim.printed}%."
                yield Finding("impossible", (claim,), says, claims, claim.interval.low - own, "percentage points")
            elif claim.endpoint != name and claim.interval.low > by_lesion:
                says = (
                    f"{progressing}: {claim.printed}% can be a rate per patient (at most {by_patient:.1f}%), not per "
                    f"lesion (at most {by_lesion:.1f}%); the paper does not say which."
                )
                yield Finding(
                    "ambiguous",
                    (claim,),
                    says,
                    claims,
                    claim.interval.low - by_lesion,
                    "percentage points",
                    "the rate per patient",
                )
            else:
                says = f"{progressing}: at most {own:.1f}% per {claim.unit}."
                yield Finding("sound", (claim,), says, claims)


def progression_limits(paper: Paper, endpoint: str) -> tuple[float, float, float, tuple[Claim, ...]] | None:
    """The highest local control that lesions already progressing leave: in percent per patient, and per lesion.

    Each event takes 1/N or more off a Kaplan-Meier curve, so k events leave at most 1 - k/N, whatever the censoring.

    Returns
    -------
    The two limits, the month from which on they hold, and the claims that they follow from; None if these are not made.
    """
    rule = paper.declared.endpoints[endpoint].fails_with
    if rule is None:
        return None
    assessed = paper.select(kind="maximum", variable=rule.assessed)
    population = paper.declared.factors[rule.factor].of
    everyone: Place = (paper.declared.populations[population].part_of or population, ())
    nested = paper.declared.populations[everyone[0]].nested_in
    progressing, lesions = paper.counted((population, ((rule.factor, rule.level),))), paper.counted(everyone)
    patients = paper.counted((nested, ())) if nested else None
    if not (assessed and progressing and lesions and patients and patients.value and lesions.value):
        return None
    least = fewest_patients(int(progressing.value), int(patients.value), int(lesions.value), most_per_patient(paper))
    return (
        100 * (1 - least / patients.value), 100 * (1 - progressing.value / lesions.value),
        assessed[0].interval.high, (progressing, lesions, patients, assessed[0]),
    )  # fmt: skip


def check_hazard_ratio_and_rates(paper: Paper) -> Iterator[Finding]:
    """A hazard ratio against the two groups' rates: it averages the ratios between the printed times."""
    for claim in paper.select(kind="hazard_ratio"):
        limits = [
            c
            for kind in ("low", "high")
            for c in paper.select(kind=kind, section=claim.section, row=claim.row, contrast=claim.contrast)
        ]
        if len(limits) != 2 or claim.contrast is None:
            continue
        error = standard_error(limits[0].interval, limits[1].interval, paper.confidence_of(claim)[0]).high
        factor, level, reference = claim.compared
        for division in divisions(paper):
            if (division.endpoint, division.population, division.factor) != (
                canonical_endpoint(paper, claim.endpoint),
                claim.population,
                factor,
            ):
                continue
            times = [time for time in division.times if time is not None]
            if len(times) < 2 or not {level, reference} <= division.rates.keys():
                continue
            rates = [[division.rates[name][time].value / 100 for time in times] for name in (level, reference)]
            ratios = interval_hazard_ratios(*rates)
            if len(ratios) < 2 or min(ratios) <= 0:
                continue
            chance = MOST_STANDARD_ERRORS * error
            span = Interval(math.log(min(ratios)) - chance, math.log(max(ratios)) + chance)
            found = Interval(*(math.log(max(1e-9, end)) for end in (claim.interval.low, claim.interval.high)))
            printed = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            words = f"Between the printed times the hazards' ratios are {printed}"
            if span.meets(found):
                yield Finding("sound", (claim,), f"{words}; {claim.printed} is of their order.", division.claims)
            else:
                inverse = Interval(-found.high, -found.low)
                repair = "the two groups the other way round" if span.meets(inverse) else ""
                says = f"{words}, which do not average to {claim.printed}."
                yield Finding(
                    "inconsistent", (claim,), says, division.claims, abs(span.gap(found)), "log hazard ratio", repair
                )


def check_rates_and_logrank(paper: Paper) -> Iterator[Finding]:
    """Two rates far apart, in groups of such sizes, against a log-rank p that is not small, or close and one that is.

    The log-rank test takes in all times and a landmark one, so they differ; by more than `MOST_STANDARD_ERRORS` they do
    only if the curves, once so far apart, come together again. Numbers are those still followed; at one year, if the
    rates have no time. The other way round all of the groups are reckoned as followed, and at two times or more the
    rates have to be as close: curves that are apart only between the times that a paper prints would not explain it.
    """
    for division in divisions(paper):
        shares, total = shares_of(paper, division), paper.counted((division.population, ()))
        tests = [
            claim
            for claim in paper.select(
                kind="p_value", factor=division.factor, model=None, population=division.population
            )
            if canonical_endpoint(paper, claim.endpoint) == division.endpoint
            and claim.section == division.section
            and claim.relation in "=<"
        ]
        if len(division.rates) != 2 or shares is None or total is None or not tests:
            continue
        sizes = _sizes(paper, division, total.value)
        if sizes is None or not all(sizes):
            continue
        pairs = [[division.rates[level][time] for level in division.rates] for time in division.times]
        apart = [landmark_z(pair[0].value / 100, pair[1].value / 100, *sizes) for pair in pairs]
        least = float(-ndtri(min(1, max(tests[0].interval.high, 1e-12)) / 2))
        if len(pairs) > 1 and least - max(apart) > MOST_STANDARD_ERRORS:
            rates = tuple(claim for pair in pairs for claim in pair)
            says = (
                f"p = {tests[0].printed} is {least:.1f} standard errors or more, but in groups of about {sizes[0]:.0f} "
                f"and {sizes[1]:.0f} the rates differ by {max(apart):.1f} at the most."
            )
            yield Finding("inconsistent", (tests[0],), says, rates, least - max(apart), "standard errors")
        if tests[0].relation == "<":
            continue
        for time in division.times:
            pair = [division.rates[level][time] for level in division.rates]
            left = share_followed(paper, 12 if time is None else time)
            z = landmark_z(pair[0].value / 100, pair[1].value / 100, *(max(1.0, size * left) for size in sizes))
            test = float(-ndtri(min(1, max(tests[0].interval.low, 1e-12)) / 2))
            of = f"about {sizes[0]:.0f} and {sizes[1]:.0f}"
            words = f"{pair[0].printed}% and {pair[1].printed}% in {of} differ by {z:.1f} standard errors"
            if z - test <= MOST_STANDARD_ERRORS:
                yield Finding("sound", (tests[0],), f"{words}; the test says {test:.1f}.", tuple(pair))
            else:
                says = f"{words}, but p = {tests[0].printed} is {test:.1f}: the curves would have to meet again."
                yield Finding("inconsistent", (tests[0], *pair), says, (), z - test, "standard errors")


def check_logrank_and_cox(paper: Paper) -> Iterator[Finding]:
    """A log-rank p against the p of the Cox model of the same two groups: two tests of one hypothesis.

    The log-rank test is the model's score test. In 3,918 drawn comparisons of 20 to 300 subjects, most with ties, the
    deviates of the two never differed by more than 0.3 and 0.06 times the square of the larger.
    """
    for test in paper.select(kind="p_value", model=None, contrast=None, variable=None):
        if not (test.factor and test.endpoint) or test.interval.high > 1 or not (test.test or "log").startswith("log"):
            continue
        if len(paper.declared.factors[test.factor].top_levels) != 2:
            continue
        for model in paper.select(kind="p_value", factor=test.factor, model="univariable", section=test.section):
            same = canonical_endpoint(paper, model.endpoint) == canonical_endpoint(paper, test.endpoint)
            if not same or model.place != test.place or model.outcome or model.interval.high > 1:
                continue
            first, second = (_deviates(claim) for claim in (test, model))
            chance = APART + APART_AT_LARGE * max(min(first.high, 10), min(second.high, 10)) ** 2
            words = f"The log-rank test has p = {test.printed}, the Cox model of the same groups {model.printed}"
            yield held(
                (test, model), first.widened(chance), words, (), "standard errors", "inconsistent", found=second,
                printed="near it",
            )  # fmt: skip


def _deviates(p: Claim) -> Interval:
    """The absolute standard normal deviates that a two-sided p can stand for."""
    low, high = (float(-ndtri(min(1.0, max(end, 1e-300)) / 2)) for end in (p.interval.high, p.interval.low))
    return Interval(low, high)


def _sizes(paper: Paper, division: Division, total: float) -> tuple[float, float] | None:
    """How many are in the two groups: as counted, or in the proportion in which their lesions are."""
    for population in (division.population, paper.declared.factors[division.factor].of):
        counts = paper.counted_each((population, ((division.factor, level),)) for level in division.rates)
        whole = paper.counted((population, ()))
        if len(counts) == 2 and whole:
            scale = 1.0 if population == division.population else total / whole.value
            return counts[0].value * scale, counts[1].value * scale
    return None


CHECKS = (
    check_medians_and_rates, check_follow_up, check_progressing_lesions, check_hazard_ratio_and_rates,
    check_rates_and_logrank, check_logrank_and_cox,
)  # fmt: skip
