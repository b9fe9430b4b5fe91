"""Supplementary tables of the robustness of the published conclusions: verdicts, models, response, many tests."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.displays.tables import synthetic_note
from oligomet.estimates.robustness.verdicts import VERDICTS
from oligomet.tables import rows

CONTRAST = {"level": "Groups"}


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


def verdicts(estimates: pd.DataFrame, study) -> Table:
    """Each conclusion: the published analysis repeated, the primary corrected one, and what follows by the rule."""
    found = rows(estimates, analysis="verdict")
    lines = []
    for endpoint, factor, contrast in groups_of(found):
        here = rows(found, endpoint=endpoint, factor=factor, level=contrast)
        judged = here[here["statistic"].isin(VERDICTS)].iloc[0]
        two = [only(here, statistic=f"{which}_hazard_ratio") for which in ("published", "primary")]
        share = f"{formats.count(judged['events'])} of {formats.count(judged['n'])}"
        named = (study.endpoints[endpoint].label, study.factors[factor].label, contrast)
        verdict = judged["statistic"].capitalize()
        lines.append((*named, ratio(two[0]), ratio(two[1]), p_value(two[1]), share, verdict))
    columns = ["endpoint", "factor", "level", "published", "primary", "p_primary", "same_direction", "verdict"]
    rule = found.loc[found["statistic"].isin(VERDICTS), "method"].iloc[0]
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
            "verdict": "Verdict",
        },
        group="endpoint",
        spanners={f"Hazard ratio ({interval_of(study)})": ["published", "primary"]},
        notes=[
            f"As published: the published analysis repeated on this cohort, each factor alone. Primary corrected: "
            f"{'; '.join(primary)}. Same direction: choices with the direction of the published analysis, of all that "
            f"gave an estimate. {rule[:1].upper()}{rule[1:]}.",
            *synthetic_note(study),
        ],
        words=("level", "verdict"),
    )


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
