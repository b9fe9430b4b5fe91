"""The synthetic trial: clean tables of what its centres recorded, and the truth behind them. Drawn from one seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import parameters as true
from generator.fates import outlive, respond
from generator.people import describe_images, enrol
from generator.records import contact, harm, image, schedule, treat, visit
from generator.screened import screen
from oligomet.study import Study

SIMULATED = 100_000  # lesions in which the truth of a rate is counted
MONTHS = 12, 24


def generate(study: Study) -> dict[str, pd.DataFrame]:
    """What the exports say, before the centres make a mess of it: a table a role, with the column `centre`.

    The patients who were treated, and others who were screened and are not eligible for one reason each. A record
    number is the centre's own, so that several patients bear it.
    """
    rng = np.random.default_rng(study.synthetic.seed)
    cut = pd.Timestamp(study.data_cut)
    people, lesions = treated(rng)
    visits = visit(people, cut, rng)
    contacts = contact(people, lesions, visits, cut, rng)
    tables = {
        "patients": _patients(people, lesions, rng),
        "therapies": treat(people, contacts, cut, rng),
        "lesions": lesions,
        "plans": lesions.assign(technique="sbrt"),
        "measurements": image(people, lesions, visits, rng),
        "follow_up": contacts,
        "toxicities": harm(people, contacts, rng),
        "image_features": describe_images(lesions, np.random.default_rng([study.synthetic.seed, 2])),
    }
    named = {role: _named(table, people) for role, table in tables.items()}
    others = screen(named, cut, rng)
    return {role: _sorted(pd.concat([table, others[role]], ignore_index=True)) for role, table in named.items()}


def treated(rng: np.random.Generator, lesions: int = true.LESIONS, nodes: int = true.NODES) -> tuple:
    """People and lesions with their true fate and their dates."""
    people, table = enrol(rng, lesions, nodes)
    table = respond(people, table, rng)
    return schedule(outlive(people, table, rng), table, rng)


def truth(study: Study) -> dict[str, float]:
    """Rates of the model that generates, counted in many lesions at their true times: what estimates should come to.

    `complete` is the share of lesions that respond completely before they or their patient fail; the others are
    probabilities at so many months, with death competing for the failure of a lesion.
    """
    rng = np.random.default_rng([study.synthetic.seed, 1])
    people, lesions = treated(rng, SIMULATED, SIMULATED * true.NODES // true.LESIONS)
    death = lesions["person"].map(people["death"])
    complete = (lesions["response"] == "CR") & (lesions["responded"] < death)
    nodal = lesions["nodal"] == 1
    found = {"complete": complete.mean(), "complete_nodal": complete[nodal].mean(),
             "complete_parenchyma": complete[~nodal].mean()}  # fmt: skip
    progressed = people[["distant", "local", "death"]].min(axis=1)
    harmed = people[["late", "death"]].min(axis=1)
    for months in MONTHS:
        failed = (lesions["failed"] <= months) & (lesions["failed"] < death)
        found |= {
            f"local_failure_{months}": failed.mean(),
            f"os_{months}": (people["death"] > months).mean(),
            f"pfs_{months}": (progressed > months).mean(),
            f"late_toxicity_free_{months}": (harmed > months).mean(),
        }
    return {name: round(float(value), 4) for name, value in found.items()}


def _patients(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    born = [
        (day - pd.DateOffset(years=int(age)) - pd.Timedelta(days=int(rng.integers(1, 364)))).normalize()
        for day, age in zip(people["start"], people["age"], strict=True)
    ]
    count = lesions.groupby("person").size().reindex(people.index)
    return people.assign(
        person=people.index, birth_date=born, screening_date=people["restaging"], metastases=count,
        surgery_or_systemic_feasible=0,
    )  # fmt: skip


def _named(table: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    of = table["person"]
    return table.assign(patient_id=of.map(people["patient_id"]), centre=of.map(people["centre"]))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["centre", "patient_id"], kind="stable").reset_index(drop=True)
