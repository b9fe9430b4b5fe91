"""Supplementary tables of robustness: factors as values instead of groups, values that are missing, dose."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.displays.robustness import groups_of, heading, interval_of, only, p_value, ratio
from oligomet.displays.tables import synthetic_note
from oligomet.tables import rows


def cut_points(estimates: pd.DataFrame, study) -> Table:
    """Continuous factors in three forms, and what their groups cost."""
    found = rows(estimates, analysis="continuous")
    lines = []
    for endpoint, names in study.robustness.continuous.items():
        for name in names:
            here = rows(found, endpoint=endpoint, factor=name)
            tests = [
                p_value(only(here, level=form, statistic="likelihood_ratio")) for form in ("linear", "spline", "cut")
            ]
            other = [p_value(only(here, statistic=statistic)) for statistic in ("non_linearity", "left_out")]
            aic = [only(here, level=form, statistic="aic") for form in ("linear", "spline", "cut")]
            values = ["" if one is None else formats.number(one["estimate"], 1) for one in aic]
            lost = only(here, statistic="lost_subjects")
            cost = "" if lost is None else f"{formats.count(lost['estimate'])} of {formats.count(lost['n'])}"
            if lost is None or pd.notna(lost["reason"]):
                reasons = here["reason"].dropna()
                cost = str(reasons.iloc[0]) if len(reasons) else formats.MISSING
            label = study.endpoints[endpoint].label
            lines.append((label, study.factors[name].label, *tests, *other, *values, cost))
    forms = ("linear", "spline", "cut")
    columns = ["endpoint", "factor", *(f"p_{form}" for form in forms), "p_curvature", "p_left_out"]
    columns += [*(f"aic_{form}" for form in forms), "lost"]
    words = {"linear": "Line", "spline": "Spline", "cut": "Groups"}
    return Table(
        pd.DataFrame(lines, columns=columns),
        "Continuous factors as they are and cut into groups",
        {
            "factor": "Factor",
            **{f"p_{form}": word for form, word in words.items()},
            "p_curvature": "Curvature",
            "p_left_out": "Left out by groups",
            **{f"aic_{form}": word for form, word in words.items()},
            "lost": "Subjects lost by cutting",
        },
        group="endpoint",
        spanners={
            "p": [*(f"p_{form}" for form in forms), "p_curvature", "p_left_out"],
            "AIC": [f"aic_{form}" for form in forms],
        },
        notes=[
            "Likelihood-ratio tests of the association in each form, of the spline's curvature, and of what the spline "
            "adds to the groups. AIC: Akaike's information criterion, the smaller the better. Subjects lost: as many "
            "as the part of the association that the groups leave out is worth, where there is an association.",
            *synthetic_note(study),
        ],
        words=("lost",),
    )


def imputed_values(estimates: pd.DataFrame, study) -> Table:
    """Complete cases beside multiple imputation, for the models in which a value is missing."""
    found = estimates[estimates["analysis"].isin(["imputation_univariable", "imputation_multivariable"])]
    models = {"imputation_univariable": "alone", "imputation_multivariable": "with the factors specified in advance"}
    lines = []
    for analysis, model in models.items():
        part = rows(found, analysis=analysis)
        for endpoint, factor, level in groups_of(part):
            here = rows(part, endpoint=endpoint, factor=factor, level=level)
            two = [only(here, population=who, statistic="hazard_ratio") for who in ("complete", "imputed")]
            missing = only(here, statistic="missing_information")
            share = "" if missing is None else formats.percent(missing["estimate"], 1, "")
            counts = [one["n"] for one in two]
            named = (f"{study.endpoints[endpoint].label}, {model}", f"{study.factors[factor].label}: {level}")
            lines.append((*named, counts[0], ratio(two[0]), counts[1], ratio(two[1]), p_value(two[1]), share))
    columns = ["model", "contrast", "n_complete", "complete", "n_imputed", "imputed", "p", "missing"]
    return Table(
        pd.DataFrame(lines, columns=columns).astype({"n_complete": "Int64", "n_imputed": "Int64"}),
        "Complete cases beside multiple imputation",
        {
            "contrast": "Groups",
            "n_complete": "n",
            "complete": f"Hazard ratio ({interval_of(study)})",
            "n_imputed": "n",
            "imputed": f"Hazard ratio ({interval_of(study)})",
            "p": "p",
            "missing": "Missing information, %",
        },
        group="model",
        spanners={"Complete cases": ["n_complete", "complete"], "Imputed": ["n_imputed", "imputed", "p", "missing"]},
        notes=[
            f"{study.robustness.imputed_datasets} data sets by chained equations with predictive mean matching, the "
            "outcome among the predictors; Rubin's rules. Missing information: the fraction of the information on a "
            "ratio that the missing values took away.",
            *synthetic_note(study),
        ],
    )


def e_values(estimates: pd.DataFrame, study) -> Table:
    """How strong an unmeasured confounder would have to be to explain each published conclusion."""
    found = rows(estimates, analysis="verdict")
    parts = {name: [name, f"{name}_e", f"{name}_limit"] for name in ("published", "primary")}
    lines = []
    for endpoint, factor, level in groups_of(found):
        here = rows(found, endpoint=endpoint, factor=factor, level=level)
        cells = []
        for which in parts:
            cells.append(ratio(only(here, statistic=f"{which}_hazard_ratio")))
            strengths = [only(here, statistic=f"{which}_{name}") for name in ("e_value", "e_value_limit")]
            cells += [formats.number(one["estimate"], 2) for one in strengths]
        lines.append((study.endpoints[endpoint].label, study.factors[factor].label, level, *cells))
    columns = [*parts["published"], *parts["primary"]]
    headings = [f"Hazard ratio ({interval_of(study)})", "E-value", "of its limit"] * 2
    return Table(
        pd.DataFrame(lines, columns=["endpoint", "factor", "level", *columns]),
        "The published conclusions and unmeasured confounding",
        {"factor": "Conclusion", "level": "Groups", **dict(zip(columns, headings, strict=True))},
        group="endpoint",
        spanners={"As published": parts["published"], "Primary corrected": parts["primary"]},
        notes=[
            "E-value: the ratio of risks that something unmeasured would need with both the factor and the event, "
            "beyond what is adjusted for, to explain the ratio, or the limit of its interval nearer to one, away; one "
            "where there is nothing to explain.",
            *synthetic_note(study),
        ],
        words=("level",),
    )


def dose_response(estimates: pd.DataFrame, study) -> Table:
    """The hazard ratio of dose, alone and with its confounders, and how strong others would have to be."""
    declared = study.robustness.dose_response
    words = {
        "unadjusted": "Unadjusted",
        "adjusted": "Adjusted for " + " and ".join(study.factors[name].label for name in declared.adjust),
        "stratified": "Within their strata",
    }
    lines = []
    for how, word in words.items():
        found = rows(estimates, analysis=f"dose_response_{how}")
        for _, factor, level in groups_of(found):
            here = rows(found, level=level)
            one = only(here, statistic="hazard_ratio")
            strengths = [only(here, statistic=statistic) for statistic in ("e_value", "e_value_limit")]
            strength = [formats.MISSING if one is None else formats.number(one["estimate"], 2) for one in strengths]
            named = heading(study, declared.endpoint, factor)
            lines.append((f"{named}, {level}", word, one["n"], one["events"], ratio(one), p_value(one), *strength))
    frame = pd.DataFrame(lines, columns=["exposure", "model", "n", "events", "ratio", "p", "e_value", "e_value_limit"])
    return Table(
        frame.sort_values(
            "exposure", key=lambda names: names.map({name: i for i, name in enumerate(names)}), kind="stable"
        ),
        "Local control and dose",
        {
            "model": "Model",
            "n": "n",
            "events": "Events",
            "ratio": f"Hazard ratio ({interval_of(study)})",
            "p": "p",
            "e_value": "of the ratio",
            "e_value_limit": "of its limit",
        },
        group="exposure",
        spanners={"E-value": ["e_value", "e_value_limit"]},
        notes=[
            "E-value: the ratio of risks that something unmeasured would need with both dose and local failure, beyond "
            "what is adjusted for, to explain the ratio, or the limit of its interval nearer to one, away; one where "
            "there is nothing to explain.",
            *synthetic_note(study),
        ],
    )
