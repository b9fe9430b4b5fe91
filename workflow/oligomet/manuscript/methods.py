"""What the methods section says of the options of study.yaml: a phrase an option, a sentence an endpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oligomet.displays import formats
from oligomet.displays.formats import lower
from oligomet.estimates.methods.group_tests import SIMULATED
from oligomet.manuscript.configured import several
from oligomet.manuscript.values import Sentence, Value

if TYPE_CHECKING:
    from oligomet.declarations import Endpoint
    from oligomet.study import Study

EVENTS = {
    "radiotherapy_start": "the first fraction",
    "radiotherapy_end": "the last fraction",
    "in_field_recurrence": "recurrence within an irradiated field",
    "lesion_progression": "progression of an irradiated lesion at its first assessment",
    "distant_progression": "progression outside the irradiated fields",
    "new_lesion": "a new lesion on imaging",
    "next_systemic_therapy": "the first day of the next systemic therapy",
    "death": "death",
    "last_contact": "the last contact",
    "last_imaging": "the last imaging",
    "data_cut": "the data cut",
}
OPTIONS = {
    "dose.level": {
        "highest": "Of the doses prescribed to the planning target volume and to a boosted gross tumour, the one with "
        "the higher biologically effective dose was taken as the dose of a lesion.",
        "ptv": "The dose of a lesion is the one prescribed to the planning target volume.",
        "pgtv": "The dose of a lesion is the one prescribed to the planning gross tumour volume.",
    },
    "response.growth_after_complete_response": {
        "PD": "A lesion that came back after a complete response had progressed, whatever its size.",
        "as_measured": "A lesion that came back after a complete response was judged by its growth.",
    },
    "response.unmeasurable_baseline": {
        "NE": "A lesion that was too small to be measured at baseline, or not imaged in these windows, was not "
        "evaluable.",
        "CR_or_not": "Of a lesion too small to be measured at baseline it was only said whether it disappeared; one "
        "that was not imaged in these windows was not evaluable.",
    },
    "response.patient": {"worst": "worst", "best": "best"},
    "analyses.proportion_interval": {
        "exact": "exact intervals [@clopper1934]",
        "wilson": "score intervals [@wilson1927]",
    },
    "analyses.survival_interval": {
        "plain": "on the scale of the survival function",
        "log": "on the scale of its logarithm",
        "log-log": "on the complementary log-log scale",
    },
    "analyses.ties": {
        "breslow": "Breslow's handling of ties [@breslow1974]",
        "efron": "Efron's handling of ties [@efron1977]",
    },
}
KEYS = {
    "methods.dose_level": "dose.level",
    "methods.regrowth": "response.growth_after_complete_response",
    "methods.not_evaluable": "response.unmeasurable_baseline",
    "methods.patient_response": "response.patient",
    "methods.proportion_interval": "analyses.proportion_interval",
    "methods.survival_interval": "analyses.survival_interval",
    "methods.ties": "analyses.ties",
}


def var(key: str) -> str:
    """The shortcode that says a value."""
    return f"{{{{< var {key} >}}}}"


def write_methods(study: Study) -> dict[str, Value]:
    """The phrases of the methods by key."""
    texts = {}
    for key, place in KEYS.items():
        section, option = place.split(".")
        texts[key] = (OPTIONS[place][getattr(getattr(study, section), option)], place)
    step = study.months.round_endpoints_to
    multiples = "whole months" if step == 1 else f"multiples of {var('months.rounded')}"
    texts["methods.rounding"] = (
        f"rounded half up to {multiples}" if step else "not rounded",
        "months.round_endpoints_to",
    )
    reasons = "; ".join(var(f"eligibility.{rule.id}") for rule in study.eligibility)
    texts["methods.eligibility"] = (reasons, "eligibility")
    texts["methods.compared"] = (_compared(study), "analyses")
    texts["methods.logistic"] = (_modelled(study), "analyses.logistic")
    texts["methods.groups"] = (_groups(study), "tables")
    simulated = Value("methods.simulated", formats.count(SIMULATED), "oligomet.estimates.methods.group_tests")
    sentences = {key: Sentence(key, text, f"study.yaml: {place}") for key, (text, place) in texts.items()}
    return {simulated.key: simulated, **sentences}


def list_endpoints(study: Study) -> str:
    """The declared endpoints as a list."""
    return "\n\n".join(f"- {define(name, endpoint)}" for name, endpoint in study.endpoints.items()) + "\n"


def define(name: str, endpoint: Endpoint) -> str:
    """An endpoint's declaration as a sentence."""
    events = [EVENTS[event] for event in endpoint.events]
    first = ", whichever came first" if len(events) > 1 else ""
    censored = several([EVENTS[event] for event in endpoint.censored_at], "or")
    competing = several([EVENTS[event] for event in endpoint.competing], "or") if endpoint.competing else ""
    ended = f"; {competing} before that ended follow-up as a competing event" if competing else ""
    abbreviation = "" if "_" in name else f" ({name})"
    freedom = (
        " Its Kaplan–Meier estimates censor deaths without the event: they are of freedom from the event, not of "
        "survival."
        if endpoint.censors_death
        else ""
    )
    return (
        f"**{endpoint.label}**{abbreviation}, per {endpoint.per}: from {EVENTS[endpoint.starts]} to "
        f"{several(events, 'or')}{first}; without it, censored at {censored}{ended}.{freedom}"
    )


def _groups(study: Study) -> str:
    """How the groups of the tables that are declared `by` a factor were compared; nothing where none is."""
    tables = [table for table in study.tables.values() if table.by]
    if not tables:
        return ""
    divided = dict.fromkeys(f"{table.unit}s by {in_sentence(study, table.by)}" for table in tables)
    said = several(list(divided))
    sentences = [f"{said[:1].upper()}{said[1:]} were compared in their characteristics."]
    if any(table.factors for table in tables):
        sentences.append(
            "Numbers were compared by Pearson's chi-square test without continuity correction or, where more than a "
            "fifth of the expected counts were below five or one was below one [@cochran1954], by Fisher's exact test "
            f"(of tables larger than two by two, with the p value from {var('methods.simulated')} simulated tables)."
        )
    described = [table for table in tables if table.variables]
    if described:
        sizes = {len(study.factors[table.by].levels) for table in described}
        pairs = [("Student's t test", "the Mann–Whitney U test [@mann1947]")] if 2 in sizes else []
        pairs += [("analysis of variance", "the Kruskal–Wallis test [@kruskal1952]")] if sizes - {2} else []
        means, ranks = (" or, of more than two groups, ".join(names) for names in zip(*pairs, strict=True))
        sentences.append(
            "A variable with which a normal distribution agreed in every group (Kolmogorov–Smirnov test with "
            f"Lilliefors' correction [@lilliefors1967], p not below {var('analyses.significance')}) was compared by "
            f"{means}, any other by {ranks}."
        )
    if any(table.unit == "lesion" for table in tables):
        sentences.append("These tests take the lesions of a patient as independent.")
    return " ".join(sentences)


def _compared(study: Study) -> str:
    """Which factors were compared, and which stand together in a model."""
    sentences = [
        f"{study.endpoints[endpoint].label} was compared by {several([in_sentence(study, name) for name in names])}."
        for endpoint, names in study.analyses.compare.items()
    ]
    sentences += [
        f"One multivariable model, for {lower(study.endpoints[endpoint].label)}, holds "
        f"{several([in_sentence(study, name) for name in names])}."
        for endpoint, names in study.analyses.multivariable.items()
    ]
    return " ".join(sentences)


def _modelled(study: Study) -> str:
    """Which responses were modelled by which factors; nothing where none was."""
    models = [
        f"{in_sentence(study, outcome)} by {several([in_sentence(study, name) for name in names])}"
        for outcome, names in study.analyses.logistic.items()
    ]
    if not models:
        return ""
    return (
        f"The response of evaluable lesions was modelled by logistic regression, each factor alone and all together: "
        f"{'; '.join(models)}. The odds ratios are from generalised estimating equations with independence and a "
        "variance by patient [@liang1986]; where no lesion of a group had the response, or every one, they do not "
        "exist, and Firth’s penalty gives finite ones [@firth1993; @heinze2002], with lesions taken as independent."
    )


BRACKET = re.compile(r" \(([^()]*)\)$")
UNITS = {"cm", "Gy"}


def in_sentence(study: Study, factor: str) -> str:
    """A factor's label within a sentence, without what its brackets add."""
    return lower(BRACKET.sub("", study.factors[factor].label))


def unit_of(study: Study, factor: str) -> str:
    """The unit in the brackets of a factor's label, with the space before it: ' cm', or nothing."""
    found = BRACKET.search(study.factors[factor].label)
    return f" {found[1]}" if found and found[1] in UNITS else ""
