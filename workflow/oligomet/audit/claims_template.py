"""A claims.yaml begun from a paper's text: its numbers found, what they seem to be proposed, what is left shown.

A proposal that the text alone settles is an entry; where a person has to say what it is of, it is a comment with `?`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import pandas as pd

from oligomet.audit.claims_format import NUMBERS

TEMPLATE = Path(__file__).with_suffix(".yaml")
HEADINGS = re.compile(
    r"(?:#+\s*(?P<marked>.+)|(?P<named>(?:\d+(?:\.\d+)*\.?\s+)?(?:abstract|background|introduction|objectives?|"
    r"purpose|(?:patients|materials?) and methods|methods|results|discussion|conclusions?)|table \d+.*|"
    r"fig(?:ure|\.) ?\d+.*))\s*$",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.;?!])\s+(?=[A-Z(\d])")
NUMBER = r"(\d+(?:\.\d+)?)"
ENDPOINTS = {  # by how they are written
    "OS": ("Overall survival", r"[Oo]verall survival|\bOS\b", "death"),
    "PFS": ("Progression-free survival", r"[Pp]rogression[- ]free survival|\bPFS\b", "progression, death"),
    "LC": ("Local control", r"[Ll]ocal (?:tumou?r )?control|\bLC\b", "local progression"),
}
UNITS = {"patients": ("patient", r"patients|women|men|participants|subjects|cases"),
         "lesions": ("lesion", r"lesions|tumou?rs|metastases|targets")}  # fmt: skip
MONTHS_PER = {"year": 12, "yr": 12, "month": 1, "mo": 1}
WORDED = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}


@dataclass
class Row:
    """A sentence of a section, or a line of a table: its number, its text, and the entries proposed for it."""

    section: str
    number: int
    text: str
    entries: list[str] = field(default_factory=list)
    taken: Counter = field(default_factory=Counter)

    @property
    def tokens(self) -> list[str]:
        """Its numbers, as printed."""
        return NUMBERS.findall(self.text)

    def propose(self, entry: str, *numbers: str, open_question: bool = False) -> None:
        """Add an entry that takes these numbers; as a comment if it is to be completed."""
        self.entries.append(f"    {'# ' * open_question}- {{row: {self.number}, {entry}}}")
        self.taken.update(number for each in numbers for number in NUMBERS.findall(each))

    @property
    def left(self) -> Counter:
        """The numbers that no entry takes."""
        return Counter(self.tokens) - self.taken

    @property
    def not_proposed(self) -> list[str]:
        """These in their order."""
        return [number for number in self.tokens if self.left[number] > 0]


def rows_of(text: str) -> list[Row]:
    """The sentences and table lines of a text, by section; a heading is a line of its own, as # or papers mark it."""
    rows: list[Row] = []
    section, table = "Text", False
    lines: list[str] = []

    def close() -> None:
        for sentence in lines if table else SENTENCE.split(" ".join(lines)):
            if sentence.strip(" |-"):
                numbers = [row.number for row in rows if row.section == section]
                rows.append(Row(section, max(numbers, default=0) + 1, sentence))
        lines.clear()

    for line in map(str.strip, text.splitlines()):
        heading = HEADINGS.match(line)
        if heading is None:
            lines.append(line)
            continue
        close()
        section = (heading["marked"] or heading["named"]).strip()
        short = re.match(r"(?:table|fig(?:ure|\.)?) ?\d+", section, re.IGNORECASE)
        table = short is not None
        if short:
            rows.append(Row(short[0], 0, section[short.end() :]))
            section = short[0]
    close()
    return rows


def propose_entries(row: Row, counted: set[str]) -> None:
    """What the numbers of a row seem to be; a number is taken once. `counted` are the populations counted before."""
    text, endpoint = row.text, _endpoint(row.text)
    of = f"endpoint: {endpoint}, " if endpoint else "endpoint: ?, "
    for found in re.finditer(
        rf"\b(HR|hazard ratio|OR|odds ratio|RR|risk ratio)\b[^\d]{{0,12}}{NUMBER}[^\d]{{1,6}}(?:(9\d(?:\.\d)?) ?%? ?"
        rf"(?:CI|confidence interval)[^\d]{{0,4}})?{NUMBER}\s?(?:-|–|to|,)\s?{NUMBER}",
        text,
        re.IGNORECASE,
    ):
        kind = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}[found[1][0].lower()]
        whose = of if kind == "hazard_ratio" else "outcome: {?: ?}, "
        compared = "contrast: {factor: ?, level: ?, reference: ?}"
        entry = f"{whose}{compared}, {kind}: {found[2]}, low: {found[4]}, high: {found[5]}"
        row.propose(entry, *(found[n] for n in (2, 3, 4, 5) if found[n]), open_question=True)
    for found in re.finditer(rf"\b[pP](?:[- ]?values?)?\s?([<≤>=])\s?{NUMBER}", text):
        if re.search(r"consider|regard|defin|significan\w* (?:was|level)|level of", text):
            row.propose(f"setting: significance_level, value: {found[2]}", found[2])
        else:
            row.propose(f"{of}factor: ?, p_value: {found[1].replace('=', '')}{found[2]}", found[2], open_question=True)
    if re.search(r"follow[- ]?up", text, re.IGNORECASE):
        for found in re.finditer(
            rf"median[^.]{{0,40}}?{NUMBER} months(?:[^\d]{{1,9}}{NUMBER}\s?(?:-|–|to)\s?{NUMBER})?", text
        ):
            ends = f", minimum: {found[2]}, maximum: {found[3]}" if found[2] else ""
            row.propose(f"variable: follow_up, median: {found[1]}{ends}", *(n for n in found.groups() if n))
    if endpoint:
        _propose_rates(row, endpoint)
        for found in re.finditer(rf"median[^.\d]{{0,40}}{NUMBER} months", text, re.IGNORECASE):
            if row.left[found[1]] > 0:
                row.propose(f"endpoint: {endpoint}, median: {found[1]}", found[1])
    for found in re.finditer(rf"(\d+)(?: of \d+| ?/ ?\d+)? ?\({NUMBER} ?%\)", text):
        if row.left[found[1]] > 0:
            entry = f"of: {{?: ?}}, count: {found[1]}, percentage: {found[2]}"
            row.propose(entry, found[1], found[2], open_question=True)
    for population, (_, words) in UNITS.items():
        for found in re.finditer(rf"\b(\d+) (?:[\w-]+ ){{0,3}}?(?:{words})\b", text):
            if row.left[found[1]] > 0:
                some = re.search(r"\d\D{0,9}of $", text[: found.start()]) is not None or population in counted
                counted.add(population)
                entry = f"of: {'{?: ?}' if some else population}, count: {found[1]}"
                row.propose(entry, found[1], open_question=some)


def _endpoint(text: str) -> str | None:
    named = [name for name, (_, words, _) in ENDPOINTS.items() if re.search(words, text)]
    return named[0] if len(named) == 1 else None


def _propose_rates(row: Row, endpoint: str) -> None:
    """Rates after 'at 1, 2 and 5 years' or '1- and 2-year', in the order of the times."""
    number = "|".join(WORDED)
    times = re.search(rf"((?:(?:\d+|{number})(?:-|,| |and|,? and )*)+)[- ]?(year|yr|month|mo)", row.text, re.IGNORECASE)
    rates = re.findall(rf"{NUMBER} ?%", row.text)
    if times is None:
        return
    months = [
        float(WORDED.get(each.lower(), each)) * MONTHS_PER[times[2].lower()]
        for each in re.findall(rf"\d+|{number}", times[1], re.IGNORECASE)
    ]
    rates = [rate for rate in rates if row.left[rate] > 0 and float(rate) <= 100]
    if len(months) == len(rates):
        pairs = ", ".join(f"{month:g}: {rate}" for month, rate in zip(months, rates, strict=True))
        row.propose(f"endpoint: {endpoint}, rate: {{{pairs}}}", *re.findall(r"\d+", times[1]), *rates)


def write_template(text: str, name: str) -> tuple[str, str]:
    """A claims.yaml to be completed, and the tokens.csv beside it.

    Parameters
    ----------
    text
        The paper, or as much of it as is to be entered: plain text or Markdown, a heading a line.
    name
        What the paper is called here.
    """
    rows = rows_of(text)
    counted: set[str] = set()
    for row in rows:
        propose_entries(row, counted)
    used = "\n".join(entry for row in rows for entry in row.entries if not entry.lstrip().startswith("#"))
    confidence = re.search(r"(9\d(?:\.\d)?) ?% ?(?:CI|confidence)", "\n".join(row.text for row in rows))
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)
    claims = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        name=name,
        found=sum(len(row.tokens) for row in rows),
        left=sum(row.left.total() for row in rows),
        lesions="of: lesions," in used,
        follow_up="variable: follow_up" in used,
        endpoints={n: each for n, each in ENDPOINTS.items() if f"endpoint: {n}," in used},
        sections={row.section: [each for each in rows if each.section == row.section] for row in rows if row.tokens},
        confidence=confidence and (rows[0].section, confidence[1]),
    )
    tokens = [(row.section, row.number, number) for row in rows for number in row.tokens]
    table = pd.DataFrame(tokens, columns=["section", "row", "number"])
    return claims, str(table.to_csv(index=False, lineterminator="\n"))
