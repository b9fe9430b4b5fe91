"""Secondary endpoints: death competes by group, and a response counts from a landmark on, of patients or lesions."""

import pandas as pd
import pytest
from robust_cohort import draw, study

from oligomet.book import Book
from oligomet.estimates.robustness.competing import estimate_competing
from oligomet.estimates.robustness.landmark import estimate_landmark
from oligomet.estimates.secondary import estimate_secondary
from oligomet.schemas import ESTIMATE_KEY
from oligomet.trial_declarations import Secondary

DECLARED = {
    "competing": {"LRFS_lesion": ["gtv"], "LRFS": ["age"]},
    "landmark": {"LRFS_lesion": ["response"], "OS": ["response"]},
    "landmarks_months": [2, 3],
}


@pytest.fixture(scope="module")
def cohort():
    return draw(seed=3, patients=80)


@pytest.fixture(scope="module")
def found(cohort) -> Book:
    declared = study()
    declared.secondary = Secondary(**DECLARED)
    return Book(estimate_secondary(*cohort, declared))


def test_the_groups_add_up_to_everyone(found):
    of = found.some(analysis="competing", endpoint="LRFS_lesion", statistic="competing_events")
    everyone, groups = of.one(factor=None), of.some(factor="gtv")
    assert groups.each("group") == ["< 3", "≥ 3"]
    assert sum(row.n for row in groups) == everyone.n
    assert sum(row.events for row in groups) == everyone.events


def test_what_robustness_has_as_well_is_the_same(found, cohort):
    theirs = Book(estimate_competing(*cohort[:3], study()))
    where = {"endpoint": "LRFS_lesion", "factor": "gtv", "statistic": "chi_square"}
    assert found.one(**where).p_value == theirs.one(**where).p_value
    theirs = Book(estimate_landmark(*cohort, study(landmarks_months=[2, 3])))
    ours = found.some(analysis="landmark", endpoint="OS").frame()
    pd.testing.assert_frame_equal(ours, theirs.some(endpoint="OS").frame())


def test_lesions_have_landmarks_with_a_variance_by_patient(found):
    rows = found.some(analysis="landmark", endpoint="LRFS_lesion", statistic="landmark_hazard_ratio")
    assert rows.each("time_months") == [2, 3] and rows.each("unit") == ["lesion"]
    early, late = rows
    assert early.n > 0 and late.is_defined
    naive = found.one(analysis="landmark", endpoint="LRFS_lesion", statistic="naive_hazard_ratio")
    assert naive.n >= max(early.n, late.n)


def test_every_row_is_of_something_else(found):
    assert not found.frame().duplicated(ESTIMATE_KEY).any()
