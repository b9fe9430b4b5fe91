"""The project's own call for each method of reference_trial.json: from a data set and its name, the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from oligomet.design.stages import of_size, simon
from oligomet.estimates.methods.agreement import kappa
from oligomet.estimates.methods.logistic import logistic
from oligomet.estimates.methods.penalised_logistic import penalised_logistic
from oligomet.estimates.methods.predictive_performance import net_benefit, performance
from oligomet.estimates.methods.proportions import clustered_proportion, p_above

Numbers = dict[str, object]
METHODS: dict[str, Callable[[pd.DataFrame, str], Numbers]] = {}


def above(d: pd.DataFrame, _: str, null: float, clustered: bool) -> Numbers:
    return {"p_value": p_above(d["response"], null, cluster=d["patient"] if clustered else None)}


def ridge(d: pd.DataFrame, _: str, penalty: float) -> Numbers:
    fit = penalised_logistic(d[["z", "x", "one"]], d["response"], d["patient"], 1, penalties=[penalty])
    return {"log_or": fit.log_or}


def predictions(d: pd.DataFrame, _: str) -> Numbers:
    fit = logistic(d[["z", "x"]], d["response"]).log_ratio
    predicted = 1 / (1 + np.exp(-0.7 * (fit.iloc[0] + d[["z", "x"]].to_numpy() @ fit.iloc[1:].to_numpy())))
    return performance(d["response"], predicted) | {"net_benefit": net_benefit(d["response"], predicted, 0.4)}


def one_stage(d: pd.DataFrame, _: str) -> Numbers:
    found = [of_size(40, null, target, 0.05) for null, target in d.itertuples(index=False)]
    return {name: [getattr(one, name) for one in found] for name in ("reject_from", "significance", "power")}


def two_stages(d: pd.DataFrame, _: str) -> Numbers:
    found = [design for rates in d.itertuples(index=False) for design in simon(*rates, 0.05, 0.8)]
    return {"optimal_and_minimax": [[s.stop_at, s.first_n, s.reject_from, s.n, s.expected_n] for s in found]}


for null in (0.3, 0.4, 0.6):
    METHODS[f"Rao-Scott test against {null}"] = partial(above, null=null, clustered=True)
    METHODS[f"One-sided exact test against {null}"] = partial(above, null=null, clustered=False)
METHODS["Clustered rate"] = lambda d, _: {
    "rate": list(vars(clustered_proportion(d["response"], d["patient"])).values())
}
METHODS["Cohen's kappa"] = lambda d, _: {"kappa": kappa(d["response"], d["status"])}
for penalty in (0.01, 1):
    METHODS[f"Ridge, inverse penalty {penalty}"] = partial(ridge, penalty=penalty)
METHODS["Predictive performance"] = predictions
METHODS["Exact design, one stage"] = one_stage
METHODS["Simon's two stages"] = two_stages
