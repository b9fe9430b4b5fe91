"""From months to days: who could be followed until when, and on which day after radiotherapy what happened to whom."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.study import Study
from oligomet.synthetic import survival_truth as truth
from oligomet.synthetic import targets

FIRST_END, LAST_END = (
    "2013-02-25",
    "2020-12-28",
)  # of radiotherapy, so that every first fraction falls within the accrual
LOST = 6
STRATA = (  # response of the worst lesion, two metastases or more, patients: in the order of survival_truth.GROUPS
    ("CR/PR", False, 30),
    ("CR/PR", True, 26),
    ("SD", False, 18),
    ("SD", True, 20),
    ("PD", False, 14),
    ("PD", True, 24),
    ("NE", False, 5),
    ("NE", True, 5),
)


class Months:
    """Days and whole months as the study counts them: months are days / days_per_month, halves rounded up."""

    def __init__(self, study: Study):
        self.length = study.months.days_per_month

    def of(self, days: np.ndarray) -> np.ndarray:
        return np.floor(np.asarray(days) / self.length + 0.5).astype(int)

    def first(self, month: int) -> int:
        return int(np.ceil((month - 0.5) * self.length))

    def last(self, month: int) -> int:
        return self.first(month + 1) - 1

    def draw(self, month: int, rng: np.random.Generator, low: float = 0, high: float = np.inf) -> int:
        """A day of `month`, from `low` to `high` as far as the month allows."""
        first = max(self.first(month), low)
        last = max(min(self.last(month), high), first)
        return int(rng.integers(first, last + 1))


def follow(study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """Patients with the end of radiotherapy, their response and number of metastases (one or several), and their survival.

    Returns
    -------
    DataFrame with end (date), response, several, last (days to death or last contact), os_months, dead, lost.
    """
    months = Months(study)
    days = pd.bdate_range(FIRST_END, LAST_END)
    end = days[rng.integers(0, len(days), targets.PATIENTS)].to_series(index=range(targets.PATIENTS))
    end[0] = pd.Timestamp("2013-06-14")
    cut = pd.Timestamp(study.data_cut)
    until = (cut - end).dt.days.to_numpy() - rng.integers(0, 110, targets.PATIENTS)
    until[0] = months.draw(targets.LONGEST, rng)
    lost = np.zeros(targets.PATIENTS, bool)
    lost[rng.choice(np.arange(1, targets.PATIENTS), LOST, replace=False)] = True
    until = np.where(lost, np.minimum(until, rng.integers(150, 900, targets.PATIENTS)), until)

    death, strata = truth.overall_survival(
        months.of(until), np.repeat(np.arange(len(STRATA)), [size for *_, size in STRATA]), rng
    )
    dead = death.events == 1
    last = [
        months.draw(month, rng, high=limit) if died else limit
        for month, died, limit in zip(death.months, dead, until, strict=True)
    ]
    return pd.DataFrame(
        {
            "end": end,
            "response": [STRATA[stratum][0] for stratum in strata],
            "several": [STRATA[stratum][1] for stratum in strata],
            "last": np.array(last),
            "os_months": death.months,
            "dead": death.events,
            "lost": lost & ~dead,
        }
    )


def first_assessment(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Days from the end of radiotherapy to the first imaging, 1 to 3 months, 50 days on average of the evaluable lesions."""
    lead = lesions.groupby("person")["lead"].max().reindex(people.index).to_numpy()
    limit = np.minimum(92 - lead, people["last"] - 4).to_numpy()
    days = np.minimum(30 + rng.gamma(1.6, 13, len(people)).astype(int), limit)
    progressed = people.index[people["response"] == "PD"]
    days[progressed[:3]] = np.minimum(
        days[progressed[:3]], 34
    )  # early enough for a next therapy within the first month
    evaluable = lesions[lesions["response"] != "NE"]
    movable = np.setdiff1d(evaluable["person"].unique(), progressed[:3])
    while abs(missing := 50 - (days[evaluable["person"]] + evaluable["lead"]).mean()) > 0.2:
        one = rng.choice(movable)
        if 30 <= days[one] + np.sign(missing) <= limit[one]:
            days[one] += int(np.sign(missing))
    first = pd.Series(days.astype(float), index=people.index)
    first[lesions.loc[(lesions["site"] == "lung") & (lesions["response"] == "NE"), "person"]] = np.nan
    return first


def fail(people: pd.DataFrame, lesions: pd.DataFrame, study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """`people` with what happened after radiotherapy, in days (missing: did not happen).

    Adds first_imaging, failure (recurrence in the field after the first imaging), distant (progression elsewhere), shown_by,
    next_therapy, cause (of death), and lrfs_months with failed: local failure, progression at first imaging included.
    """
    months = Months(study)
    people = people.assign(first_imaging=first_assessment(people, lesions, rng))
    death = truth.Course(people["os_months"].to_numpy(), people["dead"].to_numpy())
    imaged = months.of(people["first_imaging"].fillna(60))
    known = np.where(people["response"] == "PD", imaged, 0)
    failure = truth.local_failure(death, people["several"].to_numpy(int), known, np.full(len(people), 4), rng)
    local = truth.observed(failure, death.months)
    progression = truth.progression(death, failure, known, np.where(people["response"] == "NE", 2, imaged), rng)

    first = people["first_imaging"].to_numpy()
    last, dead = people["last"].to_numpy(), people["dead"].to_numpy() == 1
    failed, spread, progressed = (np.full(len(people), np.nan) for _ in range(3))
    for one in range(len(people)):
        if known[one]:
            progressed[one] = first[one]
        elif failure[one] <= death.months[one]:
            failed[one] = last[one] if failure[one] == death.months[one] else months.draw(failure[one], rng)
        if known[one] or progression[one] > death.months[one]:
            continue
        if progression[one] == failure[one]:
            progressed[one] = failed[one]
        elif not (dead[one] and progression[one] == death.months[one]):
            if progression[one] == imaged[one] and not np.isnan(first[one]):
                spread[one] = first[one]
            elif progression[one] == death.months[one]:
                spread[one] = last[one]
            else:
                spread[one] = months.draw(progression[one], rng)
            progressed[one] = spread[one]
    earliest = np.where(np.isnan(progressed), truth.NEVER, months.of(np.nan_to_num(progressed) + 7))
    therapy = truth.next_therapy(death, earliest, rng)
    treated = [
        months.draw(month, rng, low=day + 6) if month <= limit else np.nan
        for month, day, limit in zip(therapy, progressed, death.months, strict=True)
    ]
    spread = _later_spread(progressed, spread, last, dead, rng)
    by_imaging = np.isnan(first) | (spread == first) | (spread > first + 20)
    shown = np.where(
        by_imaging, rng.choice(["both", "imaging", "contact"], len(people), p=[0.5, 0.25, 0.25]), "contact"
    )
    of_cancer = rng.random(len(people)) < np.where(np.isnan(progressed), 0.35, 0.96)
    return people.assign(
        failure=failed,
        distant=spread,
        shown_by=shown,
        next_therapy=treated,
        cause=np.where(of_cancer, "ovarian_cancer", "other"),
        lrfs_months=local.months,
        failed=local.events,
    )


def _later_spread(progressed, spread, last, dead, rng) -> np.ndarray:
    """Spread elsewhere, after local progression, of most who died later: it changes no endpoint."""
    later = np.isnan(spread) & ~np.isnan(progressed) & dead & (last - progressed > 130) & (rng.random(len(last)) < 0.8)
    share = rng.uniform(0.2, 0.9, len(last))
    return np.where(later, np.round(progressed + 60 + share * (last - progressed - 90)), spread)
