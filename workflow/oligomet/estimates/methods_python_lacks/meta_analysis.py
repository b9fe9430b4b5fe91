"""Random-effects pooling of proportions from several studies.

statsmodels' `combine_effects` has no REML: variance between studies 0.386 (Paule-Mandel), 0.362 (DerSimonian-Laird) for
0.365; no prediction interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, expit, stdtrit

from oligomet.estimates.methods.inference import Estimate, Undefined


@dataclass(frozen=True)
class PooledProportion:
    """A pooled proportion and what the studies say about it.

    Attributes
    ----------
    pooled
        The mean of the distribution of the studies' proportions, taken back from logits.
    prediction
        Where the proportion of a further study is expected (Higgins, Thompson & Spiegelhalter 2009: Student's t with
        two degrees of freedom less than studies); NaN limits with two studies.
    tau2
        Variance between studies, of logits.
    i2
        Share of the total variance that is between studies, 0 to 1 (Higgins & Thompson 2002).
    q, q_df, q_p_value
        Cochran's test of homogeneity.
    weights
        (studies,) Shares of 1.
    """

    pooled: Estimate
    prediction: Estimate
    tau2: float
    i2: float
    q: float
    q_df: int
    q_p_value: float
    weights: np.ndarray


def pool_proportions(events: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> PooledProportion:
    """Random-effects mean of proportions: logits, restricted maximum likelihood, Hartung & Knapp's interval.

    Parameters
    ----------
    events, n
        (studies,) How many had it, of how many. Half a subject is added to both cells of a study where one is empty.

    Raises
    ------
    Undefined
        If there is one study only, or a study without observations.

    Notes
    -----
    As metafor::rma(measure = "PLO", method = "REML", test = "adhoc") in R. The interval (Hartung & Knapp 2001) has
    Student's t and the variance of the observed spread, but never a smaller one than the model's (Röver & al 2015):
    studies that agree by chance would promise too much.
    """
    events, n = np.asarray(events, float), np.asarray(n, float)
    if (n == 0).any():
        raise Undefined("no observations")
    if len(n) < 2:
        raise Undefined("one study only")
    add = np.where((events == 0) | (events == n), 0.5, 0.0)
    value, variance = np.log((events + add) / (n - events + add)), 1 / (events + add) + 1 / (n - events + add)
    weight = 1 / variance
    q = float(weight @ (value - weight @ value / weight.sum()) ** 2)
    tau2 = _reml(value, variance)
    typical = (len(n) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    weight = 1 / (variance + tau2)
    mean = weight @ value / weight.sum()
    error2 = max(1.0, weight @ (value - mean) ** 2 / (len(n) - 1)) / weight.sum()
    half = stdtrit(len(n) - 1, 0.5 + confidence / 2) * np.sqrt(error2)
    further = stdtrit(len(n) - 2, 0.5 + confidence / 2) if len(n) > 2 else np.nan
    reach = further * np.sqrt(tau2 + error2)
    return PooledProportion(
        pooled=Estimate(*map(float, expit([mean, mean - half, mean + half]))),
        prediction=Estimate(*map(float, expit([mean, mean - reach, mean + reach]))),
        tau2=float(tau2),
        i2=float(tau2 / (tau2 + typical)),
        q=q,
        q_df=len(n) - 1,
        q_p_value=float(chdtrc(len(n) - 1, q)),
        weights=weight / weight.sum(),
    )


def _reml(value: np.ndarray, variance: np.ndarray) -> float:
    """Fisher scoring of the restricted likelihood (Viechtbauer 2005), kept at zero or above."""
    tau2 = max(0.0, np.var(value, ddof=1) - variance.mean())
    for _ in range(1000):
        weight = 1 / (variance + tau2)
        total = weight.sum()
        residual = value - weight @ value / total
        score = weight**2 @ residual**2 - total + (weight**2).sum() / total
        information = (weight**2).sum() - 2 * (weight**3).sum() / total + ((weight**2).sum() / total) ** 2
        new = max(0.0, tau2 + score / information)
        if abs(new - tau2) < 1e-13 * (1 + tau2):
            return float(new)
        tau2 = new
    raise Undefined("the variance between studies did not converge")
