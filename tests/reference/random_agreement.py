"""Holds the statistical methods against what R says of the random cohorts (random/reference.json)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from calls_random import METHODS

from oligomet.estimates.methods.inference import Undefined

HERE = Path(__file__).parent / "random"
COEFFICIENTS = ("log_hr", "log_or", "log_shr")  # what the calls call R's "coefficient"
# Ours refuses, R has a number: method, the reason that ours gives, and why that is meant
REFUSED = {
    ("GEE logistic, independence", "no more clusters than coefficients"): "a sandwich of three clusters says nothing",
    ("GEE logistic, exchangeable", "no more clusters than coefficients"): "a sandwich of three clusters says nothing",
    (
        "Cox, breslow, nested models",
        "the fit did not converge",
    ): "the other covariate orders all events: both fits are perfect",
    (
        "Cox, efron, nested models",
        "the fit did not converge",
    ): "the other covariate orders all events: both fits are perfect",
}
# R stops, ours has a number
ANSWERED = {
    ("Cumulative incidence", "NAs in foreign function call (arg 3)"): "nothing happens at all: the incidence is 0",
    ("Cumulative incidence of the competing event", "NAs in foreign function call (arg 3)"): "the same",
}
# R searches the variance of a frailty by values of the likelihood, which is flat at the top
LESS_PRECISE = {("Cox, gamma frailty, estimated variance", "variance"): 1e-4}


@cache
def reference() -> dict:
    return json.loads((HERE / "reference.json").read_text())


@cache
def cohorts() -> dict[str, pd.DataFrame]:
    rows = pd.read_csv(HERE / "cohorts.csv", dtype={"cohort": str})
    return {name: d.drop(columns="cohort").reset_index(drop=True) for name, d in rows.groupby("cohort")}


def numbers_of(method: str, cohort: str) -> dict[str, np.ndarray] | str:
    """The project's numbers, or the reason why there are none."""
    try:
        found = METHODS[method](cohorts()[cohort])
    except Undefined as reason:
        return str(reason)
    names = {name: "coefficient" if name in COEFFICIENTS else name for name in found}
    return {names[name]: np.atleast_1d(np.asarray(values, float)).ravel() for name, values in found.items()}


@cache
def comparison(cohort: str) -> pd.DataFrame:
    """A row a number that R and the project have: method, quantity, ours, theirs, apart (the smaller of the absolute
    and the relative difference); and a row a method of which one of them has none (quantity empty), with both reasons.
    """
    rows = []
    for method, theirs in reference()["cohorts"][cohort].items():
        ours = numbers_of(method, cohort)
        if isinstance(ours, str) or "none" in theirs:
            reasons = {"our_reason": ours if isinstance(ours, str) else None, "their_reason": theirs.get("none")}
            rows.append(pd.DataFrame([{"method": method, **reasons}]))
            continue
        assert set(ours) == set(theirs), f"{method}: {sorted(ours)} are not {sorted(theirs)}"
        for quantity, values in theirs.items():
            values = np.atleast_1d(np.array(values, float))
            assert ours[quantity].shape == values.shape, f"{method}, {quantity}: {ours[quantity]} are not {values}"
            rows.append(
                pd.DataFrame({"method": method, "quantity": quantity, "ours": ours[quantity], "theirs": values})
            )
    table = pd.concat(rows, ignore_index=True)
    absolute = (table["ours"] - table["theirs"]).abs()
    relative = absolute / table["theirs"].abs().where(table["theirs"] != 0)
    both_empty = table["ours"].isna() & table["theirs"].isna()
    apart = pd.concat([absolute, relative], axis=1).min(axis=1).where(~both_empty, 0.0).fillna(np.inf)
    return table.assign(apart=apart.where(table["quantity"].notna()))
