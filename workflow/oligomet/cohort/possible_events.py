"""What was set aside and could be an event: a death in quarantine would leave the patient alive.

A row that was left out because a copy or a correction of it stays says nothing more, and a patient who is not eligible
has no events. Of all others it is told what the row says, or might say where the cell cannot be read.
"""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.eligibility import AFTER_RADIOTHERAPY
from oligomet.cohort.records import Records
from oligomet.schemas import TABLES, conform
from oligomet.study import Study

_SAID_AGAIN = ("duplicate", "superseded", "not_eligible", "partial_date")
_SAYS = {  # event: (role, column, the value that says so)
    "death": ("follow_up", "status", "dead"),
    "in_field_recurrence": ("follow_up", "in_field_recurrence", 1),
    "distant_progression": ("follow_up", "distant_progression", 1),
    "new_lesion": ("measurements", "new_lesions", 1),
}
_SEVERE = 3  # the grade from which a toxicity is told by itself


def find_possible_events(records: Records, screened: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A line for each event that a row set aside, or a cell refused, says or may say (cohort/possible_events).

    Parameters
    ----------
    records
        After all checks: what was said of the rows, the rows that stay, and all as they were read.
    screened
        cohort/screened.

    Notes
    -----
    A death needs a decision where the record says dead, or its status is a word that no term knows: the record is to
    be mended, `parsing.partial_dates` or `deaths_without_date` declared, or the row listed under `deaths_set_aside`,
    unless another row tells of the patient's death, or the patient is not analysed for a reason that has nothing to do
    with her follow-up.
    """
    if not records.said:
        return conform(pd.DataFrame(), TABLES["cohort/possible_events"])
    said = pd.concat(records.said, ignore_index=True)
    said = said[~said["kind"].isin(_SAID_AGAIN)]
    found = _toxicities(said, records.read)
    for event, (role, column, word) in _SAYS.items():
        of_role = said[said["role"] == role]
        rows = records.read[role].loc[of_role["at"].astype(int)].reset_index(drop=True)
        of_role = of_role.reset_index(drop=True)
        says = (rows[column] == word).fillna(False)
        if event == "death":  # nobody has a cause of death in life
            says |= rows["status"].isna() & rows["cause_of_death"].notna()
        says &= of_role["row_kept"] == 0
        unread = (of_role["column"] == column) & ~of_role["kind"].eq("missing")
        lines = of_role.assign(event=event, certain=says.astype("Int64"), **rows[["patient_id", "source"]])
        found.append(lines[says | unread])
    found = [lines.astype({"certain": "Int64", "row_kept": "Int64"}) for lines in found if len(lines)]
    if not found:
        return conform(pd.DataFrame(), TABLES["cohort/possible_events"])
    events = pd.concat(found, ignore_index=True).sort_values("certain", ascending=False, kind="stable")
    of_cell = events["column"].notna()
    events["reason"] = events["reason"].mask(of_cell, events["column"].astype("string") + ": " + events["reason"])
    events = events.drop_duplicates(["source", "event"]).sort_values(["event", "source"], ignore_index=True)
    excluded = screened[screened["eligible"] == 0].set_index("patient_id")["rule"]
    by_follow_up = {rule.id for rule in study.eligibility if AFTER_RADIOTHERAPY in rule.variables}
    elsewhere = excluded.index[~excluded.isin(by_follow_up)]
    nobody = events["patient_id"].notna() & ~events["patient_id"].isin(screened["patient_id"])
    events = events[~(events["patient_id"].isin(elsewhere) | nobody)]
    follow_up = records.rows["follow_up"]
    died = follow_up.loc[(follow_up["status"] == "dead").fillna(False), "patient_id"]
    open_ = (events["event"] == "death") & ~events["patient_id"].isin(died)
    decide = open_ & ~events["source"].isin(study.deaths_set_aside)
    if study.deaths_without_date == "set_aside":
        decide &= ~((events["kind"] == "missing") & (events["column"] == "date"))
    return conform(events.assign(decide=decide.astype(int)).reset_index(drop=True), TABLES["cohort/possible_events"])


def _toxicities(said: pd.DataFrame, read: dict[str, pd.DataFrame]) -> list[pd.DataFrame]:
    """Toxicities of grade 5, which is death, of patients whose death no contact tells; and all that are severe, or of
    which the grade cannot be read, and that were set aside."""
    said = said[(said["role"] == "toxicities") & (said["row_kept"] == 0)]
    rows = read["toxicities"].loc[said["at"].astype(int)].set_axis(said.index)
    of_grade = said["column"] == "grade"
    severe = (rows["grade"] >= _SEVERE).fillna(False)
    said = said.assign(certain=severe.astype("Int64"), **rows[["patient_id", "source"]])
    fatal = said[of_grade & (said["kind"] == "inconsistent")]
    return [
        fatal.assign(event="death"),
        said[severe | (of_grade & (said["kind"] == "unreadable"))].assign(event="severe_toxicity"),
    ]


def refuse_undecided(events: pd.DataFrame) -> None:
    """Let no estimate be made while a death that was set aside is undecided.

    Parameters
    ----------
    events
        cohort/possible_events.

    Raises
    ------
    ValueError
        Naming every such record, and what can be done.
    """
    undecided = events[events["decide"] == 1]
    if undecided.empty:
        return
    lines = [f"  {row.source}: {row.reason}" for row in undecided.itertuples()]
    raise ValueError(
        "Deaths were set aside, and their patients would be analysed as alive or not at all:\n"
        + "\n".join(lines)
        + "\nMend these records, or declare in study.yaml how they are read (parsing.dates, parsing.partial_dates, "
        "deaths_without_date, terms.status, sources.follow_up.fill_down), or list them under deaths_set_aside if they "
        "are to stay out."
    )


def tell(events: pd.DataFrame) -> str:
    """What was set aside and could be an event, in words, a line each; empty where there is nothing."""
    lines = [
        f"  {row.source}: {'' if row.certain else 'possibly '}{str(row.event).replace('_', ' ')}; {row.reason}"
        for row in events.itertuples()
    ]
    return "\n".join([f"Set aside, and could be an event: {len(lines)}", *lines, ""]) if lines else ""
