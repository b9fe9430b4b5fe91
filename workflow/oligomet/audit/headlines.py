"""A defect in one plain sentence: what is wrong with the paper, before the arithmetic that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import RATIOS

PLAIN = {  # of the checks of which nothing need be filled in
    "sums": "Counts do not add up to their total.",
    "percentages": "A percentage is not that of its count.",
    "columns": "A column of percentages does not add up.",
    "class_totals": "The subjects by class and the total contradict each other.",
    "classes_of_both": "Two tables count the same class differently.",
    "ordered_variables": "A longer time is more often short than the shorter one: the groups' labels may be swapped.",
    "medians": "A median lies outside the class that holds the middle value.",
    "means": "A mean cannot be that of its values.",
    "standard_deviations": "A standard deviation cannot belong to its mean and range.",
    "doses": "The biologically effective dose is not that of the printed fractions and doses.",
    "fractions_and_doses": "Fractions times dose are not the printed dose.",
    "wald_p": "A p value is not that of its hazard ratio and interval.",
    "geometric_middle": "A ratio does not stand in the middle of its interval.",
    "events_of_adjusted": "Two factors of which one is part of the other cannot be in one model with such intervals.",
    "significance": "What is called significant is not, or the other way round.",
    "test_statistics": "A p value is not that of its test statistic.",
    "tests_of_counts": "A p value is not that of the counts.",
    "ratios_of_counts": "A ratio is not that of the counts.",
    "tests_of_means": "A p value is not that of the means and standard deviations.",
    "whole_and_groups": "The survival of all is not that of the groups which make them up.",
    "conditional_survival": "Between two times all do better, or worse, than every group of them.",
    "one_column": "Groups that divide the same patients average to different rates in one column.",
    "one_time": "No one time fits all the pairs of rates that stand side by side.",
    "rates_and_logrank": "Two rates and the test of their difference contradict each other.",
    "logrank_and_cox": "Two tests of the same groups give very different p values.",
    "hazard_ratio_and_rates": "A hazard ratio and the groups' own rates contradict each other.",
    "restatements": "The same number is printed in two versions.",
    "repeated_rows": "Two rows of different subjects have the same numbers.",
    "numbers_at_risk": "Numbers at risk and the survival curve contradict each other.",
    "numbers_of_events": "Numbers of events and the survival curve contradict each other.",
    "curves_and_text": "The figure and the text differ.",
    "curves_and_comparisons": "The figure's curves do not give the printed comparison.",
    "baseline": "The groups at baseline are not as chance makes them.",
}


def headline(paper: Paper, check: str, claims: Sequence[Claim], alike: int) -> str:
    """One sentence on a defect.

    Parameters
    ----------
    check
        The name of the check that found it.
    claims
        Those that cannot stand, the first of them first; not empty.
    alike
        How many findings of the check there are in its section, this one included.
    """
    first = claims[0]
    named = paper.declared.endpoints[first.endpoint].says if first.endpoint else ""
    if check == "readings" and first.time is not None:
        what = f"{named.lower()} at {first.time:g} months"
        many = f"{alike} of its factors have" if alike > 1 else "the rates of a factor have"
        return f"What {first.section} prints as {what} is not that: {many} groups that cannot have such rates then."
    if check == "readings":
        return f"{first.section} prints rates of {named.lower()} without their time, and they fit more than one."
    if check == "progressing_lesions":
        rule = paper.declared.endpoints[first.followed].fails_with
        if rule is not None:
            population = paper.declared.factors[rule.factor].of
            progressed, of_all = (
                paper.counted(place) for place in ((population, ((rule.factor, rule.level),)), (population, ()))
            )
            if progressed and of_all:
                had = f"{progressed.printed} of {of_all.printed} lesions had already progressed"
                return f"{named} of {first.printed}% cannot be per lesion: {had}."
    if check == "events" and first.contrast:
        factor = paper.declared.factors[first.contrast[0]].says
        who = paper.describe((first.population, ()))
        return f"The hazard ratio of {factor} is more precise than so many {who} can make it."
    if check == "units":
        return f"{named} is followed in patients here and in lesions there."
    if check == "monotony":
        return f"{named} rises with time, which survival cannot."
    return PLAIN.get(check, "Two statements of the paper contradict each other.")


def consequence(claims: Sequence[Claim]) -> str:
    """What a defect touches: a comparison, a survival result or a description, and whether the abstract has it."""
    kinds = {claim.limit_of or claim.kind for claim in claims}
    touched = (
        "a comparison" if kinds & {*RATIOS, "p_value"} else
        "a survival result" if any(claim.endpoint for claim in claims) else "the description of the patients"
    )  # fmt: skip
    abstract = any("abstract" in claim.section.lower() for claim in claims)
    return f"touches {touched}{' of the abstract' if abstract else ''}"
