"""The methods section as configured: a change of study.yaml changes these sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.manuscript.configured import several

if TYPE_CHECKING:
    from oligomet.study import Endpoint, Study

IN_WORDS = {
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
LEVEL = {
    "highest": "Of the doses prescribed to the planning target volume and to a boosted gross tumour, the one with the "
    "higher biologically effective dose was taken as the dose of a lesion.",
    "ptv": "The dose of a lesion is the one prescribed to the planning target volume.",
    "pgtv": "The dose of a lesion is the one prescribed to the planning gross tumour volume.",
}
PROPORTION_INTERVAL = {"exact": "exact intervals [@clopper1934]", "wilson": "score intervals [@wilson1927]"}
SURVIVAL_INTERVAL = {
    "plain": "on the scale of the survival function",
    "log": "on the scale of its logarithm",
    "log-log": "on the complementary log-log scale",
}
TIES = {"breslow": "Breslow's handling of ties [@breslow1974]", "efron": "Efron's handling of ties [@efron1977]"}


def var(key: str) -> str:
    """A value of the prose, by key."""
    return f"{{{{< var {key} >}}}}"


def write_methods(study: Study) -> str:
    """The configured part of the methods, as markdown with headings of the third level."""
    sections = {
        "Patients {#sec-patients}": _patients(study),
        "Dose {#sec-dose}": _dose(study),
        "Response {#sec-response-rules}": _response(study),
        "Endpoints {#sec-endpoints}": _endpoints(study),
        "Statistical analysis {#sec-statistics}": _statistics(study),
    }
    return "\n\n".join(f"### {heading}\n\n{text}" for heading, text in sections.items()) + "\n"


def _patients(study: Study) -> str:
    reasons = "; ".join(var(f"eligibility.{rule.id}") for rule in study.eligibility)
    return (
        f"Every screened patient met each of the {var('eligibility.rules')} eligibility rules or was excluded by the first "
        f"that was not met. In this order, the reasons for exclusion were: {reasons}. Rules are applied to the cleaned "
        "records by the workflow, so that the flow of patients is a result like any other."
    )


def _dose(study: Study) -> str:
    return (
        f"{LEVEL[study.dose.level]} For *n* fractions of *d* gray the linear-quadratic model [@fowler1989] gives the "
        "biologically effective dose\n\n"
        r"$$\mathrm{BED} = n\,d\left(1 + \frac{d}{\alpha/\beta}\right),$$"
        "\n\n"
        f"with α/β = {var('dose.alpha_beta')} Gy for tumour. Where a prescription's total, dose per fraction and number of "
        "fractions disagreed beyond rounding, the record was set aside and not repaired."
    )


def _response(study: Study) -> str:
    rules = study.response
    regrowth = {
        "PD": "A lesion that came back after a complete response had progressed, whatever its size.",
        "as_measured": "A lesion that came back after a complete response was judged by its growth.",
    }[rules.growth_after_complete_response]
    small = {
        "NE": "A lesion too small to be measured at baseline",
        "CR_or_not": "Of a lesion too small to be measured at baseline only disappearance, or not, was said. A lesion",
    }[rules.unmeasurable_baseline]
    patient = {"worst": "worst", "best": "best"}[rules.patient]
    without = "or without imaging in the window was" if rules.unmeasurable_baseline == "NE" else "without imaging in the window was"
    return (
        f"Each irradiated lesion was classified by itself, by {var('response.criteria')} [@eisenhauer2009]. This is an "
        "adaptation: the criteria sum the lesions of a patient, and they hold an irradiated lesion to be measurable only "
        "after it has progressed. The diameter compared was the longest or, for a lymph node, the short axis.\n\n"
        f"The baseline was the last imaging from {var('response.baseline.from')} days before to "
        f"{var('response.baseline.to')} days after the lesion's first fraction; the first assessment was the first imaging "
        f"{var('response.first_assessment.from')} to {var('response.first_assessment.to')} days after its last fraction, "
        f"and the best response was sought up to day {var('response.best_response.to')}. Lesions were measurable from "
        f"{var('response.measurable_long_cm')} cm, nodes from {var('response.measurable_node_short_cm')} cm. Complete "
        "response (CR) meant that the lesion was no longer seen or, for a node, a short axis below "
        f"{var('response.normal_node_short_cm')} cm; partial response (PR) a decrease by at least "
        f"{var('response.decrease')} from baseline; progressive disease (PD) growth by at least {var('response.increase')} "
        f"and {var('response.increase_cm')} cm from the smallest diameter so far; stable disease (SD) none of these. "
        f"{regrowth} {small} {without} not evaluable. New lesions count as events of the patient; they do not change the "
        "response of an irradiated lesion.\n\n"
        f"The response of a patient is that of the {patient} lesion. Objective response is CR or PR, disease control CR, PR "
        "or SD; both are given as proportions of evaluable lesions or patients. Toxicity was graded by "
        f"{var('toxicity.scale')} [@ctcae4] and called late from day {var('toxicity.late_after')} after the last fraction."
    )


def _endpoints(study: Study) -> str:
    step = study.months.round_endpoints_to
    multiples = "whole months" if step == 1 else f"multiples of {var('months.rounded')}"
    rounding = f", rounded half up to {multiples}" if step else ", not rounded"
    definitions = "\n".join(f"- {define(name, endpoint)}" for name, endpoint in study.endpoints.items())
    return (
        f"{definitions}\n\nNothing after {var('study.data_cut')} was counted. Months are days divided by {var('months.days')}"
        f"{rounding}."
    )


def define(name: str, endpoint: Endpoint) -> str:
    """An endpoint's declaration as a sentence."""
    events = [IN_WORDS[event] for event in endpoint.events]
    first = ", whichever came first" if len(events) > 1 else ""
    censored = several([IN_WORDS[event] for event in endpoint.censored_at], "or")
    competing = several([IN_WORDS[event] for event in endpoint.competing], "or") if endpoint.competing else ""
    ended = f"; {competing} before that ended follow-up as a competing event" if competing else ""
    abbreviation = "" if "_" in name else f" ({name})"
    return (
        f"**{endpoint.label}**{abbreviation}, per {endpoint.per}: from {IN_WORDS[endpoint.starts]} to "
        f"{several(events, 'or')}{first}; without it, censored at {censored}{ended}."
    )


def _statistics(study: Study) -> str:
    analyses = study.analyses
    per_lesion = [endpoint for endpoint in study.endpoints.values() if endpoint.per == "lesion"]
    competing = any(endpoint.competing for endpoint in study.endpoints.values())
    paragraphs = [
        f"Proportions come with {var('analyses.confidence')} {PROPORTION_INTERVAL[analyses.proportion_interval]}. "
        f"Time-to-event endpoints were estimated by the Kaplan–Meier method [@kaplan1958] and are given at "
        f"{var('analyses.times')} months, with {var('analyses.confidence')} intervals "
        f"{SURVIVAL_INTERVAL[analyses.survival_interval]}, which also give the interval of the median [@brookmeyer1982]. "
        + ("Competing events are treated as censoring in these estimates. " if competing else "")
        + "Numbers at risk are those at the start of each period. Median follow-up is the reverse Kaplan–Meier estimate "
        "[@schemper1996]."
    ]
    if analyses.compare:
        clusters = (
            " Where the unit is the lesion, variances take the lesions of a patient as a cluster [@lin1989], except in the "
            "log-rank test, which has no such form here and takes them as independent."
            if per_lesion
            else ""
        )
        paragraphs.append(
            "Groups were compared by the log-rank test [@mantel1966]; hazard ratios are from Cox models [@cox1972] with "
            f"{TIES[analyses.ties]} and Wald intervals.{clusters} Whoever lacked the value of a factor was left out of the "
            f"comparisons by that factor, and only of these. {_compared(study)}"
        )
    paragraphs.append(
        f"Tests are two-sided. With p below {var('analyses.significance')} the text says that groups differed; p values are "
        f"not corrected for the number of comparisons, of which there are {var('analyses.comparisons')}. Published series "
        "were summarised by random-effects models [@dersimonian1986] on the logit scale, those of ovarian cancer apart from "
        "those of mixed gynaecological cancers."
    )
    return "\n\n".join(paragraphs)


def _compared(study: Study) -> str:
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


def in_sentence(study: Study, factor: str) -> str:
    """A factor's label within a sentence."""
    return lower(study.factors[factor].label)


def lower(label: str) -> str:
    """A label within a sentence: 'Metastatic lesions' -> 'metastatic lesions', but 'GTV diameter' and 'FIGO stage' stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
