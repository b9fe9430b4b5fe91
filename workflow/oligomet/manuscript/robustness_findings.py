"""What the analyses of robustness found, a paragraph an analysis; every number carries the row that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.robustness import groups_of, only, ratio
from oligomet.estimates.robustness.dose_response import STEP_GY
from oligomet.manuscript.configured import several
from oligomet.manuscript.methods import in_sentence, lower
from oligomet.manuscript.values import Value
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.study import Study

NAMES = ("analysis", "endpoint", "unit", "population", "factor", "level", "statistic", "time_months")


def marked(text: str, source: str) -> str:
    return Value("", text, source).markdown


def counted(number: int, what: str) -> str:
    return marked(formats.count(number), f"estimates: the number of rows, {what}")


def counted_or_none(number: int, what: str) -> str:
    return counted(number, what) if number else "none"


def where_of(one: pd.Series) -> str:
    """Where a row stands in the estimates."""
    named = [f"{name} {one[name]}" for name in NAMES if pd.notna(one[name])]
    return f"estimates: {', '.join(named)}"


def marked_ratio(one: pd.Series) -> str:
    return marked(ratio(one), where_of(one))


def _small(found: pd.DataFrame, study: Study) -> int:
    return int((found["p_value"] < study.analyses.significance).sum())


def tell_clusters(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="clustering")
    naive = rows(found, statistic="naive_hazard_ratio")
    if naive.empty:
        return ""
    level = marked(f"{study.analyses.significance:g}", "study.yaml: analyses.significance")
    words = {
        "naive_hazard_ratio": "with lesions taken as independent",
        "clustered_hazard_ratio": "with a variance by patient",
        "weighted_hazard_ratio": "with each patient counted once",
        "frailty_hazard_ratio": "with a frailty of the patient",
    }
    counts = [
        f"{counted(_small(rows(found, statistic=name), study), f'clustering, {name}, p below the level')} {said}"
        for name, said in words.items()
    ]
    total = counted(len(naive), "analysis clustering, statistic naive_hazard_ratio")
    return (
        f"Lesions of a patient are not independent. Of {total} factors of local recurrence per lesion, those with p "
        f"below {level} were {several(counts)}. {_each_patient_once(found, study)}"
    )


def _each_patient_once(found: pd.DataFrame, study: Study) -> str:
    clauses = []
    for endpoint, factor, level in groups_of(rows(found, statistic="weighted_hazard_ratio")):
        where = {"endpoint": endpoint, "factor": factor, "level": level}
        once, all_lesions = (only(found, **where, statistic=f"{way}_hazard_ratio") for way in ("weighted", "clustered"))
        if pd.notna(once["estimate"]) and pd.notna(all_lesions["estimate"]):
            clauses.append(f"{in_sentence(study, factor)}, {marked_ratio(once)} instead of {marked_ratio(all_lesions)}")
    if not clauses:
        return ""
    return (
        f"With each patient counted once, the hazard ratios were, for {'; for '.join(clauses)}. Where the two lie "
        "apart, the number of a patient’s lesions is informative, and those who have many set the ratio of all lesions."
    )


def tell_death(estimates: pd.DataFrame, study: Study) -> str:
    time = study.analyses.rates_at_months[-1]
    sentences = []
    for endpoint in study.robustness.headline:
        found = rows(estimates, analysis="competing", endpoint=endpoint, time_months=time)
        two = [only(found, statistic=name) for name in ("kaplan_meier_complement", "cumulative_incidence")]
        if None in [None if one is None or pd.isna(one["estimate"]) else 1 for one in two]:
            continue
        shown = [marked(formats.percent(one["estimate"]), where_of(one)) for one in two]
        months = marked(f"{time:g}", "study.yaml: analyses.rates_at_months")
        sentences.append(
            f"For {lower(study.endpoints[endpoint].label)}, the probability of the event within {months} months is "
            f"{shown[0]} with deaths censored, but {shown[1]} where death is counted as what it is."
        )
    return " ".join(sentences)


def tell_moments(estimates: pd.DataFrame, study: Study) -> str:
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
            f"{in_sentence(study, factor)}, {marked_ratio(naive)} as if known from the start, {marked_ratio(late)} "
            f"from the landmark and {marked_ratio(running)} as a time-dependent covariate"
        )
    if not clauses:
        return ""
    return f"A response must be lived to. The hazard ratios were, for {'; for '.join(clauses)}."


def tell_models(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="multivariable_prespecified", statistic="events_per_variable").dropna(
        subset=["estimate"]
    )
    if found.empty:
        return ""
    clauses = [
        f"{marked(formats.number(one['estimate'], 1), where_of(one))} for "
        f"{lower(study.endpoints[one['endpoint']].label)}"
        for _, one in found.iterrows()
    ]
    return f"The models specified in advance have these numbers of events a coefficient: {several(clauses)}."


def tell_tests(estimates: pd.DataFrame, study: Study) -> str:
    found = rows(estimates, analysis="multiplicity")
    counts = {
        name: counted(
            _small(rows(found, statistic=name), study), f"analysis multiplicity, statistic {name}, p below the level"
        )
        for name in ("p_value", "holm", "benjamini_hochberg")
    }
    total = counted(len(rows(found, statistic="p_value")), "analysis multiplicity, statistic p_value")
    return (
        f"Of {total} comparisons, {counts['p_value']} had a small p; after Holm's correction {counts['holm']} had, "
        f"after that of Benjamini and Hochberg {counts['benjamini_hochberg']}."
    )


def tell_cut_points(estimates: pd.DataFrame, study: Study) -> str:
    """How often there was anything to lose, and what cutting lost there."""
    found = rows(estimates, analysis="continuous")
    kept, curved = rows(found, statistic="adequacy"), rows(found, statistic="non_linearity")
    if kept.empty:
        return ""
    lost = [
        f"For {in_sentence(study, one['factor'])} and {lower(study.endpoints[one['endpoint']].label)}, the groups keep "
        f"{marked(formats.percent(one['estimate'], 0), where_of(one))} of the association: cutting costs as much as "
        f"leaving out {_lost(found, one)} of {marked(formats.count(one['n']), where_of(one))} {one['unit']}s, though a "
        f"spline fits chance, too ({_left_out(found, one)} for what it adds to the groups)."
        for _, one in kept[kept["estimate"].notna()].iterrows()
    ]
    all_of = counted(len(kept), "analysis continuous, statistic adequacy")
    some = counted_or_none(len(lost), "analysis continuous, statistic adequacy, with an estimate")
    bent = counted_or_none(_small(curved, study), "analysis continuous, statistic non_linearity, p below the level")
    rest = "; where there is none, cutting cannot lose it" if len(lost) < len(kept) else ""
    sentences = [
        f"An association beyond chance, in groups or as a spline, was found in {some} of {all_of} pairs of a "
        f"continuous factor and an endpoint (@fig-continuous){rest}.",
        *lost,
        f"Curvature was beyond chance in {bent}.",
    ]
    return " ".join(sentences)


def _same(found: pd.DataFrame, one: pd.Series, statistic: str) -> pd.Series:
    return only(found, endpoint=one["endpoint"], factor=one["factor"], statistic=statistic)


def _lost(found: pd.DataFrame, one: pd.Series) -> str:
    lost = _same(found, one, "lost_subjects")
    return marked(formats.count(lost["estimate"]), where_of(lost))


def _left_out(found: pd.DataFrame, one: pd.Series) -> str:
    left = _same(found, one, "left_out")
    return marked(formats.p_text(left["p_value"]), where_of(left))


def tell_imputation(estimates: pd.DataFrame, study: Study) -> str:
    """Whether a ratio changes its side of one, or its interval whether it excludes one, once values are imputed."""
    found = estimates[estimates["analysis"].isin(["imputation_univariable", "imputation_multivariable"])]
    keys = ["analysis", "endpoint", "unit", "factor", "level"]
    ratios = rows(found, statistic="hazard_ratio").dropna(subset=["estimate"])
    pairs = rows(ratios, population="complete").merge(rows(ratios, population="imputed"), on=keys, suffixes=("", "_2"))
    if pairs.empty:
        return "No value of the models was missing, so that nothing was imputed." if found.empty else ""
    sides = (pairs["estimate"] < 1) != (pairs["estimate_2"] < 1)
    clear, clear_2 = ((pairs[f"conf_high{which}"] < 1) | (pairs[f"conf_low{which}"] > 1) for which in ("", "_2"))
    what = "analyses imputation_univariable and imputation_multivariable, complete beside imputed"
    fewest = pairs.loc[(pairs["n"] / pairs["n_2"]).idxmin()]
    missing = rows(found, statistic="missing_information")
    most = missing.loc[missing["estimate"].astype(float).idxmax()]
    texts = [
        f"{counted_or_none(int(changed.sum()), f'{what}: {said}')} {said}"
        for changed, said in ((sides, "changed direction"), (clear != clear_2, "came to exclude one or ceased to"))
    ]
    return (
        "Models of complete cases leave out who lacks a value, here up to "
        f"{marked(formats.count(fewest['n_2'] - fewest['n']), where_of(fewest) + ': n, imputed less complete')} of "
        f"{marked(formats.count(fewest['n_2']), where_of(fewest) + ': n, imputed')} {fewest['unit']}s. With the values "
        f"imputed, of {counted(len(pairs), what)} hazard ratios {texts[0]}, and of their intervals {texts[1]}; of the "
        f"information on a ratio at most {marked(formats.percent(most['estimate']), where_of(most))} was missing."
    )


def tell_dose(estimates: pd.DataFrame, study: Study) -> str:
    """The hazard ratio for more dose, alone, adjusted and in strata, with the E-value of the adjusted one."""
    declared = study.robustness.dose_response
    if declared is None:
        return ""
    found = {
        how: only(rows(estimates, analysis=f"dose_response_{how}", statistic="hazard_ratio"), level=f"per {STEP_GY} Gy")
        for how in ("unadjusted", "adjusted", "stratified")
    }
    adjusted = found["adjusted"]
    if adjusted is None or pd.isna(adjusted["estimate"]):
        return ""
    unclear = adjusted["conf_low"] <= 1 <= adjusted["conf_high"]
    e_value, limit = (
        only(rows(estimates, analysis="dose_response_adjusted", statistic=name), level=adjusted["level"])
        for name in ("e_value", "e_value_limit")
    )
    shown = {
        how: marked_ratio(one) if pd.notna(one["estimate"]) else f"not estimable ({one['reason']})"
        for how, one in found.items()
    }
    fewer = "fewer" if adjusted["estimate"] < 1 else "more"
    verdict = (
        "These data do not show that dose matters, nor that it does not."
        if unclear
        else f"More dose went with {fewer} failures."
    )
    step = marked(f"{STEP_GY}", "estimates.robustness.dose_response: STEP_GY")
    others = several([in_sentence(study, name) for name in declared.adjust]) if declared.adjust else ""
    adjustments = f", {shown['adjusted']} adjusted for {others}, and {shown['stratified']} within their strata"
    return (
        f"For {step} Gy more (@fig-dose-response) the hazard ratio of "
        f"{lower(study.endpoints[declared.endpoint].label)} "
        f"is {shown['unadjusted']} alone{adjustments if others else ''}. {verdict} A "
        "confounder that nobody recorded would explain the ratio with risk ratios of "
        f"{marked(formats.number(e_value['estimate'], 2), where_of(e_value))} to dose and to failure (of "
        f"{marked(formats.number(limit['estimate'], 2), where_of(limit))} the limit of its interval)."
    )


def tell_bootstrap(estimates: pd.DataFrame, study: Study) -> str:
    """Intervals of the response rates per lesion, by formula and from samples of patients."""
    where = {"endpoint": "first", "unit": "lesion", "population": "evaluable"}
    clauses = []
    for statistic, words in (("ORR", "objective response"), ("DCR", "disease control")):
        sampled = only(estimates, **where, analysis="bootstrap", statistic=statistic)
        formula = only(estimates, **where, analysis="response", statistic=statistic, factor=None)
        if sampled is None or formula is None or pd.isna(sampled["conf_low"]):
            continue
        two = [
            marked(formats.percent_ci(one["estimate"], one["conf_low"], one["conf_high"]), where_of(one))
            for one in (formula, sampled)
        ]
        clauses.append(f"{words} in {two[0]} of lesions by formula and {two[1]} by samples")
    if not clauses:
        return ""
    return f"Samples of whole patients allow for that in response rates, too: {'; '.join(clauses)}."


def tell_confounding(estimates: pd.DataFrame, study: Study) -> str:
    """The E-values of the conclusions whose corrected interval excludes one, and of what was published of them."""
    found = rows(estimates, analysis="verdict")
    if rows(found, statistic="primary_e_value").empty:
        return ""
    clauses = []
    for endpoint, factor, level in groups_of(rows(found, statistic="primary_hazard_ratio")):
        here = rows(found, endpoint=endpoint, factor=factor, level=level)
        ratio_of = only(here, statistic="primary_hazard_ratio")
        if not (ratio_of["conf_high"] < 1 or ratio_of["conf_low"] > 1):
            continue
        said = [
            marked(formats.number(one["estimate"], 2), where_of(one))
            for which in ("primary", "published")
            for name in ("e_value", "e_value_limit")
            for one in [only(here, statistic=f"{which}_{name}")]
        ]
        clauses.append(
            f"{in_sentence(study, factor)} and {lower(study.endpoints[endpoint].label)}, {said[0]} "
            f"({said[1]} for the limit of its interval), against {said[2]} ({said[3]}) of the ratio as published"
        )
    if not clauses:
        return "No corrected interval excludes one, so that there is nothing for a confounder to explain."
    return (
        "Something that nobody recorded would have to go with factor and event by these risk ratios to explain the "
        f"corrected hazard ratios: for {'; for '.join(clauses)}."
    )
