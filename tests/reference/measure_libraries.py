"""What the libraries give where the project keeps a method of its own, measured against R on the random cohorts.

PYTHONPATH=workflow python tests/reference/measure_libraries.py     prints a sentence a module of methods_python_lacks
"""

from __future__ import annotations

import inspect
import time
import warnings
from functools import cache

import agreement
import numpy as np
import pandas as pd
from measuring import LIBRARIES, against_r, mentions, off, tenths
from random_agreement import cohorts, reference

PRECISE = {"precision": 1e-18, "r_precision": 1e-15}  # of lifelines, whose 1e-7 leaves seven digits of an estimate


def lifelines_cox(d: pd.DataFrame, *more: str, precise: bool = True, **options):
    from lifelines import CoxPHFitter

    frame = d[["time", "status", "z", "x", *more]]
    return CoxPHFitter().fit(frame, "time", "status", fit_options=PRECISE if precise else {}, **options)


def statsmodels_cox(d: pd.DataFrame, ties: str, **options):
    from statsmodels.duration.hazard_regression import PHReg

    return PHReg(d["time"], d[["z", "x"]], d["status"], ties=ties, **options).fit()


def entered(d: pd.DataFrame) -> pd.DataFrame:
    return d[d["time"] > 0].reset_index(drop=True).assign(id=lambda d: d.index)


def lifelines_intervals(d: pd.DataFrame):
    from lifelines import CoxTimeVaryingFitter

    frame = entered(d)[["id", "start", "time", "status", "z", "x"]]
    columns = {"id_col": "id", "event_col": "status", "start_col": "start", "stop_col": "time"}
    return CoxTimeVaryingFitter().fit(frame, **columns, fit_options={"precision": 1e-18}).params_


def km_kernel() -> str:
    from lifelines import KaplanMeierFitter
    from statsmodels.duration.survfunc import SurvfuncRight

    for call in (KaplanMeierFitter.fit, SurvfuncRight):
        assert not {"cluster", "cluster_col", "groups"} & set(inspect.signature(call).parameters)

    def greenwood(d: pd.DataFrame) -> np.ndarray:
        of = SurvfuncRight(d["time"], d["status"])
        error = pd.Series(of.surv_prob_se, of.surv_times)
        return error.reindex(tenths(d), method="ffill").fillna(0.0)

    clustered = against_r(greenwood, "Kaplan-Meier, clustered", "std.err")
    return (
        f"lifelines and statsmodels take no clusters; Greenwood's error is not the clustered one in {off(clustered)}."
    )


def cox_kernel() -> str:
    from statsmodels.duration.hazard_regression import PHReg

    from oligomet.estimates.methods.cox import fit_cox

    def phreg_by_patient(d: pd.DataFrame) -> np.ndarray:
        return fit_cox(d[["z", "x"]], d["time"], d["status"], cluster=d["patient"], ties="efron").bse

    clustered = "Cox, efron, clustered"
    lifelines = against_r(
        lambda d: lifelines_cox(d, "patient", cluster_col="patient").standard_errors_, clustered, "std_error"
    )
    phreg = against_r(phreg_by_patient, clustered, "std_error")
    entry = against_r(
        lambda d: statsmodels_cox(entered(d), "breslow", entry=entered(d)["start"]).params,
        "Cox, breslow, delayed entry",
        "coefficient",
    )
    intervals = against_r(lifelines_intervals, "Cox, efron, delayed entry", "coefficient")
    both = against_r(
        lambda d: (
            lifelines_cox(entered(d), "start", "patient", entry_col="start", cluster_col="patient").standard_errors_
        ),
        "Cox, efron, delayed entry, clustered",
        "std_error",
    )
    weighted = against_r(
        lambda d: (
            lifelines_cox(
                d.assign(weight=1 / d.groupby("patient")["time"].transform("size")),
                *("patient", "weight"),
                cluster_col="patient",
                weights_col="weight",
            ).standard_errors_
        ),
        "Cox, efron, each patient once",
        "std_error",
    )
    assert "weights" not in inspect.signature(PHReg).parameters
    separated = cohorts()["18"]
    infinite = lifelines_cox(separated, precise=False).params_["z"], statsmodels_cox(separated, "efron").params[0]
    return (
        f"Clustered errors with Efron's ties are not R's: lifelines in {off(lifelines)}, PHReg in {off(phreg)}. Of rows"
        f" at risk from `start` on, PHReg's Breslow is not R's in {off(entry, False)}; lifelines' Efron is off in"
        f" {off(intervals)}, but with clusters in {off(both, False)}, and it has no Breslow. PHReg takes"
        f" no weights; with those of one over a cluster's size lifelines is off in {off(weighted, False)}. Under"
        " separation they give"
        f" {infinite[0]:.0f} and {infinite[1]:.0f}."
    )


def exact_ties() -> str:
    from lifelines import CoxPHFitter
    from statsmodels.discrete.conditional_models import ConditionalLogit
    from statsmodels.duration.hazard_regression import PHReg

    from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel

    assert "ties" not in inspect.signature(CoxPHFitter.fit).parameters
    try:
        PHReg(np.array([1.0, 2, 2]), np.array([[1.0], [2], [1]]), np.array([1, 1, 1]), ties="exact")
    except ValueError:
        pass
    else:
        raise AssertionError("PHReg has exact ties")
    d = pd.read_csv(agreement.HERE / "data" / "lung.csv")
    columns = ["age", "sex", "ph.ecog"]
    sets = [d[d["time"] >= time].assign(set=time) for time in np.unique(d["time"][d["status"] == 1])]
    rows = pd.concat([rows for rows in sets if len(rows) > 1])
    dies = ((rows["time"] == rows["set"]) & (rows["status"] == 1)).astype(int)
    before = time.process_time()
    fitted = ConditionalLogit(dies.to_numpy(), rows[columns].to_numpy(float), groups=rows["set"]).fit(disp=False)
    taken = time.process_time() - before
    before = time.process_time()
    own = cox_kernel(d[columns], d["time"], d["status"], ties="exact").log_ratio
    assert taken > 20 * (time.process_time() - before)
    away = np.abs(fitted.params - own).max()
    return (
        "lifelines has Efron's ties only, PHReg Breslow's and Efron's. `ConditionalLogit` has this likelihood, with"
        f" every row once in every risk set: it stops {away:.0e} short of the maximum, after more than twenty times as"
        f" long, with {len(d)} subjects."
    )


def zph() -> str:
    from lifelines.statistics import proportional_hazard_test

    def tested(d: pd.DataFrame) -> np.ndarray:
        data = d[["time", "status", "z", "x"]]
        found = proportional_hazard_test(lifelines_cox(d), data, time_transform="km").summary
        return found.loc[["z", "x"], "test_statistic"]

    statistics = {
        name: entry["chi_square"][:2]
        for name, d in reference()["cohorts"].items()
        if (entry := d["Proportional hazards, efron"]).get("chi_square")
    }
    apart = {name: np.max(np.abs(tested(cohorts()[name]) / theirs - 1)) for name, theirs in statistics.items()}
    return (
        f"lifelines' `proportional_hazard_test` approximates by scaled residuals: another statistic in"
        f" {sum(value > 1e-6 for value in apart.values())} of {len(apart)} cohorts, by {min(apart.values()):.0%} at"
        " least."
    )


def restricted_mean() -> str:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time

    def estimated(d: pd.DataFrame) -> np.ndarray:
        horizon = float(np.quantile(d["time"], 0.7, method="inverted_cdf"))
        curve = KaplanMeierFitter().fit(d["time"], d["status"])
        value, variance = restricted_mean_survival_time(curve, t=horizon, return_variance=True)
        return np.array([value, np.sqrt(variance)])

    assert all(
        abs(estimated(cohorts()[name])[0] - entry["Restricted mean survival"]["mean"][0]) < 1e-9
        for name, entry in reference()["cohorts"].items()
        if len(cohorts()[name]) <= 25
    )
    error = against_r(estimated, "Restricted mean survival", "mean", largest=25)  # it integrates, and takes long
    return (
        "lifelines' mean is R's; its `return_variance` is the variance of the times, not of their mean: the error"
        f" differs in {off(error)}. Neither clusters nor a difference."
    )


def competing_risks() -> str:
    from lifelines import AalenJohansenFitter
    from statsmodels.duration.survfunc import CumIncidenceRight

    def jittered(d: pd.DataFrame) -> np.ndarray:
        fitted = AalenJohansenFitter(seed=1).fit(d["time"], d["cause"], 1) if d["status"].any() else None
        if fitted is None:
            return np.zeros(len(tenths(d)))
        return fitted.cumulative_density_.iloc[:, 0].reindex(tenths(d) + 0.004, method="ffill")

    def by_statsmodels(d: pd.DataFrame, what: str) -> np.ndarray:
        if not d["cause"].any():
            return np.zeros(len(tenths(d)))
        of = CumIncidenceRight(d["time"], d["cause"])
        return pd.Series(getattr(of, what)[0], of.times).reindex(tenths(d), method="ffill").fillna(0.0)

    incidence = against_r(jittered, "Cumulative incidence", "incidence")
    point = against_r(lambda d: by_statsmodels(d, "cinc"), "Cumulative incidence", "incidence")
    error = against_r(lambda d: by_statsmodels(d, "cinc_se") ** 2, "Cumulative incidence", "variance")
    assert not mentions("gray's test", "gray's k-sample")
    return (
        f"lifelines' Aalen-Johansen moves ties apart at random: another incidence in {off(incidence)}. statsmodels'"
        f" `CumIncidenceRight` has R's incidence (off in {off(point)}) with another variance"
        f" in {off(error)}, and no clusters. Gray's test is in neither."
    )


def fine_gray() -> str:
    assert not mentions("subdistribution", "fine-gray", "fine and gray")
    return f"The word subdistribution is not in the source of {', '.join(LIBRARIES)}."


def frailty() -> str:
    assert not mentions("frailt")
    return f"The word frailty is not in the source of {', '.join(LIBRARIES)}."


def firth_efron() -> str:
    from firthmodels import FirthCoxPH

    assert "ties" not in inspect.signature(FirthCoxPH).parameters
    d = cohorts()["28"]
    fitted = FirthCoxPH(backend="numpy", gtol=1e-8, xtol=1e-10).fit(
        d[["z", "x"]].to_numpy(float), (d["status"].to_numpy() == 1, d["time"].to_numpy())
    )
    from oligomet.estimates.methods.firth import firth_cox

    efron = firth_cox(d[["z", "x"]], d["time"], d["status"], ties="efron").table["log_ratio"]
    return f"firthmodels has Breslow's ties only: {fitted.coef_[0]:.3f} where Efron's give {efron['z']:.3f}."


def chained_equations() -> str:
    from statsmodels.imputation.mice import MICEData

    x = np.random.default_rng(0).normal(size=30)
    text = pd.DataFrame({"x": np.where(np.arange(30) % 7 == 0, np.nan, x), "word": ["one", "other"] * 15})
    try:
        MICEData(text).update_all()
    except TypeError as reason:
        assert "numeric" in str(reason)
    else:
        raise AssertionError("MICEData takes text")
    return "statsmodels' `MICEData` stops at a column of text (TypeError), also where it is complete."


def rubin() -> str:
    from statsmodels.imputation.mice import MICE, MICEResults

    assert "self.results_list" in inspect.getsource(MICE.combine)
    assert "t.ppf" not in inspect.getsource(MICEResults)
    return "statsmodels' `MICE.combine` pools only fits that it made itself, and with normal limits for Student's t."


def meta_analysis() -> str:
    from statsmodels.stats.meta_analysis import CombineResults, combine_effects

    assert not [name for name in dir(CombineResults) if "predict" in name]

    d = pd.read_csv(agreement.HERE / "data" / "pritz.csv")
    add = np.where((d["xi"] == 0) | (d["xi"] == d["ni"]), 0.5, 0.0)
    events, others = d["xi"] + add, d["ni"] - d["xi"] + add
    effect, variance = np.log(events / others).to_numpy(), (1 / events + 1 / others).to_numpy()
    tau2 = {name: combine_effects(effect, variance, method_re=name).tau2 for name in ("pm", "dl")}
    reml = next(
        entry["values"]["tau2"].item()
        for entry in agreement.references()
        if entry["data"] == "pritz" and entry["method"].startswith("Random effects, logit REML")
    )
    try:
        combine_effects(effect, variance, method_re="reml")
    except ValueError:
        return (
            f"statsmodels' `combine_effects` has no REML: variance between studies {tau2['pm']:.3f} (Paule-Mandel),"
            f" {tau2['dl']:.3f} (DerSimonian-Laird) for {reml:.3f}; no prediction interval."
        )
    raise AssertionError("combine_effects has REML")


def splines() -> str:
    from patsy import dmatrix

    from oligomet.estimates.methods_python_lacks.splines import knots, spline_basis

    age = pd.read_csv(agreement.HERE / "data" / "ovarian.csv")["age"]
    at = knots(age, 4)
    ours = np.column_stack([np.ones(len(age)), spline_basis(age, at)])
    inner = {"age": age, "inner": at[1:-1], "low": at[0], "high": at[-1]}
    theirs = np.asarray(dmatrix("cr(age, knots=inner, lower_bound=low, upper_bound=high) - 1", inner))
    both = np.linalg.matrix_rank(np.column_stack([ours / ours.max(axis=0), theirs]), tol=1e-8)
    correlated = max(abs(np.corrcoef(age, column)[0, 1]) for column in theirs.T)
    return (
        f"patsy's `cr` spans the same curves (rank {both} with ours, {theirs.shape[1]} alone), but no column is linear"
        f" (correlation at most {correlated:.2f}), so that non-linearity has no coefficients to test."
    )


def resamples() -> str:
    from oligomet.estimates.methods.cox import fit_cox
    from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw

    d = cohorts()["26"]
    x, weights = d[["z"]].astype(float), draw(d["patient"], 100, seed=1)
    before = time.process_time()
    cox_log_hr(weights, x, d["time"], d["status"], ties="breslow")
    of_kernel = (time.process_time() - before) / len(weights)
    before = time.process_time()
    for _ in range(10):
        fit_cox(x, d["time"], d["status"], ties="breslow")
    assert (time.process_time() - before) / 10 > 20 * of_kernel
    return "PHReg takes more than twenty times as long for a resample."


def landmarks() -> str:
    assert not mentions("landmark analysis", "landmark time")
    return f"The words landmark analysis are not in the source of {', '.join(LIBRARIES)}."


def e_value() -> str:
    assert not mentions("unmeasured confound")
    return f"The words unmeasured confounding are not in the source of {', '.join(LIBRARIES)}."


FINDINGS = {
    finding.__name__: finding
    for finding in (
        km_kernel,
        cox_kernel,
        exact_ties,
        zph,
        frailty,
        firth_efron,
        competing_risks,
        fine_gray,
        restricted_mean,
        landmarks,
        resamples,
        chained_equations,
        rubin,
        meta_analysis,
        splines,
        e_value,
    )
}


@cache
def measured() -> dict[str, str]:
    """A sentence a module of methods_python_lacks."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # the libraries' silences are what is measured
        return {module: finding() for module, finding in FINDINGS.items()}


if __name__ == "__main__":
    for module, sentence in measured().items():
        print(f"{module}: {sentence}")
