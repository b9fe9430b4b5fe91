"""Random-effects pooling of proportions from several studies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, expit, stdtrit

from oligomet.estimates.methods.common import Estimate, Undefined, normal_quantile
from oligomet.estimates.methods.proportions import proportion

Scale = Literal["logit", "freeman-tukey"]


@dataclass(frozen=True)
class PooledProportion:
    """A pooled proportion and what the studies say about it.

    Attributes
    ----------
    pooled
        The mean of the distribution of the studies' proportions, taken back from the scale it was pooled on.
    prediction
        Where the proportion of a further study is expected (Higgins, Thompson & Spiegelhalter 2009: Student's t with
        two degrees of freedom less than studies); NaN limits with two studies.
    tau2
        Variance between studies, on the scale of the pooling.
    i2
        Share of the total variance that is between studies, 0 to 1 (Higgins & Thompson 2002).
    q, q_df, q_p_value
        Cochran's test of homogeneity.
    studies
        A row a study: estimate, conf_low, conf_high (Clopper-Pearson) and weight (shares of 1).
    """

    pooled: Estimate
    prediction: Estimate
    tau2: float
    i2: float
    q: float
    q_df: int
    q_p_value: float
    studies: pd.DataFrame


def pool_proportions(
    events: ArrayLike,
    n: ArrayLike,
    *,
    scale: Scale = "logit",
    method: Literal["DL", "REML"] = "REML",
    hartung_knapp: bool = True,
    confidence: float = 0.95,
) -> PooledProportion:
    """Inverse-variance random-effects mean of proportions.

    Parameters
    ----------
    events, n
        (studies,) How many had it, of how many.
    scale
        logit, with 1/2 added to both cells of a study where one is 0; or freeman-tukey, the double arcsine, which needs
        no such addition, but is taken back at the harmonic mean of n (Miller 1978) and misleads where studies differ
        much in size (Schwarzer & al 2019).
    method
        Variance between studies by DerSimonian & Laird 1986 or by restricted maximum likelihood.
    hartung_knapp
        Interval by Hartung & Knapp 2001 (Student's t, variance from the observed spread), but never with a smaller
        variance than the model's (Röver & al 2015): studies that agree by chance would promise too much. Else normal.

    Raises
    ------
    Undefined
        If there is one study only, or a study without observations.

    Notes
    -----
    As metafor::rma in R, measures PLO and PFT, tests "adhoc" and "z".
    """
    events, n = np.asarray(events, float), np.asarray(n, float)
    alone = proportion(events, n, confidence=confidence)
    if len(n) < 2:
        raise Undefined("one study only")
    value, variance = _transformed(events, n, scale)
    weight = 1 / variance
    q = float(weight @ (value - weight @ value / weight.sum()) ** 2)
    tau2 = {"DL": _dersimonian_laird, "REML": _reml}[method](value, variance)
    typical = (len(n) - 1) * weight.sum() / (weight.sum() ** 2 - (weight**2).sum())
    weight = 1 / (variance + tau2)
    mean, error2 = weight @ value / weight.sum(), 1 / weight.sum()
    z = normal_quantile(confidence)
    if hartung_knapp:
        error2 *= max(1.0, weight @ (value - mean) ** 2 / (len(n) - 1))
        z = float(stdtrit(len(n) - 1, 0.5 + confidence / 2))
    further = float(stdtrit(len(n) - 2, 0.5 + confidence / 2)) if len(n) > 2 else np.nan
    half, reach = z * np.sqrt(error2), further * np.sqrt(tau2 + error2)

    def back(*values: float) -> Estimate:
        return Estimate(*(_proportion(value, n, scale) for value in values))

    columns = {"estimate": alone.estimate, "conf_low": alone.conf_low, "conf_high": alone.conf_high}
    return PooledProportion(
        pooled=back(mean, mean - half, mean + half),
        prediction=back(mean, mean - reach, mean + reach),
        tau2=float(tau2),
        i2=float(tau2 / (tau2 + typical)),
        q=q,
        q_df=len(n) - 1,
        q_p_value=float(chdtrc(len(n) - 1, q)),
        studies=pd.DataFrame({**columns, "weight": weight / weight.sum()}),
    )


def _transformed(events: np.ndarray, n: np.ndarray, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Proportions on the scale of the pooling, and their sampling variances."""
    if scale == "logit":
        add = np.where((events == 0) | (events == n), 0.5, 0.0)
        return np.log((events + add) / (n - events + add)), 1 / (events + add) + 1 / (n - events + add)
    if scale == "freeman-tukey":
        value = (np.arcsin(np.sqrt(events / (n + 1))) + np.arcsin(np.sqrt((events + 1) / (n + 1)))) / 2
        return value, 1 / (4 * n + 2)
    raise ValueError(f"scale is logit or freeman-tukey, not {scale!r}")


def _proportion(value: float, n: np.ndarray, scale: Scale) -> float:
    """A value on the scale of the pooling as a proportion."""
    if scale == "logit" or np.isnan(value):
        return float(expit(value))
    harmonic = 1 / np.mean(1 / n)
    lowest, highest = (float(_transformed(np.array(x), np.array(harmonic), scale)[0]) for x in (0, harmonic))
    angle = 2 * np.clip(value, lowest, highest)  # beyond these the inverse turns back
    inner = 1 - (np.sin(angle) + (np.sin(angle) - 1 / np.sin(angle)) / harmonic) ** 2
    return float((1 - np.sign(np.cos(angle)) * np.sqrt(max(inner, 0.0))) / 2)


def _dersimonian_laird(value: np.ndarray, variance: np.ndarray) -> float:
    weight = 1 / variance
    q = weight @ (value - weight @ value / weight.sum()) ** 2
    return max(0.0, (q - (len(value) - 1)) / (weight.sum() - (weight**2).sum() / weight.sum()))


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
