"""What must hold for the methods whatever the cohort."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.multiplicity import adjust
from oligomet.estimates.methods.proportions import proportion
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.exact_ties import DiscreteLikelihood
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark, split_at_change
from oligomet.estimates.methods_python_lacks.partial_likelihood import risk_sets
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw, medians, survival_at
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean

brief = settings(max_examples=60, deadline=None)


@st.composite
def cohorts(draw, least: int = 6) -> pd.DataFrame:
    """Months, causes (0 censored), groups, a size and a patient: with ties, often without events, in any order."""
    n = draw(st.integers(least, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    causes = draw(st.sampled_from([(1, 0, 0), (0, 1, 0), (0.5, 0.5, 0), (0.4, 0.4, 0.2), (0.9, 0.05, 0.05)]))
    return pd.DataFrame(
        {
            "time": rng.integers(0, draw(st.sampled_from([3, 12, 100])), n),
            "cause": rng.choice(3, n, p=causes),
            "group": rng.choice(list("abc"), n),
            "size": rng.normal(3, 1, n).round(1),
            "patient": rng.integers(0, n, n),
            "shuffled": rng.permutation(n),
        }
    ).assign(event=lambda d: (d["cause"] == 1).astype(int))


def answer(function, *arguments, **options):
    """The result, or the reason why there is none."""
    try:
        return function(*arguments, **options)
    except Undefined as refusal:
        return str(refusal)


@given(cohorts())
@brief
def test_order_of_rows_does_not_matter(d):
    other = d.iloc[d["shuffled"]]
    pd.testing.assert_frame_equal(
        kaplan_meier(d["time"], d["event"]).steps, kaplan_meier(other["time"], other["event"]).steps
    )
    for test in (logrank, gray):
        cause = "event" if test is logrank else "cause"
        one, two = (answer(test, x["time"], x[cause], x["group"]) for x in (d, other))
        assert one == two if isinstance(one, str) else one.p_value == pytest.approx(two.p_value, abs=1e-9)
    for fit in (cox, fine_gray):
        cause = "event" if fit is cox else "cause"
        one, two = (answer(fit, x[["size"]], x["time"], x[cause]) for x in (d, other))
        assert (
            one == two
            if isinstance(one, str)
            else one.table.to_numpy() == pytest.approx(two.table.to_numpy(), rel=1e-6, abs=1e-9)
        )


@given(cohorts())
@brief
def test_names_of_groups_do_not_matter(d):
    renamed = d["group"].map({"a": "zebra", "b": "ant", "c": "midge"})
    for test in (logrank, gray):
        cause = "event" if test is logrank else "cause"
        one, two = answer(test, d["time"], d[cause], d["group"]), answer(test, d["time"], d[cause], renamed)
        assert one == two if isinstance(one, str) else one.p_value == pytest.approx(two.p_value, abs=1e-9)


@given(cohorts(), st.sampled_from(["plain", "log", "log-log"]), st.booleans())
@brief
def test_survival_falls_from_one_to_zero_within_its_limits(d, interval, clustered):
    assume(len(set(d["patient"])) > 1)
    steps = kaplan_meier(d["time"], d["event"], interval=interval, cluster=d["patient"] if clustered else None).steps
    assert steps["survival"].between(0, 1).all()
    assert (np.diff(np.r_[1, steps["survival"]]) <= 0).all()
    known = steps.dropna()
    assert (known["conf_low"] >= 0).all()
    assert (known["conf_high"] <= 1).all()
    assert (known["conf_low"] <= known["survival"] + 1e-12).all()
    assert (known["conf_high"] >= known["survival"] - 1e-12).all()


@given(cohorts())
@brief
def test_nobody_is_lost_from_the_numbers_at_risk(d):
    steps = kaplan_meier(d["time"], d["event"]).steps
    left = steps["at_risk"] - steps["events"] - steps["censored"]
    assert steps["at_risk"].iloc[0] == len(d)
    assert list(left) == [*steps["at_risk"].iloc[1:], 0]


@given(cohorts())
@brief
def test_survival_of_all_lies_between_that_of_the_groups(d):
    """Without censoring: with it, the weights of the groups in the mixture change with time."""
    times = np.arange(d["time"].max() + 1)
    groups = np.array([kaplan_meier(g["time"], g["time"] >= 0).at(times)["survival"] for _, g in d.groupby("group")])
    pooled = kaplan_meier(d["time"], d["time"] >= 0).at(times)["survival"].to_numpy()
    assert (pooled >= groups.min(axis=0) - 1e-12).all()
    assert (pooled <= groups.max(axis=0) + 1e-12).all()


@given(cohorts())
@brief
def test_incidences_and_event_free_survival_add_to_one(d):
    both = [cumulative_incidence(d["time"], d["cause"], of=cause).steps for cause in (1, 2)]
    total = both[0]["incidence"] + both[1]["incidence"] + both[0]["event_free"]
    assert total.to_numpy() == pytest.approx(np.ones(len(total)), abs=1e-12)


@given(cohorts())
@brief
def test_incidence_without_competing_events_is_one_less_survival(d):
    incidence = cumulative_incidence(d["time"], d["event"]).steps["incidence"]
    assert incidence.to_numpy() == pytest.approx(1 - kaplan_meier(d["time"], d["event"]).steps["survival"].to_numpy())


@given(cohorts(least=12), st.sampled_from(["breslow", "efron"]))
@brief
def test_clusters_of_one_give_the_robust_variance(d, ties):
    """A cluster for every row: the sum over rows of squared score residuals, which needs no cluster."""
    fit = answer(cox, d[["size"]], d["time"], d["event"], ties=ties, cluster=d.index)
    assume(not isinstance(fit, str))
    likelihood = risk_sets(d[["size"]], d["time"], d["event"], ties=ties)
    at = likelihood.evaluate(likelihood.maximum())
    residuals = likelihood.score_residuals(at) @ np.linalg.inv(at.information)
    assert fit.covariance.to_numpy() == pytest.approx(residuals.T @ residuals)
    assert residuals.sum() == pytest.approx(0, abs=1e-7)


@given(cohorts(least=12))
@brief
def test_a_cohort_entered_twice_knows_no_more(d):
    """Clustered by whom the rows are of, the duplicates add nothing."""
    twice = pd.concat([d, d])
    for method, cause, options in ((cox, "event", {"ties": "breslow"}), (fine_gray, "cause", {})):
        one = answer(method, d[["size"]], d["time"], d[cause], cluster=d.index, **options)
        two = answer(method, twice[["size"]], twice["time"], twice[cause], cluster=twice.index, **options)
        assert one == two if isinstance(one, str) else np.allclose(one.covariance, two.covariance, rtol=1e-6)


@given(cohorts())
@brief
def test_the_unit_of_time_changes_no_comparison(d):
    one, two = (answer(cox, d[["size"]], d["time"] / unit, d["event"]) for unit in (1, 30.4167))
    assert one == two if isinstance(one, str) else one.log_ratio["size"] == pytest.approx(two.log_ratio["size"])


@given(cohorts(), st.integers(0, 20))
@brief
def test_landmark_excludes_earlier_events_and_keeps_all_that_follow(d, landmark):
    kept = answer(at_landmark, d["time"], d["event"], landmark)
    assume(not isinstance(kept, str))
    assert (d["time"].iloc[kept["row"]] > landmark).all()
    assert kept["event"].sum() == d["event"][d["time"] > landmark].sum()
    assert (kept["time"] > 0).all()


@given(cohorts())
@brief
def test_splitting_follow_up_loses_no_time_and_no_event(d):
    """Also where follow-up ends on the day on which it starts: the time that it is given changes no answer."""
    split = split_at_change(d["time"], d["event"], d["size"].where(d["size"] > 3))
    given = (split["stop"] - split["start"]).groupby(split["row"]).sum()
    assert list(given.index) == list(range(len(d)))
    assert given[d["time"] > 0].to_numpy() == pytest.approx(d["time"][d["time"] > 0].to_numpy())
    assert ((given[d["time"] == 0] > 0) & (given[d["time"] == 0] < 1)).all()
    assert split["event"].sum() == d["event"].sum()
    whole, parts = (
        answer(cox, x[["size"]], t, e, start=s)
        for x, t, e, s in (
            (d, d["time"], d["event"], None),
            (d.iloc[split["row"]], split["stop"], split["event"], split["start"]),
        )
    )
    assert whole == parts if isinstance(whole, str) else whole.loglik == pytest.approx(parts.loglik)


@given(cohorts(), st.integers(1, 12))
@brief
def test_restricted_mean_is_the_area_under_the_curve(d, horizon):
    mean = answer(restricted_mean, d["time"], d["event"], horizon)
    assume(not isinstance(mean, str))
    fine = np.linspace(0, horizon, 20001)[:-1]
    assert mean.estimate == pytest.approx(
        kaplan_meier(d["time"], d["event"]).at(fine)["survival"].mean() * horizon, abs=1e-3 * horizon
    )
    assert 0 <= mean.estimate <= horizon


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@brief
def test_exact_interval_holds_the_proportion_and_mirrors(counts):
    events, n = counts
    for interval in ("exact", "wilson"):
        there, back = proportion(events, n, interval=interval), proportion(n - events, n, interval=interval)
        assert 0 <= there.conf_low <= there.estimate <= there.conf_high <= 1
        assert there.conf_low == pytest.approx(1 - back.conf_high)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@brief
def test_adjusted_p_values_are_ordered(p):
    holm, hochberg = adjust(p, "holm"), adjust(p, "benjamini-hochberg")
    assert (np.array(p) <= hochberg + 1e-12).all()
    assert (hochberg <= holm + 1e-12).all()
    assert (holm <= 1).all()


@given(cohorts(), st.integers(0, 100), st.sampled_from(["efron", "breslow"]))
@brief
def test_many_resamples_at_once_are_what_each_is_alone(d, seed, ties):
    assume(len(set(d["patient"])) > 1)
    weights, times = draw(d["patient"], 3, seed), [0, 2, 5, 50]
    groups = pd.DataFrame({name: (d["group"] == name) * 1 for name in "bc"})
    survival, middle = survival_at(weights, d["time"], d["event"], times), medians(weights, d["time"], d["event"])
    ratios = answer(cox_log_hr, weights, groups, d["time"], d["event"], ties=ties)
    for sample, drawn in enumerate(weights.astype(int)):
        rows = d.loc[np.repeat(d.index, drawn)]
        alone = kaplan_meier(rows["time"], rows["event"])
        assert survival[sample] == pytest.approx(alone.at(times)["survival"].to_numpy(), nan_ok=True)
        assert middle[sample] == pytest.approx(np.nan_to_num(alone.median.estimate, nan=np.inf))
        fit = answer(cox, groups.loc[rows.index], rows["time"], rows["event"], ties=ties)
        if isinstance(fit, str):
            assert isinstance(ratios, str) or np.isnan(ratios[sample]).any()
        else:
            assert ratios[sample] == pytest.approx(fit.log_ratio.to_numpy(), abs=1e-6)


@pytest.mark.parametrize(("n", "deaths"), [(12, 3), (2700, 100), (6000, 500)])
def test_exact_ties_without_an_effect_are_the_number_of_subsets(n, deaths):
    event, x = np.arange(n) < deaths, np.random.default_rng(3).normal(size=(n, 1))
    found = DiscreteLikelihood(x, ["x"], np.ones(n), event, np.zeros(n, int)).evaluate(np.zeros(1))
    subsets = gammaln(n + 1) - gammaln(deaths + 1) - gammaln(n - deaths + 1)  # scipy
    assert found.loglik == pytest.approx(-subsets)
    assert found.score == pytest.approx(x[event].sum(axis=0) - deaths * x.mean(axis=0))  # a random subset's mean
