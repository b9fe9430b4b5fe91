"""What the exports do not have, or have and cannot be read by the declarations: every kind of it, counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pandas as pd

from oligomet.cohort.build import build_cohort
from oligomet.cohort.cross_checks import NOTHING_LEFT, dismissed_in_vain
from oligomet.cohort.deaths import date_deaths
from oligomet.cohort.parse import parse_role, plain
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.collected import ROLES
from oligomet.declarations import ConfigurationError
from oligomet.extract.readers import ExtractError, extract_sources
from oligomet.manuscript.title_page import declared_title_page
from oligomet.study import Study, declared_in
from oligomet.validate.problems import Problem, nearest, shown
from oligomet.variables import columns_of

LONGEST = 24  # characters of a cell that the screen repeats
PRIVATE = {"patient_id", "birth_date", "centre"}  # what stood in these cells is not repeated even on the screen

# Without these a cell cannot be read: where one of them is wrong, nothing is said of cells.
READING = ("parsing", "terms", "data_cut")
TERMS_SHOWN = 20  # of a column; the rest are counted
# How cells of a kind are written: in all exports, and (dates, decimal, unit) in one column.
DECLARED_UNDER = {
    "date": "parsing.dates or, without a day, parsing.partial_dates",
    "flag": "parsing.true_words or parsing.false_words",
    "length_cm": "sources.{role}.columns.{name}.unit",
    "dose_gy": "sources.{role}.columns.{name}.unit",
}


@dataclass(frozen=True)
class Found:
    """What is wrong, who would be eligible in a few lines (none where that cannot be told), and what could be read."""

    problems: list[Problem]
    eligible: list[str] = field(default_factory=list)
    extracted: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def stops(self) -> bool:
        return any(problem.stops for problem in self.problems)


def check_study(file: Path, name: str) -> Found:
    """All that is wrong with a study: its declarations, title page, and exports as far as they are rightly declared.

    Parameters
    ----------
    file
        The study.yaml; the exports are in raw/ beside it.
    name
        What the study has to be called.
    """
    study, problems = declared_in(file, name)
    problems = [*problems, *declared_title_page([file.with_name("manuscript")])[1]]
    if study is None:
        return Found(problems)
    raw, broken = file.with_name("raw"), {problem.place for problem in problems}
    roles = [role for role in study.sources if not any(_concerns(place, f"sources.{role}") for place in broken)]
    extracted, unread = _extract(study, raw, roles)
    empty = [_empty(study, role, raw) for role, frame in extracted.items() if frame.empty and not _meant(study, role)]
    problems = [*problems, *unread, *empty]
    readable = extracted if not any(place.startswith(READING) for place in broken) else {}
    cells = [said for role, frame in readable.items() for said in _cells(study, role, frame, raw)]
    problems += cells
    if any(problem.stops for problem in problems):
        return Found(problems, extracted=extracted)
    rows, eligible = _rows(study, extracted, raw, file, {said.said.rpartition("; ")[0] for said in cells})
    return Found([*problems, *rows], eligible, extracted)


def _concerns(place: str, section: str) -> bool:
    return place == "sources" or f"{place}.".startswith(f"{section}.")


def _extract(study: Study, raw: Path, roles: Iterable[str]) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """What can be read, role by role, and why the rest cannot."""
    extracted: dict[str, pd.DataFrame] = {}
    problems = []
    for role in roles:
        try:
            read = extract_sources(study.model_copy(update={"sources": {role: study.sources[role]}}), raw)
            notes = [note.partition(": ") for frame in read.values() for note in frame.attrs["notes"]]
            problems += [Problem(file, said, place=f"sources.{role}", stops=False) for file, _, said in notes]
            extracted |= read
        except ExtractError as error:
            for line in str(error).split("\n"):
                place, _, said = line.partition(": ")
                said, there, found = said.partition("the columns there are: ")  # cells, if header_row is wrong
                said = f"{said}{there.rstrip(': ')}"
                missing = "there is no such file" in said
                absent = f", or declare sources.{role}: not collected" if role in ROLES else ""
                expected = f"Put it there, or name another{absent}." if missing else ""
                problems.append(Problem(place, said or line, expected, place=f"sources.{role}", found=found))
    return extracted, problems


def _meant(study: Study, role: str) -> bool:
    """Whether somebody says that there was nothing to record, which else nobody could tell from nothing recorded."""
    dismissed = any((one.check, one.record) == ("export", role) for one in study.cross_checks.dismissed)
    return role in ROLES and (dismissed or study.sources[role].expected.rows == 0)


def _empty(study: Study, role: str, raw: Path) -> Problem:
    """A source without a row: nobody can be analysed, or an absence of records would be taken for one of events."""
    nothing = (
        f"If there was none, declare sources.{role}.expected: {{rows: 0}}; if nobody recorded it, sources.{role}: "
    )
    expected = f"{nothing}not collected." if role in ROLES else "Fill it in."
    said = "there are headings and no rows"
    return Problem(f"{raw}/{study.sources[role].shown}", said, expected, f"sources.{role}")


def _cells(study: Study, role: str, frame: pd.DataFrame, raw: Path) -> list[Problem]:
    """Cells that cannot be read, by column and reason: how many, the first row, an example."""
    columns, problems = columns_of(role, study.variables), []

    def problem(at: int, name: str, said: str, expected: str = "", example: str = "", count: int = 1, **more) -> None:
        entry, part = (frame[key][at] if key in frame else "" for key in ("entry", "part"))
        title = study.sources[role].heading(name, entry, part)
        row = int(frame["row"][at])
        problems.append(Problem(_file(frame, at, raw), said, expected, "", row, title, example, count, **more))

    def declare(name: str, of_cell: pd.Series) -> str:
        unread = of_cell["kind"] in ("unreadable", "unknown_term") and "parsing." not in of_cell["reason"]
        how = DECLARED_UNDER.get(columns[name].kind if name in columns else "date" if name == "death_date" else "")
        return f" under {how.format(role=role, name=name)}" if unread and how else ""

    answers = parse_role(frame, role, study)
    found = pd.concat([findings for _, findings in answers])
    if role == "follow_up":  # a death that has a date of its own needs no other
        dated = date_deaths(pd.DataFrame({values.name: values for values, _ in answers}), found, study)[1]
        found = dated[dated["reason"].isin(found["reason"])]
    for name in map(str, found["column"].unique()):
        of_column = found[found["column"] == name]
        refused = of_column[of_column["kind"] != "partial_date"]
        if len(refused) == len(frame) and (name == "centre" or (name in columns and columns[name].required)):
            said = f"no cell can be read: {refused['reason'].iloc[0]}"
            how = declare(name, refused.iloc[0])
            expected = f"See sources.{role}.columns.{name}{how and f', or declare it{how}'}."
            problem(frame.index[0], name, said, expected, count=len(frame))
            continue
        texts = frame.loc[of_column.index, name].map(plain)
        groups = [of_column["reason"], texts.where(of_column["kind"] == "unknown_term", "")]
        kinds = of_column.groupby(groups, sort=False)
        sizes = kinds.size().sort_values(ascending=False, kind="stable")
        for number, (key, count) in enumerate(sizes.items()):
            reason, word = cast(tuple[str, str], key)
            at = kinds.get_group((reason, word)).index[0]
            if number == TERMS_SHOWN:
                rest = int(sizes.iloc[number:].sum())
                said = f"{rest} more cells with {len(sizes) - number} more words that no pattern knows."
                problem(at, name, said, count=rest, stops=False)
                break
            terms = columns[name].terms if name in columns else None
            how = declare(name, kinds.get_group((reason, word)).iloc[0])
            expected = _near(word, study.terms[terms]) if word and terms else how and f"Mend it, or declare it{how}."
            private = name in PRIVATE or name in study.sources[role].identifying
            said = f"{reason}; {f'{count} cells, the first here' if count > 1 else '1 cell'}"
            problem(at, name, said, expected, "" if private else _cell(str(frame[name][at])), int(count), stops=False)
    return problems


def _cell(text: str) -> str:
    """A cell for the screen; of a long one, which may say who she is, only how long it is."""
    return shown(text) if len(text) <= LONGEST else f"a text of {len(text)} characters"


def _near(word: str, codes: dict[str, list[str]]) -> str:
    """The known words that an unknown one is nearest to, and where to add it."""
    known = {code: code for code in codes}
    for code, patterns in codes.items():
        for pattern in patterns:
            known |= {
                plain(part): code for part in re.split(r"[|()]", re.sub(r"[?*.\\\[\]]", "", pattern)) if part.strip()
            }
    near = [f"{known_word} ({known[known_word]})" for known_word in nearest(word, known)]
    return f"The nearest known: {', '.join(near)}." if near else f"Known are: {', '.join(codes)}."


def _file(frame: pd.DataFrame, at: int, raw: Path) -> str:
    sheet = frame.loc[at, "sheet"]
    return f"{raw / str(frame.loc[at, 'file'])}{f'[{sheet}]' if isinstance(sheet, str) and sheet else ''}"


def _rows(
    study: Study, extracted: dict[str, pd.DataFrame], raw: Path, file: Path, of_cells: set[str]
) -> tuple[list[Problem], list[str]]:
    """Rows that do not go on for another reason than those `of_cells`, counted; and who is eligible."""
    try:
        cohort = build_cohort(extracted, study, PUBLIC_KEY)  # only counts of it go on
    except ConfigurationError as error:
        return [Problem(str(file), line) for line in str(error).split("\n")], []
    said = cohort["quarantine"]
    said = said[said["kind"].isin(["duplicate", "superseded", "orphan", "inconsistent", "impossible_date"])]
    said = said.assign(first=said["reason"].str.split("; ").str[0])
    said = said[~said["first"].isin(of_cells)]
    said = said.assign(words=said["first"].str.replace(r"\d+", "…", regex=True))
    problems = []
    for key, rows in said.groupby(["role", "file", "kind", "words"], sort=False):
        _, name, kind, words = cast(tuple[str, str, str, str], key)
        first = rows.iloc[0]
        sheet = f"[{first['sheet']}]" if isinstance(first["sheet"], str) and first["sheet"] else ""
        counted = f"{len(rows)} rows" if len(rows) > 1 else "1 row"
        reason = words if len(set(rows["first"])) > 1 else first["first"]
        text = f"{str(kind).replace('_', ' ')}: {reason}; {counted}, e.g. row {first['row']}"
        problems.append(Problem(f"{raw / name}{sheet}", text, count=len(rows), stops=False))
    events = cohort["possible_events"]
    problems += [
        Problem(
            f"{raw}/{row.source}",
            f"a death is set aside, and the patient would be alive: {row.reason}",
            f"Mend it, declare how it is read, or list it: deaths_set_aside: [{row.source}].",
        )
        for row in events[events["decide"] == 1].itertuples()
    ]
    problems += [
        Problem(str(file), f"no death in {one} was set aside", "Take it out.", "deaths_set_aside", stops=False)
        for one in study.deaths_set_aside
        if one not in set(events.loc[events["event"] == "death", "source"])
    ]
    problems += _contradictions(study, cohort["findings"], raw, file)
    screened = cohort["screened"]
    excluded = screened.loc[screened["eligible"] == 0, "rule"].value_counts()
    counts = [f"{len(screened)} patients with a readable row, {int((screened['eligible'] == 1).sum())} eligible"]
    counts += [f"  {count} excluded by {rule}" for rule, count in excluded.items()]
    if not (screened["eligible"] == 1).any():
        by_rule = ", ".join(f"{count} by {rule}" for rule, count in excluded.items()) or "no patient has a readable row"
        expected = "Look at the rules above and at what could not be read; a rule that nobody meets may misread a word."
        problems.append(Problem(str(file), f"nobody is eligible ({by_rule}).", expected, place="eligibility"))
    return problems, counts


def _contradictions(study: Study, findings: pd.DataFrame, raw: Path, file: Path) -> list[Problem]:
    """Values that contradict another and are analysed, each with what dismisses it; dismissals of nothing."""
    problems = []
    for _, rows in findings[findings["dismissed"] == 0].groupby(["check", "role"], sort=False):
        for row in rows.iloc[:TERMS_SHOWN].to_dict("records"):
            role, record = str(row["role"]), str(row["source"])
            columns = study.sources[role].columns
            column = columns[row["column"]].header if row["column"] in columns else ""
            where = study.sources[role].shown if record == role else record
            declared = f"cross_checks.dismissed: [{{check: {row['check']}, record: {record}, reason: ...}}]"
            said = f"{column}: {row['said']}" if column else row["said"]
            stops = row["said"] == NOTHING_LEFT
            problems.append(Problem(f"{raw}/{where}", said, f"Mend it or, if it is right, {declared}.", stops=stops))
        if (more := len(rows) - TERMS_SHOWN) > 0:
            said = f"{more} more contradictions of this kind: {rows['said'].iloc[0]}"
            problems.append(Problem(str(raw), said, count=more, stops=False))
    vain = dismissed_in_vain(findings, study)
    said = "dismisses what was not found: {}"
    return problems + [
        Problem(str(file), said.format(one), "Take it out.", "cross_checks.dismissed", stops=False) for one in vain
    ]
