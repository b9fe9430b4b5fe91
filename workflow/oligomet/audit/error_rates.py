"""How often the audit errs: on papers without a fault, and on the same papers with one number changed.

Whatever the checks find, other than sound, in a fabricated paper is a false alarm. Then one number is changed by more
than its rounding, and the audit should notice.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.consistency import run_checks
from oligomet.audit.defects import coverage
from oligomet.audit.fabricated_papers import fabricate
from oligomet.audit.printed import as_printed


def change_one(paper: Paper, rng: np.random.Generator) -> tuple[Paper, Claim] | None:
    """The paper with one number changed by clearly more than its rounding, and the claim as it was.

    Counts: two digits swapped, or another count. Percentages, means, medians: moved by 5 to 30 % of themselves. Rates:
    by 12 to 30 points. Limits of hazard ratios: drawn in by a third to two thirds. Hazard ratios: moved out of the
    middle of their interval. p values: tenfold or a tenth. Largest doses: up by a half. None if the change drawn is not
    possible or none at all.
    """
    claims = [claim for claim in paper.select(relation="=") if claim.kind in HOW_CHANGED or claim.variable == "bed"]
    claim = claims[int(rng.integers(len(claims)))]
    beside = paper.select(section=claim.section, row=claim.row, contrast=claim.contrast, time=claim.time)
    change = HOW_CHANGED.get(claim.kind, _larger)
    printed = change(claim, {other.kind: other for other in beside}, rng)
    if printed is None:
        return None
    changed = claim.reprinted(printed)
    return None if changed.interval.meets(claim.interval) else (paper.replaced(claim, changed), claim)


def _other_count(claim: Claim, _, rng: np.random.Generator) -> str:
    digits = claim.printed
    if len(digits) > 1 and digits[-1] != digits[-2] and digits[-1] != "0" and rng.random() < 0.5:
        return digits[:-2] + digits[-1] + digits[-2]
    return f"{max(0, claim.value + rng.choice([-1, 1]) * rng.integers(1, max(2, int(claim.value // 4) + 2))):.0f}"


def _moved(claim: Claim, _, rng: np.random.Generator) -> str:
    return as_printed(claim.value * (1 + rng.choice([-1, 1]) * rng.uniform(0.05, 0.3)), claim.decimals)


def _other_rate(claim: Claim, _, rng: np.random.Generator) -> str | None:
    value = claim.value + rng.choice([-1, 1]) * rng.uniform(12, 30)
    return as_printed(value, claim.decimals) if 0 < value < 100 else None


def _drawn_in(claim: Claim, partners: dict[str, Claim], rng: np.random.Generator) -> str:
    estimate = partners[claim.limit_of or ""].value
    if claim.limit_of in ("rate", "mean"):
        return as_printed(claim.value + (estimate - claim.value) * rng.uniform(1 / 2, 2 / 3), claim.decimals)
    middle = np.log(estimate)
    return as_printed(np.exp(middle + (np.log(claim.value) - middle) * rng.uniform(1 / 3, 2 / 3)), claim.decimals)


def _off_middle(claim: Claim, partners: dict[str, Claim], rng: np.random.Generator) -> str:
    end = partners[rng.choice(["low", "high"])].value
    return as_printed(claim.value * (end / claim.value) ** rng.uniform(0.2, 0.8), claim.decimals)


def _other_p(claim: Claim, _, rng: np.random.Generator) -> str:
    value = claim.value * 10 if claim.value < 0.09 else claim.value / 10
    return as_printed(max(value, 0.001), claim.decimals)


def _larger(claim: Claim, _, rng: np.random.Generator) -> str | None:
    return as_printed(1.5 * claim.value, claim.decimals) if claim.kind == "maximum" else None


HOW_CHANGED = {
    **dict.fromkeys(("count", "events", "at_risk"), _other_count),
    **dict.fromkeys(("percentage", "mean", "sd", "se", "median", "q1", "q3", "odds_ratio", "risk_ratio"), _moved),
    "rate": _other_rate, "low": _drawn_in, "high": _drawn_in, "hazard_ratio": _off_middle, "p_value": _other_p,
}  # fmt: skip
NAMED_APART = {"minimum": "extreme BED", "maximum": "extreme BED", "q1": "quartile", "q3": "quartile"}


UNCHANGED = "unchanged"
PAPERS, CHANGES, SEED = 400, 10, 271828  # of the rates that page and appendix quote; no threshold was set by its papers


def measure_error_rates(papers: int = PAPERS, changes: int = CHANGES, seed: int = SEED) -> pd.DataFrame:
    """How often the audit errs: false alarms in fabricated papers without a fault, misses once a number is changed.

    Parameters
    ----------
    papers
        How many papers to fabricate; each is checked as it is, and with each of `changes` numbers changed by itself.
        400 papers with 10 changes each take a minute and a half.
    seed
        The same seed draws the same papers and the same changes.

    Returns
    -------
    DataFrame, two rows 'unchanged' and a row a kind of changed claim: kind, tried, flagged, rate (4 decimals), and the
    papers, changes and seed it was made with. For 'unchanged' the rate is that of false alarms (papers with any finding
    other than sound; then numbers in any), for the others that of detection.
    """
    rng = np.random.default_rng(seed)
    outcomes = []
    for _ in range(papers):
        paper = fabricate(rng)
        findings = run_checks(paper)
        outcomes.append((UNCHANGED, bool((findings["severity"] != "sound").any())))
        outcomes += [(f"{UNCHANGED}, by number", state == "defect") for state in coverage(paper, findings)]
        for _ in range(changes):
            if (changed := change_one(paper, rng)) is not None:
                outcomes.append((_kind(changed[1]), _flagged(changed[0])))
    frame = pd.DataFrame(outcomes, columns=["kind", "flagged"])
    table = frame.groupby("kind")["flagged"].agg(tried="size", flagged="sum").reset_index()
    rate = (table["flagged"] / table["tried"]).round(4)
    return table.assign(rate=rate, papers=papers, changes=changes, seed=seed)


def _kind(claim: Claim) -> str:
    if claim.kind == "p_value":
        of = "hazard ratio" if claim.model else "log-rank test" if claim.endpoint else "comparison of counts or means"
        return f"p value of a {of}"
    if claim.kind == "rate":
        return "rate of a group" if claim.group else "rate of all"
    if claim.limit_of:
        return f"limit of {'an' if claim.limit_of == 'odds_ratio' else 'a'} {claim.limit_of.replace('_', ' ')}"
    return NAMED_APART.get(claim.kind, claim.kind.replace("_", " "))


def _flagged(paper: Paper) -> bool:
    return bool((run_checks(paper)["severity"] != "sound").any())
