"""How a published number could have been made: it is recomputed in every analysis that the authors could have run.

The nearest analysis is the one that agrees with the estimate and its interval together, not with one of them. On a
cohort that was calibrated to the published numbers an agreement can only show that an analysis is able to give a
number; what no analysis gives, and what one gives that was not calibrated, is the information (`WHAT_IT_SHOWS`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.possible_analyses import (
    Outcomes,
    PossibleAnalysis,
    analysed_subjects,
    levels_of,
    possible_analyses,
    with_labels_swapped,
)
from oligomet.audit.survival_claims import Division, canonical_endpoint, divisions, whole_rates
from oligomet.estimates.methods.common import Undefined, normal_quantile, two_sided_p
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods_python_lacks.cox_kernel import AnyTies, cox_kernel
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel
from oligomet.study import Study

TIES: tuple[AnyTies, ...] = ("breslow", "efron", "exact")
FOLLOW_UP = ("all", "60 months")
TIMES_TRIED = (3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 20.0, 24.0, 30.0, 36.0, 48.0, 60.0)
COLUMNS = [
    "target", "claims", "quantity", "published", "rank", "unit", "lesion", "assessment", "death", "follow_up", "model",
    "ties", "time_months", "labels", "recomputed", "estimate", "conf_low", "conf_high", "p_value", "n", "events",
    "distance", "measure",
]  # fmt: skip

WHAT_IT_SHOWS = (
    "The cohort was generated to carry published counts, rates, hazard ratios and p values, under one reading of each. "
    "That this reading gives them back shows that the calibration worked, and nothing of what the authors did. Three "
    "things do inform: that one cohort can carry numbers together; that no analysis of it reaches a number; and how "
    "far the analyses lie apart, for where they hardly differ the published number cannot tell them apart in any data."
)


@dataclass(frozen=True)
class PublishedResult:
    """A published number, or numbers that were made together, and the claims that print it."""

    claims: tuple[Claim, ...]
    quantity: str
    published: str


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
    choices (unit, lesion, assessment, death, follow_up, model, ties, time_months, labels; '-' where there is none),
    recomputed, estimate, conf_low, conf_high, p_value, n, events, distance and its measure.
    """
    tables = Outcomes(times, patients, lesions, responses, study)
    rows: list[dict] = []
    for number, (target, analyses) in enumerate(_targets(paper, tables), start=1):
        common = {
            "target": f"S{number}",
            "claims": " ".join(claim.id for claim in target.claims),
            "quantity": target.quantity,
            "published": target.published,
        }
        nearest_first = sorted(analyses, key=lambda analysis: analysis["distance"])
        rows += [{**common, "rank": rank, **analysis} for rank, analysis in enumerate(nearest_first, start=1)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _targets(paper: Paper, tables: Outcomes) -> Iterator[tuple[PublishedResult, Iterator[dict]]]:
    known = {name for name, declared in tables.study.endpoints.items() if declared.per == "patient"}
    for ratio, low, high, same in _hazard_ratios(paper):
        endpoint, factor = canonical_endpoint(paper, ratio.endpoint), ratio.compared[0]
        if endpoint in known and factor in tables.study.factors:
            published = f"{ratio.printed} ({low.printed} to {high.printed})"
            yield (
                PublishedResult(same, ratio.says, published),
                _ratios(ratio, low, high, endpoint, _covariates(paper, ratio), tables),
            )
    seen = set()
    for claim in paper.select(kind="p_value", model=None, relation="="):
        endpoint = canonical_endpoint(paper, claim.endpoint)
        key = endpoint, claim.factor, claim.printed
        if key not in seen and endpoint in known and claim.factor in tables.study.factors:
            seen.add(key)
            same = tuple(
                c
                for c in paper.select(kind="p_value", model=None, factor=claim.factor, printed=claim.printed)
                if canonical_endpoint(paper, c.endpoint) == endpoint
            )
            yield (
                PublishedResult(same, claim.says, f"p = {claim.printed}"),
                _tests(claim, claim.factor, endpoint, tables),
            )
    for endpoint, declared in paper.declared.endpoints.items():
        whole = whole_rates(paper, endpoint, declared.of)
        if whole and endpoint in known:
            says = f"{tables.study.endpoints[endpoint].label}, all"
            yield (
                PublishedResult(tuple(whole.values()), says, " / ".join(c.printed for c in whole.values())),
                _whole(whole, endpoint, tables),
            )
    for division in divisions(paper):
        if division.endpoint in known and division.factor in tables.study.factors:
            printed = " / ".join(c.printed for c in division.claims)
            factor = paper.declared.factors[division.factor].says
            says = f"{tables.study.endpoints[division.endpoint].label} by {factor}, {division.section}"
            yield PublishedResult(division.claims, says, printed), _rates(division, tables)


def _hazard_ratios(paper: Paper) -> Iterator[tuple[Claim, Claim, Claim, tuple[Claim, ...]]]:
    """Each distinct hazard ratio with its limits, and all claims that print it."""
    seen = set()
    for ratio in paper.select(kind="hazard_ratio"):
        place = {"section": ratio.section, "row": ratio.row, "contrast": ratio.contrast}
        limits = [paper.select(kind=kind, **place) for kind in ("low", "high")]
        key = ratio.contrast, ratio.printed
        if key not in seen and all(limits):
            seen.add(key)
            yield (
                ratio,
                limits[0][0],
                limits[1][0],
                tuple(paper.select(kind="hazard_ratio", contrast=ratio.contrast, printed=ratio.printed)),
            )


def _covariates(paper: Paper, ratio: Claim) -> list[str]:
    """The factors that the paper's model with this hazard ratio has."""
    models = paper.select(kind="hazard_ratio", section=ratio.section, endpoint=ratio.endpoint, model=ratio.model)
    return list(dict.fromkeys(claim.compared[0] for claim in models))


def _ratios(
    ratio: Claim, low: Claim, high: Claim, endpoint: str, covariates: list[str], tables: Outcomes
) -> Iterator[dict]:
    factor = ratio.compared[0]
    for model, names in (("univariable", [factor]), ("multivariable", covariates)):
        if model == "multivariable" and len(names) < 2:
            continue
        variables = [tables.study.factors[name].variable for name in names]
        for base in possible_analyses(endpoint, variables, tables):
            for follow_up in FOLLOW_UP:
                choice = replace(base, follow_up=follow_up, model=model)
                design, frame = _design(endpoint, choice, names, ratio, tables)
                for ties in TIES:
                    key = endpoint, replace(choice, ties=ties), *sorted(design.columns)
                    if key not in tables.made:  # one model answers each of its factors
                        tables.made[key] = _fit(design, frame, ties)
                    if factor not in tables.made[key]:
                        continue
                    fit = tables.made[key][factor]
                    for swapped in (False, True):
                        log, error = (-fit[0] if swapped else fit[0]), fit[1]
                        made = [math.exp(log + z * error) for z in (0, -normal_quantile(0.95), normal_quantile(0.95))]
                        printed = [ratio.value, low.value, high.value]
                        distance = math.sqrt(
                            np.mean([math.log(a / b) ** 2 for a, b in zip(made, printed, strict=True)])
                        )
                        here = replace(choice, ties=ties)
                        yield {
                            **asdict(with_labels_swapped(here) if swapped else here),
                            "recomputed": f"{made[0]:.3f} ({made[1]:.3f} to {made[2]:.3f})",
                            "estimate": made[0], "conf_low": made[1], "conf_high": made[2],
                            "p_value": float(two_sided_p(log / error)), "n": len(frame),
                            "events": int(frame["event"].sum()),
                            "distance": distance, "measure": "log, root mean square of estimate and limits",
                        }  # fmt: skip


def _design(
    endpoint: str, choice: PossibleAnalysis, names: list[str], ratio: Claim, tables: Outcomes
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indicators of the factors, the contrast's own first, and the subjects; those of unknown level left out."""
    own, shown, _ = ratio.compared
    found = pd.DataFrame({name: levels_of(name, endpoint, choice, tables) for name in dict.fromkeys([own, *names])})
    known = found.notna().all(axis=1)
    first = {name: shown if name == own else tables.study.factors[name].levels[0] for name in found}
    design = pd.DataFrame({name: (found.loc[known, name] == first[name]).astype(float) for name in found})
    return design, analysed_subjects(endpoint, choice, tables)[known]


def _fit(design: pd.DataFrame, frame: pd.DataFrame, ties: AnyTies) -> dict[str, tuple[float, float]]:
    """By factor the log hazard ratio and its standard error; empty where the model has none."""
    try:
        fit = cox_kernel(design, frame["months"], frame["event"], ties=ties)
    except Undefined:
        return {}
    return dict(zip(design, zip(fit.log_hr, np.sqrt(np.diag(fit.covariance)), strict=True), strict=True))


def _tests(claim: Claim, factor: str, endpoint: str, tables: Outcomes) -> Iterator[dict]:
    for base in possible_analyses(endpoint, [tables.study.factors[factor].variable], tables):
        for follow_up in FOLLOW_UP:
            choice = replace(base, follow_up=follow_up)
            frame = analysed_subjects(endpoint, choice, tables)
            level = levels_of(factor, endpoint, choice, tables)
            frame, level = frame[level.notna()], level[level.notna()]
            try:
                p = logrank(frame["months"], frame["event"], level.astype(str)).p_value
            except Undefined:
                continue
            yield {
                **asdict(choice), "recomputed": f"p = {p:.3g}", "p_value": p, "n": len(frame),
                "events": int(frame["event"].sum()),
                "distance": abs(math.log10(max(p, 1e-12) / claim.value)), "measure": "log10 of the ratio of p values",
            }  # fmt: skip


def _whole(whole: dict[float, Claim], endpoint: str, tables: Outcomes) -> Iterator[dict]:
    for choice in possible_analyses(endpoint, [], tables):
        frame = analysed_subjects(endpoint, choice, tables)
        curve = km_kernel(frame["months"], frame["event"])
        yield _compared(_at([curve], list(whole)), [list(whole.values())], choice, frame)


def _rates(division: Division, tables: Outcomes) -> Iterator[dict]:
    names = list(division.rates)
    times = [time for time in division.times if time is not None]
    for choice in possible_analyses(division.endpoint, [tables.study.factors[division.factor].variable], tables):
        frame = analysed_subjects(division.endpoint, choice, tables)
        level = levels_of(division.factor, division.endpoint, choice, tables)
        groups = [frame[level == name] for name in names]
        if any(group.empty for group in groups):
            continue
        curves = [km_kernel(group["months"], group["event"]) for group in groups]
        for swapped in (False, True) if len(names) == 2 else (False,):
            made = curves[::-1] if swapped else curves
            here = with_labels_swapped(choice) if swapped else choice
            if division.single:
                printed = [[next(iter(division.rates[name].values()))] for name in names]
                at = _at(made, TIMES_TRIED)
                for n, landmark in enumerate(TIMES_TRIED):
                    yield _compared(at[:, [n]], printed, replace(here, time_months=landmark), frame)
            else:
                printed = [[division.rates[name][time] for time in times] for name in names]
                yield _compared(_at(made, times), printed, here, frame)


def _at(curves: list, times: Sequence[float]) -> np.ndarray:
    """Rates in percent, a row a curve, a column a time."""
    return 100 * np.array([curve.at(times)["survival"] for curve in curves])


def _compared(made: np.ndarray, printed: list[list[Claim]], choice: PossibleAnalysis, frame: pd.DataFrame) -> dict:
    """Rates of the groups beside the printed ones; the distance over all of them."""
    gaps = made - np.array([[claim.value for claim in claims] for claims in printed])
    return {
        **asdict(choice),
        "recomputed": " / ".join(f"{rate:.1f}" for rate in made.ravel()),
        "n": len(frame),
        "events": int(frame["event"].sum()),
        "distance": math.sqrt(np.mean(gaps**2)) if np.isfinite(gaps).all() else math.inf,
        "measure": "percentage points, root mean square",
    }


def nearest_by_estimate(rows: pd.DataFrame) -> Any:
    """The row of the analysis whose hazard ratio is nearest to the published one, whatever its interval.

    Parameters
    ----------
    rows
        Those of one target of `reanalyse` that is a hazard ratio.
    """
    published = float(rows["published"].iloc[0].split()[0])
    return min(rows.itertuples(), key=lambda row: abs(math.log(row.estimate / published)))


def analysis_in_words(row: Any) -> str:
    """The choices that a row of the reanalyses made: 'by patient, worst lesion, univariable, Breslow ties'."""
    said = [
        f"by {row.unit}",
        None if row.lesion == "-" else f"{row.lesion} lesion",
        None if row.assessment == "-" else f"{row.assessment} response",
        None if row.model == "-" else row.model,
        None if row.ties == "-" else f"{'exact' if row.ties == 'exact' else row.ties.capitalize()} ties",
        None if row.death == "-" else "death an event" if row.death == "event" else "death censored",
        None if row.follow_up == "all" else f"follow-up cut at {row.follow_up}",
        None if pd.isna(row.time_months) else f"at {row.time_months:g} months",
        None if row.labels == "as printed" else "labels swapped",
    ]
    return ", ".join(filter(None, said))
