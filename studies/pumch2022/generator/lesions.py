"""The metastases: how many each patient has, which were irradiated, where they are and how they responded.

Built, not searched: Tables 1 to 3 leave little choice once a patient's response is that of her worst lesion. The 38
lesions with stable disease are in 38 patients, one each; the 80 that progressed are in 38 others, ten of whom hold the
40 lesions of patients with four or five metastases; 61 that responded leave five beside those of the 56 responders.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import targets
from generator.choose import LogRankAim
from generator.curves import median, tally

MANY = (4, 3, 3, 5, 5, 4, 4, 4, 4, 4)  # irradiated lesions of the ten patients with four or five metastases
# Visceral lesions that progressed beside others in five patients; the first three of them are among the ten.
VISCERAL = (("intracranial", 4), ("intracranial", 3), ("intracranial", 3), ("lung", 2), ("lung", 1))
VISCERAL_STABLE = ("liver", "lung", "intracranial", "intracranial", "intracranial")
BESIDE_PROGRESSION = 3  # lesions that responded in patients with others that progressed
DEEP = ("retroperitoneal_nodes", "pelvic_cavity", "abdominal_cavity", "mediastinum")


def assign_lesions(people: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Metastases and irradiated lesions of every patient.

    Parameters
    ----------
    people
        response (CR/PR, SD, PD or NE, of the worst lesion), several (two metastases or more), os_months, dead.

    Returns
    -------
    people with metastases, visceral, sbrt; lesions with person (the index of people), lesion_number, response, site,
    lead (days that a lesion was finished before the patient's last fraction).
    """
    organ = _choose_visceral(people, rng)
    people = people.assign(visceral=people.index.isin(np.concatenate(list(organ.values()))))
    people["sbrt"] = people.index.isin(_choose_stereotactic(people, organ, rng))
    many, count = _irradiated(people, organ, rng)
    people["metastases"] = _metastases(people, many, count, rng)

    lesions = pd.DataFrame({"person": np.repeat(people.index, count)})
    lesions["lesion_number"] = lesions.groupby("person").cumcount() + 1
    lesions["response"] = _responses(people, lesions, rng)
    lesions["site"] = _sites(people, lesions, organ, rng)
    lesions["lead"] = np.where((lesions["lesion_number"] == 2) & (rng.random(len(lesions)) < 0.3), 7, 0)
    return people, lesions


def _choose_visceral(people: pd.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """The patients with visceral lesions, of many draws the one nearest the published test of their survival.

    stable: two with one metastasis, then three; progressed: five with several; alone: two with one; unseen: one.
    """
    test = LogRankAim(*people[["os_months", "dead"]].to_numpy().T, targets.OVERALL_SURVIVAL_P["visceral"], slack=0)
    response, several = people["response"], people["several"]

    def draw() -> dict[str, np.ndarray]:
        stable = rng.permutation(people.index[(response == "SD") & ~several])
        return {
            "stable": np.concatenate([stable[:2], rng.permutation(people.index[(response == "SD") & several])[:3]]),
            "progressed": rng.permutation(people.index[(response == "PD") & several])[: len(VISCERAL)],
            "alone": rng.permutation(people.index[(response == "PD") & ~several])[:2],
            "unseen": rng.permutation(people.index[response == "NE"])[:1],
        }

    everyone = np.ones(len(people), bool)
    return min(
        (draw() for _ in range(200)),
        key=lambda organ: test.off(everyone, people.index.isin(np.concatenate(list(organ.values())))),
    )


def _choose_stereotactic(people: pd.DataFrame, organ: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Ten patients, of many draws the one with the published median survival.

    Three in the liver and one in the lung: the two that progressed alone, and the first two of the stable ones.
    """
    others = people[~people["visceral"]]

    def draw() -> np.ndarray:
        partial = rng.permutation(others.index[others["response"] == "CR/PR"])[: targets.SBRT["PR"]]
        stable = rng.permutation(others.index[others["response"] == "SD"])[: targets.SBRT["SD"] - 2]
        return np.concatenate([partial, stable, organ["stable"][:2], organ["alone"]])

    def off(chosen: np.ndarray) -> float:
        theirs = people.loc[chosen]
        counts = tally(theirs["os_months"].to_numpy(), theirs["dead"].to_numpy(), np.zeros(len(theirs), int), 1)
        return abs(median(counts[0]) - targets.SBRT_MEDIAN_SURVIVAL)

    return min((draw() for _ in range(200)), key=off)


def _irradiated(
    people: pd.DataFrame, organ: dict[str, np.ndarray], rng: np.random.Generator
) -> tuple[np.ndarray, pd.Series]:
    """The patients with four or five metastases, and how many lesions of each patient were irradiated."""
    response, several = people["response"], people["several"]
    progressed = people.index[(response == "PD") & several]
    others = rng.permutation(progressed.difference(organ["progressed"]))
    many = np.concatenate([organ["progressed"][:3], others[: len(MANY) - 3]])
    rest = np.concatenate([organ["progressed"][3:], others[len(MANY) - 3 :]])

    count = pd.Series(1, index=people.index)
    count[many] = MANY
    cells = np.array(list(targets.TABLE_3.values())).sum(axis=0)
    responded, worst = cells[0] + cells[1], cells[3]
    left = worst + BESIDE_PROGRESSION - sum(MANY) - ((response == "PD") & ~several).sum()
    count[rest] = left // len(rest) + (np.arange(len(rest)) < left % len(rest))
    responders = rng.permutation(people.index[(response == "CR/PR") & several & ~people["sbrt"]])
    count[responders[: responded - (response == "CR/PR").sum() - BESIDE_PROGRESSION]] = 2
    return many, count


def _metastases(people: pd.DataFrame, many: np.ndarray, count: pd.Series, rng: np.random.Generator) -> pd.Series:
    """Metastases at restaging: those irradiated, and some that were not."""
    metastases = pd.Series(np.where(people["several"], 2, 1), index=people.index)
    metastases[many] = np.clip(count[many] + rng.integers(0, 2, len(many)), 4, 5)
    fewer = rng.permutation(people.index[people["several"]].difference(many))
    fewer = fewer[np.argsort((count[fewer] < 3).to_numpy(), kind="stable")]
    metastases[fewer[: targets.TABLE_1["lesion_groups"]["3-5"] - len(many)]] = 3
    return metastases


def _responses(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """The response of each lesion; the stereotactic ones are partial where they responded."""
    response = lesions["person"].map(people["response"])
    last = lesions.drop_duplicates("person", keep="last")
    beside = last.index[
        (response[last.index] == "PD") & (last["lesion_number"] > 1) & ~last["person"].map(people["visceral"])
    ]
    response[rng.permutation(beside)[:BESIDE_PROGRESSION]] = "CR/PR"
    responded = response == "CR/PR"
    free = rng.permutation(response.index[responded & ~lesions["person"].map(people["sbrt"])])
    response[responded] = "PR"
    response[free[: sum(complete for complete, *_ in targets.TABLE_3.values())]] = "CR"
    return response


def _sites(
    people: pd.DataFrame, lesions: pd.DataFrame, organ: dict[str, np.ndarray], rng: np.random.Generator
) -> pd.Series:
    """The site of each lesion, as many of each response as Table 3 has; one vaginal stump a patient."""
    site = pd.Series("", index=lesions.index, dtype=object)
    of = {person: rows.to_numpy() for person, rows in lesions.groupby("person").groups.items()}
    for person, (where, number) in zip(organ["progressed"], VISCERAL, strict=True):
        site[of[person][:number]] = where
    for person, where in zip(organ["stable"], VISCERAL_STABLE, strict=True):
        site[of[person][:1]] = where
    site[np.concatenate([of[person] for person in organ["alone"]])] = "liver"
    site[np.concatenate([of[person] for person in organ["unseen"]])] = "lung"

    stereotactic = lesions["person"].map(people["sbrt"]).to_numpy()
    for response, wanted in zip(targets.RESPONSES, zip(*targets.TABLE_3.values(), strict=True), strict=True):
        these = lesions.index[lesions["response"] == response]
        left = pd.Series(wanted, index=list(targets.TABLE_3)) - site[these].value_counts().reindex(
            list(targets.TABLE_3), fill_value=0
        )
        free = rng.permutation(these[site[these] == ""])
        patients = lesions.loc[free[~stereotactic[free]]].drop_duplicates("person").index
        site[patients[: left["vaginal_stump"]]] = "vaginal_stump"
        left["vaginal_stump"] = 0
        free = free[site[free] == ""]
        where = rng.permutation(np.repeat(left.index, left))
        where = where[np.argsort(np.isin(where, DEEP), kind="stable")]  # stereotactic lesions are deep in the trunk
        site[free[np.argsort(stereotactic[free], kind="stable")]] = where
    return site
