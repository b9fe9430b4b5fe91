"""Every patient's dates move by a number of days of her own: intervals, and all that rests on them, stay."""

from pathlib import Path

import pandas as pd
import pytest
from ward import STUDY

from all_outcomes import derive_outcomes
from oligomet.cohort.build import build_cohort
from oligomet.extract.readers import extract_sources

DAYS = 45
RAW = Path(__file__).parents[2] / "studies/pumch2022/raw"


def outcomes(days: int) -> dict[str, pd.DataFrame]:
    study = STUDY.model_copy(update={"privacy": STUDY.privacy.model_copy(update={"shift_dates_days": days})})
    cohort = build_cohort(extract_sources(study, RAW), study, "a key")
    return {**{f"cohort/{name}": table for name, table in cohort.items()}, **derive_outcomes(cohort, study)}


@pytest.fixture(scope="module")
def true():
    tables = outcomes(0)
    tables["events"] = tables["events"].query("event != 'data_cut'").reset_index(drop=True)
    return tables


@pytest.fixture(scope="module")
def shifted():
    return outcomes(DAYS)


def test_all_that_is_no_date_stays_and_so_do_the_estimates_that_rest_on_it(true, shifted):
    for name, table in true.items():
        others = table.columns.difference(table.select_dtypes("datetime").columns)
        pd.testing.assert_frame_equal(shifted[name][others], table[others])


def test_no_date_stays_and_those_of_a_patient_move_together(true, shifted):
    moved = []
    for name, table in true.items():
        for column in table.select_dtypes("datetime"):
            days = (shifted[name][column] - table[column]).dt.days
            assert days.isna().equals(table[column].isna())
            moved.append(pd.DataFrame({"patient_id": table["patient_id"], "days": days}).dropna())
    by = pd.concat(moved).groupby("patient_id")["days"].unique()
    assert len(by) == len(true["patients"]) and by.map(len).eq(1).all()
    days = by.str[0]
    assert days.abs().between(1, DAYS).all() and days.min() < -DAYS / 2 and days.max() > DAYS / 2
    assert days.nunique() > DAYS
