"""Each published conclusion under every defensible choice of analysis: the rows of the specification curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd

from oligomet.estimates.cox_models import with_each_patient_once, with_frailty
from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import Design, chosen, design
from oligomet.estimates.estimate_rows import ratio_rows, tabulate
from oligomet.estimates.methods.firth import firth_cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.interval_censored import weibull
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray
from oligomet.estimates.robustness.choices import Choice, factors_of, list_choices
from oligomet.estimates.robustness.landmark import as_assessed, assessed_on, exact, fit_assessed, from_landmark
from oligomet.estimates.robustness.timing import bounds, timed

if TYPE_CHECKING:
    from oligomet.estimates.declared import OfCox
    from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties
    from oligomet.study import Study


def estimate_specifications(
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    study: Study,
    recensored: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The hazard ratio of every headline conclusion under every choice.

    Parameters
    ----------
    times, patients, lesions, responses
        The tables of those names of the outcomes stage.
    recensored
        outcomes/recensored, where `robustness.censoring` declares any.

    Returns
    -------
    Rows of `estimates`, analysis specification, statistic hazard_ratio: endpoint, unit, factor; the contrast, and a
    column for each choice (see `choices.Choice`), method the choice in words; n, events of the model.
    """
    known_on, per_month = assessed_on(responses), study.months.days_per_month
    rows: list[dict] = []
    robustness = declared_robustness(study)
    for endpoint, names in robustness.headline.items():
        frames: dict[tuple[str, str], pd.DataFrame] = {}
        models: dict[tuple, list[dict]] = {}
        for factor in names:
            for choice in list_choices(endpoint, factor, study):
                model = factors_of(choice, endpoint, factor, study)
                key = (choice, *sorted(model))
                if key not in models:
                    data = (choice.unit, choice.timing)
                    if data not in frames:
                        of = (
                            endpoint
                            if choice.unit == study.endpoints[endpoint].per
                            else robustness.per_lesion[endpoint]
                        )
                        frames[data] = timed(of, choice.timing, times, patients, lesions, study, recensored)
                    frame = frames[data]
                    frame = frame if choice.clock == "start" else exact(frame, known_on, per_month)
                    where = {"analysis": "specification", "endpoint": endpoint, "population": "all"}
                    models[key] = _rows(design(frame, chosen(study, model)), choice, where, study)
                rows += [row for row in models[key] if row["factor"] == factor]
    return tabulate(rows)


def take_imputed(imputation: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The models with imputed values, fitted elsewhere, as specifications of the headline conclusions.

    Parameters
    ----------
    imputation
        Rows of `estimates`, analyses imputation_univariable and imputation_multivariable.
    """
    found = imputation[(imputation["population"] == "imputed") & (imputation["statistic"] == "hazard_ratio")]
    robustness = declared_robustness(study)
    headline_of = {per_lesion: endpoint for endpoint, per_lesion in robustness.per_lesion.items()}
    rows = []
    for row in found.to_dict("records"):
        endpoint = headline_of.get(row["endpoint"], row["endpoint"])
        if row["factor"] not in robustness.headline.get(endpoint, []):
            continue
        choice = Choice(
            unit=row["unit"],
            dependence="clustered" if row["unit"] == "lesion" else "independent",
            adjustment="alone" if row["analysis"] == "imputation_univariable" else "prespecified",
            ties=study.analyses.ties,
            missing="imputed",
        )
        named = {"analysis": "specification", "endpoint": endpoint, "population": "all", "method": choice.label}
        rows.append({**row, **named, **choice.where})
    return tabulate(rows)


def _rows(of: Design, choice: Choice, where: dict, study: Study) -> list[dict]:
    of, failure = _clock(of, choice, study)

    def fit() -> pd.DataFrame:
        if failure is not None:
            raise failure
        return fit_choice(of, choice, study.analyses.confidence)

    return ratio_rows(fit, of, where | choice.where, "hazard_ratio", choice.label)


def _clock(of: Design, choice: Choice, study: Study) -> tuple[Design, Undefined | None]:
    """The design with its clock set as the choice says, and why that is impossible where it is."""
    try:
        if choice.time_months is not None:  # as of a landmark only
            return from_landmark(of, choice.time_months), None
        if choice.clock == "time-dependent":
            columns = [column for name in declared_robustness(study).response_factors for column in of.columns(name)]
            return as_assessed(of, columns), None
    except Undefined as reason:
        return of, reason
    return of, None


def fit_choice(of: Design, choice: Choice, confidence: float) -> pd.DataFrame:
    """The ratios of a model as a choice has it fitted, by the columns of its design, whose clock is set already.

    Returns
    -------
    A table of coefficients as the methods give it: estimate (the ratio), conf_low, conf_high, p_value.

    Raises
    ------
    Undefined
        If the model has no answer.
    """
    cluster = of.cluster if choice.dependence == "clustered" else None
    if choice.hazard == "subdistribution":
        return fine_gray(of.indicators, of.frame["months"], of.cause, cluster=cluster, confidence=confidence).table
    if choice.timing == "interval":
        return weibull(of.indicators, *bounds(of.frame), confidence=confidence)
    options: OfCox = {"ties": cast("Ties", choice.ties), "confidence": confidence}  # the fits refuse other words
    if choice.dependence == "frailty":
        return with_frailty(of, **options).table
    if choice.dependence == "weighted":
        return with_each_patient_once(of, **options).table
    if choice.fit == "penalised":
        return firth_cox(of.indicators, *of.followed, **options).table
    if choice.clock == "time-dependent":
        return fit_assessed(of, cluster, **options).table
    return cox_kernel(of.indicators, *of.followed, cluster=cluster, **options).table
