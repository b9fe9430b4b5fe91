"""Of more patients than robustness is declared for a random sample is analysed, and that is said."""

import pandas as pd
import pytest
from robust_cohort import draw, study

from oligomet.book import Book
from oligomet.estimates.robustness import estimate_robustness
from oligomet.estimates.robustness.conclusions import estimate_conclusions


def estimated(limit):
    times, patients, lesions, responses = draw(seed=3, patients=120)
    given = (times, patients, lesions, responses, times.iloc[:0], study(at_most_patients=limit, imputed_datasets=2))
    return Book(pd.concat([estimate_robustness(*given), estimate_conclusions(*given)], ignore_index=True))


@pytest.fixture(scope="module")
def sampled():
    return estimated(100)


def test_so_many_patients_are_analysed_with_all_their_lesions(sampled):
    count = sampled.one(analysis="robustness_sample", statistic="count")
    assert (count.estimate, count.n) == (100, 120)
    of_patients = [row.n for row in sampled.some(analysis="bootstrap", unit="patient", statistic="median")]
    assert of_patients and max(of_patients) == 100
    assert max(row.n for row in sampled.some(analysis="specification", unit="patient")) == 100


def test_the_sample_is_the_same_again(sampled):
    pd.testing.assert_frame_equal(estimated(100).frame(), sampled.frame())


def test_where_there_are_no_more_all_are_analysed():
    found = estimated(120)
    assert not len(found.some(analysis="robustness_sample"))
    assert max(row.n for row in found.some(analysis="bootstrap", unit="patient", statistic="median")) == 120
