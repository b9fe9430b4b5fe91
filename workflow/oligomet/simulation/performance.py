"""The performance of the methods in a scenario, with its Monte Carlo error.

Each replicate begins a stream of chance of its own, so that the numbers are the same in whatever chunks they are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np
import pandas as pd

from oligomet.simulation.scenarios import SCENARIOS
from oligomet.simulation.trials import limit_of_cox, try_cohort, try_responders
from oligomet.simulation.truth import Setting

ASKED = ["measure", "target", "method"]


def ask_methods(
    name: str,
    setting: Setting,
    replicates: int,
    seed: int,
    chunk: int = 0,
    chunks: int = 1,
    report: Callable[[str], None] = lambda line: None,
) -> pd.DataFrame:
    """Draw the cohorts of a chunk of a scenario's replicates, and ask every method of each.

    Parameters
    ----------
    name
        One of `scenarios.SCENARIOS`.
    seed
        Where chance starts; scenarios are independent of each other, and of how many there are.
    chunk, chunks
        Which of how many.
    report
        Told of the progress, ten times.

    Returns
    -------
    A row a replicate and a question: replicate, measure (type-I error | coverage | mean log hazard ratio), target,
    method, answer (1: it erred, or it covered; or the log hazard ratio), missing where the method has none.
    """
    scenario, key = SCENARIOS[name], crc32(name.encode())
    truth = None if scenario.window else limit_of_cox(setting, scenario, np.random.default_rng([seed, key]))
    rows, mine = [], range(chunk, replicates, chunks)
    for done, replicate in enumerate(mine, 1):
        random = np.random.default_rng([seed, key, 1 + replicate])  # one with 0 at its end would be that of the truth
        if truth is None:
            answers = try_responders(setting, scenario, random)
        else:
            answers = try_cohort(setting, scenario, truth, random)
        rows += [(replicate, *asked, answer) for asked, answer in answers.items()]
        if done * 10 // len(mine) > (done - 1) * 10 // len(mine):
            report(f"{name}, chunk {chunk + 1} of {chunks}: {done} of {len(mine)} cohorts")
    return pd.DataFrame(rows, columns=["replicate", *ASKED, "answer"])


def judge(name: str, answers: pd.DataFrame, significance: float, confidence: float) -> pd.DataFrame:
    """Judge the methods by their answers in a scenario.

    Parameters
    ----------
    answers
        All chunks of `ask_methods`, one after another.
    significance, confidence
        What tests and intervals promise.

    Returns
    -------
    A row for each measure, target and method: lesions, frailty, window (of the scenario), measure, target, method,
    estimate (the mean of the answers), mcse (its Monte Carlo standard error), nominal (what it should be), replicates,
    undefined (of them, without an answer).
    """
    found = answers.sort_values("replicate", kind="stable").groupby(ASKED, sort=False)["answer"]
    known, replicates = found.count(), answers["replicate"].nunique()
    table = pd.DataFrame({"estimate": found.mean(), "mcse": found.std(ddof=0) / np.sqrt(known)})
    table = table.assign(replicates=replicates, undefined=replicates - known).reset_index()
    nominal = {"type-I error": significance, "coverage": confidence, "mean log hazard ratio": 0.0}
    table.insert(5, "nominal", table["measure"].map(nominal))
    for place, (column, value) in enumerate(vars(SCENARIOS[name]).items()):
        table.insert(place, column, value)
    return table
