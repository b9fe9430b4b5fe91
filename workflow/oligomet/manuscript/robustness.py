"""The section on robustness: which published conclusions stand, which weaken, which fall. The words follow the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.robustness import groups_of, only, ratio
from oligomet.estimates.robustness.verdicts import FALLS, STANDS, VERDICTS, WEAKENS
from oligomet.manuscript.configured import several
from oligomet.manuscript.methods import in_sentence, lower
from oligomet.manuscript.values import Value
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.study import Study

SAID = {
    STANDS: "These stand",
    WEAKENS: "These weaken, as the direction is the same but the corrected analysis does not exclude a ratio of one",
    FALLS: "These fall",
}
NAMES = ("analysis", "endpoint", "unit", "factor", "level", "statistic", "time_months")


def write_robustness(estimates: pd.DataFrame, study: Study) -> str:
    """The section as markdown, with figure and table; every number carries the row that it comes from.

    Parameters
    ----------
    estimates
        With the analyses of `oligomet.estimates.robustness`.
    study
        With its section `robustness`.
    """
    cohort = " on this synthetic cohort" if study.synthetic else ""
    parts = [
        "### Robustness of the published conclusions {#sec-robustness}",
        _introduction(estimates, study),
        _rule(study),
        "{{< embed notebooks/robustness.ipynb#fig-specifications >}}",
        "{{< embed notebooks/robustness.ipynb#tbl-verdicts >}}",
        _verdicts(estimates, study, cohort),
        " ".join(filter(None, [_clusters(estimates, study), _death(estimates, study), _moments(estimates, study)])),
        " ".join(filter(None, [_models(estimates, study), _hazards(estimates, study), _tests(estimates, study)])),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _number(text: str, source: str) -> str:
    return Value("", text, source).markdown


def _count(number: int, what: str) -> str:
    return _number(formats.count(number), f"estimates: the number of rows, {what}")


def _of(one: pd.Series) -> str:
    """Where a row stands in the estimates."""
    named = [f"{name} {one[name]}" for name in NAMES if pd.notna(one[name])]
    return f"estimates: {', '.join(named)}"


def _ratio(one: pd.Series) -> str:
    return _number(ratio(one), _of(one))


def _introduction(estimates: pd.DataFrame, study: Study) -> str:
    tried = rows(estimates, analysis="specification", statistic="hazard_ratio")
    judged = _judged(estimates)
    return (
        f"The {_count(len(judged), 'analysis verdict')} published conclusions were put to every combination of "
        f"choices, {_count(len(tried), 'analysis specification')} analyses in all (@fig-specifications). They "
        "differ in the subjects, in what is made of several lesions of a patient and of death without recurrence, in "
        "the time from which a response counts as known, in the model and in its fit."
    )


def _rule(study: Study) -> str:
    share = _number(formats.percent(study.robustness.same_direction, 0), "study.yaml: robustness.same_direction")
    landmark = _number(f"{study.robustness.landmarks_months[0]:g}", "study.yaml: robustness.landmarks_months")
    corrections = ["adjusted as specified in advance"]
    if study.robustness.response_factors:
        corrections.append(f"with responses counted from a landmark at {landmark} months")
    if study.robustness.per_lesion:
        corrections.append("with local recurrence counted by lesion and the variance by patient")
    return (
        f"A rule fixed in advance gives the verdicts. The primary corrected analysis is {several(corrections)}. A "
        "conclusion stands if the interval of that analysis excludes one and if at least "
        f"{share} of the choices have the direction of the published analysis; it weakens if only the direction holds; "
        "else it falls. @tbl-verdicts shows what the rule made of each."
    )


def _judged(estimates: pd.DataFrame) -> pd.DataFrame:
    found = rows(estimates, analysis="verdict")
    return found[found["statistic"].isin(VERDICTS)]


def _verdicts(estimates: pd.DataFrame, study: Study, cohort: str) -> str:
    judged = _judged(estimates)
    counts = [
        f"{_count(sum(judged['statistic'] == verdict), f'analysis verdict, {verdict}')} {verdict.removesuffix('s')}"
        for verdict in VERDICTS
    ]
    paragraphs = [
        f"Of the conclusions, {several(counts)}{cohort}. *As published* is the published analysis, repeated here."
    ]
    for verdict in VERDICTS:
        some = judged[judged["statistic"] == verdict]
        if len(some):
            clauses = [_conclusion(one, estimates, study) for _, one in some.iterrows()]
            paragraphs.append(f"{SAID[verdict]}:\n\n" + "\n".join(f"- {clause}" for clause in clauses))
    return "\n\n".join(paragraphs)


def _conclusion(one: pd.Series, estimates: pd.DataFrame, study: Study) -> str:
    """'overall survival by metastatic lesions (Single against ≥ 2): hazard ratio ... as published, ...'."""
    where = {"analysis": "verdict", "endpoint": one["endpoint"], "factor": one["factor"], "level": one["level"]}
    published, primary = (
        only(estimates, **where, statistic=f"{which}_hazard_ratio") for which in ("published", "primary")
    )
    groups = _number(one["level"].replace(" vs ", " against "), f"study.yaml: factors.{one['factor']}.groups")
    what = f"{lower(study.endpoints[one['endpoint']].label)} by {in_sentence(study, one['factor'])} ({groups})"
    if pd.notna(one["reason"]):
        return f"{what}: {one['reason']}."
    share = _number(f"{formats.count(one['events'])} of {formats.count(one['n'])}", _of(one))
    unclear = not (published["conf_high"] < 1 or published["conf_low"] > 1)
    repeated = ", where the interval includes one already," if unclear else ""
    return (
        f"{what}: hazard ratio {_ratio(published)} as published{repeated} and {_ratio(primary)} corrected; the same "
        f"direction in {share} choices."
    )


def _small(found: pd.DataFrame, study: Study) -> int:
    return int((found["p_value"] < study.analyses.significance).sum())


def _clusters(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="clustering")
    naive = rows(found, statistic="naive_hazard_ratio")
    if naive.empty:
        return ""
    level = _number(f"{study.analyses.significance:g}", "study.yaml: analyses.significance")
    words = {
        "naive_hazard_ratio": "with lesions taken as independent",
        "clustered_hazard_ratio": "with a variance by patient",
        "frailty_hazard_ratio": "with a frailty of the patient",
    }
    counts = [
        f"{_count(_small(rows(found, statistic=name), study), f'clustering, {name}, p below the level')} {said}"
        for name, said in words.items()
    ]
    total = _count(len(naive), "analysis clustering, statistic naive_hazard_ratio")
    return (
        f"Lesions of a patient are not independent. Of {total} factors of local recurrence per lesion, those with p "
        f"below {level} were {several(counts)}."
    )


def _death(estimates: pd.DataFrame, study: Study) -> str:
    time = study.analyses.rates_at_months[-1]
    sentences = []
    for endpoint in study.robustness.headline:
        found = rows(estimates, analysis="competing", endpoint=endpoint, time_months=time)
        two = [only(found, statistic=name) for name in ("kaplan_meier_complement", "cumulative_incidence")]
        if None in [None if one is None or pd.isna(one["estimate"]) else 1 for one in two]:
            continue
        shown = [_number(formats.percent(one["estimate"]), _of(one)) for one in two]
        months = _number(f"{time:g}", "study.yaml: analyses.rates_at_months")
        sentences.append(
            f"For {lower(study.endpoints[endpoint].label)}, the probability of the event within {months} months is "
            f"{shown[0]} with deaths censored, but {shown[1]} where death is counted as what it is."
        )
    return " ".join(sentences)


def _moments(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="landmark")
    first = study.robustness.landmarks_months[0]
    clauses = []
    for endpoint, factor, level in groups_of(found):
        here = rows(found, endpoint=endpoint, factor=factor, level=level)
        naive, late, running = (
            only(here, statistic="naive_hazard_ratio"),
            only(here, statistic="landmark_hazard_ratio", time_months=first),
            only(here, statistic="time_dependent_hazard_ratio"),
        )
        clauses.append(
            f"{in_sentence(study, factor)}, {_ratio(naive)} as if known from the start, {_ratio(late)} from the "
            f"landmark and {_ratio(running)} as a time-dependent covariate"
        )
    if not clauses:
        return ""
    return f"A response must be lived to. The hazard ratios were, for {'; for '.join(clauses)}."


def _models(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="multivariable_prespecified", statistic="events_per_variable").dropna(
        subset=["estimate"]
    )
    if found.empty:
        return ""
    clauses = [
        f"{_number(formats.number(one['estimate'], 1), _of(one))} for {lower(study.endpoints[one['endpoint']].label)}"
        for _, one in found.iterrows()
    ]
    return f"The models specified in advance have these numbers of events a coefficient: {several(clauses)}."


def _hazards(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="proportionality", statistic="chi_square")
    against = [
        f"{in_sentence(study, one['factor'])} and {lower(study.endpoints[one['endpoint']].label)} "
        f"({_number(formats.p_text(one['p_value']), _of(one))})"
        for _, one in found[found["p_value"] < study.analyses.significance].iterrows()
    ]
    if not against:
        return "Nothing spoke against proportional hazards."
    return f"Hazards were not proportional for {several(against)}."


def _tests(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="multiplicity")
    counts = {
        name: _count(
            _small(rows(found, statistic=name), study), f"analysis multiplicity, statistic {name}, p below the level"
        )
        for name in ("p_value", "holm", "benjamini_hochberg")
    }
    total = _count(len(rows(found, statistic="p_value")), "analysis multiplicity, statistic p_value")
    return (
        f"Of {total} comparisons, {counts['p_value']} had a small p; after Holm's correction {counts['holm']} had, "
        f"after that of Benjamini and Hochberg {counts['benjamini_hochberg']}."
    )
