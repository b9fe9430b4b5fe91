"""What each centre is to answer: a line a question, in the place where the centre finds the record."""

from __future__ import annotations

import pandas as pd

from oligomet.schemas import TABLES, conform

ASKED = {  # kinds of cohort/quarantine that a centre is asked about, in its words
    **{kind: kind.replace("_", " ") for kind in ("unreadable", "missing", "out_of_range", "impossible_date")},
    "unknown_term": "unknown word",
    "partial_date": "day not known",
    "orphan": "belongs to nobody",
    "inconsistent": "contradiction",
}
UNKNOWN_WORD = r"no pattern under terms\.\w+ is this", "the word is not one of those known for this column"
URGENT, OPEN, TO_CONFIRM = 1, 2, 3
MEND = "Please correct the record, or confirm it as it stands."
CONFIRM = "Please confirm, and say why."
SEND = "Please send it if it was made, or say why not."


def raise_queries(
    quarantine: pd.DataFrame,
    possible_events: pd.DataFrame,
    deviations: pd.DataFrame,
    due_scans: pd.DataFrame,
    screened: pd.DataFrame,
) -> pd.DataFrame:
    """The queries of all centres (protocol/queries), the urgent ones first.

    1: the record may be a death or another event, or without it a row is not analysed. 2: a cell is not known and its
    row is analysed without it. 3: what is recorded deviates from the protocol, or a scan that was due is not there.

    Parameters
    ----------
    quarantine, possible_events, screened
        The tables of those names of the cohort stage.
    deviations, due_scans
        As `find_deviations` and `find_due_scans` give them.
    """
    centre = screened.set_index("patient_id")["centre"]
    sheet = quarantine["sheet"].map("[{}]".format, na_action="ignore").fillna("")
    record = quarantine["file"] + sheet + ":" + quarantine["row"].astype("string")
    asked = quarantine.assign(
        record=record,
        priority=quarantine["row_kept"].map({0: URGENT, 1: OPEN}),
        place=record.str.replace(":", ", row ") + (", column " + quarantine["column"]).fillna(""),
        question=quarantine["reason"].str.replace(*UNKNOWN_WORD, regex=True) + ". " + MEND,
    )
    unread = asked.assign(kind=asked["kind"].map(ASKED)).dropna(subset="kind")
    unread = unread[~unread["record"].isin(possible_events["source"])]  # asked about as what it may be
    of_record = asked.drop_duplicates("record").set_index("record")
    events = possible_events.assign(
        priority=URGENT,
        kind="possible " + possible_events["event"].str.replace("_", " "),
        centre=possible_events["patient_id"].map(centre).fillna(possible_events["source"].map(of_record["centre"])),
        place=possible_events["source"].map(of_record["place"]).fillna(possible_events["source"]),
        question=possible_events["reason"] + ". " + MEND,
    )
    deviating = deviations.assign(
        priority=TO_CONFIRM, place=deviations["source"], centre=deviations["patient_id"].map(centre),
        kind=deviations["kind"].map({"reader": "reading"}).fillna("deviation: " + deviations["kind"]),
        question=deviations["found"] + "; expected: " + deviations["expected"] + ". " + CONFIRM,
    )  # fmt: skip
    off = due_scans[due_scans["status"] != "done"]
    own = screened.set_index("patient_id")["source"]
    days = off["days_off"].abs().astype("string") + " days " + off["status"]
    took_place = (" and was " + days).where(off["status"] != "missed", " and is not on record")
    imaging = off.assign(
        priority=TO_CONFIRM,
        kind=off["status"] + " scan",
        centre=off["patient_id"].map(centre),
        place=off["source"].fillna(off["patient_id"].map(own)),
        question="Imaging was due on " + off["due_date"].dt.strftime("%Y-%m-%d") + took_place + ". " + SEND,
    )
    columns = TABLES["protocol/queries"]
    asked_first = {"possible death": 0, **{kind: 1 for kind in events["kind"] if kind != "possible death"}}
    table = pd.concat([conform(frame, columns) for frame in (events, unread, deviating, imaging)])
    begun = table["question"].str[:1].str.upper() + table["question"].str[1:]
    table = table.assign(question=begun, first=table["kind"].map(asked_first).fillna(2))
    table = table.sort_values(["centre", "priority", "first", "kind", "place"], kind="stable")
    table = table.drop_duplicates(["place", "question"])
    number = table.groupby("centre", dropna=False).cumcount() + 1
    named = table["centre"].fillna("?") + "-" + number.map("{:03d}".format)
    return conform(table.assign(query=named).reset_index(drop=True), columns)
