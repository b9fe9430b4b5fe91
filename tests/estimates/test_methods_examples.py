"""The methods on cohorts small enough to check by hand, and how they are meant to be used."""

import numpy as np
import pandas as pd
import pytest

from oligomet.estimates.methods.cox import cox, likelihood_ratio
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import follow_up, kaplan_meier
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods_python_lacks.cox_kernel import score_test
from oligomet.estimates.methods_python_lacks.frailty import cox_frailty
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark, split_at_change
from oligomet.estimates.methods_python_lacks.meta_analysis import pool_proportions
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean
from oligomet.estimates.methods_python_lacks.rubin import pool
from oligomet.estimates.methods_python_lacks.splines import spline_basis


def lesions(patients: int = 60, seed: int = 1) -> pd.DataFrame:
    """One to four lesions a patient, of which those of one patient recur or do not recur alike."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), rng.integers(1, 5, patients))
    shared = rng.gamma(1, 1, patients)[patient]
    time, end = rng.exponential(20 / shared), rng.uniform(6, 60, len(patient))
    size = rng.integers(0, 2, patients)[patient]
    return pd.DataFrame(
        {
            "patient": patient,
            "time": np.minimum(time, end),
            "event": time <= end,
            "large": size,
            "age": rng.normal(60, 9, len(patient)),
        }
    )


def test_four_patients():
    km = kaplan_meier([2, 4, 4, 7], [1, 1, 0, 1])  # the one censored at 4 was at risk when another recurred at 4
    assert list(km.steps["survival"]) == pytest.approx([3 / 4, 3 / 4 * 2 / 3, 0])
    assert list(km.steps["at_risk"]) == [4, 3, 1]
    assert km.median.estimate == 5.5  # at one half from 4 to 7: the middle
    assert list(km.at_risk([0, 2, 3, 4, 5, 8])) == [4, 4, 3, 3, 1, 0]
    assert list(km.curve["survival"]) == pytest.approx([1, 0.75, 0.5, 0])
    assert restricted_mean([2, 4, 4, 7], [1, 1, 0, 1], 6).estimate == 2 * 1 + 2 * 0.75 + 2 * 0.5


def test_death_is_no_end_of_follow_up():
    assert follow_up([3, 10, 12], [1, 0, 0]).median.estimate == 11  # the one who died at 3 might have been followed on


def test_months_torn_apart_by_division_are_one_time():
    days = np.array([0.1 + 0.2, 0.3])
    assert days[0] != days[1]
    assert len(kaplan_meier(days, [1, 1]).steps) == 1


def test_a_response_counts_at_the_landmark_if_it_was_known_by_then():
    kept = at_landmark([2, 9, 14, 20], [1, 1, 0, 1], landmark=3, known_at=[1, 2, 6, None])
    assert list(kept["row"]) == [1, 2, 3]  # the first died before
    assert list(kept["time"]) == [6, 11, 17]
    assert list(kept["known"]) == [True, False, False]


def test_a_responder_is_no_responder_before_the_response():
    split = split_at_change([10, 4, 6], [1, 0, 1], [3, None, 8])
    assert split.to_dict("split")["data"] == [
        [0, 0, 3, False, 0],
        [0, 3, 10, True, 1],
        [1, 0, 4, False, 0],
        [2, 0, 6, True, 0],  # died before the response could be seen
    ]


def test_a_death_on_the_first_day_is_counted_as_in_r():
    # R, survival 3.5-3, after the vignette timedep: d$futime <- pmax(0.5, futime) where (0, 0] would be no interval;
    # t <- tmerge(d, d, id = id, death = event(futime, death), trt = tdc(tx));
    # coxph(Surv(tstart, tstop, death) ~ trt + z, t, ties = "efron")
    time, event, z = [0, 20, 35, 35, 50, 60], [1, 1, 0, 1, 1, 0], np.array([1, 0, 1, 1, 0, 0])
    split = split_at_change(time, event, [None, 10, 5, None, 30, 40])
    assert split.iloc[0].to_dict() == {"row": 0, "start": 0, "stop": 0.5, "event": True, "changed": 0}
    x = pd.DataFrame({"trt": split["changed"], "z": z[split["row"]]})
    fit = cox(x, split["stop"], split["event"], start=split["start"])
    assert list(fit.log_ratio) == pytest.approx([0.1329026176, 0.8260497970], abs=1e-8)
    assert list(fit.table["std_error"]) == pytest.approx([1.420863080, 1.232417093], abs=1e-8)


def test_a_score_test_needs_no_estimate():
    # R, survival 3.5-3: coxph(Surv(time, event) ~ b + cluster(id), ties = ...)$score and $rscore; nobody of b recurred
    time, event = [2, 3, 3, 5, 6, 8, 9, 11, 12, 14], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    b, patient = pd.DataFrame({"b": [0, 0, 0, 0, 0, 1, 1, 0, 1, 1]}), [1, 1, 2, 3, 3, 4, 4, 5, 5, 6]
    with pytest.raises(Undefined, match="monotone likelihood"):
        cox(b, time, event)
    for ties, naive, clustered in (("breslow", 5.317176328, 4.37639725), ("efron", 5.53930581, 4.38654858)):
        assert score_test(b, time, event, ties=ties).chi_square == pytest.approx(naive, abs=1e-8)
        assert score_test(b, time, event, cluster=patient, ties=ties).chi_square == pytest.approx(clustered, abs=1e-8)


def test_clusters_widen_the_variance_of_what_patients_share():
    d = lesions()
    naive, clustered = (cox(d[["large"]], d["time"], d["event"], cluster=c) for c in (None, d["patient"]))
    assert naive.log_ratio["large"] == pytest.approx(clustered.log_ratio["large"], abs=1e-12)
    assert clustered.table.loc["large", "std_error"] > 1.2 * naive.table.loc["large", "std_error"]


def test_score_tests_of_breslow_are_log_rank_tests():
    d = lesions().round({"time": 6})
    test = score_test(d[["large"]], d["time"], d["event"], ties="breslow")
    assert test.chi_square == pytest.approx(logrank(d["time"], d["event"], d["large"]).chi_square)


def test_factor_of_several_levels_is_tested_as_a_whole():
    d = lesions().assign(b=lambda d: d.index % 3 == 1, c=lambda d: d.index % 3 == 2)
    full, reduced = (cox(d[names], d["time"], d["event"]) for names in (["age", "b", "c"], ["age"]))
    test = likelihood_ratio(full, reduced)
    assert test.df == 2
    assert test.chi_square == pytest.approx(full.wald(["b", "c"]).chi_square, rel=0.05)
    with pytest.raises(ValueError, match="different rows"):
        likelihood_ratio(full, cox(d.loc[1:, ["age"]], d["time"][1:], d["event"][1:]))


def test_frailty_is_found_where_it_is_and_not_where_it_is_not():
    d = lesions(120)
    shared = cox_frailty(d[["age"]], d["time"], d["event"], d["patient"])
    assert shared.variance > 0.25
    assert shared.test.p_value < 0.001
    rng = np.random.default_rng(3)
    alone = cox_frailty(d[["age"]], d["time"], d["event"], rng.permutation(d["patient"]))
    assert alone.variance < 0.2
    assert alone.test.p_value > 0.05


def test_resampled_patients_vary_as_the_sandwich_says():
    d = lesions()
    weights = draw(d["patient"], 400, seed=7)
    assert (weights == draw(d["patient"], 400, seed=7)).all()
    ratios = cox_log_hr(weights, d[["large"]], d["time"], d["event"])
    sandwich = cox(d[["large"]], d["time"], d["event"], cluster=d["patient"]).table.loc["large", "std_error"]
    assert ratios.std() == pytest.approx(sandwich, rel=0.2)


def test_a_spline_is_straight_beyond_its_outer_knots():
    tails = spline_basis([8, 9, 10], at=[1, 4, 7])
    assert tails.diff().diff().iloc[2].to_numpy() == pytest.approx([0, 0], abs=1e-12)
    assert spline_basis([-3, 0, 1], at=[1, 4, 7])["x'"].eq(0).all()


def test_imputations_that_agree_add_no_uncertainty():
    result = pool([0.4, 0.4, 0.4], [0.04, 0.04, 0.04])
    assert (result.estimate, result.missing_information) == pytest.approx((0.4, 0))
    assert result.std_error == pytest.approx(0.2)
    assert result.conf_high == pytest.approx(0.4 + 1.959964 * 0.2)


def test_studies_that_differ_leave_the_next_one_uncertain():
    result = pool_proportions([9, 28, 12], [10, 30, 40])
    assert result.i2 > 0.8
    assert result.prediction.conf_low < result.pooled.conf_low < result.pooled.estimate < result.prediction.conf_high
