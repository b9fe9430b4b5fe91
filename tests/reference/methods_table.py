"""Writes docs/methods.md: where every statistical method comes from, and how far it is from R.

PYTHONPATH=workflow python tests/reference/methods_table.py
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import agreement
import clustered_sizes
import numpy as np
import pandas as pd
import random_agreement
from measure_libraries import measured

from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr

FILE = Path(__file__).parents[2] / "docs" / "methods.md"
COHORT = "26"  # the random one of 189 rows, as many as the study has lesions
OWN = "methods_python_lacks."


@dataclass(frozen=True)
class Method:
    """A line of the table: what it is, the call it is taken from (or own, for the reason of a module of the folder),
    and the methods of agreement.csv and random/reference.json that it covers: those that begin so."""

    name: str
    source: str
    begins: tuple[str, ...]
    reason: str = ""


METHODS = [
    Method(
        "Kaplan-Meier: survival, limits, median, numbers at risk",
        "`lifelines.KaplanMeierFitter`; R's middle of the step where the curve runs at one half",
        ("Kaplan-Meier, plain", "Kaplan-Meier, log", "Kaplan-Meier, smallest group"),
    ),
    Method("Follow-up (reverse Kaplan-Meier)", "`lifelines.KaplanMeierFitter`, events censored", ("Reverse",)),
    Method("Kaplan-Meier, clustered limits", OWN + "km_kernel", ("Kaplan-Meier, clustered",), "km_kernel"),
    Method("Log-rank of k groups, also stratified", "`statsmodels.duration.survfunc.survdiff`", ("Log-rank",)),
    Method(
        "Cox, Breslow's ties, also clustered or stratified",
        '`statsmodels` `PHReg(ties="breslow").fit(groups=...)`',
        (
            "Cox, breslow",
            "Cox, breslow, stratified",
            "Cox, breslow, robust",
            "Cox, breslow, clustered",
            "Cox, breslow, clustered and stratified",
            "Cox, breslow, groups",
            "Cox, breslow, nested models",
        ),
    ),
    Method(
        "Cox, Efron's ties, also stratified",
        '`statsmodels` `PHReg(ties="efron")`',
        ("Cox, efron", "Cox, efron, stratified", "Cox, efron, groups", "Cox, efron, nested models"),
    ),
    Method(
        "Cox, Efron's ties, clustered",
        OWN + "cox_kernel",
        ("Cox, efron, robust", "Cox, efron, clustered", "Cox, efron, clustered and stratified"),
        "cox_kernel",
    ),
    Method(
        "Cox, each patient once (weights of one over the cluster's size)",
        OWN + "cox_kernel",
        ("Cox, breslow, each patient once", "Cox, efron, each patient once"),
        "cox_kernel",
    ),
    Method(
        "Cox, rows at risk in (start, stop]",
        OWN + "cox_kernel",
        tuple(
            f"Cox, {ties}, {kind}"
            for ties in ("breslow", "efron")
            for kind in ("time-dependent covariate", "delayed entry", "delayed entry, clustered")
        ),
        "cox_kernel",
    ),
    Method(
        "Score tests, of the model and by cluster",
        OWN + "cox_kernel",
        ("Cox, breslow, score tests", "Cox, efron, score tests"),
        "cox_kernel",
    ),
    Method("Cox, exact ties", OWN + "exact_ties", ("Cox, exact", "Cox, exact, stratified"), "exact_ties"),
    Method("Test of proportional hazards", OWN + "zph", ("Proportional hazards",), "zph"),
    Method("Cox with gamma frailty", OWN + "frailty", ("Cox, gamma frailty",), "frailty"),
    Method("Firth's Cox, Breslow's ties", "`firthmodels.FirthCoxPH`", ("Firth's Cox, breslow",)),
    Method("Firth's Cox, Efron's ties", OWN + "firth_efron", ("Firth's Cox, efron",), "firth_efron"),
    Method("Firth's logistic regression", "`firthmodels.FirthLogisticRegression`", ("Firth's logistic",)),
    Method("Restricted mean and its difference", OWN + "restricted_mean", ("Restricted mean",), "restricted_mean"),
    Method(
        "Cumulative incidence (Aalen-Johansen)", OWN + "competing_risks", ("Cumulative incidence",), "competing_risks"
    ),
    Method("Gray's test", OWN + "competing_risks", ("Gray's test",), "competing_risks"),
    Method("Fine and Gray's regression", OWN + "fine_gray", ("Fine-Gray",), "fine_gray"),
    Method("Logistic regression", "`statsmodels` `Logit`", ("Logistic",)),
    Method(
        "Logistic regression, clustered",
        '`statsmodels` `Logit(...).fit(cov_type="cluster")`; exchangeable, `GEE(...).fit(ddof_scale=0)`',
        ("GEE logistic",),
    ),
    Method(
        "Intervals of a proportion",
        "`statsmodels.stats.proportion.proportion_confint`",
        ("Clopper-Pearson", "Wilson"),
    ),
    Method(
        "Holm, Benjamini-Hochberg",
        "`statsmodels.stats.multitest.multipletests`",
        ("Holm", "Benjamini-Hochberg"),
    ),
    Method("Pooling of proportions", OWN + "meta_analysis", ("Random effects",), "meta_analysis"),
    Method("Rubin's rules", OWN + "rubin", ("Rubin's rules",), "rubin"),
    Method("One-sided test of a proportion, exact", "`scipy.special.bdtrc`", ("One-sided exact",)),
    Method(
        "One-sided test of a clustered proportion (Rao-Scott)",
        "own: `methods.proportions`, see below",
        ("Rao-Scott",),
    ),
    Method(
        "Clustered proportion and its interval",
        "own: `methods.proportions`, an intercept alone in closed form",
        ("Clustered rate",),
    ),
    Method("Cohen's kappa", "`statsmodels.stats.inter_rater.cohens_kappa`", ("Cohen's kappa",)),
    Method("Ridge logistic regression", '`sklearn` `LogisticRegressionCV(solver="newton-cholesky")`', ("Ridge",)),
    Method(
        "Discrimination, calibration, net benefit",
        "`sklearn.metrics`; net benefit by hand",
        ("Predictive performance",),
    ),
    Method("Exact designs of one stage and of Simon's two", "own: `design.stages`", ("Exact design", "Simon's")),
    Method("Restricted cubic splines", OWN + "splines", ("Restricted cubic spline",), "splines"),
]
WITHOUT_R = {  # own modules without a counterpart in R's packages: what they are, and what holds them
    "landmarks": ("Landmarks, time-dependent covariates", "examples worked by hand"),
    "resamples": ("Kaplan-Meier and Cox of many resamples", "the library's fit of the repeated rows"),
    "chained_equations": ("Imputation by chained equations", "recovery of what was deleted"),
    "e_value": ("E-values", "published examples"),
}
SUPPORT = {  # parts of other modules
    "partial_likelihood": "cox_kernel",
    "newton": "cox_kernel",
    "survival_limits": "km_kernel",
}


def covers(method: Method, name: str) -> bool:
    """Cox's methods are named in full, the others by how they begin."""
    return name in method.begins if method.name.startswith(("Cox, ", "Score")) else (name.startswith(method.begins))


def calls() -> dict[str, str]:
    """R's call of every method, once each."""
    first = {entry["method"]: entry["call"] for entry in reversed(agreement.references())}
    return random_agreement.reference()["calls"] | first


def compared() -> pd.DataFrame:
    """A row a number: method, apart (the smaller of the absolute and the relative difference)."""
    rows = []
    for entry in agreement.references():
        found = agreement.differences(entry["method"], entry["data"])
        rows.append(pd.DataFrame({"method": entry["method"], "apart": found[["absolute", "relative"]].min(axis=1)}))
    for cohort in random_agreement.cohorts():
        found = random_agreement.comparison(cohort)
        flat = [key in random_agreement.LESS_PRECISE for key in zip(found["method"], found["quantity"], strict=True)]
        rows.append(found.loc[found["theirs"].notna() & ~np.array(flat), ["method", "apart"]])
    return pd.concat(rows, ignore_index=True)


def fit(ties: str, **options) -> Callable[[pd.DataFrame], object]:
    return lambda d: cox(
        d[["z", "x"]], d["time"], d["status"], ties=ties, **{name: d[column] for name, column in options.items()}
    )


FITS = {  # where the comparison takes more than one fit
    "Cox, Breslow's ties, also clustered or stratified": fit("breslow", cluster="patient"),
    "Cox, Efron's ties, also stratified": fit("efron"),
    "Cox, Efron's ties, clustered": fit("efron", cluster="patient"),
    "Cox, rows at risk in (start, stop]": fit("efron", start="start"),
    "Kaplan-Meier and Cox of many resamples": lambda d: cox_log_hr(
        np.ones((1, len(d))), d[["z"]].astype(float), d["time"], d["status"]
    ),
}


def milliseconds(method: str, call: str | None) -> str:
    """CPU time of one fit: the best of three on the cohort of 189, else on the method's own first data set."""
    if method in FITS:
        run = partial(FITS[method], random_agreement.cohorts()[COHORT])
    elif call is None:
        return ""
    elif call in random_agreement.reference()["cohorts"][COHORT]:
        run = partial(random_agreement.numbers_of, call, COHORT)
    else:
        data = next(entry["data"] for entry in agreement.references() if entry["method"] == call)
        run = partial(agreement.METHODS[call], pd.read_csv(agreement.HERE / "data" / f"{data}.csv"), data)
    times = []
    for _ in range(3):
        before = time.process_time()
        run()
        times.append(1000 * (time.process_time() - before))
    return f"{float(f'{min(times):.1g}'):g}"


def table(timed: bool = False) -> pd.DataFrame:
    """A row a method: what it is, where from, R's call, how many numbers, worst difference, CPU where asked for."""
    numbers, of = compared(), calls()
    rows = []
    for method in METHODS:
        covered = numbers[[covers(method, name) for name in numbers["method"]]]
        first = next(name for name in of if covers(method, name))
        rows.append(
            {
                "Method": method.name,
                "Taken from": f"own: `{method.source}`" if method.reason else method.source,
                "Held against": f"`{of[first]}`",
                "Numbers": str(len(covered)),
                "Worst difference": f"< {agreement.power_above(covered['apart'].max()):.0e}",
                "CPU ms": milliseconds(method.name, first) if timed else "",
            }
        )
    for module, (name, held) in WITHOUT_R.items():
        row = {"Method": name, "Taken from": f"own: `{OWN}{module}`", "Held against": held}
        rows.append({**row, "CPU ms": milliseconds(name, None) if timed else ""})
    return pd.DataFrame(rows).fillna("")


def reasons() -> str:
    """Why a module of methods_python_lacks exists, a line each."""
    return "\n".join(f"- `{module}`: {sentence}" for module, sentence in measured().items())


def document(rows: pd.DataFrame, why: str) -> str:
    versions = random_agreement.reference()["versions"]
    libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("lifelines", "statsmodels"))
    lines = [[str(value).replace("|", "\\|") for value in row] for row in [rows.columns, *rows.to_numpy()]]
    lines.insert(1, ["---"] * len(rows.columns))
    return f"""# Where each statistical method comes from, and how far it is from R

Made by `make methods` from `tests/reference/`; a test keeps it up to date. {versions["R"].split(" (")[0]} (survival
{versions["survival"]}, cmprsk {versions["cmprsk"]}, geepack {versions["geepack"]}) gave the numbers, for public data
and for thirty random cohorts with ties, times of 0, groups of one to three, separation and clusters. Worst difference:
the smaller of the absolute and the relative one, over all numbers, as a power of ten. CPU: one fit to the random cohort
of 189 rows, or to the method's own data where it needs others; of the machine that made the table. Where R has no
answer (an infinite estimate, no event) the method raises `Undefined`, and the tests hold that as well.

{chr(10).join("| " + " | ".join(line) + " |" for line in lines)}

Not in the table: the estimated variance of a frailty in the random cohorts, where R's search stops short of the
maximum; it agrees to 1e-4, and fits at least as well as R's.

## How often tests of a response rate are wrong

Share, in per cent, of {clustered_sizes.REPLICATES} simulated trials that each test rejects at
{100 * clustered_sizes.NOMINAL:g} % one-sided, where the null rate is true. A
patient has a rate of her own, drawn from a beta distribution, so that two of her lesions have the intraclass
correlation. The exact test takes lesions as independent. The generalised score test takes the sum of squares of what
each patient has above the null as its variance: its size is near the nominal where the null rate is one half, but
below it where responses are rarer, and far above it where they are the rule, because what patients have above the null
is then skewed, and the samples with a high rate are those with a high (or low) variance. By Rao and Scott the design
effect multiplies the variance that the null rate has.

{clustered_sizes.page()}

## What the libraries lack

Why `workflow/oligomet/estimates/methods_python_lacks` exists, a line a module ({libraries}):

{why}
"""


if __name__ == "__main__":
    FILE.write_text(document(table(timed=True), reasons()))
