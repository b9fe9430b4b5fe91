"""Many resamples at once give what each gives by itself."""

import numpy as np
import pandas as pd
import pytest

from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw, medians, survival_at

RNG = np.random.default_rng(5)
TIME = RNG.integers(1, 15, 60).astype(float)  # many ties
EVENT = RNG.integers(0, 2, 60)
X = pd.DataFrame({"a": RNG.integers(0, 2, 60), "b": RNG.integers(0, 2, 60)}).astype(float)
OWNER = np.repeat(np.arange(30), 2)
WEIGHTS = draw(OWNER, 25, seed=1)


def repeated(weights):
    return np.repeat(np.arange(60), weights.astype(int))


def test_clusters_are_drawn_whole_and_as_many_as_there_are():
    assert (WEIGHTS[:, ::2] == WEIGHTS[:, 1::2]).all()
    assert (WEIGHTS.sum(axis=1) == 60).all()
    assert (draw(OWNER, 25, seed=1) == WEIGHTS).all()
    assert not (draw(OWNER, 25, seed=2) == WEIGHTS).all()


def test_one_cluster_cannot_be_resampled():
    with pytest.raises(Undefined, match="one cluster only"):
        draw([1, 1, 1], 10, seed=1)


@pytest.mark.parametrize("sample", range(0, 25, 4))
def test_survival_and_median_are_those_of_the_repeated_subjects(sample):
    rows = repeated(WEIGHTS[sample])
    alone = kaplan_meier(TIME[rows], EVENT[rows])
    at = [0, 3, 7.5, 14, 20]
    np.testing.assert_allclose(survival_at(WEIGHTS, TIME, EVENT, at)[sample], alone.at(at)["survival"], atol=1e-12)
    expected = np.inf if np.isnan(alone.median.estimate) else alone.median.estimate
    assert medians(WEIGHTS, TIME, EVENT)[sample] == expected


def test_a_median_at_exactly_one_half_is_the_middle_of_the_step():
    weights = np.ones((1, 4))
    assert medians(weights, [1, 2, 4, 6], [1, 1, 1, 1])[0] == 3
    assert medians(weights, [1, 2, 4, 6], [1, 0, 0, 0])[0] == np.inf


@pytest.mark.parametrize("ties", ["breslow", "efron"])
@pytest.mark.parametrize("columns", [["a"], ["a", "b"]])
def test_hazard_ratios_are_those_of_the_repeated_subjects(ties, columns):
    found = cox_log_hr(WEIGHTS, X[columns], TIME, EVENT, ties=ties)
    for sample in range(0, 25, 4):
        rows = repeated(WEIGHTS[sample])
        alone = cox(X[columns].iloc[rows], TIME[rows], EVENT[rows], ties=ties)
        np.testing.assert_allclose(found[sample], alone.log_ratio, atol=1e-8)


def test_separation_and_no_event_have_no_hazard_ratio():
    x = pd.DataFrame({"a": [1.0, 1, 0, 0]})
    weights = np.array([[1.0, 1, 1, 1], [0, 0, 2, 2]])
    assert np.isnan(cox_log_hr(weights, x, [5, 6, 1, 2], [0, 0, 1, 1])).all()
