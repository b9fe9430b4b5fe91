"""BED and EQD2 against published and hand-made values."""

import numpy as np
import pandas as pd
import pytest

from oligomet.declarations import Dose
from oligomet.outcomes.dose import bed, delivered_dose, eqd2


@pytest.mark.parametrize(
    ("total", "fractions", "expected"), [(24, 3, 43.2), (40, 5, 72), (60, 30, 72), (50.4, 28, 59.472), (30, 1, 120)]
)
def test_bed10_of_known_schedules(total, fractions, expected):
    assert bed(total / fractions, fractions) == pytest.approx(expected)


def test_two_gray_fractions_are_their_own_equivalent():
    assert eqd2(2, 30) == pytest.approx(60)
    assert eqd2(2, 30, alpha_beta_gy=3) == pytest.approx(60)


def test_late_tissue_feels_large_fractions_more():
    assert eqd2(8, 5, 3) == pytest.approx(40 * (8 + 3) / (2 + 3))
    assert eqd2(8, 5, 3) > eqd2(8, 5, 10)


def test_arrays_broadcast_and_missing_stays_missing():
    doses = bed(pd.Series([2.0, None, 8.0]), pd.Series([30, 25, 5], dtype="Int64"))
    np.testing.assert_allclose(doses, [72, np.nan, 72])


@pytest.mark.parametrize(
    ("d", "n", "ab", "what"),
    [
        (0, 10, 10, "dose per fraction"),
        (-2, 10, 10, "found -2"),
        (2, 0, 10, "fractions"),
        (2, 10, 0, "alpha/beta"),
        (np.inf, 1, 10, "finite"),
    ],
)
def test_no_dose_no_bed(d, n, ab, what):
    with pytest.raises(ValueError, match=what):
        bed(d, n, ab)


PLANS = pd.DataFrame(
    {
        "fractions": pd.array([28, 5, 25], "Int64"),
        "ptv_fraction_gy": [1.8, 8.0, 2.0],
        "ptv_dose_gy": [50.4, 40.0, 50.0],
        "pgtv_fraction_gy": [2.15, np.nan, 1.8],
        "pgtv_dose_gy": [60.2, np.nan, 45.0],
        "dose_unknown": pd.array([pd.NA] * 3, "string"),
    },
    index=[7, 3, 5],
)


@pytest.mark.parametrize(
    ("level", "doses"), [("highest", [60.2, 40, 50]), ("ptv", [50.4, 40, 50]), ("pgtv", [60.2, 40, 45])]
)
def test_the_level_that_counts(level, doses):
    delivered = delivered_dose(PLANS, Dose(level=level))
    assert delivered["dose_gy"].tolist() == doses
    assert delivered.index.tolist() == [7, 3, 5]
    np.testing.assert_allclose(delivered["bed10_gy"], bed(delivered["fraction_gy"], PLANS["fractions"]))
    np.testing.assert_allclose(delivered["eqd2_gy"], delivered["bed10_gy"] / 1.2)


def test_a_boost_that_is_not_known_is_not_a_plan_without_one():
    plans = PLANS.assign(dose_unknown=pd.array([pd.NA, "the dose of a boost cannot be read", pd.NA], "string"))
    assert delivered_dose(plans, Dose())["dose_gy"].isna().tolist() == [False, True, False]
    assert delivered_dose(plans, Dose()).loc[3].isna().all()
    assert delivered_dose(plans, Dose(level="ptv")).notna().all(axis=None)
