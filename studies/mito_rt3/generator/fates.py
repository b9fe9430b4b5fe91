"""What becomes of patients and lesions, at true times that no scan has seen yet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import parameters as true


def bed10(fractions: pd.Series, fraction_gy: pd.Series) -> pd.Series:
    return fractions * fraction_gy * (1 + fraction_gy / 10)


def respond(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`lesions` with probability (of a complete response), response, responded and failed (months).

    Parameters
    ----------
    people
        age, by person.
    lesions
        person, nodal, ptv_volume_cc, fractions, ptv_fraction_gy.
    """
    shared = pd.Series(rng.normal(0, true.FRAILTY, len(people)), people.index)
    logit = (
        true.COMPLETE["intercept"]
        + true.COMPLETE["nodal"] * lesions["nodal"]
        + true.COMPLETE["young"] * (lesions["person"].map(people["age"]) <= 60)
        + true.COMPLETE["small"] * (lesions["ptv_volume_cc"] <= 18)
        + true.COMPLETE["high_dose"] * (bed10(lesions["fractions"], lesions["ptv_fraction_gy"]) > 70)
        + lesions["person"].map(shared)
    )
    probability = 1 / (1 + np.exp(-logit))
    other = rng.choice(list(true.OTHERWISE), len(lesions), p=list(true.OTHERWISE.values()))
    response = np.where(rng.random(len(lesions)) < probability, "CR", other)
    median, spread = true.TO_RESPONSE
    responded = np.clip(median * np.exp(rng.normal(0, spread, len(lesions))), 1.5, 11.0)
    hazard = pd.Series(response).map(true.LOCAL_FAILURE).fillna(1).to_numpy()
    later = responded + rng.exponential(1 / hazard)
    failed = np.where(response == "PD", rng.uniform(1.0, 2.8, len(lesions)), later)
    return lesions.assign(probability=probability, response=response, responded=responded, failed=failed)


def outlive(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`people` with distant, local, death, lost, therapy and late (months): what would happen if nothing else did."""
    mutated = people["brca"] != "wild_type"
    count = lesions.groupby("person").size().reindex(people.index)
    hazard = true.DISTANT * np.where(mutated, true.DISTANT_MUTATED, 1) * true.DISTANT_LESION ** (count - 1)
    distant = rng.exponential(1 / hazard.to_numpy())
    local = lesions.groupby("person")["failed"].min().reindex(people.index).to_numpy()
    progressed = np.minimum(distant, local)
    ratio = np.where(mutated, true.DEATH_MUTATED, 1)
    life = rng.exponential(1.0, len(people))  # in units of cumulative hazard
    before = true.DEATH * ratio * progressed
    death = np.where(
        life < before, life / (true.DEATH * ratio), progressed + (life - before) / (true.DEATH_PROGRESSED * ratio)
    )
    return people.assign(
        distant=distant, local=local, death=death,
        lost=rng.exponential(1 / true.LOST, len(people)),
        treated=rng.random(len(people)) < true.THERAPY_PROGRESSED,
        therapy=rng.exponential(1 / true.THERAPY_BEFORE, len(people)),
        late=3.5 + rng.exponential(1 / true.LATE_TOXICITY, len(people)),
        unrelated=rng.exponential(1 / true.UNRELATED_TOXICITY, len(people)),
    )  # fmt: skip
