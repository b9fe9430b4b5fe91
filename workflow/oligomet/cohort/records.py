"""The rows still in play, and what was said of those that left: nothing is dropped without a record of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from oligomet.schemas import ALL_SOURCES, TABLES, conform
from oligomet.study import Study

_PLACE = ["file", "sheet", "row", "part", "centre"]


def findings(index: pd.Index, kind: str, reason: str | pd.Series, column: str | None = None) -> pd.DataFrame:
    """What is wrong with the rows of `index`: a class of the quarantine, words, and the column if one cell is meant."""
    return pd.DataFrame({"kind": kind, "reason": reason, "column": column}, index=index, dtype="object")


@dataclass
class Records:
    """Rows by role, each under the index it has in the extracted table, and the findings so far.

    `read` are all rows as they were read, also those that have left since.
    """

    rows: dict[str, pd.DataFrame]
    read: dict[str, pd.DataFrame]
    said: list[pd.DataFrame] = field(default_factory=list)

    def leave_out(self, role: str, found: pd.DataFrame) -> None:
        """Take the rows that `found` names out of play."""
        if len(found):
            self._say(role, found, row_kept=0)
            self.rows[role] = self.rows[role].drop(index=found.index.unique())

    def drop(self, role: str, wrong: pd.Series, kind: str, reason: str, column: str | None = None) -> None:
        """Take the rows where `wrong` out of play, all for the one reason."""
        wrong = wrong.fillna(False).astype(bool)
        self.leave_out(role, findings(wrong.index[wrong], kind, reason, column))

    def note(self, role: str, found: pd.DataFrame) -> None:
        """Keep the rows, and what was found in one of their cells."""
        if len(found):
            self._say(role, found, row_kept=1)

    def refuse(self, role: str, column: str, wrong: pd.Series, kind: str, reason: str) -> None:
        """Refuse the values where `wrong`: a row that cannot do without goes, of another only the cell is emptied."""
        if column in ALL_SOURCES[role] and ALL_SOURCES[role][column].required:
            self.leave_out(role, findings(wrong.index[wrong], kind, reason, column))
        else:
            self.empty(role, column, wrong, kind, reason)

    def empty(self, role: str, column: str, wrong: pd.Series, kind: str, reason: str) -> None:
        """Empty the cells where `wrong`, and keep their rows."""
        self.note(role, findings(wrong.index[wrong], kind, reason, column))
        self.rows[role] = self.rows[role].assign(**{column: self.rows[role][column].mask(wrong)})

    def _say(self, role: str, found: pd.DataFrame, row_kept: int) -> None:
        self.said.append(found.rename_axis("at").reset_index().assign(role=role, row_kept=row_kept))

    def quarantine(self, extracted: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
        """Everything said, as `cohort/quarantine`: a line for each row left out, and one for each note on a row kept.

        The line of a row left out names the first cell that took it out; its reason goes on with all else said of it.
        `value`, what stood in the cell, is for `extracted/quarantined_cells` alone.
        """
        columns = TABLES["cohort/quarantine"] | TABLES["extracted/quarantined_cells"]
        if not self.said:
            return conform(pd.DataFrame(), columns)
        said = pd.concat(self.said, ignore_index=True).sort_values("row_kept", kind="stable", ignore_index=True)
        row = said.groupby(["role", "at"]).ngroup()
        title = _titles(said, extracted, study)
        first = ~said.duplicated(["role", "at"])
        left_out = said["row_kept"].groupby(row).transform("min") == 0
        further = said["reason"].where(first | title.isna(), title + ": " + said["reason"])
        several = left_out & said.duplicated(["role", "at"], keep=False)  # few; this goes through Python row by row
        everything = further[several].groupby(row).transform(lambda reasons: "; ".join(dict.fromkeys(reasons)))
        said["reason"] = said["reason"].mask(several, everything)
        cells = zip(said["role"], said["at"], said["column"], strict=True)
        said["value"] = pd.Series([_verbatim(extracted, *cell) for cell in cells], dtype="string")
        said["column"] = title
        said = said[first | ~left_out]
        placed = {role: frame.assign(part=frame.get("part", "")) for role, frame in extracted.items()}
        places = pd.concat(
            {role: frame.reindex(columns=_PLACE) for role, frame in placed.items()}, names=["role", "at"]
        )
        said = said.join(places, on=["role", "at"])
        said["part"] = said["part"].mask(said["part"] == "")
        order = said["role"].map({role: place for place, role in enumerate(ALL_SOURCES)})
        said = said.assign(order=order).sort_values(["order", "row"], kind="stable", ignore_index=True)
        return conform(said, columns)


def _titles(said: pd.DataFrame, extracted: dict[str, pd.DataFrame], study: Study) -> pd.Series:
    """The heading of the cell that each line is about; empty where it is about the whole row."""
    headings: dict[tuple, str | None] = {}
    titles = []
    for role, at, column in zip(said["role"], said["at"], said["column"], strict=True):
        entry, part = (extracted[role][name][at] if name in extracted[role] else "" for name in ("entry", "part"))
        place = role, column, entry, part
        if place not in headings:
            headings[place] = None if column is None else study.sources[role].heading(column, entry, part)
        titles.append(headings[place])
    return pd.Series(titles, dtype="object")


def _verbatim(extracted: dict[str, pd.DataFrame], role: str, at: int, column: str | None) -> str | None:
    if column is None:
        return None
    return extracted[role][column][at] or None
