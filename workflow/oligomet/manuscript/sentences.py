"""The sentences of the results that are repeated for whatever endpoints and factors a study declares.

They are made of values (``{{< var ... >}}``) and of words that the estimates choose: higher or lower, differed or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.manuscript.configured import several, slug
from oligomet.manuscript.methods import in_sentence, lower, unit_of, var
from oligomet.manuscript.values import Sentence, Value
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.study import Study

MADE_OF = "a sentence of the values in it"


def write_sentences(estimates: pd.DataFrame, study: Study) -> dict[str, Value]:
    """Sentences by key, and the counts that they add: sentences.rates, endpoints.<name>.course, .comparisons..."""
    texts = {"sentences.rates": _all_rates(study)}
    values: dict[str, Value] = {}
    differing = {}
    for name in study.endpoints:
        incidences = _incidences(study, estimates, name)
        values |= incidences
        texts[f"endpoints.{name}.course"] = _course(study, name) + _freedom(study, name, incidences)
        if study.analyses.compare.get(name):
            differ, alike = _tested(study, estimates, name)
            differing[name] = differ
            key = f"endpoints.{name}.differing"
            source = f"estimates: analysis logrank, endpoint {name}, p_value < {study.analyses.significance:g}"
            values[key] = Value(key, formats.count(len(differ)), source)
            texts[f"endpoints.{name}.comparisons"] = _comparisons(study, estimates, name, differ, alike)
        if study.analyses.multivariable.get(name):
            texts[f"endpoints.{name}.together_text"] = _together(study, name)
    texts["sentences.response_models"] = " ".join(
        _response_model(study, estimates, outcome) for outcome in study.analyses.logistic
    )
    texts["sentences.differences"] = _differences(study, differing)
    return values | {key: Sentence(key, text, MADE_OF) for key, text in texts.items()}


def _all_rates(study: Study) -> str:
    """One clause an endpoint of patients: its rates at the declared times and its median."""
    times = study.analyses.rates_at_months
    clauses = [
        f"{several([var(f'endpoints.{name}.at_{time:g}.rate') for time in times])} for {lower(endpoint.label)} "
        f"(median {var(f'endpoints.{name}.median')})"
        for name, endpoint in study.endpoints.items()
        if endpoint.per == "patient"
    ]
    return f"The Kaplan–Meier estimates at {var('analyses.times')} months were {'; '.join(clauses)}."


def _course(study: Study, name: str) -> str:
    """Who was followed, the rates with their intervals, the median."""
    key = f"endpoints.{name}"
    rates = [f"{var(f'{key}.at_{t:g}.rate_ci')} at {_number(t)} months" for t in study.analyses.rates_at_months]
    return (
        f"Of {var(f'{key}.n')} {study.endpoints[name].per}s, {var(f'{key}.events')} had an event. The Kaplan–Meier "
        f"estimates were {several(rates)}, the median was {var(f'{key}.median_ci')}, and observed times ran from "
        f"{var(f'{key}.min')} to {var(f'{key}.max')} months."
    )


def _incidences(study: Study, estimates: pd.DataFrame, name: str) -> dict[str, Value]:
    """The cumulative incidence at the declared times of an endpoint that censors death, where it was estimated."""
    if not study.endpoints[name].censors_death:
        return {}
    found = rows(estimates, analysis="competing", endpoint=name, statistic="cumulative_incidence")
    return {
        key: Value(key, formats.percent(one["estimate"]), f"estimates: analysis competing, endpoint {name}, "
        f"statistic cumulative_incidence, time_months {one['time_months']:g}")
        for one in found.dropna(subset=["estimate"]).to_dict("records")
        for key in [f"endpoints.{name}.at_{one['time_months']:g}.incidence"]
    }  # fmt: skip


def _freedom(study: Study, name: str, incidences: dict[str, Value]) -> str:
    """What the estimates of an endpoint that censors death are of."""
    if not study.endpoints[name].censors_death:
        return ""
    said = " As deaths are censored, these are estimates of freedom from the event, as if nobody died first"
    times = {t: f"endpoints.{name}.at_{t:g}.incidence" for t in study.analyses.rates_at_months}
    shown = [f"{var(key)} at {_number(time)} months" for time, key in times.items() if key in incidences]
    if not shown:
        return f"{said}, and not of survival."
    return f"{said}; the cumulative incidence of the event, with death competing, was {several(shown)}."


def _number(time: float) -> str:
    return var(f"analyses.time.at_{time:g}")


def _tested(study: Study, estimates: pd.DataFrame, endpoint: str) -> tuple[list[str], list[str]]:
    """The factors that differed by the log-rank test, smallest p first, and the others in declared order."""
    tests = rows(estimates, analysis="logrank", endpoint=endpoint).set_index("factor")["p_value"]
    names = study.analyses.compare.get(endpoint, [])
    differ = [name for name in names if pd.notna(tests[name]) and tests[name] < study.analyses.significance]
    return sorted(differ, key=lambda name: tests[name]), [name for name in names if name not in differ]


def _comparisons(study: Study, estimates: pd.DataFrame, endpoint: str, differ: list[str], alike: list[str]) -> str:
    key = f"endpoints.{endpoint}"
    level = f"at the level of {var('analyses.significance')}"
    listed = several([f"{in_sentence(study, name)} ({var(f'{key}.by.{name}.p')})" for name in alike]) if alike else ""
    if not differ:
        return f"The groups differed by none of the factors compared, {level}: {listed}."
    text = [
        f"The groups differed by {var(f'{key}.differing')} of the {var(f'{key}.compared')} factors compared, {level}."
    ]
    text += [_difference(study, estimates, endpoint, name, first=name == differ[0]) for name in differ]
    if alike:
        text.append(f"No such difference was found by {listed}.")
    return " ".join(text if len(differ) + len(alike) > 1 else text[1:])


def _difference(study: Study, estimates: pd.DataFrame, endpoint: str, name: str, first: bool) -> str:
    """Which of two groups fared better, and by how much; of more than two groups, their rates.

    What the rates are is said where a difference is the `first` that is told.
    """
    factor = study.factors[name]
    key = f"endpoints.{endpoint}.by.{name}"
    time = study.analyses.rates_at_months[-1]
    rate = {level: var(f"{key}.{slug(level)}.at_{time:g}") for level in factor.levels}
    at = f" without an event at {_number(time)} months"
    label, subjects = in_sentence(study, name), f"{study.endpoints[endpoint].per}s"
    if len(factor.levels) != 2:
        groups = several([f"{rate[level]} ({_group(study, name, level)})" for level in factor.levels])
        return f"By {label}, {groups} of {subjects} were{at} (log-rank {var(f'{key}.p')})."
    reference = factor.reference_level
    [level] = [level for level in factor.levels if level != reference]
    where = {"analysis": "cox_univariable", "endpoint": endpoint, "factor": name, "statistic": "hazard_ratio"}
    ratio = rows(estimates, **where).iloc[0]["estimate"]
    fared = "fared worse" if pd.notna(ratio) and ratio > 1 else "fared better"
    if {level, reference} == {"Yes", "No"}:
        this, that = ("with", "without") if level == "Yes" else ("without", "with")
        text = f"{subjects.capitalize()} {this} {label} {fared} than those {that}"
    else:
        this, that = (f"the group ‘{_group(study, name, each)}’" for each in (level, reference))
        text = f"By {label}, {subjects} of {this} {fared} than those of {that}"
    return (
        f"{text} ({rate[level]} against {rate[reference]}{at if first else ''}; log-rank {var(f'{key}.p')}; "
        f"hazard ratio {var(f'{key}.{slug(level)}.hr')})."
    )


def _group(study: Study, factor: str, level: str) -> str:
    return var(f"factors.{factor}.levels.{slug(level)}") + unit_of(study, factor)


def _together(study: Study, endpoint: str) -> str:
    key = f"endpoints.{endpoint}.together"
    ratios, size = [], None
    for name in study.analyses.multivariable[endpoint]:
        factor = study.factors[name]
        for level in factor.levels:
            if level != factor.reference_level:
                here = f"{key}.{name}.{slug(level)}"
                size = size or here
                ratios.append(
                    f"{var(f'{here}.hr')} for {in_sentence(study, name)} (‘{_group(study, name, level)}’ against "
                    f"‘{_group(study, name, factor.reference_level)}’, {var(f'{here}.hr_p')})"
                )
    return (
        f"Taken together in one model of {var(f'{size}.model_n')} {study.endpoints[endpoint].per}s and "
        f"{var(f'{size}.model_events')} events, the hazard ratios were {several(ratios)}."
    )


def _response_model(study: Study, estimates: pd.DataFrame, outcome: str) -> str:
    """The odds ratios of all factors together; of a group that has none, why, and the one with Firth's penalty."""
    where = {"analysis": "logistic_multivariable", "endpoint": outcome, "statistic": "odds_ratio"}
    found = rows(estimates, **where).set_index(["factor", "level"])
    ratios, without, size = [], [], None
    for name in study.analyses.logistic[outcome]:
        factor = study.factors[name]
        for level in factor.levels:
            if level == factor.reference_level:
                continue
            key = f"response.models.{outcome}.{name}.{slug(level)}"
            size = size or key
            groups = f"‘{_group(study, name, level)}’ against ‘{_group(study, name, factor.reference_level)}’"
            reason = found.loc[(name, f"{level} vs {factor.reference_level}"), "reason"]
            if pd.isna(reason):
                ratios.append(f"{var(f'{key}.or')} for {in_sentence(study, name)} ({groups}, {var(f'{key}.or_p')})")
            else:
                without.append(
                    f"{in_sentence(study, name)} ({groups}) has no odds ratio ({reason}), with Firth’s penalty it is "
                    f"{var(f'{key}.firth')}"
                )
    text = (
        f"In one model of {var(f'{size}.model_n')} lesions, of which {var(f'{size}.model_events')} had "
        f"{in_sentence(study, outcome)}, with a variance by patient, "
    )
    parts = [f"the odds ratios were {several(ratios)}"] if ratios else []
    return f"{text}{'; '.join([*parts, *without])}."


def _differences(study: Study, differing: dict[str, list[str]]) -> str:
    """For the abstract: which factors differed, for each endpoint that was compared."""
    clauses = []
    for endpoint in study.analyses.compare:
        names = differing[endpoint]
        key = f"endpoints.{endpoint}"
        by = [f"{in_sentence(study, name)} ({var(f'{key}.by.{name}.p')})" for name in names]
        none = f"did not differ by any of the {var(f'{key}.compared')} factors compared"
        clauses.append(f"{lower(study.endpoints[endpoint].label)} {f'differed by {several(by)}' if by else none}")
    text = "; ".join(clauses)
    return text[:1].upper() + text[1:] + "." if text else ""
