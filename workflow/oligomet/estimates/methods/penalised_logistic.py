"""Logistic regression with a ridge penalty that is tuned by cross-validation of whole clusters. From scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.methods.inference import Undefined

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

PENALTIES = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
PRECISE = {"solver": "newton-cholesky", "tol": 1e-8, "max_iter": 1000}  # the default stops at three digits
INNER = 5  # folds in which the penalty is chosen


@dataclass(frozen=True)
class PenalisedFit:
    """A fitted model: missing values are replaced by medians, columns scaled to a standard deviation of 1.

    Attributes
    ----------
    log_or
        Log odds ratios for one standard deviation, by column; `intercept` first, of a subject with average values.
    mean, sd
        Of each column as it was fitted, so that the model can be applied elsewhere.
    inverse_penalty
        scikit-learn's C; the smaller, the more the ratios are drawn to 1.
    """

    log_or: pd.Series
    mean: pd.Series
    sd: pd.Series
    inverse_penalty: float
    pipeline: Pipeline

    def predict(self, covariates: pd.DataFrame) -> np.ndarray:
        """The predicted probability of each row of covariates: (n,)."""
        return self.pipeline.predict_proba(covariates.to_numpy(float))[:, 1]


def grouped_folds(
    outcome: pd.Series, cluster: pd.Series, folds: int, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places of the rows to fit and to predict, each fold with whole clusters and about the same share of outcomes.

    Raises
    ------
    Undefined
        If a fold would have no row of one of the outcomes to fit.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    clusters = outcome.groupby(cluster.to_numpy())
    rarer = min(int((clusters.max() == 1).sum()), int((clusters.min() == 0).sum()))
    if rarer < 2 or cluster.nunique() < folds:
        raise Undefined(f"too few patients of one outcome for {folds} folds")
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a class with fewer rows than folds: some fold then has none to predict
        for fit, predict in splitter.split(np.zeros(len(outcome)), outcome, cluster):
            if outcome.iloc[fit].nunique() < 2:
                raise Undefined(f"too few patients of one outcome for {folds} folds")
            if len(predict):
                yield fit, predict


def penalised_logistic(
    covariates: pd.DataFrame,
    outcome: pd.Series,
    cluster: pd.Series,
    seed: int,
    penalties: Sequence[float] = PENALTIES,
) -> PenalisedFit:
    """Fit and tune the model.

    Parameters
    ----------
    covariates
        (n, p) Numbers; a value may be missing.
    outcome, cluster
        (n,) 0 or 1, and whom a row belongs to.
    seed
        Of the division into the folds that choose the penalty.
    penalties
        Inverse strengths that are tried.

    Raises
    ------
    Undefined
        If a column has no value, or an outcome belongs to too few clusters to be left out.
    """
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    empty = covariates.columns[covariates.isna().all()]
    if len(empty):
        raise Undefined(f"no value of {', '.join(empty)}")
    folds = list(grouped_folds(outcome, cluster, INNER, seed))
    model = LogisticRegressionCV(Cs=list(penalties), cv=folds, scoring="neg_log_loss", **PRECISE)
    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fold of one outcome has no likelihood, and is left out of the mean
        pipeline.fit(covariates.to_numpy(float), outcome.to_numpy(int))
    scaler = pipeline.named_steps["standardscaler"]
    names = list(covariates.columns)
    return PenalisedFit(
        pd.Series([float(np.ravel(model.intercept_)[0]), *model.coef_[0]], ["intercept", *names]),
        pd.Series(scaler.mean_, names),
        pd.Series(scaler.scale_, names),
        float(np.ravel(model.C_)[0]),
        pipeline,
    )
