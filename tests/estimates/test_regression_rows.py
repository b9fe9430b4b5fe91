import numpy as np
import pandas as pd
import pytest
from hand_cohort import lesions, patients, study, times
from scipy.optimize import minimize
from scipy.stats import chi2, norm

from asked import row, rows
from oligomet.estimates.regression import estimate_regression
from oligomet.schemas import ESTIMATE_KEY, validate

COHORT = patients(
    "P1 serous 1.0 PR 1", "P2 serous 4.0 PD 0", "P3 serous 2.0 SD 1", "P4 serous 5.0 PD 0", "P5 serous 1.5 PD 0",
    "P6 serous 6.0 SD 1", "P7 serous - NE -", "P8 serous 2.5 NE -",
)  # fmt: skip
OS = times("OS", "P1 20 1", "P2 6 1", "P3 12 1", "P4 12 1", "P5 9 0", "P6 30 1", "P7 3 1", "P8 40 0")


def estimates(followed=OS, cohort=COHORT, irradiated=None, unit="patient", **analyses):
    irradiated = lesions("P1-L1 neck 1.0 PR PR") if irradiated is None else irradiated
    endpoint = followed["endpoint"].iloc[0]
    declared = study(endpoints={endpoint: unit}, **{"compare": {endpoint: ["gtv"]}, **analyses})
    return validate(estimate_regression(followed, cohort, irradiated, declared), "estimates")


def likelihood(beta, people, ties):
    """Cox's log partial likelihood, written as in the textbook: people are (months, event, covariates)."""
    total = 0.0
    for month in {month for month, event, _ in people if event}:
        at_risk = sum(np.exp(np.dot(beta, x)) for other, _, x in people if other >= month)
        dying = [np.dot(beta, x) for other, event, x in people if event and other == month]
        for k, eta in enumerate(dying):
            dead = sum(np.exp(dying)) * k / len(dying) if ties == "efron" else 0
            total += eta - np.log(at_risk - dead)
    return total


def fitted(people, ties):
    best = minimize(lambda beta: -likelihood(beta, people, ties), np.zeros(len(people[0][2])), tol=1e-12)
    step = 1e-4
    here = best.x
    curvature = [
        [
            -sum(
                a * b * likelihood(here + step * (a * np.eye(len(here))[i] + b * np.eye(len(here))[j]), people, ties)
                for a in (1, -1)
                for b in (1, -1)
            ) / (4 * step**2)
            for j in range(len(here))
        ]
        for i in range(len(here))
    ]  # fmt: skip
    return here, np.sqrt(np.diag(np.linalg.inv(curvature))), 2 * (-best.fun - likelihood(0 * here, people, ties))


SMALL = [  # OS by GTV below 3 cm, without P7
    (20, 1, [1]),
    (6, 1, [0]),
    (12, 1, [1]),
    (12, 1, [0]),
    (9, 0, [1]),
    (30, 1, [0]),
    (40, 0, [1]),
]  # P7 is unknown


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_hazard_ratio_is_that_of_the_textbook_likelihood_with_the_declared_ties(ties):
    found = row(estimates(ties=ties), analysis="cox_univariable", statistic="hazard_ratio")
    (beta,), (error,), _ = fitted(SMALL, ties)
    assert found.contrast == "< 3 vs ≥ 3"
    assert (found["n"], found["events"]) == (7, 5)
    assert found["estimate"] == pytest.approx(np.exp(beta), rel=1e-5)
    expected = np.exp([beta - 1.959964 * error, beta + 1.959964 * error])
    assert [found["conf_low"], found["conf_high"]] == pytest.approx(list(expected), rel=1e-4)
    assert found["p_value"] == pytest.approx(2 * norm.sf(abs(beta / error)), rel=1e-4)
    assert found["method"] == f"Cox, {ties.title()} ties, 95 % Wald interval"


def test_likelihood_ratio_of_the_factor():
    found = row(estimates(), analysis="cox_univariable", statistic="likelihood_ratio", factor="gtv", group=None)
    assert found["estimate"] == pytest.approx(fitted(SMALL, "breslow")[2], rel=1e-6)
    assert found["p_value"] == pytest.approx(chi2.sf(found["estimate"], 1))


def test_the_other_reference_gives_the_inverse():
    declared = study(endpoints={"OS": "patient"}, compare={"OS": ["gtv"]})
    turned = declared.factors["gtv"].model_copy(update={"reference": "< 3"})
    declared.factors = {**declared.factors, "gtv": turned}
    found = row(estimate_regression(OS, COHORT, lesions("P1-L1 neck 1.0 PR PR"), declared), statistic="hazard_ratio")
    assert found.contrast == "≥ 3 vs < 3"
    assert found["estimate"] == pytest.approx(1 / row(estimates(), statistic="hazard_ratio")["estimate"])


def test_a_multivariable_model_has_those_whose_factors_are_all_known():
    found = rows(estimates(multivariable={"OS": ["gtv", "control"]}), analysis="cox_multivariable")
    people = [(20, 1, [1, 1]), (6, 1, [0, 0]), (12, 1, [1, 1]), (12, 1, [0, 0]), (9, 0, [1, 0]), (30, 1, [0, 1])]
    beta, _, whole = fitted(people, "breslow")
    ratios = rows(found, statistic="hazard_ratio")
    assert ratios["estimate"].tolist() == pytest.approx(list(np.exp(beta)), rel=1e-4)
    assert (found["n"] == 6).all() and (found["events"] == 5).all()
    tests = rows(found, statistic="likelihood_ratio")
    assert tests["factor"].fillna("-").tolist() == ["gtv", "control", "-"]
    alone = fitted([(month, event, x[1:]) for month, event, x in people], "breslow")[2]
    assert tests["estimate"].tolist()[0] == pytest.approx(whole - alone, rel=1e-4)
    assert tests["estimate"].tolist()[2] == pytest.approx(whole, rel=1e-6)
    assert tests["method"].tolist()[2].endswith("2 degrees of freedom")


def test_a_level_without_events_says_so_and_leaves_the_others_their_estimate():
    cohort = COHORT.assign(
        histology=["serous", "clear_cell", "clear_cell", "serous", "germ_cell", "serous", "clear_cell", "germ_cell"]
    )
    declared = study(endpoints={"OS": "patient"}, compare={"OS": ["histology"]})
    three = declared.factors["histology"].model_validate(
        {
            "label": "Histology",
            "variable": "histology",
            "reference": "Serous",
            "groups": {name: {"is": name.lower().replace(" ", "_")} for name in ("Serous", "Clear cell", "Germ cell")},
        }
    )
    declared.factors = {"histology": three}
    found = estimate_regression(OS, cohort, lesions("P1-L1 neck 1.0 PR PR"), declared)
    germ = row(found, group="Germ cell", reference="Serous")
    assert germ["reason"] == "no events at this level" and pd.isna(germ["estimate"])
    people = [(20, 1, [0]), (6, 1, [1]), (12, 1, [1]), (12, 1, [0]), (30, 1, [0]), (3, 1, [1])]
    clear = row(found, group="Clear cell", reference="Serous")
    assert clear["estimate"] == pytest.approx(np.exp(fitted(people, "breslow")[0][0]), rel=1e-5)
    assert (clear["n"], clear["events"]) == (8, 6)
    test = row(found, statistic="likelihood_ratio")  # R: coxph(Surv(t, e) ~ h, ties = "breslow"), warns, logtest
    assert (test["estimate"], test["p_value"]) == pytest.approx((7.142318, 0.02812324), rel=1e-6)
    assert test["method"].endswith("2 degrees of freedom")


@pytest.mark.parametrize(
    ("followed", "reason"),
    [
        (times("OS", "P1 20 0", "P2 6 0"), "no events"),
        (times("OS", "P1 20 1", "P3 6 1"), "no variation"),
    ],
)
def test_what_has_no_answer_gives_a_row_with_the_reason(followed, reason):
    found = estimates(followed)
    assert found["statistic"].tolist() == ["hazard_ratio", "likelihood_ratio"]
    assert found["estimate"].isna().all() and found["p_value"].isna().all()
    assert found["reason"].str.contains(reason).all()


def test_separation_leaves_no_ratio_but_a_test():
    """R: summary(coxph(Surv(c(1, 2, 10, 12), c(1, 1, 0, 1)) ~ c(1, 1, 0, 0), ties = "breslow"))$logtest"""
    found = estimates(times("OS", "P1 1 1", "P3 2 1", "P2 10 0", "P4 12 1"))
    ratio, test = row(found, statistic="hazard_ratio"), row(found, statistic="likelihood_ratio")
    assert pd.isna(ratio["estimate"]) and "monotone likelihood" in ratio["reason"]
    assert (test["estimate"], test["p_value"]) == pytest.approx((3.583519, 0.0583554), rel=1e-5)


def test_a_factor_with_one_level_has_no_contrast():
    declared = study(endpoints={"OS": "patient"}, compare={"OS": ["gtv"]})
    one = declared.factors["gtv"].model_validate(
        {"label": "GTV", "variable": "gtv_diameter_cm", "groups": {"Any": {"above": 0}}}
    )
    declared.factors = {"gtv": one}
    found = estimate_regression(OS, COHORT, lesions("P1-L1 neck 1.0 PR PR"), declared)
    assert found[["statistic", "reason"]].to_numpy().tolist() == [["likelihood_ratio", "no covariates"]]


def test_lesions_of_a_patient_are_a_cluster():
    irradiated = lesions(
        "P1-L1 neck 1.0 PR PR", "P1-L2 neck 1.2 PD PD", "P2-L1 bone 4.0 PD PD", "P3-L1 neck 5.0 SD SD",
        "P4-L1 neck 2.0 PD PD",
    )  # fmt: skip
    followed = times("LC", "P1-L1 6 1", "P1-L2 8 1", "P2-L1 7 1", "P3-L1 20 1", "P4-L1 25 0")
    found = estimates(followed, irradiated=irradiated, unit="lesion")
    ratio = row(found, statistic="hazard_ratio")
    assert (ratio["n"], ratio["method"]) == (5, "Cox, Breslow ties, 95 % Wald interval, variance by patient")
    people = [(6, 1, [1]), (8, 1, [1]), (7, 1, [0]), (20, 1, [0]), (25, 0, [1])]
    (beta,), (naive,), _ = fitted(people, "breslow")
    assert ratio["estimate"] == pytest.approx(np.exp(beta), rel=1e-5)
    width = np.log(ratio["conf_high"] / ratio["conf_low"]) / 2 / 1.959964
    assert width != pytest.approx(naive, rel=1e-3)
    assert "independent" in row(found, statistic="likelihood_ratio")["method"]


def test_no_key_stands_twice():
    found = estimates(multivariable={"OS": ["gtv", "control"]})
    assert not found.duplicated(ESTIMATE_KEY).any()
