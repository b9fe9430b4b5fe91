"""What would be found if dates without a day were the first, or the last, that they may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.survival import estimate_survival

if TYPE_CHECKING:
    from oligomet.study import Study

RATIO = ["endpoint", "factor", "group", "reference"]


def estimate_partial_dates(
    quarantine: pd.DataFrame,
    times: pd.DataFrame,
    other_dates: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Survival and the ratios of the factors compared, with the times of each other rule for such dates.

    Parameters
    ----------
    quarantine
        cohort/quarantine, where each date that was given a day is noted.
    times, other_dates, patients, lesions
        The tables of those names of the outcomes stage.

    Returns
    -------
    Rows of `estimates`, analysis partial_dates: the number of such dates; for each rule (timing) the rates and medians,
    overall, and the hazard ratios of single factors; and for each endpoint by what factor one of these differs at most
    from that with the declared rule.
    """
    dates = int(quarantine["reason"].str.contains("parsing.partial_dates", regex=False).sum())
    where = {"analysis": "partial_dates", "statistic": "count", "method": "count"}
    rows: list[dict] = [{**where, "unit": "row", "population": "screened", "estimate": dates, "n": dates}]
    declared = _ratios(times, patients, lesions, study).set_index(RATIO)["estimate"]
    tables = []
    for rule, others in other_dates.groupby("partial_dates", sort=False):
        found = estimate_survival(others, patients, lesions, study)
        found = found[found["statistic"].isin(["survival", "median"]) & found["factor"].isna()]
        found = pd.concat([found[found["analysis"] == "survival"], _ratios(others, patients, lesions, study)])
        tables.append(found.assign(analysis="partial_dates", timing=f"partial dates: {rule} day"))
    moved = pd.concat(tables)
    moved = moved[moved["statistic"] == "hazard_ratio"].set_index(RATIO)
    differs = (moved["estimate"] / declared.reindex(moved.index)).map(np.log).abs()
    differs = differs.groupby("endpoint").max().dropna()
    for endpoint, most in differs.items():
        of = {"endpoint": endpoint, "unit": study.endpoints[str(endpoint)].per, "population": "all"}
        method = "the larger hazard ratio over the smaller"
        rows.append({**where, **of, "statistic": "largest_ratio_of_ratios", "estimate": np.exp(most), "method": method})
    return pd.concat([tabulate(rows), *tables], ignore_index=True)


def _ratios(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    found = estimate_regression(times, patients, lesions, study)
    return found[(found["analysis"] == "cox_univariable") & (found["statistic"] == "hazard_ratio")]
