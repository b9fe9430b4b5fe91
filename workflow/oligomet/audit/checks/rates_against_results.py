"""Survival curves against medians, lesions already progressing, hazard ratios, log-rank tests and the calendar."""

from __future__ import annotations

import math
from itertools import pairwise

from oligomet.audit.checks.hazard_ratios_and_p_values import deviates, standard_error, wald_p
from oligomet.audit.checks.variable_classes import most_per_patient
from oligomet.audit.claims import Claim, Paper, ratios_of
from oligomet.audit.findings import POINTS, Finding, Findings, Severity, held, judged
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import Division, divisions, longest_follow_up, share_followed

MOST_STANDARD_ERRORS = 3
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
    steps = pairwise([(1.0, 1.0), *zip(first, second, strict=True)])
    return [
        math.log(a / was) / math.log(b / before) for (was, before), (a, b) in steps if 0 < a <= was and 0 < b < before
    ]


def check_medians_and_rates(paper: Paper) -> Findings:
    """A median time against rates before and after it: above one half before, at most one half from then on."""
    for median in (claim for claim in paper.select(kind="median") if claim.endpoint):
        for rate in paper.select(kind="rate", place=median.place, followed=median.followed):
            after = rate.time is not None and rate.time >= median.interval.high
            if after or (rate.time is not None and rate.time < median.interval.low):
                off = rate.interval.low - 50 if after else 50 - rate.interval.high
                words = f"A median {median.printed} months, {rate.printed}% at {rate.time:g} months"
                wrong = f"{words}: survival would be on the wrong side of one half."
                yield judged(median, off, f"{words}.", wrong, rate, POINTS, together=True)


def check_follow_up(paper: Paper) -> Findings:
    """Times against the calendar: none is longer than from the first patient to the closing date."""
    longest = longest_follow_up(paper)
    dates = [claim for name in ("accrual_start", "data_cut") if (claim := paper.setting(name))]
    for claim in paper.select(kind=("maximum", "median")) if math.isfinite(longest) else ():
        if claim.endpoint or (claim.variable and paper.variable_of(claim).follow_up):
            years = bool(claim.variable) and paper.variable_of(claim).measure.startswith("year")
            measure, most = ("years", longest / 12) if years else ("months", longest)
            fine = f"{claim.printed} of {most:.3g} {measure} from first patient to closing date."
            wrong = f"{claim.printed} {measure} are more than the {most:.3g} from first patient to closing date."
            yield judged(claim, claim.interval.low - most, fine, wrong, dates, measure)


def check_progressing_lesions(paper: Paper) -> Findings:
    """Local control against the lesions that had progressed at the first assessment: those are not controlled."""
    for name, endpoint in paper.declared.endpoints.items():
        limits = progression_limits(paper, name)
        if limits is None:
            continue
        by_patient, by_lesion, assessed, claims = limits
        progressing = f"{claims[0].value:g} lesions had progressed by {claims[-1].printed} months"
        for claim in paper.select(kind="rate", place=(endpoint.of, ()), followed=name):
            if claim.time is None or claim.time < assessed:
                continue
            own, low = by_patient if claim.unit == "patient" else by_lesion, claim.interval.low
            per_patient = low <= own and claim.endpoint != name  # can be, and the paper does not say
            wrong = f"{progressing}, so local control is at most {own:.1f}% per {claim.unit}, not {claim.printed}%."
            if per_patient:
                wrong = (
                    f"{progressing}: {claim.printed}% can be a rate per patient (at most {by_patient:.1f}%), not per "
                    f"lesion (at most {by_lesion:.1f}%); the paper does not say which."
                )
            off, repair = low - (by_lesion if per_patient else own), "the rate per patient" * per_patient
            severity: Severity = "ambiguous" if per_patient else "impossible"
            fine = f"{progressing}: at most {own:.1f}% per {claim.unit}."
            yield judged(claim, off, fine, wrong, claims, POINTS, severity, repair)


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
    population = paper.declared.factors[rule.factor].of
    everyone = paper.declared.populations[population].part_of or population
    nested = paper.declared.populations[everyone].nested_in
    progressing, lesions = paper.counted((population, ((rule.factor, rule.level),))), paper.counted((everyone, ()))
    patients = paper.counted((nested, ())) if nested else None
    assessed = paper.first(kind="maximum", variable=rule.assessed)
    if not (assessed and progressing and lesions and patients and patients.value and lesions.value):
        return None
    least = fewest_patients(int(progressing.value), int(patients.value), int(lesions.value), most_per_patient(paper))
    return (
        100 * (1 - least / patients.value), 100 * (1 - progressing.value / lesions.value),
        assessed.interval.high, (progressing, lesions, patients, assessed),
    )  # fmt: skip


def check_hazard_ratio_and_rates(paper: Paper) -> Findings:
    """A hazard ratio against the two groups' rates: it averages the ratios between the printed times."""
    for ratio in ratios_of(paper):
        claim = ratio.estimate
        if not (claim and claim.kind == "hazard_ratio" and claim.contrast and ratio.low and ratio.high):
            continue
        error = standard_error(ratio.low.interval, ratio.high.interval, paper.confidence_of(claim)[0])
        chance = MOST_STANDARD_ERRORS * error.high
        factor, *levels = claim.compared
        of = claim.followed, claim.population, factor
        for division in (each for each in divisions(paper) if (each.endpoint, each.population, each.factor) == of):
            times = [time for time in division.times if time is not None]
            if not set(levels) <= division.rates.keys():
                continue
            rates = [[division.rates[name][time].value / 100 for time in times] for name in levels]
            ratios = interval_hazard_ratios(*rates)
            if len(ratios) < 2 or min(ratios) <= 0:
                continue
            span = Interval(math.log(min(ratios)), math.log(max(ratios))).widened(chance)
            found = claim.interval.through(lambda end: math.log(max(1e-9, end)))
            words = f"Between the printed times the hazards' ratios are {', '.join(f'{ratio:.2f}' for ratio in ratios)}"
            fine = f"{words}; {claim.printed} is of their order."
            wrong = f"{words}, which do not average to {claim.printed}."
            repair = "the two groups the other way round" if span.meets(Interval(-found.high, -found.low)) else ""
            off = span.apart(found)
            yield judged(claim, off, fine, wrong, division.claims, "log hazard ratio", "inconsistent", repair)


def check_rates_and_logrank(paper: Paper) -> Findings:
    """Two rates far apart, in groups of such sizes, against a log-rank p that is not small, or close and one that is.

    The log-rank test takes in all times and a landmark one, so they differ; by more than `MOST_STANDARD_ERRORS` they do
    only if the curves, once so far apart, come together again. Numbers are those still followed; at one year, if the
    rates have no time. The other way round all of the groups are reckoned as followed, and at two times or more the
    rates have to be as close: curves that are apart only between the times that a paper prints would not explain it.
    """
    for division in divisions(paper):
        of = {"section": division.section, "population": division.population, "followed": division.endpoint}
        tests = [
            claim
            for claim in paper.select(kind="p_value", factor=division.factor, model=None, **of)
            if claim.relation in "=<"
        ]
        sizes = _sizes(division) if len(division.rates) == 2 and division.shares is not None and tests else None
        if sizes is None or not all(sizes):
            continue
        test, pairs = tests[0], {time: division.at(time) for time in division.times}
        of_sizes = f"about {sizes[0]:.0f} and {sizes[1]:.0f}"
        apart = [_apart(pair, *sizes) for pair in pairs.values()]
        least = deviates(test.interval.within(1e-12, math.inf))
        if len(pairs) > 1 and least.low - max(apart) > MOST_STANDARD_ERRORS:
            says = (
                f"p = {test.printed} is {least.low:.1f} standard errors or more, but in groups of {of_sizes} the rates "
                f"differ by {max(apart):.1f} at the most."
            )
            rates = tuple(claim for pair in pairs.values() for claim in pair)
            yield Finding("inconsistent", (test,), says, rates, least.low - max(apart), "standard errors")
        for time, pair in pairs.items() if test.relation != "<" else ():
            left = share_followed(paper, 12 if time is None else time)
            z = _apart(pair, *(max(1.0, size * left) for size in sizes))
            words = f"{pair[0].printed}% and {pair[1].printed}% in {of_sizes} differ by {z:.1f} standard errors"
            if z - least.high <= MOST_STANDARD_ERRORS:
                yield Finding("sound", (test,), f"{words}; the test says {least.high:.1f}.", tuple(pair))
            else:
                says = f"{words}, but p = {test.printed} is {least.high:.1f}: the curves would have to meet again."
                yield Finding("inconsistent", (test, *pair), says, (), z - least.high, "standard errors")


def _apart(pair: list[Claim], *sizes: float) -> float:
    first, second = (claim.value / 100 for claim in pair)
    return landmark_z(first, second, *sizes)


def check_logrank_and_cox(paper: Paper) -> Findings:
    """A log-rank p against the p of the Cox model of the same two groups: two tests of one hypothesis.

    The log-rank test is the model's score test. In 3,918 drawn comparisons of 20 to 300 subjects, most with ties, the
    deviates of the two never differed by more than 0.3 and 0.06 times the square of the larger.
    """
    for test in paper.select(kind="p_value", model=None, contrast=None, variable=None):
        if not (test.factor and test.endpoint) or test.interval.high > 1 or not (test.test or "log").startswith("log"):
            continue
        if len(paper.declared.factors[test.factor].top_levels) != 2:
            continue
        same = {"factor": test.factor, "section": test.section, "followed": test.followed, "place": test.place}
        models = paper.select(kind="p_value", model="univariable", outcome=None, **same)
        for model in models:
            if model.interval.high <= 1:
                yield _near(test, (model,), model.interval, f"the Cox model of the same groups {model.printed}")
        for ratio in ratios_of(paper) if not models else ():
            estimate, low, high = ratio.estimate, ratio.low, ratio.high
            if not (estimate and low and high) or estimate.kind != "hazard_ratio" or estimate.model == "multivariable":
                continue
            if all(getattr(estimate, name) == value for name, value in same.items()):
                p = wald_p(estimate.interval, low.interval, high.interval, paper.confidence_of(estimate)[0])
                yield _near(test, (estimate, low, high), p, f"the hazard ratio and its interval {p}")


def _near(test: Claim, model: tuple[Claim, ...], p: Interval, words: str) -> Finding:
    """A log-rank test and a p of the model of the same groups, as near to each other as two such tests are."""
    first, second = deviates(test.interval), deviates(p)
    chance = APART + APART_AT_LARGE * max(min(first.high, 10), min(second.high, 10)) ** 2
    return held(
        (test, *model), first.widened(chance), f"The log-rank test has p = {test.printed}, {words}", (),
        "standard errors", "inconsistent", found=second, printed="near it",
    )  # fmt: skip


def _sizes(division: Division) -> tuple[float, float] | None:
    """How many are in the two groups: as counted, or in the proportion in which their lesions are."""
    paper = division.paper
    total = paper.counted((division.population, ()))
    for population in (division.population, paper.declared.factors[division.factor].of):
        counts = paper.counted_each((population, ((division.factor, level),)) for level in division.rates)
        whole = paper.counted((population, ()))
        if len(counts) == 2 and whole and whole.value and total:
            scale = 1.0 if population == division.population else total.value / whole.value
            return counts[0].value * scale, counts[1].value * scale
    return None


CHECKS = (
    check_medians_and_rates, check_follow_up, check_progressing_lesions, check_hazard_ratio_and_rates,
    check_rates_and_logrank, check_logrank_and_cox,
)  # fmt: skip
