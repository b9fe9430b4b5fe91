"""What tests and intervals of a response rate do where the lesions of a patient are alike and scans are lost.

As many lesions as planned, the same number in each patient but perhaps the last. A patient has a rate of her own, drawn
from a beta distribution with the true rate as its mean, so that two of her lesions have the declared intraclass
correlation. A lesion's scans are lost by chance and for themselves: it is then not evaluable, and no complete response
among all treated ones. Replicates are drawn in blocks that each begin their own stream of chance, so that the numbers
are the same in whatever chunks the blocks are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from itertools import product
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd
from numpy.random import Generator

from oligomet.estimates.methods.proportions import clustered_p_above, exact_p_above, interval_of_sums, proportion

if TYPE_CHECKING:
    from oligomet.trial_declarations import CompleteResponse, SampleSize

BLOCK = 100  # replicates that share a stream of chance
WHERE = ["hypothesis", "truth", "rate", "lesions", "correlation", "lesions_a_patient", "lost"]
COLUMNS = [*WHERE, "significance", "measure"]


@dataclass(frozen=True)
class Scenario:
    """One truth: the null rate or the target rate, how alike lesions are, how many a patient has and are lost."""

    hypothesis: str
    truth: str
    rate: float
    null: float
    lesions: int
    correlation: float
    lesions_a_patient: int
    lost: float


def scenarios(declared: SampleSize, response: CompleteResponse, planned: dict[str, int]) -> list[Scenario]:
    """Every combination that `sample_size` declares, for the planned number of lesions of each hypothesis."""
    return [
        Scenario(name, truth, rate, rates.null_rate, planned[name], *combination)
        for name, rates in response.hypotheses.items()
        for truth, rate in (("null rate", rates.null_rate), ("target rate", rates.target_rate))
        for combination in product(declared.intraclass_correlations, declared.lesions_a_patient, declared.lost_scans)
    ]


def count(
    wanted: list[Scenario],
    replicates: int,
    seed: int,
    significance: float,
    confidence: float,
    chunk: int = 0,
    chunks: int = 1,
    report: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """What happened in a chunk of the replicates, as counts that add up over the chunks.

    Parameters
    ----------
    chunk, chunks
        Which of how many.
    report
        Told of the progress, ten times.

    Returns
    -------
    A row a scenario and a measure: the columns `COLUMNS`, count, replicates.
    """
    blocks = range(chunk, -(-replicates // BLOCK), chunks)
    rows = []
    for place, scenario in enumerate(wanted, 1):
        name = repr(astuple(scenario)).encode()
        found = [
            _draw(scenario, min(BLOCK, replicates - block * BLOCK), significance, confidence,
                  np.random.default_rng([seed, crc32(name), block]))
            for block in blocks
        ]  # fmt: skip
        where = {column: getattr(scenario, column) for column in WHERE}
        for measure in found[0] if found else ():
            hits = np.concatenate([one[measure] for one in found])
            of = {"significance": significance, "measure": measure}
            rows.append({**where, **of, "count": int(hits.sum()), "replicates": len(hits)})
        if place * 10 // len(wanted) > (place - 1) * 10 // len(wanted):
            report(f"chunk {chunk + 1} of {chunks}: {place} of {len(wanted)} scenarios")
    return pd.DataFrame(rows, columns=[*COLUMNS, "count", "replicates"])


def add_up(chunks: list[pd.DataFrame]) -> pd.DataFrame:
    """The chunks together: share of the replicates, and its Monte Carlo standard error."""
    together = pd.concat(chunks, ignore_index=True)
    table = together.groupby(COLUMNS, sort=False, as_index=False)[["count", "replicates"]].sum()
    share = table["count"] / table["replicates"]
    return table.drop(columns="count").assign(share=share, mcse=np.sqrt(share * (1 - share) / table["replicates"]))


def draw_lesions(scenario: Scenario, replicates: int, random: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Complete responses and evaluable lesions: two arrays of 0 or 1, (replicates, patients, lesions of a patient).

    Where the planned number is no multiple, the last patient has fewer; places that are no lesion are lost in both.
    """
    each, alike, rate = scenario.lesions_a_patient, scenario.correlation, scenario.rate
    shape = replicates, -(-scenario.lesions // each), each
    if alike:
        others = (1 - alike) / alike
        own = random.beta(rate * others, (1 - rate) * others, shape[:2])[..., None]
    else:
        own = np.array(rate)
    complete = random.random(shape) < own
    seen = random.random(shape) >= scenario.lost
    is_lesion = (np.arange(shape[1] * each) < scenario.lesions).reshape(shape[1:])
    return complete & is_lesion, seen & is_lesion


def _draw(
    scenario: Scenario, replicates: int, significance: float, confidence: float, random: Generator
) -> dict[str, np.ndarray]:
    """Of each replicate, whether each test rejects and each interval covers."""
    complete, seen = draw_lesions(scenario, replicates, random)
    events, sizes = (complete & seen).sum(axis=2), seen.sum(axis=2)
    n = sizes.sum(axis=1)
    p_values = {
        "exact, evaluable": exact_p_above(events.sum(axis=1), n, scenario.null),
        "exact, all treated": exact_p_above(events.sum(axis=1), scenario.lesions, scenario.null),
        "by patient, evaluable": clustered_p_above(events, sizes, scenario.null),
    }
    exact = proportion(events.sum(axis=1), np.maximum(n, 1), confidence=confidence)
    limits = {
        "exact, evaluable": (np.asarray(exact.conf_low), np.asarray(exact.conf_high)),
        "by patient, evaluable": interval_of_sums(events, sizes, confidence)[1:],
    }
    return {
        **{f"rejects: {name}": p <= significance for name, p in p_values.items()},
        **{f"covers: {name}": (low <= scenario.rate) & (scenario.rate <= high) for name, (low, high) in limits.items()},
    }
