"""Where a method has no answer it says why, in words fit for a table."""

import numpy as np
import pandas as pd
import pytest

from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.firth import firth_cox, firth_logistic
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import follow_up, kaplan_meier
from oligomet.estimates.methods.logistic import logistic
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.proportions import proportion
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray
from oligomet.estimates.methods_python_lacks.frailty import cox_frailty
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark
from oligomet.estimates.methods_python_lacks.meta_analysis import pool_proportions
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean, restricted_mean_difference
from oligomet.estimates.methods_python_lacks.rubin import pool
from oligomet.estimates.methods_python_lacks.splines import knots
from oligomet.estimates.methods_python_lacks.zph import proportional_hazards

TIME = np.array([2, 3, 3, 5, 8, 8, 13, 21, 21, 34])
EVENT = np.array([1, 1, 0, 1, 1, 0, 1, 1, 1, 0])
GROUP = np.array(list("ababababab"))
X = pd.DataFrame({"size": [3.1, 1.2, 2.2, 4.0, 2.5, 1.1, 0.7, 2.9, 1.9, 1.0]})


def reason(function, *arguments, **options) -> str:
    with pytest.raises(Undefined) as refusal:
        function(*arguments, **options)
    return str(refusal.value)


@pytest.mark.parametrize("method", [kaplan_meier, follow_up, cumulative_incidence])
def test_times_that_no_curve_can_be_drawn_from(method):
    assert reason(method, [], []) == "no observations"
    assert reason(method, [1, -2], [1, 0]) == "negative time"
    assert reason(method, [1, None], [1, 0]) == "missing time"
    assert reason(method, [1, np.inf], [1, 0]) == "missing time"
    assert reason(method, [1, 2], [1, None]) == "missing event indicator"
    assert reason(method, [1, 2], [1, 0], cluster=["p", "p"]) == "one cluster only"


def test_every_method_of_times_refuses_a_missing_time():
    time = [np.nan, *TIME[1:]]
    for method in (logrank, gray):
        assert reason(method, time, EVENT, GROUP) == "missing time"
    for method in (cox, firth_cox, fine_gray):
        assert reason(method, X, time, EVENT) == "missing time"
    assert reason(restricted_mean, time, EVENT, 5) == "missing time"
    assert reason(at_landmark, time, EVENT, 5) == "missing time"


def test_a_number_that_is_no_event_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="0 or 1, not 2"):
        kaplan_meier([1, 2], [1, 2])


def test_groups_that_cannot_be_compared():
    assert reason(logrank, TIME, EVENT, ["a"] * 10) == "one group only"
    assert reason(logrank, TIME, EVENT * 0, GROUP) == "no events"
    assert reason(logrank, TIME, EVENT, [None, *GROUP[1:]]) == "missing group"
    assert (
        reason(logrank, [1, 2, 3, 4], [1, 1, 1, 1], list("aabb"), strata=[1, 1, 2, 2])
        == "groups never at risk together"
    )
    assert reason(gray, TIME, EVENT, ["a"] * 10) == "one group only"
    assert reason(gray, TIME, EVENT * 2, GROUP) == "no events"


@pytest.mark.parametrize("method", [cox, fine_gray])
def test_regressions_without_an_answer(method):
    assert reason(method, X, TIME, EVENT * 0) == "no events"
    assert reason(method, X * 0 + 1, TIME, EVENT) == "no variation at the events in size"
    assert reason(method, X.assign(double=2 * X["size"]), TIME, EVENT) == "collinear covariates"
    assert reason(method, X.mask(X > 3.5), TIME, EVENT) == "missing values in size"
    assert reason(method, X, TIME, EVENT, cluster=["p"] * 10) == "one cluster only"
    assert reason(method, X.assign(other=TIME % 4), TIME, EVENT, cluster=GROUP) == "no more clusters than covariates"


@pytest.mark.parametrize("method", [cox, fine_gray])
def test_monotone_likelihood_is_named_and_not_estimated(method):
    rng = np.random.default_rng(1)
    spared = rng.integers(0, 2, 60)  # nobody in this group has the event
    data = pd.DataFrame({"size": rng.normal(size=60), "spared": spared})
    time, event = rng.integers(1, 30, 60), rng.integers(0, 2, 60) * (1 - spared)
    assert reason(method, data, time, event) == "monotone likelihood in spared"
    assert reason(method, data.assign(order=-time), time, event) == "monotone likelihood in order"


def test_a_strong_effect_is_no_monotone_likelihood():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, 400)
    fit = cox(pd.DataFrame({"x": x}), rng.exponential(np.where(x, 1, 150)), np.ones(400))
    assert fit.log_ratio["x"] > 3.5


def test_firth_answers_where_the_likelihood_is_monotone():
    event = EVENT * (GROUP == "a")
    x = pd.DataFrame({"spared": (GROUP == "b") * 1})
    assert reason(cox, x, TIME, event) == "monotone likelihood in spared"
    row = firth_cox(x, TIME, event).table.loc["spared"]
    assert 0 < row["conf_low"] < row["estimate"] < row["conf_high"] < np.inf
    assert reason(firth_cox, x * 0, TIME, event) == "no variation at the events in spared"
    assert reason(firth_cox, x, TIME, event * 0) == "no events"


def test_separation_in_logistic_regression():
    response = (X["size"] > 2).astype(int)
    assert reason(logistic, X, response) == "separation in size"
    assert reason(logistic, X, response * 0) == "no events"
    assert reason(logistic, X, response * 0 + 1) == "everybody has the event"
    assert reason(logistic, X, response.where(response > 0)) == "missing outcome"
    assert np.isfinite(firth_logistic(X, response).table.loc["size", "conf_high"])
    assert reason(logistic, X, EVENT, cluster=[1] * 10) == "one cluster only"


def test_other_methods_without_an_answer():
    assert reason(proportion, 0, 0) == "no observations"
    assert reason(pool_proportions, [3], [7]) == "one study only"
    assert reason(pool_proportions, [3, 0], [7, 0]) == "no observations"
    assert reason(pool, [0.3], [0.1]) == "one imputation only"
    assert reason(knots, [1, 1, 1, 1, 2]) == "too few distinct values for a spline"
    assert reason(restricted_mean, TIME, EVENT, 60) == "nobody followed to 60"
    assert reason(restricted_mean_difference, TIME, EVENT, [True] * 10, 5) == "one group only"
    assert reason(restricted_mean_difference, TIME, EVENT * 0, GROUP == "a", 5) == "no events"
    assert reason(at_landmark, TIME, EVENT, 40) == "nobody followed beyond 40"
    assert reason(cox, X, TIME, EVENT, start=TIME) == "interval without length"
    assert reason(cox_frailty, X, TIME, EVENT, range(10)) == "no cluster with two members"
    assert reason(draw, ["p"] * 10, 5, seed=1) == "one cluster only"
    assert reason(cox_log_hr, np.ones((1, 10)), X, TIME, EVENT * 0) == "no events"


def test_proportional_hazards_need_more_than_one_event_time():
    assert reason(proportional_hazards, X, [5] * 10, EVENT) == "all events at one time"


def test_survival_beyond_follow_up_is_empty_with_a_reason():
    row = kaplan_meier([3, 9], [1, 0]).at(12).iloc[0]
    assert np.isnan(row["survival"])
    assert row["reason"] == "nobody followed to 12"
    assert kaplan_meier([3, 9], [1, 1]).at(12)["survival"].item() == 0  # when all have died, that is known for ever


def test_no_events_leave_a_survival_of_one():
    km = kaplan_meier([3, 9], [0, 0])
    assert km.at(5)["survival"].item() == 1
    assert np.isnan(km.median.estimate)
