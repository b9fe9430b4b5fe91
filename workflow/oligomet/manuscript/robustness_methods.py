"""What the methods say of the analyses of robustness: a paragraph for each that study.yaml declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.displays import formats
from oligomet.displays.robustness import meanings
from oligomet.estimates.robustness.choices import list_timings
from oligomet.estimates.robustness.dose_response import STEP_GY
from oligomet.estimates.robustness.verdicts import published_choice
from oligomet.manuscript.configured import several, spelled
from oligomet.manuscript.methods import EVENTS, in_sentence, lower
from oligomet.manuscript.values import Value

if TYPE_CHECKING:
    from oligomet.study import Study


def write_robustness_methods(study: Study) -> str:
    """A section of the methods as markdown, with its numbers marked as values; empty where nothing is declared."""
    if study.robustness is None:
        return ""
    paragraphs = [
        "### Robustness {#sec-robustness-methods}",
        _conclusions(study),
        *(
            f"*{topic}.* {text}"
            for topic, text in (
                ("Lesions of a patient", _clusters(study)),
                ("Death", _death(study)),
                ("Follow-up", _timing(study)),
                ("Response as a factor", _response(study)),
                ("Proportional hazards", _hazards(study)),
                ("Several factors", _models(study)),
                ("Continuous factors", _continuous(study)),
                ("Missing values", _imputation(study)),
                ("Dose", _dose(study)),
                ("Unmeasured confounding", _confounding()),
                ("Many tests", _tests()),
                ("Intervals without formulas", _bootstrap(study)),
                ("Verdicts", _verdicts(study)),
            )
            if text
        ),
        "The workflow also simulates cohorts of this shape under known truth, planned as proposed by @morris2019, to "
        "see what the intervals and tests hold of what they promise.",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _declared(study: Study, option: str, text: str | None = None) -> str:
    """A number of the section `robustness`, with its place."""
    value = getattr(study.robustness, option)
    return Value("", text or formats.count(value), f"study.yaml: robustness.{option}").markdown


def _named(study: Study, endpoint: str) -> str:
    return lower(study.endpoints[endpoint].label)


def _by(study: Study, declared: dict[str, list[str]]) -> str:
    """'for overall survival, age and KPS; for ...', each factor in words."""
    return "; ".join(
        f"for {_named(study, endpoint)}, {several([in_sentence(study, name) for name in names])}"
        for endpoint, names in declared.items()
    )


def _conclusions(study: Study) -> str:
    return (
        "The comparisons above follow the published analysis. Its conclusions were put to the analyses below. They "
        f"concern these factors: {_by(study, study.robustness.headline)}."
    )


def _clusters(study: Study) -> str:
    pairs = study.robustness.per_lesion
    if not pairs:
        return ""
    endpoints = several([_named(study, endpoint) for endpoint in pairs])
    text = (
        f"For {endpoints}, lesions were taken as subjects as well: as independent, with a variance by patient "
        "[@lin1989], with each patient counted once, and with a gamma frailty that the lesions of a patient share "
        "[@therneau2000]. Where the number of a patient’s lesions tells of their fate, the cluster size is "
        "*informative*: a hazard ratio of all lesions counts patients as often as they have lesions, and a variance by "
        "patient mends its interval only. With weights of one over the number of the patient’s lesions it is that of "
        "one lesion a patient, as if one had been drawn from each again and again [@hoffman2001; @williamson2003]."
    )
    if not study.robustness.response_factors:
        return text
    return (
        f"{text} Response per lesion was modelled by logistic regression and by generalised estimating equations with "
        "independent and with exchangeable correlation within patients [@liang1986]."
    )


def _death(study: Study) -> str:
    names = [name for name in study.robustness.headline if study.endpoints[name].competing]
    if not names:
        return ""
    events = [EVENTS[event] for name in names for event in study.endpoints[name].competing]
    return (
        f"For {several([_named(study, name) for name in names])}, the probability of the event was estimated by Aalen "
        f"and Johansen's method [@aalen1978], with {several(list(dict.fromkeys(events)), 'or')} as a competing event; "
        "groups were compared by Gray's test [@gray1988], and by Fine and Gray's model of the subdistribution "
        "[@fine1999] beside the cause-specific one."
    )


def _timing(study: Study) -> str:
    """Other censoring, rounding and intervals, as far as each is varied for an endpoint of the conclusions."""
    robustness = study.robustness
    headline = [*robustness.headline, *robustness.per_lesion.values()]
    ways = {timing for name in headline for timing in list_timings(name, study)}
    alike: dict[tuple, list[str]] = {}
    for name, events in robustness.censoring.items():
        declared = study.endpoints[name]
        key = (tuple(events), tuple(declared.censored_at), declared.starts, declared.censors_death)
        alike.setdefault(key, []).append(name)
    sentences = []
    for (events, declared, starts, censors_death), names in alike.items():
        subject = several([_named(study, name) for name in names])
        sentences.append(
            f"{subject[:1].upper()}{subject[1:]} {'was' if len(names) == 1 else 'were'} also censored at "
            f"{several([EVENTS[event] for event in events], 'or')} instead of "
            f"{several([EVENTS[event] for event in declared], 'or')}{', dead or alive' if censors_death else ''}, as "
            f"nobody can say that there was no event later; who has no such date after {EVENTS[starts]} is set aside."
        )
    more = ["without rounding the times"] if "unrounded" in ways else []
    if "interval" in ways:
        exact = "; in months that are not rounded" if study.months.round_endpoints_to else ""
        more.append(
            "with every event that imaging finds at some time between that imaging and the one before (rates by "
            f"Turnbull’s method [@turnbull1976], hazard ratios from a Weibull model{exact})"
        )
    if more:
        sentences.append(f"Rates and hazard ratios were also estimated {', and again '.join(more)}.")
    if len(ways) > 1:
        start = ", a response as if known from the start" if robustness.response_factors else ""
        only = "; intervals around the factor alone" if "interval" in ways else ""
        sentences.append(
            "These decisions were varied one at a time, around the factor alone and around the model that is corrected "
            f"for unit and adjustment{start}{only}."
        )
    return " ".join(sentences)


def _response(study: Study) -> str:
    robustness = study.robustness
    endpoints = [
        name
        for name, factors in robustness.headline.items()
        if study.endpoints[name].per == "patient" and set(factors) & set(robustness.response_factors)
    ]
    if not endpoints:
        return ""
    first, *others = (_declared(study, "landmarks_months", spelled(time)) for time in robustness.landmarks_months)
    more = f" (and, for comparison, {several(others)})" if others else ""
    known = several([in_sentence(study, name) for name in robustness.response_factors])
    starts = several(list(dict.fromkeys(EVENTS[study.endpoints[name].starts] for name in endpoints)), "or")
    are = "are" if len(robustness.response_factors) > 1 else "is"
    return (
        f"{known[:1].upper()}{known[1:]} of a patient {are} known when the last of her evaluable lesions has been "
        f"assessed. Landmark analyses [@anderson1983] start {first} months{more} after {starts}, with those still "
        "followed whose response was known by then. With response as a time-dependent covariate [@mantel1974], "
        "patients count by their response from the day it was known."
    )


def _hazards(study: Study) -> str:
    return (
        "Hazards were tested for proportionality [@grambsch1994]; the restricted mean time without an event, up to "
        f"{_declared(study, 'rmst_months', spelled(study.robustness.rmst_months))} months, compares groups without "
        "that assumption [@royston2013]."
    )


def _models(study: Study) -> str:
    models = study.robustness.prespecified
    if not models:
        return ""
    return (
        f"Multivariable models were specified in advance, by what was held to matter: {_by(study, models)}. Beside "
        "them stand models of the factors with a small p in the log-rank test, and both with Firth's penalty "
        "[@firth1993; @heinze2001], which keeps ratios finite where a group has few events."
    )


def _continuous(study: Study) -> str:
    declared = study.robustness.continuous
    if not declared:
        return ""
    return (
        "Factors that are cut into groups elsewhere were also taken as they are, as a straight line and as restricted "
        f"cubic splines with {_declared(study, 'knots')} knots, or as many as heaped values leave apart, at fixed "
        f"quantiles [@harrell2015]: {_by(study, declared)}. Where groups or spline show an association, the share of "
        "it that the groups keep is their chi-square over that of groups and spline together."
    )


def _imputation(study: Study) -> str:
    lesions = study.robustness.per_lesion
    shared = " Lesions of a patient were given one value of what is the patient’s." if lesions else ""
    text = (
        f"Models in which a value is missing were repeated with {_declared(study, 'imputed_datasets')} data sets "
        "completed by chained equations with predictive mean matching, from the models' other factors, the event and "
        f"the cumulative hazard [@white2009], and pooled by Rubin's rules [@rubin1987].{shared}"
    )
    if not study.robustness.response_factors:
        return text
    return f"{text} Response was not imputed: who has none has often died before the assessment."


def _dose(study: Study) -> str:
    dose = study.robustness.dose_response
    if dose is None:
        return ""
    step = Value("", f"{STEP_GY}", "estimates.robustness.dose_response: STEP_GY").markdown
    others = several([in_sentence(study, name) for name in dose.adjust])
    adjusted = f", adjusted for {others}, and within strata of {'these' if len(dose.adjust) > 1 else 'it'}"
    return (
        f"The hazard ratio of {_named(study, dose.endpoint)} for {step} Gy more of {in_sentence(study, dose.factor)} "
        f"was estimated alone{adjusted if dose.adjust else ''}."
    )


def _confounding() -> str:
    return (
        "The E-value says how strong an unmeasured confounder would have to be to explain a hazard ratio, or the limit "
        "of its interval nearer to one, away [@vanderweele2017]."
    )


def _tests() -> str:
    return (
        "The p values of all factors compared for an endpoint were adjusted together, by the method of Holm "
        "[@holm1979] and by that of Benjamini and Hochberg [@benjamini1995]."
    )


def _bootstrap(study: Study) -> str:
    replicates = _declared(study, "bootstrap_replicates")
    return (
        f"Rates, medians, response rates and hazard ratios have percentile intervals from {replicates} samples of "
        "whole patients with all their lesions [@efron1979], beside those by formula."
    )


def _verdicts(study: Study) -> str:
    robustness = study.robustness
    same, excluding = (
        _declared(study, option, formats.percent(getattr(robustness, option), 0))
        for option in ("same_direction", "excluding_one")
    )
    landmark = _declared(study, "landmarks_months", spelled(robustness.landmarks_months[0]))
    corrections = ["is adjusted as specified in advance"] if robustness.prespecified else []
    if robustness.response_factors:
        corrections.append(f"counts responses from the landmark at {landmark} months")
    if robustness.per_lesion:
        endpoints = several([_named(study, endpoint) for endpoint in robustness.per_lesion])
        corrections.append(f"takes {endpoints} by lesion, with each patient counted once and the variance by patient")
    primary = f"The primary corrected analysis {several(corrections)}. " if corrections else ""
    return (
        f"Each conclusion met every combination of these choices that is defined. {_as_published(study)} {primary}One "
        "declared rule gives the verdicts. A conclusion *stands* if the intervals of both exclude one on the same "
        f"side, at least {same} of the choices have that direction, and at least {excluding} an interval that excludes "
        f"one in it. It *weakens* if the primary analysis and at least {same} of the choices have that direction and "
        "one of the two intervals excludes one, but not all of this holds. It *falls* only if the interval of the "
        "primary analysis excludes one on the other side; else it is *not confirmed*. Choices share their data, so "
        "that these are counts of agreement, not tests; Holm’s p of the factor stands beside them."
    )


def _as_published(study: Study) -> str:
    """Which analysis is called the published one, and what its contrasts are."""
    headline = study.robustness.headline
    in_model = [
        (endpoint, name)
        for endpoint, names in headline.items()
        for name in names
        if published_choice(endpoint, name, study).adjustment == "published"
    ]
    every = sum(len(names) for names in headline.values())
    if not in_model:
        return "The analysis as published has each factor alone."
    named = _by(study, {endpoint: [name for at, name in in_model if at == endpoint] for endpoint, _ in in_model})
    rest = ", and else the factor alone" if len(in_model) < every else ""
    text = f"The analysis as published is the published multivariable model ({named}){rest}."
    other = meanings(study)
    if not other:
        return text
    compared = several([f"{in_sentence(study, name)} compares {meant}" for (_, name), meant in other.items()])
    return (
        f"{text} As that model holds two factors of one response, {compared} there: another question than the factor’s "
        "own. Choices with it are shown, but not counted, and the direction is that of the factor alone."
    )
