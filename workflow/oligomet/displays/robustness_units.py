"""Supplementary tables of unit and time: lesions in patients, death competing, other times, resampling."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.displays.robustness import groups_of, interval_of, only, p_value, ratio
from oligomet.displays.tables import synthetic_note
from oligomet.tables import rows

WAYS = {
    "naive": "As independent",
    "clustered": "Clustered",
    "weighted": "Each patient once",
    "frailty": "Gamma frailty",
    "exchangeable": "Exchangeable",
}


def clustered_lesions(estimates: pd.DataFrame, study) -> Table:
    """Hazard ratios per lesion: as independent, by patient without and with weights, with a frailty of the patient."""
    return _clustering(estimates, study, "hazard_ratio", ("naive", "clustered", "weighted", "frailty"))


def clustered_responses(estimates: pd.DataFrame, study) -> Table:
    """Odds ratios of response per lesion: as independent, and by generalised estimating equations."""
    return _clustering(estimates, study, "odds_ratio", ("naive", "clustered", "exchangeable"))


def _clustering(estimates: pd.DataFrame, study, statistic: str, ways: tuple[str, ...]) -> Table:
    found = rows(estimates, analysis="clustering")
    lines = []
    for endpoint, factor, level in groups_of(rows(found, statistic=f"naive_{statistic}")):
        cells = [
            only(found, endpoint=endpoint, factor=factor, level=level, statistic=f"{way}_{statistic}") for way in ways
        ]
        label = study.endpoints[endpoint].label if statistic == "hazard_ratio" else study.factors[endpoint].label
        texts = [show(cell) for cell in cells for show in (ratio, p_value)]
        lines.append((label, study.factors[factor].label, level, *texts))
    columns = [name for way in ways for name in (way, f"p_{way}")]
    said = "Hazard" if statistic == "hazard_ratio" else "Odds"
    return Table(
        pd.DataFrame(lines, columns=["endpoint", "factor", "level", *columns]),
        f"Lesions of a patient are not independent: {said.lower()} ratios per lesion",
        {
            "factor": "Characteristic",
            "level": "Groups",
            **{name: "p" if name.startswith("p_") else WAYS[name] for name in columns},
        },
        group="endpoint",
        spanners={f"{said} ratio ({interval_of(study)}), lesions": columns},
        notes=[_meaning(ways), *synthetic_note(study)],
        words=("level",),
    )


def _meaning(ways: tuple[str, ...]) -> str:
    said = {
        "clustered": "Clustered: the same ratio with a variance by patient.",
        "weighted": "Each patient once: a lesion weighs one over the number of the patient’s lesions, so that patients "
        "with many do not count more.",
        "frailty": "Gamma frailty: the ratio within a patient, whose lesions share an unobserved risk.",
        "exchangeable": "Exchangeable: any two lesions of a patient correlate alike.",
    }
    return " ".join(said[way] for way in ways if way in said)


def competing_incidence(estimates: pd.DataFrame, study) -> Table:
    """The probability of the event, with death censored and with death as what it is."""
    found = rows(estimates, analysis="competing")
    lines = []
    for endpoint in found["endpoint"].unique():
        here = rows(found, endpoint=endpoint)
        deaths = only(here, statistic="competing_events")
        label = f"{study.endpoints[endpoint].label}: {formats.count(deaths['events'])} of {formats.count(deaths['n'])} "
        for time in study.analyses.rates_at_months:
            two = [
                only(here, statistic=name, time_months=time)
                for name in ("kaplan_meier_complement", "cumulative_incidence")
            ]
            lines.append((f"{label}had the competing event", f"{time:g}", *(_share(one) for one in two)))
    return Table(
        pd.DataFrame(lines, columns=["endpoint", "time", "complement", "incidence"]),
        "Death as a competing event: probability of the event",
        {"time": "Months", "complement": "1 − Kaplan–Meier", "incidence": "Aalen–Johansen"},
        group="endpoint",
        spanners={f"Probability, % ({interval_of(study)})": ["complement", "incidence"]},
        notes=[
            "1 − Kaplan–Meier takes those who died as if the event could still befall them.",
            *synthetic_note(study),
        ],
    )


def timing(estimates: pd.DataFrame, study) -> Table:
    """Rates as declared, and under the other decisions on time."""
    found = rows(estimates, analysis="timing")
    words = {"unrounded": "Times not rounded", "interval": "Events between two images"}
    lines = []
    for endpoint in found["endpoint"].unique():
        declared = rows(estimates, analysis="survival", endpoint=endpoint, factor=None)
        here = rows(found, endpoint=endpoint, statistic="survival")
        ways = {"As declared": declared[declared["statistic"] == "survival"]}
        ways |= {
            words.get(level, f"{level[:1].upper()}{level[1:]}"): rows(here, level=level)
            for level in here["level"].unique()
        }
        for way, some in ways.items():
            rates = [_share(only(some, time_months=time)) for time in study.analyses.rates_at_months]
            lines.append((study.endpoints[endpoint].label, way, *rates))
    times = {f"at_{time:g}": f"{time:g} months" for time in study.analyses.rates_at_months}
    return Table(
        pd.DataFrame(lines, columns=["endpoint", "way", *times]),
        "Rates under other decisions on time",
        {"way": "Follow-up", **times},
        group="endpoint",
        spanners={f"Rate, % ({interval_of(study)}), at": list(times)},
        notes=[" ".join(_decisions(found, study)), *synthetic_note(study)],
    )


def _decisions(found: pd.DataFrame, study) -> list[str]:
    """What each of the decisions shown means, and who was set aside under it."""
    said = []
    aside = rows(found, statistic="set_aside")
    if len(aside):
        counts = [
            f"{formats.count(one['events'])} of {formats.count(one['n'])} {one['unit']}s ({one['method']})"
            for _, one in aside[aside["events"] > 0].iterrows()
        ]
        said.append(
            "Censored otherwise: whoever had no event, dead or alive, is censored there."
            + (f" Set aside: {'; '.join(counts)}." if counts else "")
        )
    if (found["level"] == "unrounded").any():
        said.append(f"Not rounded: days in months of {study.months.days_per_month:g} days.")
    if (found["level"] == "interval").any():
        said.append(
            "Between two images: Turnbull’s estimate, for which an event that imaging found came after the imaging "
            "before; it has no interval, as it converges too slowly for a standard error."
        )
    return said


def competing_factors(estimates: pd.DataFrame, study) -> Table:
    """Factors where death competes: Gray's test, cause-specific and subdistribution hazards."""
    found = rows(estimates, analysis="competing")
    lines = []
    for endpoint, factor, level in groups_of(found):
        here = rows(found, endpoint=endpoint, factor=factor)
        two = [only(here, level=level, statistic=name) for name in ("hazard_ratio", "subdistribution_hazard_ratio")]
        gray = p_value(only(here, statistic="chi_square"))
        texts = [show(cell) for cell in two for show in (ratio, p_value)]
        lines.append((study.endpoints[endpoint].label, study.factors[factor].label, level, *texts, gray))
    columns = ["endpoint", "factor", "level", "cause", "p_cause", "subdistribution", "p_subdistribution", "p_gray"]
    return Table(
        pd.DataFrame(lines, columns=columns),
        "Death as a competing event: factors",
        {
            "factor": "Characteristic",
            "level": "Groups",
            "cause": "Cause-specific",
            "p_cause": "p",
            "subdistribution": "Fine–Gray",
            "p_subdistribution": "p",
            "p_gray": "Gray’s p",
        },
        group="endpoint",
        spanners={f"Hazard ratio ({interval_of(study)})": columns[3:7]},
        notes=[
            "Per lesion, variances are by patient; Gray’s test takes lesions as independent.",
            *synthetic_note(study),
        ],
        words=("level",),
    )


def resampled(estimates: pd.DataFrame, study) -> Table:
    """Every headline number with its interval as computed, and from samples of whole patients."""
    found = rows(estimates, analysis="bootstrap")
    lines = []
    for _, one in found.iterrows():
        analytic = only(
            estimates[estimates["analysis"].isin(["survival", "cox_univariable", "response"])],
            **{name: _none(one[name]) for name in ("endpoint", "unit", "population", "factor", "level", "statistic")},
            time_months=_none(one["time_months"]),
        )
        lines.append((*_named(one, study), _shown(analytic), _shown(one)))
    replicates = formats.count(study.robustness.bootstrap_replicates)
    return Table(
        pd.DataFrame(lines, columns=["endpoint", "number", "formula", "bootstrap"]),
        "Headline numbers with intervals by formula and by resampling patients",
        {"number": "Number", "formula": "By formula", "bootstrap": "By resampling"},
        group="endpoint",
        spanners={f"Estimate ({interval_of(study)})": ["formula", "bootstrap"]},
        notes=[f"Percentiles of {replicates} samples of whole patients. Rates in %, medians in months.",
               *synthetic_note(study)],
    )  # fmt: skip


def _none(value):
    return None if pd.isna(value) else value


def _named(one: pd.Series, study) -> tuple[str, str]:
    if one["endpoint"] not in study.endpoints:
        return "Response of lesions, first assessment", one["statistic"]
    label = study.endpoints[one["endpoint"]].label
    if one["statistic"] == "hazard_ratio":
        return label, f"Hazard ratio, {study.factors[one['factor']].label}, {one['level']}"
    return label, "Median" if one["statistic"] == "median" else f"At {one['time_months']:g} months"


def _shown(one: pd.Series | None) -> str:
    if one is None or one["statistic"] == "hazard_ratio":
        return ratio(one)
    if one["statistic"] == "median":
        return formats.months(*one[["estimate", "conf_low", "conf_high"]], None).replace(" months", "")
    return _share(one)


def _share(one: pd.Series) -> str:
    if pd.isna(one["estimate"]):
        return str(one["reason"])
    return formats.percent_ci(*one[["estimate", "conf_low", "conf_high"]], 1, "")
