"""How often the tests of a response rate reject it where it is true, and lesions of a patient are alike."""

import methods_table
import numpy as np
import pytest
from clustered_sizes import NOMINAL, page, sizes

from oligomet.estimates.methods.proportions import p_above


def test_by_rao_and_scott_the_size_is_near_the_nominal():
    found = sizes()
    assert found["Rao-Scott"].between(0.008, 0.033).all()
    away = (found[["Exact binomial", "Generalised score", "Rao-Scott"]] - NOMINAL).abs()
    assert away["Rao-Scott"].mean() < 0.5 * away["Generalised score"].mean() < 0.5 * away["Exact binomial"].mean()


def test_the_score_test_errs_with_the_skewness():
    found = sizes().groupby("Null rate")["Generalised score"].mean()
    assert found.is_monotonic_increasing
    assert found[0.2] < 0.015 < 0.02 < found[0.5] < 0.03 < 0.04 < found[0.8]


def test_of_one_lesion_a_patient_it_is_nearly_the_binomial_test():
    for events in (60, 70, 75):
        outcome = np.repeat([1, 0], [events, 100 - events])
        assert p_above(outcome, 0.6, cluster=np.arange(100)) == pytest.approx(p_above(outcome, 0.6), abs=0.08)


def test_where_all_respond_the_lesions_of_a_patient_count_as_one():
    p = p_above(np.ones(20), 0.5, cluster=np.repeat(np.arange(10), 2))
    assert p == pytest.approx(p_above(np.ones(10), 0.5, cluster=np.arange(10)))
    assert 0 < p < 0.01


def test_no_patient_with_every_lesion_half_responding_is_certain():
    """The variance between patients is then nothing, the binomial one is not."""
    p = p_above(np.tile([1, 0], 20), 0.4, cluster=np.repeat(np.arange(20), 2))
    assert 0.05 < p < 0.2


def test_the_page_has_these_sizes():
    assert page() in methods_table.FILE.read_text()
