"""Biologically effective and equivalent dose of what was delivered, by the linear-quadratic model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.declarations import Dose


def _positive(what: str, values: ArrayLike) -> np.ndarray:
    numbers = pd.to_numeric(pd.Series(np.ravel(values)), errors="raise").to_numpy(float, na_value=np.nan)
    wrong = numbers[(numbers <= 0) | np.isinf(numbers)]
    if wrong.size:
        raise ValueError(f"{what} must be above 0 and finite; found {', '.join(f'{value:g}' for value in wrong[:5])}.")
    return numbers.reshape(np.shape(values))


def bed(dose_per_fraction_gy: ArrayLike, fractions: ArrayLike, alpha_beta_gy: ArrayLike = 10.0) -> np.ndarray:
    """Biologically effective dose in Gy, BED = n d (1 + d / (alpha/beta)).

    Linear-quadratic model (Fowler 1989, Br J Radiol 62:679), without a term for time; above some 6 to 8 Gy a fraction
    it is an extrapolation. Shapes broadcast; a missing dose has a missing BED.

    Raises
    ------
    ValueError
        If a dose, a number of fractions or alpha/beta is not positive: a plan without dose has no BED.
    """
    d = _positive("dose per fraction (Gy)", dose_per_fraction_gy)
    n = _positive("number of fractions", fractions)
    return n * d * (1 + d / _positive("alpha/beta (Gy)", alpha_beta_gy))


def eqd2(dose_per_fraction_gy: ArrayLike, fractions: ArrayLike, alpha_beta_gy: ArrayLike = 10.0) -> np.ndarray:
    """Equivalent dose in fractions of 2 Gy, in Gy: EQD2 = BED / (1 + 2 / (alpha/beta)).

    Model, shapes and errors as for `bed`.
    """
    return bed(dose_per_fraction_gy, fractions, alpha_beta_gy) / (1 + 2 / _positive("alpha/beta (Gy)", alpha_beta_gy))


def delivered_dose(plans: pd.DataFrame, dose: Dose) -> pd.DataFrame:
    """The dose level that counts for each plan, with its BED and EQD2 for tumour.

    `dose.level` is ptv, pgtv or highest: of the two, the one with the higher BED. A plan without a PGTV has one
    level, the PTV, and that is its dose under every setting. A plan whose boost is not known (`dose_unknown`) has no
    dose, unless `dose.level` is ptv.

    Returns
    -------
    DataFrame with the index of `plans` and dose_gy, fraction_gy, bed10_gy, eqd2_gy (all Gy).
    """
    fractions, alpha_beta = plans["fractions"], dose.alpha_beta_tumour_gy
    ptv = bed(plans["ptv_fraction_gy"], fractions, alpha_beta)
    pgtv = bed(plans["pgtv_fraction_gy"], fractions, alpha_beta)
    takes_pgtv = {"ptv": np.zeros(len(plans), bool), "pgtv": ~np.isnan(pgtv), "highest": pgtv > ptv}[dose.level]
    fraction = np.where(takes_pgtv, plans["pgtv_fraction_gy"], plans["ptv_fraction_gy"])
    known = plans["dose_unknown"].isna() | (dose.level == "ptv")
    doses = pd.DataFrame(
        {
            "dose_gy": np.where(takes_pgtv, plans["pgtv_dose_gy"], plans["ptv_dose_gy"]),
            "fraction_gy": fraction,
            "bed10_gy": bed(fraction, fractions, alpha_beta),
            "eqd2_gy": eqd2(fraction, fractions, alpha_beta),
        },
        index=plans.index,
    )
    return doses.where(known)
