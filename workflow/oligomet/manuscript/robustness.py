"""The section on robustness: which published conclusions stand, weaken, are not confirmed or fall, as the rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.robustness import counted_of, judged, meanings, only
from oligomet.estimates.robustness.choices import read_level
from oligomet.estimates.robustness.verdicts import FALLS, STANDS, UNCONFIRMED, VERDICTS, WEAKENS
from oligomet.manuscript import robustness_findings as findings
from oligomet.manuscript.configured import several
from oligomet.manuscript.methods import in_sentence, lower, var
from oligomet.manuscript.robustness_findings import counted, counted_or_none, marked, marked_ratio, where_of
from oligomet.manuscript.robustness_time import tell_hazards, tell_timing
from oligomet.manuscript.sentences import MADE_OF
from oligomet.manuscript.values import Sentence, Value
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.study import Study

WHY = {
    STANDS: "",
    WEAKENS: ", keeping the direction without all that it takes to stand",
    UNCONFIRMED: ", being neither contradicted nor shown",
    FALLS: ", contradicted by the corrected interval",
}
TOPICS = {
    "Subjects, death and time": (
        findings.tell_clusters,
        findings.tell_bootstrap,
        findings.tell_death,
        findings.tell_moments,
    ),
    "Follow-up": (tell_timing,),
    "Models": (findings.tell_models, tell_hazards, findings.tell_tests),
    "Cut-points": (findings.tell_cut_points,),
    "Missing values": (findings.tell_imputation,),
    "Dose": (findings.tell_dose,),
    "Unmeasured confounding": (findings.tell_confounding,),
}
SHOWN = ("tbl-timing", "fig-continuous", "fig-dose-response")  # where a paragraph speaks of them


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
        _introduction(estimates),
        "{{< embed notebooks/robustness.ipynb#fig-specifications >}}",
        "{{< embed notebooks/robustness.ipynb#tbl-verdicts >}}",
        _verdicts(estimates, study, cohort),
    ]
    for topic, tellers in TOPICS.items():
        said = " ".join(filter(None, (tell(estimates, study) for tell in tellers)))
        if said:
            parts += [f"*{topic}.* {said}", *(_embed(label) for label in SHOWN if f"@{label}" in said)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _embed(label: str) -> str:
    return f"{{{{< embed notebooks/robustness.ipynb#{label} >}}}}"


def _introduction(estimates: pd.DataFrame) -> str:
    tried = rows(estimates, analysis="specification", statistic="hazard_ratio")
    number = len(_judged(estimates))
    otherwise = any(read_level(level)[0].timing != "declared" for level in tried["level"])
    timed = ", one way at a time in how follow-up is timed," if otherwise else ""
    return (
        f"The {counted(number, 'analysis verdict')} published conclusions were put to every combination of "
        f"choices, {counted(len(tried), 'analysis specification')} analyses in all (@fig-specifications). They "
        "differ in the subjects, in what is made of several lesions of a patient and of death without recurrence, in "
        f"the time from which a response counts as known, in the model and its fit,{timed} and in what is made of "
        "missing values. @tbl-verdicts shows what one rule, declared for all, made of each."
    )


def _judged(estimates: pd.DataFrame) -> pd.DataFrame:
    return judged(rows(estimates, analysis="verdict"))


def _verdicts(estimates: pd.DataFrame, study: Study, cohort: str) -> str:
    found = _judged(estimates)
    counts = [
        f"{counted(n, f'analysis verdict, {verdict}')} {agreeing(verdict, n)}"
        for verdict in VERDICTS
        for n in [sum(found["statistic"] == verdict)]
    ]
    paragraphs = [
        f"Of the conclusions, {several(counts)}{cohort}. *As published* is the published analysis, repeated here. "
        f"{_against(estimates)}"
    ]
    for verdict in VERDICTS:
        some = found[found["statistic"] == verdict]
        if len(some):
            clauses = [_conclusion(one, estimates, study) for _, one in some.iterrows()]
            said = f"{'This' if len(some) == 1 else 'These'} {agreeing(verdict, len(some))}{WHY[verdict]}:"
            listed = clauses if len(some) == 1 else [f"\n\n- {clause}" for clause in clauses]
            paragraphs.append(f"{said} {''.join(listed)}")
    return "\n\n".join(paragraphs)


def _against(estimates: pd.DataFrame) -> str:
    """How many intervals of all choices contradict their conclusion."""
    found = rows(estimates, analysis="verdict", statistic="contradicting")
    if found.empty:
        return ""
    source = "analysis verdict, statistic contradicting: {}"
    against, tried = int(found["events"].sum()), int(found["n"].sum())
    return (
        f"Of {counted(tried, source.format('sum of n'))} choices that were counted, "
        f"{counted_or_none(against, source.format('sum of events'))} ha{'s' if against < 2 else 've'} an interval that "
        "excludes one on the other side."
    )


def _conclusion(one: pd.Series, estimates: pd.DataFrame, study: Study) -> str:
    """'overall survival by metastatic lesions (Single against ≥ 2): hazard ratio ... as published, ...'."""
    named = {"endpoint": one["endpoint"], "factor": one["factor"]}
    where = {"analysis": "verdict", **named, "level": one["level"]}
    published, primary = (
        only(estimates, **where, statistic=f"{which}_hazard_ratio") for which in ("published", "primary")
    )
    groups = marked(one["level"].replace(" vs ", " against "), f"study.yaml: factors.{one['factor']}.groups")
    what = f"{lower(study.endpoints[one['endpoint']].label)} by {in_sentence(study, one['factor'])} ({groups})"
    if pd.notna(one["reason"]):
        return f"{what}: {one['reason']}."
    meant = meanings(study).get((one["endpoint"], one["factor"]))
    repeated = [f"where the model compares {meant}"] if meant else []
    if not (published["conf_high"] < 1 or published["conf_low"] > 1):
        repeated.append("where the interval includes one already")
    said = f", {several(repeated)}," if repeated else ""
    excluding = only(estimates, **where, statistic="excluding_one")
    clear = marked(formats.count(excluding["events"]), where_of(excluding)) if excluding["events"] else "none"
    holm = only(estimates, **named, analysis="multiplicity", statistic="holm")
    beside = "" if holm is None else f"; Holm’s {marked(formats.p_text(holm['p_value']), where_of(holm))}"
    return (
        f"{what}: hazard ratio {marked_ratio(published)} as published{said} and {marked_ratio(primary)} corrected; "
        f"the same direction in {marked(counted_of(one), where_of(one))} choices, with an interval that excludes one "
        f"in {clear} of them{beside}."
    )


def agreeing(verdict: str, number: int) -> str:
    """The verb: one conclusion falls, two fall."""
    if verdict == UNCONFIRMED:
        return "is not confirmed" if number == 1 else "are not confirmed"
    return verdict if number == 1 else verdict.removesuffix("s")


def conclusion_values(estimates: pd.DataFrame) -> dict[str, Value]:
    """How many conclusions were judged, and how many met each verdict (conclusions.<verdict>); none if none was."""
    found = _judged(estimates)["statistic"]
    counts = {"all": len(found), **{verdict: int((found == verdict).sum()) for verdict in VERDICTS}}
    source = "estimates: the number of rows, analysis verdict, statistic {}"
    return {
        f"conclusions.{name}": Value(
            f"conclusions.{name}", formats.count(n), source.format(name if name in VERDICTS else " | ".join(VERDICTS))
        )
        for name, n in counts.items()
        if len(found)
    }


def write_published(values: dict[str, Value], study: Study) -> dict[str, Value]:
    """The abstract's sentence on the published paper: its conclusions put to the test, its numbers audited."""
    clauses = []
    if "conclusions.all" in values:
        fared = [
            f"{var(key)} {agreeing(verdict, 1 if values[key].text == '1' else 2)}"
            for verdict in VERDICTS
            for key in [f"conclusions.{verdict}"]
        ]
        cohort = "on this synthetic cohort, " if study.synthetic else ""
        clauses.append(f"{cohort}of {var('conclusions.all')} published conclusions put to the test, {several(fared)}")
    if "verdicts.all" in values:
        clauses.append(
            f"of {var('verdicts.all')} published numbers, {var('verdicts.reproduced')} are reproduced as printed, "
            f"{var('verdicts.within_tolerance')} within tolerance, and {var('verdicts.impossible')} cannot be true "
            "beside the others"
        )
    text = "; ".join(clauses)
    key = "sentences.published"
    return {key: Sentence(key, f"{text[:1].upper()}{text[1:]}." if text else "", MADE_OF)}
