"""The performance of the methods in a scenario, with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Callable
from zlib import crc32

import numpy as np
import pandas as pd

from oligomet.simulation.scenarios import SCENARIOS
from oligomet.simulation.trials import limit_of_cox, try_cohort, try_responders
from oligomet.simulation.truth import Setting


def simulate(
    name: str, setting: Setting, replicates: int, seed: int, report: Callable[[str], None] = lambda line: None
) -> pd.DataFrame:
    """Draw a scenario's cohorts and judge the methods by them.

    Parameters
    ----------
    name
        One of `truth.SCENARIOS`.
    seed
        Where chance starts; scenarios are independent of each other, and of how many there are.
    report
        Told of the progress, ten times.

    Returns
    -------
    A row for each measure, target and method: lesions, frailty, window (of the scenario), measure (type-I error |
    coverage | mean log hazard ratio), target, method, estimate, mcse (its Monte Carlo standard error), nominal (what it
    should be), replicates, undefined (of them, without an answer).
    """
    scenario, random = SCENARIOS[name], np.random.default_rng([seed, crc32(name.encode())])
    truth = None if scenario.window else limit_of_cox(setting, scenario, random)
    answers = []
    for done in range(1, replicates + 1):
        if truth is None:
            answers.append(try_responders(setting, scenario, random))
        else:
            answers.append(try_cohort(setting, scenario, truth, random))
        if done * 10 // replicates > (done - 1) * 10 // replicates:
            report(f"{name}: {done} of {replicates} cohorts")
    found = pd.DataFrame(answers)
    known = found.notna().sum()
    mean, spread = found.mean(), found.std(ddof=0)
    table = pd.DataFrame({"estimate": mean, "mcse": spread / np.sqrt(known)})
    table.index = pd.MultiIndex.from_tuples(map(tuple, found.columns), names=["measure", "target", "method"])
    table = table.assign(replicates=replicates, undefined=replicates - known.to_numpy()).reset_index()
    nominal = {"type-I error": setting.significance, "coverage": setting.confidence, "mean log hazard ratio": 0.0}
    table.insert(5, "nominal", table["measure"].map(nominal))
    for place, (column, value) in enumerate(vars(scenario).items()):
        table.insert(place, column, value)
    return table
