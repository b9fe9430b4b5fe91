"""Continuous factors as they are, in restricted cubic splines, beside their cut-points, and what the cut costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.conditions import holds
from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import Design, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import DEGREES, independent, percent, tabulate, test_row
from oligomet.estimates.methods.cox import likelihood_ratio
from oligomet.estimates.methods.inference import ChiSquare, Fit, Undefined, normal_quantile
from oligomet.estimates.methods_python_lacks.splines import knots, spline_basis

if TYPE_CHECKING:
    from oligomet.declarations import Factor
    from oligomet.study import Study

POINTS = 41  # of a curve
SHOWN = (0.05, 0.95)  # quantiles of the values between which it is drawn


def estimate_continuous(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Each factor of `robustness.continuous` in three forms: linear, as a spline, and cut into its groups.

    Returns
    -------
    Rows of `estimates`, analyses continuous and continuous_curve. All forms of a factor are fitted to the same
    subjects, those of whom its variable is known.

    Notes
    -----
    Knots are at Harrell's quantiles. Spline and groups are not nested, so that what the groups leave out is measured
    against the model that holds both: their adequacy is their chi-square over that model's (Harrell 2015, section
    9.8.4), and what it lacks of 1 is the share of the subjects that cutting throws away. It is given only where
    groups or spline show an association, and belongs beside the test of what the spline adds to the groups: a spline
    fits chance, too. Curves span the central 90 % of the values; their ratios are against the median, those of the
    groups against the group in which the median lies.
    """
    rows: list[dict] = []
    for where, frame, names in each_endpoint(declared_robustness(study).continuous, times, patients, lesions, study):
        for name in names:
            rows += _factor(design(frame, chosen(study, [name])), {**where, "factor": name}, study)
    return tabulate(rows)


def spline(values: pd.Series, count: int) -> tuple[pd.DataFrame, np.ndarray]:
    """The columns of a restricted cubic spline, on the index of `values`, and its knots.

    There are `count` knots, or as many, three at least, as heaped values leave apart.

    Raises
    ------
    Undefined
        If the values leave not even three knots apart.
    """
    for fewer in range(count, 2, -1):
        try:
            at = knots(values, fewer)
        except Undefined as reason:
            heaped = reason
            continue
        return spline_basis(values, at).set_axis(values.index), at
    raise heaped


def grid(values: pd.Series) -> np.ndarray:
    """The values, evenly spaced, at which a curve is given."""
    first, last = np.quantile(values, SHOWN)
    return np.linspace(first, last, POINTS)


def curve_rows(fit: Fit, basis: pd.DataFrame, reference: pd.DataFrame, at: np.ndarray, where: dict) -> list[dict]:
    """A row for each value of `at`: the hazard ratio between its columns `basis` and the one row of `reference`.

    Columns are those of a part of the model.
    """
    names = list(basis.columns)
    away = basis.to_numpy() - reference.to_numpy()
    log_hr = away @ fit.log_ratio[names].to_numpy()
    error = np.sqrt(np.einsum("ij,jk,ik->i", away, fit.covariance.loc[names, names].to_numpy(), away))
    low, high = (log_hr + sign * normal_quantile(fit.confidence) * error for sign in (-1, 1))
    ratios = np.exp(np.column_stack([log_hr, low, high]))
    return [
        {**where, "value": value, "estimate": ratio[0], "conf_low": ratio[1], "conf_high": ratio[2]}
        for value, ratio in zip(at, ratios, strict=True)
    ]


def density(values: pd.Series, at: np.ndarray) -> np.ndarray:
    """How many values lie nearest to each value of `at`; those more than half a step beyond its ends, nowhere."""
    half = (at[1] - at[0]) / 2
    return np.histogram(values, np.append(at - half, at[-1] + half))[0]


def _factor(of: Design, where: dict, study: Study) -> list[dict]:
    """The rows of one factor; where a form cannot be fitted, the reason: there is nothing to compare."""
    variable = study.factors[where["factor"]].variable
    values = of.frame[variable].astype(float)
    where = {**where, "n": len(values), "events": of.events}
    try:
        columns, at = spline(values, declared_robustness(study).knots)
        designs = {
            "linear": columns[["x"]],
            "spline": columns,
            "cut": of.indicators,
            "both": of.indicators.join(columns),
        }
        fits = {name: cox_of(replace(of, indicators=x), where["unit"], study.analyses) for name, x in designs.items()}
    except Undefined as reason:
        method = f"Cox, {study.analyses.ties.title()} ties, restricted cubic spline"
        missing = {**where, "analysis": "continuous", "form": "spline", "statistic": "likelihood_ratio"}
        return [{**missing, "method": method, "reason": str(reason)}]
    words = {"linear": "linear", "spline": f"restricted cubic spline, {len(at)} knots", "cut": "groups"}
    return [*_tests(fits, words, where, study), *_curves(values, of, fits, at, words, where, study)]


def _tests(fits: dict[str, Fit], words: dict[str, str], where: dict, study: Study) -> list[dict]:
    where = {**where, "analysis": "continuous"}
    said = {form: f"Cox, {study.analyses.ties.title()} ties, {word}" for form, word in words.items()}

    def test(form: str, statistic: str, found: ChiSquare, asks: str) -> dict:
        method = f"{said[form]}, likelihood-ratio test{asks}{independent(where['unit'])}{DEGREES}"
        return test_row(lambda: found, {**where, "form": form}, method, statistic)

    rows = []
    for form in words:
        fit = fits[form]
        rows.append(test(form, "likelihood_ratio", fit.likelihood_ratio, ""))
        aic = {"statistic": "aic", "estimate": 2 * len(fit.log_ratio) - 2 * fit.loglik}
        rows.append({**where, "form": form, "method": f"{said[form]}, Akaike's information criterion", **aic})
    rows.append(test("spline", "non_linearity", likelihood_ratio(fits["spline"], fits["linear"]), " of curvature"))
    rows.append(
        test("cut", "left_out", likelihood_ratio(fits["both"], fits["cut"]), " of the spline beside the groups")
    )
    return rows + _cost(fits, {**where, "form": "cut"}, study)


def _cost(fits: dict[str, Fit], where: dict, study: Study) -> list[dict]:
    """What the groups keep of the association, and how many subjects the rest is worth."""
    kept, whole = fits["cut"].likelihood_ratio, fits["both"].likelihood_ratio
    method = "chi-square of the groups over that of groups and spline"
    adequacy = {**where, "statistic": "adequacy", "method": method}
    lost = {**where, "statistic": "lost_subjects", "method": f"n × (1 − {method})"}
    if min(kept.p_value, fits["spline"].likelihood_ratio.p_value) >= study.analyses.significance:
        return [{**row, "reason": "no association beyond chance"} for row in (adequacy, lost)]
    share = kept.chi_square / whole.chi_square
    return [{**adequacy, "estimate": share}, {**lost, "estimate": (1 - share) * where["n"]}]


def _curves(
    values: pd.Series,
    of: Design,
    fits: dict[str, Fit],
    at: np.ndarray,
    words: dict[str, str],
    where: dict,
    study: Study,
) -> list[dict]:
    points, middle = grid(values), np.median(values)
    asked = np.append(points, middle)
    basis = spline_basis(asked, at)
    groups = _indicators_at(asked, values, of, study.factors[where["factor"]])
    counts = density(values, points)
    rows = []
    for form, columns in {"linear": basis[["x"]], "spline": basis, "cut": groups}.items():
        interval = f"{percent(study.analyses)} Wald interval"
        method = f"Cox, {study.analyses.ties.title()} ties, {words[form]}, against the median of {middle:g}, {interval}"
        about = {**where, "analysis": "continuous_curve", "statistic": f"{form}_hazard_ratio", "method": method}
        found = curve_rows(fits[form], columns.iloc[:-1], columns.iloc[[-1]], points, about)
        rows += [{**row, "n": count, "events": None} for row, count in zip(found, counts, strict=True)]
    return rows


def _indicators_at(asked: np.ndarray, values: pd.Series, of: Design, factor: Factor) -> pd.DataFrame:
    """The indicators of the groups at values that perhaps nobody has: one that is in no group counts with the next
    lower value that somebody has."""
    inside = pd.DataFrame({level: holds(pd.Series(asked), factor.groups[level]) for level in factor.levels})
    declared = pd.DataFrame({column: inside[contrast.group] for column, contrast in of.contrasts.items()}, dtype=float)
    ordered = values.sort_values()
    lower = np.maximum(np.searchsorted(ordered, asked, side="right") - 1, 0)
    known = of.indicators.loc[ordered.index[lower]].reset_index(drop=True)
    return declared.where(inside.any(axis=1), known)
