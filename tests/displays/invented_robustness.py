"""Estimates of robustness that mean nothing: every row that its tables and figures ask for."""

import numpy as np
import pandas as pd

from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.robustness.choices import list_choices
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice
from oligomet.schemas import TABLES, conform

RATIO = {"estimate": 0.8, "conf_low": 0.6, "conf_high": 1.1, "p_value": 0.2, "n": 179, "events": 107}
RATE = {"estimate": 0.4, "conf_low": 0.3, "conf_high": 0.5, "n": 142, "events": 60}
E_VALUES = ("e_value", "e_value_limit")


def invent_robustness(study):
    """A frame of the estimates, all analyses of robustness together."""
    rows = [
        *_clustering(study), *_competing(study), *_proportionality(study), *_models(study), *_continuous(study),
        *_dose_response(study), *_many_tests(study), *_landmarks(study), *_timing(study), *_imputation(study),
        *_bootstrap(study),
    ]  # fmt: skip
    rows = [{"population": "all", "method": "invented", **row} for row in rows]
    return pd.concat([conform(pd.DataFrame(rows), TABLES["estimates"]), specified(study)], ignore_index=True)


def contrast_of(study, name):
    """The first contrast of a factor, as columns of the estimates."""
    factor = study.factors[name]
    group = next(group for group in factor.levels if group != factor.reference_level)
    return {"factor": name, "group": group, "reference": factor.reference_level}


def specified(study, primary=(0.6, 0.4, 0.9), others=(0.7, 0.5, 0.9)):
    """Every choice of every conclusion gives `others`, the primary analysis what it is told; and the verdicts."""
    lines = []
    for endpoint, names in study.robustness.headline.items():
        for name in names:
            for choice in list_choices(endpoint, name, study):
                ratio = primary if choice == primary_choice(endpoint, name, study) else others
                lines.append({
                    "analysis": "specification", "endpoint": endpoint, "population": "all", "statistic": "hazard_ratio",
                    **choice.where, **contrast_of(study, name), "method": choice.label, "n": 100, "events": 60,
                    **dict(zip(("estimate", "conf_low", "conf_high"), ratio, strict=True)),
                })  # fmt: skip
    specifications = tabulate(lines)
    return pd.concat([specifications, estimate_verdicts(specifications, study)], ignore_index=True)


def _headlines(study):
    """Endpoint and contrast of every published conclusion."""
    for endpoint, names in study.robustness.headline.items():
        yield from ({"endpoint": endpoint, "unit": "patient", **contrast_of(study, name)} for name in names)


def _factor(at):
    return {name: at[name] for name in ("endpoint", "unit", "factor")}


def _clustering(study):
    lesions = {"analysis": "clustering", "unit": "lesion"}
    for endpoint in study.robustness.per_lesion.values():
        for way in ("naive", "clustered", "weighted", "frailty"):
            at = {"endpoint": endpoint, **contrast_of(study, "gtv")}
            yield {**lesions, **at, "statistic": f"{way}_hazard_ratio", **RATIO}
    for way in ("naive", "clustered", "exchangeable"):
        at = {"endpoint": "objective_response", **contrast_of(study, "gtv")}
        yield {**lesions, **at, "statistic": f"{way}_odds_ratio", **RATIO}


def _competing(study):
    for endpoint, declared in study.endpoints.items():
        if not declared.competing:
            continue
        about = {"analysis": "competing", "endpoint": endpoint, "unit": declared.per}
        yield {**about, "statistic": "competing_events", "events": 30, "n": 142}
        for time in study.analyses.rates_at_months:
            for statistic in ("kaplan_meier_complement", "cumulative_incidence"):
                yield {**about, "statistic": statistic, "time_months": time, **RATE}
        for name in study.analyses.compare.get(endpoint, []):
            yield {**about, "factor": name, "statistic": "chi_square", "p_value": 0.3}
            for statistic in ("hazard_ratio", "subdistribution_hazard_ratio"):
                yield {**about, **contrast_of(study, name), "statistic": statistic, **RATIO}


def _proportionality(study):
    about = {"analysis": "proportionality"}
    for at in _headlines(study):
        yield {**about, **_factor(at), "statistic": "chi_square", "p_value": 0.5}
        for group in (at["group"], at["reference"]):
            yield {**about, **_factor(at), "group": group, "statistic": "restricted_mean", "estimate": 31.25}
        yield {**about, **at, "statistic": "restricted_mean_difference", **RATIO}


def _models(study):
    for how in ("prespecified", "selected"):
        for endpoint, names in study.robustness.prespecified.items():
            about = {"analysis": f"multivariable_{how}", "endpoint": endpoint, "unit": "patient"}
            yield {**about, "statistic": "events_per_variable", "estimate": 9.5}
            for name in names:
                for statistic in ("hazard_ratio", "firth_hazard_ratio"):
                    yield {**about, **contrast_of(study, name), "statistic": statistic, **RATIO}
    for how in ("univariable", "multivariable"):
        about = {"analysis": f"logistic_{how}", "endpoint": "objective_response", "unit": "lesion"}
        for name in study.analyses.logistic["objective_response"]:
            for statistic in ("odds_ratio", "firth_odds_ratio"):
                yield {**about, **contrast_of(study, name), "population": "evaluable", "statistic": statistic, **RATIO}


def _curve(low, high, ratio):
    values = np.linspace(low, high, 41)
    for place, (value, found) in enumerate(zip(values, map(ratio, values), strict=True)):
        yield {"value": value, "estimate": found, "conf_low": found / 2, "conf_high": found * 2, "n": place % 7}


def _continuous(study):
    """Every factor but age, which is said to be undefined."""
    for endpoint, names in study.robustness.continuous.items():
        for name in names:
            where = {"endpoint": endpoint, "unit": "patient", "factor": name}
            test = {**where, "analysis": "continuous", "n": 130, "events": 70}
            if name == "age":
                yield {**test, "form": "spline", "statistic": "likelihood_ratio", "reason": "no events"}
                continue
            for form in ("linear", "spline", "cut"):
                of = {**where, "analysis": "continuous_curve", "statistic": f"{form}_hazard_ratio"}
                yield from ({**of, **point} for point in _curve(1, 9, lambda x: x / 4))
                yield {**test, "form": form, "statistic": "likelihood_ratio", "p_value": 0.0432}
                yield {**test, "form": form, "statistic": "aic", "estimate": 801.26}
            yield {**test, "form": "spline", "statistic": "non_linearity", "p_value": 0.5}
            yield {**test, "form": "cut", "statistic": "left_out", "p_value": 0.25}
            yield {**test, "form": "cut", "statistic": "lost_subjects", "estimate": 79.4}


def _dose_response(study):
    declared = study.robustness.dose_response
    where = {"endpoint": declared.endpoint, "unit": "lesion"}
    of_dose = {"factor": declared.factor}
    for how in ("unadjusted", "adjusted", "stratified"):
        for exposure in ({**of_dose, "form": "per 10 Gy"}, contrast_of(study, declared.factor)):
            about = {**where, "analysis": f"dose_response_{how}", **exposure}
            yield from ({**about, "statistic": statistic, **RATIO} for statistic in ("hazard_ratio", *E_VALUES))
    for how in ("unadjusted", "adjusted"):
        of = {**where, **of_dose, "analysis": "dose_response_curve", "statistic": f"{how}_hazard_ratio"}
        yield from ({**of, **point} for point in _curve(45, 80, lambda x: 68 / x))
    for dose in (55, 66, 70, 78):
        at = {**where, **of_dose, "analysis": "dose_response_quarters", "statistic": "survival", "value": dose}
        yield {**at, **RATIO, "p_value": None, "time_months": study.analyses.rates_at_months[0]}


def _many_tests(study):
    for endpoint, names in study.analyses.compare.items():
        for name in names:
            about = {"analysis": "multiplicity", "endpoint": endpoint, "unit": "patient", "factor": name}
            for statistic in ("p_value", "holm", "benjamini_hochberg"):
                yield {**about, "statistic": statistic, "estimate": 0.129, "p_value": 0.129, "n": 12}


def _landmarks(study):
    for name in study.robustness.response_factors:
        at = {"analysis": "landmark", "endpoint": "OS", "unit": "patient", **contrast_of(study, name), **RATIO}
        yield {**at, "statistic": "naive_hazard_ratio"}
        yield {**at, "statistic": "time_dependent_hazard_ratio"}
        for months in study.robustness.landmarks_months:
            yield {**at, "statistic": "landmark_hazard_ratio", "time_months": months}


def _timing(study):
    about = {"analysis": "timing", "endpoint": "LRFS", "unit": "patient"}
    for timing in ("unrounded", "censored at last imaging", "interval"):
        for time in study.analyses.rates_at_months:
            yield {**about, "timing": timing, "statistic": "survival", "time_months": time, **RATE}
    aside = {"events": 2, "n": 142, "method": "last imaging before radiotherapy end"}
    yield {**about, "timing": "censored at last imaging", "statistic": "set_aside", **aside}


def _imputation(study):
    for analysis in ("imputation_univariable", "imputation_multivariable"):
        at = {"analysis": analysis, "endpoint": "LRFS", "unit": "patient", **contrast_of(study, "gtv")}
        for population, n in (("complete", 132), ("imputed", 142)):
            yield {**at, "population": population, "statistic": "hazard_ratio", **RATIO, "n": n}
        yield {**at, "population": "imputed", "statistic": "missing_information", "estimate": 0.131, "n": 142}


def _bootstrap(study):
    of = {"analysis": "bootstrap", "unit": "patient", "endpoint": "OS"}
    yield {**of, "statistic": "survival", "time_months": study.analyses.rates_at_months[0], **RATE}
    yield {**of, "statistic": "median", "estimate": 18, "conf_low": 12, "conf_high": 25}
    yield {**of, "statistic": "hazard_ratio", **contrast_of(study, "lesion_count"), **RATIO}
    yield {**of, "endpoint": "first", "unit": "lesion", "population": "evaluable", "statistic": "ORR", **RATE}
