"""What a library computes is the library's, everywhere in the package; its own code stands where it is said to."""

import ast
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import oligomet
from oligomet.estimates.methods.cox import cox, fit_cox, likelihood_ratio_of
from oligomet.estimates.methods.firth import firth_cox, firth_logistic
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.interval_censored import turnbull, weibull
from oligomet.estimates.methods.km import fit_kaplan_meier, follow_up, kaplan_meier
from oligomet.estimates.methods.logistic import fit_logistic, logistic
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.multiplicity import adjust
from oligomet.estimates.methods.proportions import proportion

RNG = np.random.default_rng(7)
TIME, EVENT, GROUP = RNG.integers(1, 40, 60), RNG.integers(0, 2, 60), RNG.integers(0, 2, 60)
X, PATIENT = pd.DataFrame({"group": GROUP, "size": RNG.normal(size=60)}), np.arange(60) // 2
FOLLOWED = TIME, EVENT

PHREG = "statsmodels.duration.hazard_regression.PHReg"
GEE = "statsmodels.genmod.generalized_estimating_equations.GEE"
CALLS = {  # what the paper's analyses call: the library's function that must then be called
    "Kaplan-Meier": (lambda: kaplan_meier(*FOLLOWED), "lifelines.KaplanMeierFitter.fit"),
    "Kaplan-Meier, to look at": (lambda: fit_kaplan_meier(*FOLLOWED), "lifelines.KaplanMeierFitter.fit"),
    "reverse Kaplan-Meier": (lambda: follow_up(*FOLLOWED), "lifelines.KaplanMeierFitter.fit"),
    "log-rank": (lambda: logrank(*FOLLOWED, GROUP), "statsmodels.duration.survfunc.survdiff"),
    "Cox, Breslow": (lambda: cox(X, *FOLLOWED, ties="breslow"), f"{PHREG}.fit"),
    "Cox, Breslow, clustered": (lambda: cox(X, *FOLLOWED, ties="breslow", cluster=PATIENT), f"{PHREG}.fit"),
    "Cox, Efron": (lambda: cox(X, *FOLLOWED, ties="efron", strata=GROUP[::-1]), f"{PHREG}.fit"),
    "Cox, to look at": (lambda: fit_cox(X, *FOLLOWED), f"{PHREG}.fit"),
    "likelihood ratio": (lambda: likelihood_ratio_of(["group"], X, *FOLLOWED), f"{PHREG}.fit"),
    "Turnbull": (lambda: turnbull(TIME - 1, TIME, [12]), "lifelines.KaplanMeierFitter.fit_interval_censoring"),
    "Weibull": (lambda: weibull(X[["group"]], TIME - 1, TIME), "lifelines.WeibullAFTFitter.fit_interval_censoring"),
    "Firth's Cox": (lambda: firth_cox(X, *FOLLOWED, ties="breslow"), "firthmodels.FirthCoxPH.fit"),
    "Firth's logistic": (lambda: firth_logistic(X, EVENT), "firthmodels.FirthLogisticRegression.fit"),
    "logistic": (lambda: logistic(X, EVENT), "statsmodels.discrete.discrete_model.Logit.fit"),
    "logistic, to look at": (lambda: fit_logistic(X, EVENT), "statsmodels.discrete.discrete_model.Logit.fit"),
    "logistic, clustered": (
        lambda: logistic(X, EVENT, cluster=PATIENT),
        "statsmodels.discrete.discrete_model.Logit.fit",
    ),
    "GEE, exchangeable": (lambda: logistic(X, EVENT, cluster=PATIENT, correlation="exchangeable"), f"{GEE}.fit"),
    "proportion": (lambda: proportion(3, 20), "statsmodels.stats.proportion.proportion_confint"),
    "Holm": (lambda: adjust([0.01, 0.2], "holm"), "statsmodels.stats.multitest.multipletests"),
}

LIBRARIES = {"lifelines", "statsmodels", "firthmodels"}
METHODS = ("oligomet.estimates.methods", "oligomet.estimates.methods_python_lacks")
KERNELS = {"cox_kernel", "km_kernel", "firth_efron", "resamples"}
BY_THE_THOUSAND = {  # who fits so often that the kernels are used, as the methods' table says with its measures
    "oligomet.estimates.robustness.specifications",
    "oligomet.estimates.robustness.bootstrap",
    "oligomet.estimates.prediction",
    "oligomet.estimates.robustness.clustering",  # the score test only
    "oligomet.audit.reanalyses",
    "oligomet.audit.fabricated_papers",
    "oligomet.simulation.trials",
}


class Reached(Exception):
    """The library was called."""


@pytest.mark.parametrize("name", CALLS)
def test_the_library_is_called(name):
    call, library = CALLS[name]
    try:
        call()  # there is an answer
    except Undefined as reason:  # pragma: no cover
        pytest.fail(f"{name}: {reason}")
    with patch(library, side_effect=Reached), pytest.raises(Reached):
        call()


def modules():
    for found in walk_packages(oligomet.__path__, "oligomet."):
        yield found.name, Path(import_module(found.name).__file__)


def imports(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def names(tree: ast.AST):
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name)
    }


def test_libraries_and_kernels_are_used_in_the_methods_and_nowhere_else():
    for name, file in modules():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = list(imports(tree))
        if name.startswith(METHODS) or name == "oligomet.estimates.fits":  # what notebooks look at
            continue
        assert not {module.split(".")[0] for module in imported} & LIBRARIES, f"{name} goes past the methods"
        kernels = {module.rsplit(".", 1)[-1] for module in imported} & KERNELS
        assert not kernels or name in BY_THE_THOUSAND, f"{name} uses {kernels}: call the library's method"


def test_nothing_outside_of_the_methods_multiplies_survival_or_solves_equations():
    for name, file in modules():
        if name.startswith(METHODS):
            continue
        found = names(ast.parse(file.read_text(encoding="utf-8"))) & {"cumprod", "linalg", "solve", "betaincinv"}
        assert not found, f"{name} computes with {found}"
