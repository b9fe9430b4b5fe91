"""What was found about time: other decisions on follow-up, and hazards that may not be proportional."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.robustness import only
from oligomet.estimates.robustness.choices import read_level
from oligomet.manuscript.configured import several
from oligomet.manuscript.methods import EVENTS, in_sentence, lower
from oligomet.manuscript.robustness_findings import counted, counted_or_none, marked, where_of
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.study import Study

WAYS = {
    "unrounded": "with times not rounded",
    "interval": "with an event at any time between the imaging that found it and that before",
}


def tell_timing(estimates: pd.DataFrame, study: Study) -> str:
    """The last rate of each endpoint under every decision on time, and what the decisions do to hazard ratios."""
    found = rows(estimates, analysis="timing", statistic="survival", time_months=study.analyses.rates_at_months[-1])
    found = found.dropna(subset=["estimate"])
    clauses = [
        _rates(rows(found, endpoint=endpoint), estimates, study)
        for endpoint in study.robustness.headline
        if endpoint in set(found["endpoint"])
    ]
    if not clauses:
        return ""
    months = marked(f"{study.analyses.rates_at_months[-1]:g}", "study.yaml: analyses.rates_at_months")
    sentences = [f"Under other decisions on time (@tbl-timing), at {months} months, {'; '.join(clauses)}."]
    sentences += [text for text in (_set_aside(estimates), _ratios(estimates)) if text]
    return " ".join(sentences)


def _rates(found: pd.DataFrame, estimates: pd.DataFrame, study: Study) -> str:
    """'local-recurrence-free survival is 40.8% as declared, 30.8% censored at last imaging and ...'."""
    endpoint, time = found["endpoint"].iloc[0], found["time_months"].iloc[0]
    where = {"analysis": "survival", "endpoint": endpoint, "factor": None, "statistic": "survival", "time_months": time}
    plain = only(estimates, **where)
    rates = [f"{_percent(plain)} as declared"] if plain is not None else []
    for _, one in found.iterrows():
        way = WAYS.get(one["level"])
        if way is None:
            events = several([EVENTS[event] for event in study.robustness.censoring[endpoint]], "or")
            left = "" if plain is None else f", not {marked(formats.count(plain['n']), where_of(plain))}"
            way = f"censored at {events} (with {marked(formats.count(one['n']), where_of(one))} at risk{left})"
        rates.append(f"{_percent(one)} {way}")
    return f"{lower(study.endpoints[endpoint].label)} is {several(rates)}"


def _percent(one: pd.Series) -> str:
    return marked(formats.percent(one["estimate"]), where_of(one))


def _set_aside(estimates: pd.DataFrame) -> str:
    aside = rows(estimates, analysis="timing", statistic="set_aside")
    clauses = [
        f"{marked(formats.count(one['events']), where_of(one))} of {marked(formats.count(one['n']), where_of(one))} "
        f"{one['unit']}s ({one['method']})"
        for _, one in aside[aside["events"] > 0].iterrows()
    ]
    return f"Set aside, as they cannot be censored there: {several(clauses)}." if clauses else ""


def _ratios(estimates: pd.DataFrame) -> str:
    """How many hazard ratios changed direction, and how many intervals whether they exclude one."""
    found = rows(estimates, analysis="specification", statistic="hazard_ratio").dropna(subset=["estimate"])
    by_choice = {(one["endpoint"], one["factor"], *read_level(one["level"])): one for _, one in found.iterrows()}
    pairs = [
        (one, plain)
        for (endpoint, factor, choice, contrast), one in by_choice.items()
        if choice.timing != "declared"
        and (plain := by_choice.get((endpoint, factor, replace(choice, timing="declared"), contrast))) is not None
    ]
    if not pairs:
        return ""
    what = "analysis specification, timing other than declared, beside the same choice as declared"
    turned = sum((one["estimate"] < 1) != (plain["estimate"] < 1) for one, plain in pairs)
    crossed = sum(_clear(one) != _clear(plain) for one, plain in pairs)
    return (
        f"Of {counted(len(pairs), what)} hazard ratio{'s' * (len(pairs) > 1)} under these decisions, "
        f"{counted_or_none(turned, f'{what}: other direction')} changed direction, and of their intervals "
        f"{counted_or_none(crossed, f'{what}: one within or without')} came to exclude one or ceased to."
    )


def _clear(one: pd.Series) -> bool:
    return bool(one["conf_high"] < 1 or one["conf_low"] > 1)


def tell_hazards(estimates: pd.DataFrame, study: Study) -> str:
    """The tests of proportional hazards, the smallest p by its factor, and what differs where p is small."""
    tests = rows(estimates, analysis="proportionality", statistic="chi_square")
    defined = tests.dropna(subset=["p_value"]).sort_values("p_value", kind="stable")
    lacking = "analysis proportionality, statistic chi_square, without p"
    undefined = (
        f" In {counted(len(tests) - len(defined), lacking)} it could not be tested."
        if len(defined) < len(tests)
        else ""
    )
    if defined.empty:
        return "Whether hazards are proportional could not be tested for any factor."
    level = marked(f"{study.analyses.significance:g}", "study.yaml: analyses.significance")
    against = defined[defined["p_value"] < study.analyses.significance]
    total = counted(len(tests), "analysis proportionality, statistic chi_square")
    first = defined.iloc[0]
    smallest = marked(formats.p_text(first["p_value"]), where_of(first))
    if against.empty:
        verdict = (
            f"No p is below {level}, which does not show that hazards are proportional: a test can miss a difference "
            "that matters."
        )
    else:
        named = several([_pair(one, study) for _, one in against.iterrows()])
        verdict = f"It is below {level} for {named}: there, one hazard ratio does not describe the difference."
    told = [_difference(one, estimates, study) for _, one in (defined.head(1) if against.empty else against).iterrows()]
    return " ".join(
        [
            f"Proportional hazards were tested in {total} pair{'s' * (len(tests) > 1)} of a factor and an endpoint; "
            f"the smallest p is that of {_pair(first, study)} ({smallest}).{undefined}",
            verdict,
            *filter(None, told),
        ]
    )


def _pair(one: pd.Series, study: Study) -> str:
    return f"{in_sentence(study, one['factor'])} and {lower(study.endpoints[one['endpoint']].label)}"


def _difference(test: pd.Series, estimates: pd.DataFrame, study: Study) -> str:
    """The rates at the first and the last of the declared times, and the difference in restricted means."""
    where = {"endpoint": test["endpoint"], "unit": test["unit"], "factor": test["factor"]}
    found = rows(estimates, analysis="proportionality", statistic="restricted_mean_difference", **where)
    clauses = []
    for _, one in found.iterrows():
        level, reference = one["level"].split(" vs ")
        groups = [marked(name, f"study.yaml: factors.{test['factor']}.groups") for name in (level, reference)]
        against = f"‘{groups[0]}’ against ‘{groups[1]}’"
        rates = _rates_apart(estimates, {**where, "population": "all"}, (level, reference), study)
        clauses.append(f"{against}, {f'{rates}; ' if rates else ''}{_months(one, study)}")
    if not clauses:
        return ""
    return f"For {_pair(test, study)}: {'; '.join(clauses)}."


def _rates_apart(estimates: pd.DataFrame, where: dict, levels: tuple[str, str], study: Study) -> str:
    times = study.analyses.rates_at_months
    found = rows(estimates, analysis="survival", statistic="survival", **where).dropna(subset=["estimate"])
    clauses = []
    for time in dict.fromkeys((times[0], times[-1])):
        two = [only(found, level=level, time_months=time) for level in levels]
        if all(one is not None for one in two):
            months = marked(f"{time:g}", "study.yaml: analyses.rates_at_months")
            clauses.append(f"{_percent(two[0])} against {_percent(two[1])} at {months} months")
    return f"{several(clauses)} are without an event" if clauses else ""


def _months(one: pd.Series, study: Study) -> str:
    horizon = marked(f"{one['time_months']:g}", "study.yaml: robustness.rmst_months")
    what = f"the difference in restricted mean time without an event, up to {horizon} months,"
    if pd.isna(one["estimate"]):
        return f"{what} is not estimable ({one['reason']})"
    months = marked(formats.number(one["estimate"], 1), where_of(one))
    limits = marked(formats.range_(one["conf_low"], one["conf_high"], 1), where_of(one))
    confidence = marked(formats.percent(study.analyses.confidence, 0), "study.yaml: analyses.confidence")
    clear = one["conf_low"] > 0 or one["conf_high"] < 0
    return (
        f"{what} is {months} months ({confidence} interval {limits}, which {'excludes' if clear else 'includes'} none)"
    )
