"""Supplementary tables of the robustness of the published conclusions: verdicts, models, response, many tests."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.displays.tables import synthetic_note
from oligomet.estimates.robustness.nested import contrast_meant
from oligomet.estimates.robustness.verdicts import VERDICTS, published_choice
from oligomet.tables import rows

WORDS = {verdict: verdict.replace("_", " ") for verdict in VERDICTS}


def ratio(one: pd.Series | None) -> str:
    """'0.60 (0.41–0.88)'; the reason where the estimate is empty; nothing where there is no such row."""
    if one is None:
        return ""
    if pd.isna(one["estimate"]):
        return formats.MISSING if pd.isna(one["reason"]) else str(one["reason"])
    return formats.estimate_ci(one["estimate"], one["conf_low"], one["conf_high"])


def p_value(one: pd.Series | None) -> str:
    """'0.035'; nothing where there is no such row."""
    return "" if one is None else formats.p_value(one["p_value"])


def counted_of(one: pd.Series | None) -> str:
    """'28 of 34'; nothing where there is no such count."""
    if one is None or pd.isna(one["events"]):
        return ""
    return f"{formats.count(one['events'])} of {formats.count(one['n'])}"


def only(found: pd.DataFrame, **criteria) -> pd.Series | None:
    """The one row that `criteria` name, or None."""
    some = rows(found, **criteria)
    if len(some) > 1:
        raise LookupError(f"{len(some)} estimates answer {criteria}; one at most should.")
    return None if some.empty else some.iloc[0]


def groups_of(found: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Endpoint, factor and contrast of every hazard or odds ratio, each once, in order."""
    named = found[found["level"].notna() & found["factor"].notna()]
    return list(named[["endpoint", "factor", "level"]].drop_duplicates().itertuples(index=False, name=None))


def heading(study, endpoint: str, factor: str) -> str:
    """'Overall survival: Metastatic lesions'."""
    label = study.endpoints[endpoint].label if endpoint in study.endpoints else study.factors[endpoint].label
    return f"{label}: {study.factors[factor].label}"


def interval_of(study) -> str:
    return f"{formats.percent(study.analyses.confidence, 0)} CI"


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """Of the rows of the analysis verdict, those that give it."""
    return found[found["statistic"].isin(VERDICTS)]


def meanings(study) -> dict[tuple[str, str], str]:
    """(endpoint, factor) -> 'SD against PD', where the published model compares other responses than it names."""
    return {
        (endpoint, name): meant
        for endpoint, names in study.robustness.headline.items()
        for name in names
        for factor in [study.factors[name]]
        for level in factor.levels
        if level != factor.reference_level
        for choice in [published_choice(endpoint, name, study)]
        for meant in [contrast_meant(choice, endpoint, name, f"{level} vs {factor.reference_level}", study)]
        if meant
    }


def verdicts(estimates: pd.DataFrame, study) -> Table:
    """Each conclusion: the published analysis repeated, the primary corrected one, and what follows by the rule."""
    found = rows(estimates, analysis="verdict")
    lines = []
    for endpoint, factor, contrast in groups_of(found):
        here = rows(found, endpoint=endpoint, factor=factor, level=contrast)
        verdict = judged(here).iloc[0]
        two = [only(here, statistic=f"{which}_hazard_ratio") for which in ("published", "primary")]
        shares = [counted_of(verdict), counted_of(only(here, statistic="excluding_one"))]
        holm = p_value(only(estimates, analysis="multiplicity", statistic="holm", endpoint=endpoint, factor=factor))
        named = (study.endpoints[endpoint].label, study.factors[factor].label, contrast)
        word = WORDS[verdict["statistic"]].capitalize()
        lines.append((*named, ratio(two[0]), ratio(two[1]), p_value(two[1]), *shares, holm, word))
    columns = ["endpoint", "factor", "level", "published", "primary", "p_primary"]
    columns += ["same_direction", "excluding_one", "holm", "verdict"]
    rule = judged(found)["method"].iloc[0]
    primary = list(dict.fromkeys(rows(found, statistic="primary_hazard_ratio")["method"]))
    return Table(
        pd.DataFrame(lines, columns=columns),
        "The published conclusions and what remains of them",
        {
            "factor": "Conclusion",
            "level": "Groups",
            "published": "As published",
            "primary": "Primary corrected",
            "p_primary": "p",
            "same_direction": "Same direction",
            "excluding_one": "Excluding one",
            "holm": "Holm’s p",
            "verdict": "Verdict",
        },
        group="endpoint",
        spanners={f"Hazard ratio ({interval_of(study)})": ["published", "primary"]},
        notes=[
            "As published: the published analysis repeated on this cohort, in the published multivariable model where "
            f"the factor stands in it, else alone. Primary corrected: {'; '.join(primary)}. Same direction: choices "
            "with the direction of the published analysis, of all that gave an estimate. Excluding one: choices whose "
            "interval excludes one in that direction. Holm’s p: of the factor’s log-rank test, adjusted for all of "
            f"the endpoint. {rule[:1].upper()}{rule[1:]}.",
            *_other_questions(study),
            *synthetic_note(study),
        ],
        words=("level", "verdict"),
    )


def _other_questions(study) -> list[str]:
    meant = "; ".join(f"{study.factors[factor].label}, {groups}" for (_, factor), groups in meanings(study).items())
    if not meant:
        return []
    return [
        "The published model holds two factors of one response, so that it compares other groups than it names "
        f"({meant}): choices with it are not counted, and the direction is that of the factor alone."
    ]


def response_timing(estimates: pd.DataFrame, study) -> Table:
    """Response as a predictor: naive, from landmarks, time-dependent."""
    found = rows(estimates, analysis="landmark")
    words = {
        "naive_hazard_ratio": "Taken as known from the start",
        "landmark_hazard_ratio": "Landmark at {:g} months",
        "time_dependent_hazard_ratio": "Time-dependent covariate",
    }
    frame = pd.DataFrame(
        {
            "factor": [heading(study, one.endpoint, one.factor) + f", {one.level}" for one in found.itertuples()],
            "analysis": [words[one.statistic].format(one.time_months) for one in found.itertuples()],
            "n": found["n"].array,
            "events": found["events"].array,
            "ratio": [ratio(one) for _, one in found.iterrows()],
            "p": [p_value(one) for _, one in found.iterrows()],
        }
    )
    hazard = f"Hazard ratio ({interval_of(study)})"
    return Table(
        frame,
        "Response as a predictor of survival, without and with the time at which it became known",
        {"analysis": "Analysis", "n": "n", "events": "Events", "ratio": hazard, "p": "p"},
        group="factor",
        notes=[
            "A patient must live to the assessment to respond. From a landmark only those still followed whose "
            "response was known by then are compared; as a time-dependent covariate, response counts from its "
            "assessment on.",
            *synthetic_note(study),
        ],
    )


def proportionality(estimates: pd.DataFrame, study) -> Table:
    """The test of proportional hazards, and the difference in months lived up to the horizon."""
    found = rows(estimates, analysis="proportionality")
    lines = []
    for endpoint, factor, level in groups_of(rows(found, statistic="restricted_mean_difference")):
        here = rows(found, endpoint=endpoint, factor=factor)
        difference = only(here, statistic="restricted_mean_difference", level=level)
        parts = [only(here, statistic="restricted_mean", level=group)["estimate"] for group in level.split(" vs ")]
        months = formats.estimate_ci(*difference[["estimate", "conf_low", "conf_high"]], 1)
        text = months if pd.notna(difference["estimate"]) else str(difference["reason"])
        means = [formats.number(part, 1) for part in parts]
        test = p_value(only(here, statistic="chi_square"))
        lines.append(
            (
                study.endpoints[endpoint].label,
                study.factors[factor].label,
                level,
                test,
                *means,
                text,
                p_value(difference),
            )
        )
    columns = ["endpoint", "factor", "level", "p_proportional", "first", "reference", "difference", "p"]
    return Table(
        pd.DataFrame(lines, columns=columns),
        f"Proportional hazards, and restricted mean survival to {study.robustness.rmst_months:g} months",
        {
            "factor": "Characteristic",
            "level": "Groups",
            "p_proportional": "p, proportional hazards",
            "first": "First group",
            "reference": "Second group",
            "difference": f"Difference ({interval_of(study)})",
            "p": "p",
        },
        group="endpoint",
        spanners={"Mean months": ["first", "reference", "difference"]},
        notes=["Where hazards are not proportional, one hazard ratio does not describe the difference; the difference "
               "in mean months does.", *synthetic_note(study)],
        words=("level",),
    )  # fmt: skip


def models(estimates: pd.DataFrame, study) -> Table:
    """The models specified in advance, by likelihood and with Firth's penalty, and the models selected by p."""
    ahead, selected = (rows(estimates, analysis=f"multivariable_{how}") for how in ("prespecified", "selected"))
    both = pd.concat([ahead, selected])
    lines = []
    for endpoint, factor, level in sorted(groups_of(both), key=lambda at: list(study.endpoints).index(at[0])):
        at = {"endpoint": endpoint, "factor": factor, "level": level}
        cells = [
            only(ahead, statistic="hazard_ratio", **at),
            only(ahead, statistic="firth_hazard_ratio", **at),
            only(selected, statistic="hazard_ratio", **at),
        ]
        p_values = [p_value(cells[0]), p_value(cells[2])]
        named = (study.endpoints[endpoint].label, study.factors[factor].label, level)
        lines.append((*named, ratio(cells[0]), p_values[0], ratio(cells[1]), ratio(cells[2]), p_values[1]))
    columns = ["endpoint", "factor", "level", "likelihood", "p", "firth", "selected", "p_selected"]
    said = [
        f"{study.endpoints[one.endpoint].label}: {formats.number(one.estimate, 1)} events a coefficient"
        for one in rows(ahead, statistic="events_per_variable").itertuples()
        if pd.notna(one.estimate)
    ]
    return Table(
        pd.DataFrame(lines, columns=columns),
        "Multivariable models specified in advance, and selected by p",
        {
            "factor": "Characteristic",
            "level": "Groups",
            "likelihood": "In advance",
            "p": "p",
            "firth": "With Firth’s penalty",
            "selected": "Selected",
            "p_selected": "p, selected",
        },
        group="endpoint",
        spanners={f"Hazard ratio ({interval_of(study)})": ["likelihood", "p", "firth", "selected", "p_selected"]},
        notes=[f"In the models specified in advance, {'; '.join(said)}. Selected: log-rank p below "
               f"{study.analyses.significance:g}; its p values ignore that selection.", *synthetic_note(study)],
        words=("level",),
    )  # fmt: skip


def many_tests(estimates: pd.DataFrame, study) -> Table:
    """Log-rank p of every comparison, raw and adjusted for all of its endpoint."""
    found = rows(estimates, analysis="multiplicity")
    wide = {name: rows(found, statistic=name) for name in ("p_value", "holm", "benjamini_hochberg")}
    first = wide["p_value"]
    frame = pd.DataFrame(
        {
            "endpoint": [study.endpoints[name].label for name in first["endpoint"]],
            "factor": [study.factors[name].label for name in first["factor"]],
            **{name: [formats.p_value(p) for p in part["p_value"]] for name, part in wide.items()},
        }
    )
    return Table(
        frame,
        "Many factors tested: p values of the log-rank test, adjusted within each endpoint",
        {"factor": "Characteristic", "p_value": "Raw p", "holm": "Holm", "benjamini_hochberg": "Benjamini–Hochberg"},
        group="endpoint",
        notes=[
            "Holm bounds the chance of any false finding among the comparisons of an endpoint, Benjamini and Hochberg "
            "the share of false ones among the findings.",
            *synthetic_note(study),
        ],
    )
