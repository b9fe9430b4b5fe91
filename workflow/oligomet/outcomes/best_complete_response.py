"""Complete response of each irradiated lesion as an endpoint, by every estimand that a study could have declared.

imaging      what counts is imaging within `within_days` of the lesion's last fraction, by the declared modalities, up
             to the first progression of the lesion, each as `recist` assesses it: measured, and as a reader called it.
complete     the first such imaging that shows a complete response and, if so declared, is confirmed: the lesion is
             complete again on imaging so much later, which may be after the window, and nothing else in between.
evaluable    some such imaging shows a response. A lesion that is not is no complete response among all treated ones.
systemic     therapy that begins after the lesion's last fraction is the intercurrent event (ICH E9 R1):
therapy        ignored         whatever imaging shows counts (treatment policy);
               excluded after  imaging from its first day on does not count (while on no other treatment);
               composite       the same, and a lesion that was not complete before it has no complete response.
time         from the last fraction to the complete response (cause 1), or to what makes one impossible (cause 2):
             death, progression of the lesion and, if composite, systemic therapy. Else it is censored at the last
             imaging that counts, and none is followed beyond the window.
"""

from __future__ import annotations

from typing import get_args

import numpy as np
import pandas as pd

from oligomet.declarations import Months, Response
from oligomet.outcomes.recist import RANK, assess_imaging, find_baselines
from oligomet.schemas import TABLES, conform
from oligomet.trial_declarations import CompleteResponse, SystemicTherapy

CENSORED, COMPLETE, IMPOSSIBLE = 0, 1, 2


def assess_complete_responses(
    lesions: pd.DataFrame,
    measurements: pd.DataFrame,
    therapies: pd.DataFrame,
    events: pd.DataFrame,
    declared: CompleteResponse,
    response: Response,
    months: Months,
) -> pd.DataFrame:
    """A row a lesion, a judge (measured, reader) and a way to take systemic therapy (outcomes/complete_responses).

    Parameters
    ----------
    lesions, measurements, therapies
        The tables of those names of the cohort stage; measurements has the variable of the reader, if one is declared.
    events
        outcomes/events, for deaths and the data cut.
    declared, response, months
        The sections of the study: the endpoint, the rules of a measured response, the length of a month.
    """
    cut = measurements["patient_id"].map(_dates(events, "data_cut"))
    measurements = measurements[~(measurements["date"] > cut)]
    judged = _judged(lesions, measurements, response, declared.reader)
    known = lesions[["lesion_id", "patient_id", "end_date"]].reset_index(drop=True)
    known = known.assign(
        death=known["patient_id"].map(_dates(events, "death")), therapy=_systemic_therapy(known, therapies)
    )
    tables = []
    for by, imaging in judged.items():
        counted = _counted(imaging, lesions, measurements, declared)
        for taken in get_args(SystemicTherapy):
            table = _judge(known, counted, declared, taken, months.days_per_month)
            table = table.assign(by=by, systemic_therapy=taken)
            tables.append(conform(table, TABLES["outcomes/complete_responses"]))
    return pd.concat(tables, ignore_index=True)


def describe_imaging(
    lesions: pd.DataFrame, measurements: pd.DataFrame, declared: CompleteResponse, response: Response, months: Months
) -> pd.DataFrame:
    """Every response of every judge after radiotherapy, and the change from baseline where it is measured
    (outcomes/lesion_imaging); parameters as in `assess_complete_responses`."""
    baseline = find_baselines(lesions, measurements, response).set_index("lesion_id")["baseline_cm"]
    judged = _judged(lesions, measurements, response, declared.reader)
    both = pd.concat([imaging.assign(by=by) for by, imaging in judged.items()])
    both["change"] = both["diameter_cm"].astype(float) / both["lesion_id"].map(baseline) - 1
    both["patient_id"] = both["lesion_id"].map(lesions.set_index("lesion_id")["patient_id"])
    both["months"] = both["days_after_radiotherapy"].astype(float) / months.days_per_month
    return conform(both[both["days_after_radiotherapy"] > 0].reset_index(drop=True), TABLES["outcomes/lesion_imaging"])


def describe_courses(
    complete_responses: pd.DataFrame,
    imaging: pd.DataFrame,
    lesions: pd.DataFrame,
    therapies: pd.DataFrame,
    events: pd.DataFrame,
    declared: CompleteResponse,
    months: Months,
) -> pd.DataFrame:
    """What became of each lesion, a row a thing that happened and one for when it or its patient was last seen
    (outcomes/lesion_courses), from the tables of this module and the parameters of `assess_complete_responses`."""
    chosen = (complete_responses["by"] == declared.by) & (
        complete_responses["systemic_therapy"] == declared.systemic_therapy
    )
    known = lesions[["lesion_id", "patient_id", "end_date"]].reset_index(drop=True)
    endpoint = complete_responses[chosen].set_index("lesion_id")
    seen = imaging[imaging["by"] == declared.by]
    progressed = seen[seen["response"] == "PD"].groupby("lesion_id")["months"].min()

    def since(dates: pd.Series) -> pd.Series:
        return (dates - known["end_date"]).dt.days / months.days_per_month

    happened = {
        "complete response": known["lesion_id"].map(endpoint["days_after_radiotherapy"]).astype(float)
        / months.days_per_month,
        "progression": known["lesion_id"].map(progressed),
        "systemic therapy": since(_systemic_therapy(known, therapies)),
        "death": since(known["patient_id"].map(_dates(events, "death"))),
    }
    contacts = pd.concat([_dates(events, "last_contact"), _dates(events, "death")], axis=1).min(axis=1)
    happened["last seen"] = since(known["patient_id"].map(contacts)).fillna(
        known["lesion_id"].map(seen.groupby("lesion_id")["months"].max())
    )
    long = pd.DataFrame(happened).assign(lesion_id=known["lesion_id"], patient_id=known["patient_id"])
    long = long.assign(best=known["lesion_id"].map(endpoint["best"]))
    long = long.melt(["lesion_id", "patient_id", "best"], var_name="what", value_name="months").dropna(subset="months")
    long = long[long["months"] >= 0].sort_values(["lesion_id", "months"], kind="stable", ignore_index=True)
    return conform(long, TABLES["outcomes/lesion_courses"])


def _dates(events: pd.DataFrame, event: str) -> pd.Series:
    return events[events["event"] == event].groupby("patient_id")["date"].min()


def _systemic_therapy(known: pd.DataFrame, therapies: pd.DataFrame) -> pd.Series:
    """The first day of the first systemic therapy after each lesion's last fraction."""
    begun = known.merge(therapies[["patient_id", "start_date"]], on="patient_id")
    later = begun[begun["start_date"] > begun["end_date"]]
    return known["lesion_id"].map(later.groupby("lesion_id")["start_date"].min())


def _judged(
    lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response, reader: str | None
) -> dict[str, pd.DataFrame]:
    """Every response by judge, as `recist.assess_imaging` has them; of a study that codes them none is measured."""
    judges = {} if response.coded else {"measured": response}
    if reader:
        judges["reader"] = response.model_copy(update={"coded": reader})
    return {by: assess_imaging(lesions, measurements, rules) for by, rules in judges.items()}


def _counted(
    imaging: pd.DataFrame, lesions: pd.DataFrame, measurements: pd.DataFrame, declared: CompleteResponse
) -> pd.DataFrame:
    """The imaging by a declared modality that shows a response, with whether it is a confirmed complete one."""
    modality = imaging["source"].map(measurements.drop_duplicates("source").set_index("source")["modality"])
    site = imaging["lesion_id"].map(lesions.set_index("lesion_id")["site"])
    allowed = site.map(lambda code: declared.modalities_at.get(code, declared.modalities))
    counts = np.array([not names or one in names for names, one in zip(allowed, modality, strict=True)], bool)
    shown = imaging[counts & (imaging["response"] != "NE") & (imaging["days_after_radiotherapy"] > 0)]
    shown = shown.sort_values(["lesion_id", "date"]).reset_index(drop=True)
    progressed = (shown["response"] == "PD").astype(int)
    return shown[progressed.groupby(shown["lesion_id"]).cumsum() - progressed == 0]


def _confirmed(shown: pd.DataFrame, after_days: int | None) -> pd.Series:
    """Whether a complete response is complete again so much later, without another response in between."""
    complete = shown["response"] == "CR"
    if after_days is None:
        return complete
    run = (~complete).groupby(shown["lesion_id"]).cumsum()
    last = shown["date"].where(complete).groupby([shown["lesion_id"], run]).transform("max")
    return complete & ((last - shown["date"]).dt.days >= after_days)


def _best(within: pd.DataFrame) -> pd.DataFrame:
    """The first imaging that shows a lesion's best response, by lesion."""
    best = within.sort_values("response", key=lambda called: called.map(RANK), kind="stable")
    return best.drop_duplicates("lesion_id").set_index("lesion_id")


def _judge(
    known: pd.DataFrame,
    counted: pd.DataFrame,
    declared: CompleteResponse,
    taken: SystemicTherapy,
    days_per_month: float,
) -> pd.DataFrame:
    lesion, (first, last) = known["lesion_id"], declared.within_days
    shown = counted.merge(known[["lesion_id", "therapy"]], on="lesion_id")
    begun = (known["therapy"] - known["end_date"]).dt.days
    whenever = lesion.map(
        _best(shown[shown["days_after_radiotherapy"].between(first, last)])["days_after_radiotherapy"]
    )
    begun_first = (begun <= last) & ~(begun >= whenever)
    if taken != "ignored":
        shown = shown[~(shown["date"] >= shown["therapy"])]
    shown = shown.assign(complete=_confirmed(shown, declared.confirmed_after_days))
    within = shown[shown["days_after_radiotherapy"].between(first, last)]
    complete = within[within["complete"]].drop_duplicates("lesion_id").set_index("lesion_id")
    best = _best(within)
    days = {
        "complete": lesion.map(complete["days_after_radiotherapy"]).astype(float),
        "progression": lesion.map(within[within["response"] == "PD"].set_index("lesion_id")["days_after_radiotherapy"]),
        "death": (known["death"] - known["end_date"]).dt.days,
        "last": lesion.map(within.groupby("lesion_id")["days_after_radiotherapy"].max()).fillna(0),
    }
    happened = days["complete"].notna()
    failed = begun_first & ~happened & (taken == "composite")
    evaluable = lesion.isin(within["lesion_id"]) | failed

    impossible = pd.concat([days["progression"], days["death"]], axis=1).min(axis=1)
    if taken == "composite":
        impossible = pd.concat([impossible, begun], axis=1).min(axis=1)
    impossible = impossible.mask(impossible > last)
    ended = days["complete"].fillna(impossible).fillna(days["last"]).clip(lower=0)
    cause = np.select([happened, impossible.notna()], [COMPLETE, IMPOSSIBLE], CENSORED)
    unconfirmed = lesion.isin(within.loc[within["response"] == "CR", "lesion_id"])
    why = np.select(
        [happened, failed, ~evaluable, unconfirmed],
        ["complete response", "systemic therapy before a complete response", "no imaging counts", "not confirmed"],
        "no complete response",
    )
    return pd.DataFrame(
        {
            "lesion_id": lesion,
            "patient_id": known["patient_id"],
            "complete": happened.astype("Int64").where(evaluable),
            "best": lesion.map(best["response"]).fillna("NE"),
            "date": lesion.map(complete["date"]),
            "days_after_radiotherapy": days["complete"],
            "therapy_first": begun_first.astype("Int64"),
            "months": ended / days_per_month,
            "cause": cause,
            "why": why,
            "source": lesion.map(complete["source"]).fillna(lesion.map(best["source"])),
        }
    )
