import numpy as np
import pandas as pd
import pytest
from hand_cohort import lesions, patients, responses, study
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from asked import row, rows
from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.schemas import ESTIMATE_KEY, validate

COHORT = patients("P1 serous 5.0 PR 1", "P2 germ_cell 2.0 PD 0", "P3 clear_cell - NE -")
LESIONS = lesions("P1-L1 neck 5.0 PR PR", "P1-L2 neck 1.0 CR CR", "P2-L1 bone 2.0 PD PD", "P3-L1 bone - NE NE")


def describe(cohort=COHORT, irradiated=LESIONS, **analyses):
    analyses = {"describe": {"lesion": ["gtv_diameter_cm"]}, **analyses}
    days = responses(irradiated).assign(
        days_after_radiotherapy=lambda table: table["days_after_radiotherapy"] + table.index
    )
    return validate(estimate_descriptive(cohort, irradiated, days, study(**analyses)), "estimates")


def test_percentages_are_of_all_the_unknown_included():
    found = rows(describe(), unit="patient", population="all", factor="gtv")
    assert found["group"].tolist() == ["< 3", "≥ 3", "Unknown"]
    assert found["events"].tolist() == [1, 1, 1] and (found["n"] == 3).all()
    limits = binomtest(1, 3).proportion_ci()
    assert found.iloc[0][["estimate", "conf_low", "conf_high"]].tolist() == pytest.approx([1 / 3, *limits])


def test_sub_levels_stand_below_their_level():
    found = rows(describe(), unit="patient", population="all", factor="histology")
    assert dict(zip(found["group"], found["events"], strict=True)) == {"Epithelial": 2, "Serous": 1, "Germ cell": 1}


def test_the_evaluable_are_those_with_a_response():
    found = describe()
    assert [
        row(found, unit=unit, population="evaluable", statistic="count")["n"] for unit in ("patient", "lesion")
    ] == [2, 3]
    bone = row(found, unit="lesion", population="evaluable", factor="site", group="Bone")
    assert (bone["events"], bone["n"]) == (1, 3)


def test_summaries_are_of_the_known_values():
    found = rows(describe(), unit="lesion", population="all", factor="gtv_diameter_cm", group=None)
    values = np.array([5.0, 1.0, 2.0])
    expected = {
        "mean": values.mean(), "sd": values.std(ddof=1), "median": 2, "q1": 1.5, "q3": 3.5, "min": 1, "max": 5,
    }  # fmt: skip
    assert dict(zip(found["statistic"], found["estimate"], strict=True)) == pytest.approx(expected)
    assert (found["n"] == 3).all()


def test_days_to_the_first_assessment_are_those_of_lesions_imaged_again():
    found = rows(describe(), factor="days_to_first_assessment", population="all", group=None)
    shown = found.set_index("statistic")["estimate"]
    assert (shown["mean"], shown["min"], shown["max"]) == (51, 50, 52)


def test_what_cannot_be_summarised_says_why():
    irradiated = lesions("P1-L1 neck 5.0 PR PR", "P3-L1 bone - NE NE")
    found = rows(describe(irradiated=irradiated), unit="lesion", factor="gtv_diameter_cm")
    assert row(found, population="all", statistic="sd")["reason"] == "one value only"
    nothing = lesions("P3-L1 bone - NE NE")
    found = rows(describe(irradiated=nothing), unit="lesion", factor="gtv_diameter_cm", population="all")
    assert set(found["reason"]) == {"no values"} and found["estimate"].isna().all()


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["serous", "clear_cell", "germ_cell"]), st.sampled_from(["1.0", "4.0", "-"])),
        min_size=1,
    )
)
def test_levels_add_up_to_everybody(kinds):
    cohort = patients(*(f"P{i} {histology} {size} PR 1" for i, (histology, size) in enumerate(kinds)))
    found = rows(describe(cohort=cohort), unit="patient", population="all", statistic="proportion")
    found = found[found["group"] != "Serous"]
    assert (found.groupby("factor")["events"].sum() == len(kinds)).all()
    assert found.groupby("factor")["estimate"].sum().to_numpy() == pytest.approx(1)


def test_no_key_stands_twice():
    found = describe()
    assert not found.duplicated(ESTIMATE_KEY).any()
    assert found["method"].notna().all()
    pd.testing.assert_frame_equal(found, describe())
