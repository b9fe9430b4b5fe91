"""The metastases: how many each patient has, which were irradiated, where they are and how they responded.

Built, not searched: the cells of Table 3 and the rows of Tables 1 and 2 leave little choice once a patient's response is that
of her worst lesion. 142 patients hold 189 irradiated lesions; all 38 lesions with stable disease are the only such lesion of a
patient without progression, so the 80 that progressed are in 38 patients.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.synthetic import targets
from oligomet.synthetic.curves import HORIZON, critical, tally
from oligomet.synthetic.labels import z_score

# Irradiated lesions of the patients with four or five metastases (Table 2: 40), all of whom have a lesion that progressed.
MANY = (5, 5, 4, 4, 4, 4, 4, 4, 3, 3)
# Visceral lesions that progressed in five patients with several lesions, and how many of that patient's lesions they are.
VISCERAL_PROGRESSED = (("intracranial", 4), ("intracranial", 3), ("intracranial", 3), ("lung", 2), ("lung", 1))
RESPONDED_BESIDE_PROGRESSION = 3  # lesions with CR or PR of patients who have others with PD


def assign_lesions(people: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Metastases and irradiated lesions of every patient.

    Parameters
    ----------
    people
        Columns response (CR/PR, SD, PD, NE of the worst lesion), several (two metastases or more), os_months, dead.

    Returns
    -------
    people with metastases, visceral, sbrt; lesions with person (index of people), lesion_number, site, response.
    """
    people = people.copy()
    visceral = _choose_visceral(people, rng)
    people["visceral"] = np.isin(people.index, np.concatenate(list(visceral.values())))
    people["sbrt"] = np.isin(people.index, _choose_sbrt(people, visceral, rng))

    count = pd.Series(1, index=people.index)
    progressed = people[(people["response"] == "PD") & people["several"]].index
    others = rng.permutation(progressed.difference(visceral["PD"]))
    many = np.concatenate([visceral["PD"][:3], others[: len(MANY) - 3]])
    rest = np.concatenate([visceral["PD"][3:5], others[len(MANY) - 3 :]])
    count[many] = [4, 3, 3, 5, 5, 4, 4, 4, 4, 4]
    singles = int(((people["response"] == "PD") & ~people["several"]).sum())
    extra = targets.PROGRESSED + RESPONDED_BESIDE_PROGRESSION - singles - sum(MANY) - len(rest)
    count[rest] = 2
    surplus = extra - len(rest)  # above two each, or, if negative, patients with one irradiated lesion
    if surplus >= 0:
        count[rest[:surplus]] = 3
    else:
        count[rest[surplus:]] = 1
    responders = rng.permutation(people[(people["response"] == "CR/PR") & people["several"] & ~people["sbrt"]].index)
    count[responders[: targets.RESPONDED - (people["response"] == "CR/PR").sum() - RESPONDED_BESIDE_PROGRESSION]] = 2

    people["metastases"] = _metastases(people, count, many, rng)
    lesions = pd.DataFrame({"person": np.repeat(people.index, count)})
    lesions["lesion_number"] = lesions.groupby("person").cumcount() + 1
    lesions["response"] = _responses(people, lesions, rng)
    lesions["lead"] = np.where((lesions["lesion_number"] == 2) & (rng.random(len(lesions)) < 0.3), 7, 0)
    lesions["site"] = _sites(people, lesions, visceral, rng)
    return people, lesions


def _choose_visceral(people: pd.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Thirteen patients whose survival differs from that of the others as published; PD: five with several, two with one lesion.

    The two with one lesion that progressed and the first two with stable disease have a liver or lung metastasis alone.
    """
    pools = {
        ("SD", False): 2,
        ("SD", None): 3,
        ("NE", None): 1,
        ("PD", True): 5,
        ("PD", False): 2,
    }
    aim = critical(targets.OVERALL_SURVIVAL_P["visceral"]) ** 0.5
    best, nearest = None, np.inf
    for _ in range(400):
        chosen = {}
        for (response, several), size in pools.items():
            pool = people[
                (people["response"] == response) & (True if several is None else people["several"] == several)
            ].index
            taken = np.concatenate([*chosen.values(), []])
            chosen[response, several] = rng.permutation(pool.difference(taken[taken >= 0].astype(int)))[:size]
        member = np.isin(people.index, np.concatenate(list(chosen.values())))
        off = abs(z_score(people["os_months"].to_numpy(), people["dead"].to_numpy(), member) - aim)
        if off < nearest:
            best, nearest = chosen, off
        if nearest < 0.02:
            break
    return {
        "SD": np.concatenate([best["SD", False], best["SD", None]]),
        "NE": best["NE", None],
        "PD": np.concatenate([best["PD", True], best["PD", False]]),
    }


def _choose_sbrt(people: pd.DataFrame, visceral: dict[str, np.ndarray], rng: np.random.Generator) -> np.ndarray:
    """Ten patients with one lesion: 3 PR, 5 SD, 2 PD, of these 3 in the liver and 1 in the lung, with the median survival printed."""
    fixed = np.concatenate([visceral["SD"][:2], visceral["PD"][5:]])
    alone = people[~people["several"] & ~people["visceral"]]
    best, nearest = None, np.inf
    for _ in range(400):
        partial = rng.permutation(alone[alone["response"] == "CR/PR"].index)[:3]
        stable = rng.permutation(alone[alone["response"] == "SD"].index)[:3]
        chosen = np.concatenate([partial, stable, fixed])
        counts = tally(people["os_months"].to_numpy()[chosen], people["dead"].to_numpy()[chosen], np.zeros(10, int), 1)[
            0
        ]
        below = np.flatnonzero((1 - counts[0] / np.maximum(counts[1], 1)).cumprod() <= 0.5)
        off = abs((below[0] if below.size else HORIZON) - targets.SBRT_MEDIAN_SURVIVAL)
        if off < nearest:
            best, nearest = chosen, off
        if nearest == 0:
            break
    return best


def _metastases(people: pd.DataFrame, count: pd.Series, many: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Metastases at restaging: those irradiated, and a few that were not."""
    metastases = people["several"].map({True: 2, False: 1}).astype(int)
    metastases[many] = np.clip(count[many] + rng.integers(0, 2, len(many)), 4, 5)
    three = people[people["several"]].index.difference(many)
    three = three[np.argsort(-count[three].to_numpy() - rng.random(len(three)), kind="stable")]
    needed = int((count[three] > 2).sum())
    rest = rng.permutation(three[needed:])
    metastases[np.concatenate([three[:needed], rest[: targets.THREE_TO_FIVE - len(many) - needed]])] = 3
    return metastases


def _responses(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    worst = lesions["person"].map(people["response"])
    response = worst.copy()
    several_progressed = lesions.index[(worst == "PD") & (lesions["lesion_number"] > 1)]
    away = lesions.loc[several_progressed].drop_duplicates("person", keep="last")
    away = away[~away["person"].map(people["visceral"])].index
    response[rng.permutation(away)[:RESPONDED_BESIDE_PROGRESSION]] = "CR/PR"
    responded = response.index[response == "CR/PR"]
    sbrt = lesions["person"].map(people["sbrt"])[responded]
    free = rng.permutation(responded[~sbrt])
    response[responded] = "PR"
    response[free[: targets.COMPLETE]] = "CR"
    return response


def _sites(
    people: pd.DataFrame, lesions: pd.DataFrame, visceral: dict[str, np.ndarray], rng: np.random.Generator
) -> pd.Series:
    site = pd.Series(pd.NA, index=lesions.index, dtype="string")
    cells = {
        response: dict(zip(targets.RESPONSE_BY_SITE, column, strict=True))
        for response, column in zip(
            ("CR", "PR", "SD", "PD", "NE"), zip(*targets.RESPONSE_BY_SITE.values(), strict=True), strict=True
        )
    }

    def place(where: pd.Index, what: str) -> None:
        for lesion in where:
            site[lesion] = what
            cells[lesions.loc[lesion, "response"]][what] -= 1

    for person, (what, number) in zip(visceral["PD"][:5], VISCERAL_PROGRESSED, strict=True):
        place(lesions.index[lesions["person"] == person][:number], what)
    for person in visceral["PD"][5:]:
        place(lesions.index[lesions["person"] == person], "liver")
    for person, what in zip(
        visceral["SD"], ("liver", "lung", "intracranial", "intracranial", "intracranial"), strict=True
    ):
        place(lesions.index[lesions["person"] == person][:1], what)
    for person in visceral["NE"]:
        place(lesions.index[lesions["person"] == person], "lung")

    sbrt = lesions["person"].map(people["sbrt"])
    for response in ("CR", "PR", "SD", "PD", "NE"):
        open_ = lesions.index[(lesions["response"] == response) & site.isna()]
        # one vaginal stump a patient; stereotactic lesions deep in the trunk
        stump = lesions.loc[open_[~sbrt[open_]]].sample(frac=1, random_state=rng).drop_duplicates("person").index
        place(stump[: cells[response]["vaginal_stump"]], "vaginal_stump")
        open_ = open_[site[open_].isna()]
        left = rng.permutation(np.repeat(list(cells[response]), list(cells[response].values())))
        deep = [what in ("retroperitoneal_nodes", "pelvic_cavity", "abdominal_cavity", "mediastinum") for what in left]
        left = left[np.argsort(deep, kind="stable")]
        open_ = rng.permutation(open_)
        open_ = open_[np.argsort(sbrt[open_].to_numpy(), kind="stable")]
        site[open_] = left
    return site
