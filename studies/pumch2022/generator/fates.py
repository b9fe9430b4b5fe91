"""From months to days: until when a patient could be followed, and on which day after radiotherapy what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import survival_truth as truth
from generator import targets
from oligomet.study import Study

FIRST_END, LAST_END = "2013-02-25", "2020-12-28"  # of radiotherapy: every first fraction is then within the accrual
LONGEST_END = "2013-06-14"  # of the patient who is followed longest without an event, see survival_truth
LOST = 6  # patients lost to follow-up, besides the one of survival_truth
EARLIEST_FAILURE = 6  # months; what comes back sooner was called progression at the first imaging
SINGLE = {"CR/PR": 30, "SD": 18, "PD": 14, "NE": 5}  # patients with one metastasis, by their worst response


class Calendar:
    """Days as whole months, as the study counts endpoints: days / days_per_month, halves rounded up."""

    def __init__(self, study: Study):
        self.length = study.months.days_per_month

    def month(self, days: np.ndarray | float) -> np.ndarray:
        return np.floor(np.asarray(days) / self.length + 0.5).astype(int)

    def draw(self, month: int, rng: np.random.Generator, low: float = 0, high: float = np.inf) -> int:
        """A day of `month`, from `low` to `high` as far as the month allows."""
        first, last = (int(np.ceil((edge - 0.5) * self.length)) for edge in (month, month + 1))
        first = max(first, int(low))
        return int(rng.integers(first, max(min(last - 1, high), first) + 1))


def follow(study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """Patients with the end of radiotherapy, the response of their worst lesion, and their survival.

    Returns
    -------
    DataFrame with end (date), response (CR/PR, SD, PD, NE), several (two metastases or more), last (days to death or
    last contact), os_months, dead (1, 0), lost.
    """
    calendar, count = Calendar(study), targets.PATIENTS
    days = pd.bdate_range(FIRST_END, LAST_END)
    end = days[rng.integers(0, len(days), count)].to_series(index=range(count))
    end[0] = pd.Timestamp(LONGEST_END)
    until = (pd.Timestamp(study.data_cut) - end).dt.days.to_numpy() - rng.integers(0, 110, count)
    until[:2] = [calendar.draw(month, rng) for month in truth.FOLLOWED]
    lost = np.append(1, rng.permutation(np.arange(2, count))[:LOST])
    until[lost] = np.minimum(until[lost], np.append(until[1], rng.integers(200, 1000, LOST)))

    sizes = [
        part
        for response, all_ in targets.WORST_RESPONSE.items()
        for part in (SINGLE[response], all_ - SINGLE[response])
    ]
    strata = np.repeat(np.arange(len(sizes)), sizes)
    strata[[1, -1]] = strata[[-1, 1]]  # whoever is lost early is not evaluable, and has several metastases
    death, strata = truth.overall_survival(calendar.month(until), strata, rng)
    response, several = np.divmod(strata, 2)
    dead = death.events == 1
    return pd.DataFrame(
        {
            "end": end,
            "response": np.array(list(targets.WORST_RESPONSE))[response],
            "several": several == 1,
            "last": [
                calendar.draw(month, rng, high=limit) if died else limit
                for month, died, limit in zip(death.months, dead, until, strict=True)
            ],
            "os_months": death.months,
            "dead": death.events,
            "lost": ~dead & np.isin(np.arange(count), lost),
        }
    )


def fail(people: pd.DataFrame, lesions: pd.DataFrame, study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """`people` with what happened after radiotherapy, on which day after its end (missing: it did not happen).

    Adds first_imaging, failure (in-field recurrence recorded at a contact), distant (progression elsewhere),
    shown_by (imaging, contact or both), next_therapy, cause (of a death); lrfs_months and failed, of local failure.
    """
    calendar = Calendar(study)
    death = truth.Course(people["os_months"].to_numpy(), people["dead"].to_numpy())
    last, dead, count = people["last"].to_numpy(), people["dead"].to_numpy() == 1, len(people)
    first = _first_imaging(people, lesions, rng)
    imaged = np.where(np.isnan(first), 2, calendar.month(np.nan_to_num(first)))
    known = np.where(people["response"] == "PD", imaged, 0)
    failure = truth.local_failure(death, people["several"].to_numpy(int), known, EARLIEST_FAILURE, rng)
    progression = truth.progression(death, failure, known, imaged, rng)

    failed, distant = np.full(count, np.nan), np.full(count, np.nan)
    for one in np.flatnonzero((failure <= death.months) & (known == 0)):
        failed[one] = last[one] if failure[one] == death.months[one] else calendar.draw(failure[one], rng)
    recorded = first + rng.integers(28, 60, count)  # at a contact, of progression that the first imaging had shown
    failed = np.where((known > 0) & (recorded < last - 30) & (rng.random(count) < 0.6), recorded, failed)
    by_death = dead & (progression == death.months)
    for one in np.flatnonzero((progression <= death.months) & (progression < failure) & (known == 0) & ~by_death):
        if progression[one] == death.months[one]:
            distant[one] = last[one]
        elif progression[one] == imaged[one] and not np.isnan(first[one]):
            distant[one] = first[one]
        else:
            distant[one] = calendar.draw(progression[one], rng)
    progressed = np.fmin(np.where(known > 0, first, failed), distant)

    earliest = np.where(np.isnan(progressed), truth.NEVER, calendar.month(np.nan_to_num(progressed) + 7))
    therapy = truth.next_therapy(death, earliest, rng)
    treated = [
        calendar.draw(month, rng, low=day + 6) if month < end else np.nan
        for month, day, end in zip(therapy, progressed, death.months, strict=True)
    ]
    distant = _later_spread(progressed, distant, last, dead, rng)
    shown = np.where(  # imaging alone can only show what it is sure to see
        (distant == first) | (distant > first + 20), rng.choice(["both", "imaging", "contact"], count), "contact"
    )
    of_cancer = rng.random(count) < np.where(np.isnan(progressed), 0.35, 0.96)
    local = truth.observed(failure, death.months)
    return people.assign(
        first_imaging=first,
        failure=failed,
        distant=distant,
        shown_by=shown,
        next_therapy=treated,
        cause=np.where(of_cancer, "ovarian_cancer", "other"),
        lrfs_months=local.months,
        failed=local.events,
    )


def _first_imaging(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Days to the first imaging: 1 to 3 months after each lesion's last fraction, on average as published.

    Three patients with progression are seen so early that their next therapy can begin within the first month. The
    lung metastasis that is not evaluable is never imaged again.
    """
    lead = lesions.groupby("person")["lead"].max().reindex(people.index).to_numpy()
    latest = np.minimum(92 - lead, people["last"].to_numpy() - 4)
    days = np.minimum(30 + rng.gamma(1.6, 13, len(people)).astype(int), latest)
    early = np.flatnonzero(people["response"] == "PD")[:3]
    days[early] = rng.integers(30, 35, len(early))
    evaluable = lesions[lesions["response"] != "NE"]
    movable = np.setdiff1d(evaluable["person"], early)
    while abs(off := targets.FIRST_ASSESSMENT_DAYS - (days[evaluable["person"]] + evaluable["lead"]).mean()) > 0.2:
        one = rng.choice(movable)
        days[one] = np.clip(days[one] + np.sign(off), 30, latest[one])
    never = lesions.loc[(lesions["site"] == "lung") & (lesions["response"] == "NE"), "person"]
    return np.where(people.index.isin(never), np.nan, days)


def _later_spread(
    progressed: np.ndarray, distant: np.ndarray, last: np.ndarray, dead: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Progression elsewhere, after the local one, of most patients who died later: it moves no endpoint."""
    later = np.isnan(distant) & dead & (last - progressed > 130) & (rng.random(len(last)) < 0.8)
    between = progressed + 60 + rng.uniform(0.2, 0.9, len(last)) * (last - progressed - 90)
    return np.where(later, np.round(between), distant)
