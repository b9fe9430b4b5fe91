"""How a published number could have been made: it is recomputed in every analysis that the authors could have run.

The nearest analysis is the one that agrees with the estimate and its interval together, not with one of them. On a
cohort that was calibrated to the published numbers an agreement can only show that an analysis is able to give a
number; what no analysis gives, and what one gives that was not calibrated, is the information.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import product

import numpy as np
import pandas as pd

from oligomet.audit.claims import Claim, Paper, ratios_of
from oligomet.audit.possible_analyses import AuthorsChoice, Outcomes, analysed_subjects, possible_analyses
from oligomet.audit.survival_claims import Division, divisions, rates_of
from oligomet.estimates.design import Contrast, chosen, design
from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel
from oligomet.estimates.robustness.specifications import fit_choice
from oligomet.study import Study

TIES = ("breslow", "efron", "exact")
FOLLOW_UP = ("all", "60 months")
TIMES_TRIED = (3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 20.0, 24.0, 30.0, 36.0, 48.0, 60.0)
COLUMNS = [
    "target", "claims", "quantity", "published", "rank", "unit", "lesion", "assessment", "death", "follow_up",
    "adjustment", "ties", "time_months", "labels", "recomputed", "estimate", "conf_low", "conf_high", "p_value", "n",
    "events", "distance", "measure",
]  # fmt: skip


Target = tuple[Sequence[Claim], str, str, Iterator[dict]]  # claims that print a result, what it is, how; its analyses


def reanalyse(
    paper: Paper,
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Every hazard ratio, log-rank p and set of rates of the paper, recomputed in every possible analysis.

    Parameters
    ----------
    paper
        As `claims.read_claims` gives it.
    times, patients, lesions, responses
        The tables of those names of the outcomes stage.
    study
        Its factors cut the groups, its endpoints say what death is.

    Returns
    -------
    DataFrame, a row an analysis of a target: target, claims (ids), quantity, published, rank (1: nearest), the
    choices (see `AuthorsChoice`), time_months (tried, of rates whose time is not stated), labels (as printed |
    swapped: two groups with each other's results), recomputed, estimate, conf_low, conf_high, p_value, n, events,
    distance and its measure.
    """
    tables = Outcomes(times, patients, lesions, responses, study)
    rows: list[dict] = []
    for number, (claims, quantity, published, analyses) in enumerate(_targets(paper, tables), start=1):
        ids = " ".join(claim.id for claim in claims)
        common = {"target": f"S{number}", "claims": ids, "quantity": quantity, "published": published}
        nearest_first = sorted(analyses, key=lambda analysis: analysis["distance"])
        rows += [{**common, "rank": rank, **analysis} for rank, analysis in enumerate(nearest_first, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _targets(paper: Paper, tables: Outcomes) -> Iterator[Target]:
    """Each result of the paper that is of an endpoint and a factor of the study, once."""
    study, seen = tables.study, set()
    known = {name for name, declared in study.endpoints.items() if declared.per == "patient"}
    for each in ratios_of(paper):
        ratio, low, high = each.estimate, each.low, each.high
        if ratio is None or low is None or high is None or ratio.kind != "hazard_ratio" or ratio.variable:
            continue
        same = paper.select(kind="hazard_ratio", contrast=ratio.contrast, printed=ratio.printed)
        if same[0].id in seen:
            continue
        seen.add(same[0].id)
        if ratio.followed in known and ratio.compared[0] in study.factors:
            published = f"{ratio.printed} ({low.printed} to {high.printed})"
            yield same, ratio.says, published, _ratios(ratio, low, high, _covariates(paper, ratio), tables)
    for claim in paper.select(kind="p_value", model=None, relation="="):
        alike = {"factor": claim.factor, "printed": claim.printed, "followed": claim.followed}
        same = paper.select(kind="p_value", model=None, **alike)
        if same[0].id not in seen and claim.followed in known and claim.factor in study.factors:
            seen.add(same[0].id)
            yield same, claim.says, f"p = {claim.printed}", _tests(claim, claim.factor, tables)
    for endpoint, declared in paper.declared.endpoints.items():
        whole = rates_of(paper, endpoint, (declared.of, ()))
        if whole and endpoint in known:
            says, published = f"{study.endpoints[endpoint].label}, all", " / ".join(c.printed for c in whole.values())
            yield list(whole.values()), says, published, _whole(whole, endpoint, tables)
    for division in divisions(paper):
        if division.endpoint in known and division.factor in study.factors:
            says = f"{study.endpoints[division.endpoint].label} by {division.says}, {division.section}"
            published = " / ".join(claim.printed for claim in division.claims)
            yield division.claims, says, published, _rates(division, tables)


def _covariates(paper: Paper, ratio: Claim) -> list[str]:
    """The factors that the paper's model with this hazard ratio has."""
    models = paper.select(kind="hazard_ratio", section=ratio.section, endpoint=ratio.endpoint, model=ratio.model)
    return list(dict.fromkeys(claim.compared[0] for claim in models))


def _ratios(ratio: Claim, low: Claim, high: Claim, covariates: list[str], tables: Outcomes) -> Iterator[dict]:
    endpoint = ratio.followed
    printed = np.array([ratio.value, low.value, high.value])
    models = [("alone", [ratio.compared[0]])] + [("published", covariates)] * (len(covariates) > 1)
    for adjustment, names in models:
        variables = [tables.study.factors[name].variable for name in names]
        for base, follow_up, ties in product(possible_analyses(endpoint, variables, tables), FOLLOW_UP, TIES):
            choice = replace(base, follow_up=follow_up, adjustment=adjustment, ties=ties)
            table, counts = _model(endpoint, choice, names, tables)
            found = _against(table, *ratio.compared)
            if found is None:
                continue
            as_printed, p = found
            for labels, made in (("as printed", as_printed), ("swapped", 1 / as_printed[[0, 2, 1]])):
                yield {
                    **asdict(choice), **counts, "labels": labels,
                    "recomputed": "{:.3f} ({:.3f} to {:.3f})".format(*made),
                    **dict(zip(("estimate", "conf_low", "conf_high"), made, strict=True)), "p_value": p,
                    "distance": math.sqrt(np.mean(np.log(made / printed) ** 2)),
                    "measure": "log, root mean square of estimate and limits",
                }  # fmt: skip


def _against(table: pd.DataFrame, factor: str, level: str, reference: str) -> tuple[np.ndarray, float] | None:
    """The hazard ratio of a level against another with its limits, and p; None where the study compares others."""
    for contrast, inverted in ((Contrast(factor, level, reference), False), (Contrast(factor, reference, level), True)):
        if str(contrast) in table.index:
            row = table.loc[str(contrast)]
            ratio = np.array([row["estimate"], row["conf_low"], row["conf_high"]], dtype=float)
            return 1 / ratio[[0, 2, 1]] if inverted else ratio, float(row["p_value"])
    return None


def _model(
    endpoint: str, choice: AuthorsChoice, names: list[str], tables: Outcomes
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The ratios of a model by contrast, none where it has no answer, with its n and events: made once."""
    key = endpoint, choice, *sorted(names)
    if key not in tables.made:
        of = design(analysed_subjects(endpoint, choice, tables), chosen(tables.study, sorted(names)))
        try:
            table = fit_choice(of, choice, tables.study.analyses.confidence)
        except Undefined:
            table = pd.DataFrame()
        tables.made[key] = table, {"n": of.n, "events": of.events}
    return tables.made[key]


def _tests(claim: Claim, factor: str, tables: Outcomes) -> Iterator[dict]:
    declared, endpoint = tables.study.factors[factor], claim.followed
    for base, follow_up in product(possible_analyses(endpoint, [declared.variable], tables), FOLLOW_UP):
        choice = replace(base, follow_up=follow_up)
        frame = analysed_subjects(endpoint, choice, tables)
        level = assign(frame, declared).astype(str)
        frame, level = frame[level != UNKNOWN], level[level != UNKNOWN]
        try:
            p = logrank(frame["months"], frame["event"], level).p_value
        except Undefined:
            continue
        yield {
            **asdict(choice), "labels": "as printed", "recomputed": f"p = {p:.3g}", "p_value": p, **_counts(frame),
            "distance": abs(math.log10(max(p, 1e-12) / claim.value)), "measure": "log10 of the ratio of p values",
        }  # fmt: skip


def _whole(whole: dict[float, Claim], endpoint: str, tables: Outcomes) -> Iterator[dict]:
    for choice in possible_analyses(endpoint, [], tables):
        frame = analysed_subjects(endpoint, choice, tables)
        curve = km_kernel(frame["months"], frame["event"])
        yield _compared(_at([curve], list(whole)), [list(whole.values())], choice, frame)


def _rates(division: Division, tables: Outcomes) -> Iterator[dict]:
    names, declared = list(division.rates), tables.study.factors[division.factor]
    times = [time for time in division.times if time is not None]
    for choice in possible_analyses(division.endpoint, [declared.variable], tables):
        frame = analysed_subjects(division.endpoint, choice, tables)
        level = assign(frame, declared)
        groups = [frame[level == name] for name in names]
        if any(group.empty for group in groups):
            continue
        curves = [km_kernel(group["months"], group["event"]) for group in groups]
        for labels, made in (("as printed", curves), ("swapped", curves[::-1]))[: 2 if len(names) == 2 else 1]:
            if division.single:
                printed = [[next(iter(division.rates[name].values()))] for name in names]
                at = _at(made, TIMES_TRIED)
                for n, time in enumerate(TIMES_TRIED):
                    yield _compared(at[:, [n]], printed, choice, frame) | {"labels": labels, "time_months": time}
            else:
                printed = [[division.rates[name][time] for time in times] for name in names]
                yield _compared(_at(made, times), printed, choice, frame) | {"labels": labels}


def _at(curves: list, times: Sequence[float]) -> np.ndarray:
    """Rates in percent, a row a curve, a column a time."""
    return 100 * np.array([curve.at(times)["survival"] for curve in curves])


def _compared(made: np.ndarray, printed: list[list[Claim]], choice: AuthorsChoice, frame: pd.DataFrame) -> dict:
    """Rates of the groups beside the printed ones; the distance over all of them."""
    gaps = made - np.array([[claim.value for claim in claims] for claims in printed])
    return {
        **asdict(choice),
        "labels": "as printed",
        "recomputed": " / ".join(f"{rate:.1f}" for rate in made.ravel()),
        **_counts(frame),
        "distance": math.sqrt(np.mean(gaps**2)) if np.isfinite(gaps).all() else math.inf,
        "measure": "percentage points, root mean square",
    }


def _counts(frame: pd.DataFrame) -> dict[str, int]:
    return {"n": len(frame), "events": int(frame["event"].sum())}
