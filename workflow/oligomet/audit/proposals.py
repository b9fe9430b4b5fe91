"""What the numbers of a sentence or table line seem to be: entries proposed for a claims.yaml.

A proposal that the text alone settles is an entry; where a person has to say what it is of, it is a comment with `?`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from oligomet.audit.claims_format import NUMBERS

NUMBER = r"(?<![\d.])(\d+(?:\.\d+)?)"
ENDPOINTS = {  # by how they are written; what usually ends them
    "OS": ("Overall survival", r"overall survival(?: \(OS\))?|\bOS\b", "death"),
    "PFS": ("Progression-free survival", r"progression[- ]free survival(?: \(PFS\))?|\bPFS\b", "progression, death"),
    "DFS": ("Disease-free survival", r"disease[- ]free survival(?: \(DFS\))?|\bDFS\b", "recurrence, death"),
    "RFS": (
        "Recurrence-free survival", r"(?<!local )recurrence[- ]free survival(?: \(RFS\))?|\bRFS\b", "recurrence, death",
    ),
    "LRFS": (
        "Local recurrence-free survival", r"local recurrence[- ]free survival(?: \(LRFS\))?|\bLRFS\b",
        "local recurrence, death",
    ),
    "DMFS": (
        "Distant metastasis-free survival", r"distant metastasis[- ]free survival(?: \(DMFS\))?|\bDMFS\b",
        "distant metastasis, death",
    ),
    "LC": ("Local control", r"local (?:tumou?r )?control(?: \(LC\))?|\bLC\b", "local progression"),
    "LRC": ("Locoregional control", r"loco-?regional control(?: \(LRC\))?|\bLRC\b", "locoregional progression"),
}  # fmt: skip
UNITS = {"patients": r"patients|women|men|participants|subjects|cases",
         "lesions": r"lesions|tumou?rs|metastases|targets"}  # fmt: skip
LOW = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
IN_WORDS = {word: n for n, word in enumerate(f"{LOW} eighteen nineteen".split(), 1)}
IN_WORDS |= {word: 10 * n for n, word in enumerate(TENS.split(), 2)}
WORD = rf"(?:{'|'.join([*sorted(IN_WORDS, key=len, reverse=True), 'hundred'])})"
COUNT = rf"(?<![\d.])(\d+(?:,\d{{3}})*|\b{WORD}(?:[- ](?:and )?{WORD})*\b)"
MONTHS_PER = {"year": 12, "yr": 12, "month": 1, "mo": 1}

TO = r"\s?(?:-|–|to|,)\s?"
OF_CONFIDENCE = r"([5-9]\d(?:\.\d)?) ?%? ?(?:CI|confidence interval)[^\d]{0,8}"
LIMITS = rf"{NUMBER} ?%?{TO}{NUMBER}"
RATIO = re.compile(
    rf"(HR|hazard ratio|\bOR\b|odds ratio|\bRR\b|risk ratio|relative risk)\b[^\d;]{{0,40}}?{NUMBER}[^\d]{{1,6}}"
    rf"(?:{OF_CONFIDENCE})?{LIMITS}",
    re.IGNORECASE,
)
RATIO_IN_CELLS = re.compile(rf"{NUMBER} ?[|(] ?{LIMITS}(?:[ )|]+([<≤]?) ?{NUMBER})?")
FOLLOW_UP = re.compile(
    r"(?:median\b[^.;\d]{0,30}follow[- ]?up[^.;\d]{0,30}|follow(?:[- ]?up|ed)\b[^.;]{0,60}?\bmedian\b[^.;\d]{0,10})"
    rf"{NUMBER} months(?:([^\d;]{{1,24}}){NUMBER}{TO}{NUMBER})?",
    re.IGNORECASE,
)
RATE = re.compile(
    rf"{NUMBER} ?%(?! ?(?:CI|confidence))(?:[^\d%;]{{1,4}}{OF_CONFIDENCE}{LIMITS} ?%?)?"
    rf"(?:[) ]{{1,2}}at (\w+ ?(?:year|yr|month|mo))?)?"
)
TIMES = re.compile(rf"((?:{COUNT}(?:-|,| |and|,? and )*)+)[- ]?(year|yr|month|mo)", re.IGNORECASE)
SOME = re.compile(r"(?:\d\D{0,9}of|including|of (?:whom|these|those|which),?) $", re.IGNORECASE)
QUALIFIED = r"(?:(?!(?:with|from|of|in|had|and|or|were|was|who|at|to|for)\b)[a-z][\w-]* ){0,3}?"


@dataclass
class Row:
    """A sentence of a section, or a line of a table: its number, its text, and the entries proposed for it."""

    section: str
    number: int
    text: str
    table: str | None = None  # the caption of the table that it is a line of
    entries: list[str] = field(default_factory=list)
    taken: Counter = field(default_factory=Counter)

    @property
    def tokens(self) -> list[str]:
        """Its numbers, as printed."""
        return NUMBERS.findall(self.text)

    def propose(self, entry: str, *numbers: str | None, open_question: bool = False) -> None:
        """Add an entry that takes these numbers; as a comment if it is to be completed."""
        self.entries.append(f"    {'# ' * open_question}- {{row: {self.number}, {entry}}}")
        self.taken.update(number for each in numbers for number in NUMBERS.findall(each or ""))

    @property
    def left(self) -> Counter:
        """The numbers that no entry takes."""
        return Counter(self.tokens) - self.taken

    @property
    def not_proposed(self) -> list[str]:
        """These in their order."""
        return [number for number in self.tokens if self.left[number] > 0]

    def free(self, number: str) -> bool:
        """Whether a number is not taken yet; one in words always is."""
        return self.left[number] > 0 or not number[0].isdigit()


def number_in_words(words: str) -> int:
    """What a number in words, or in digits, is: one hundred and thirty-two, or 1,029."""
    total = 0
    for word in re.split(r"[- ]", words.lower().replace(",", "")):
        total = int(word) if word.isdigit() else total * 100 if word == "hundred" else total + IN_WORDS.get(word, 0)
    return total


def propose_entries(row: Row, counted: set[str]) -> None:
    """What the numbers of a row seem to be; a number is taken once.

    `counted` are the populations that rows before counted, and the rates that they gave: what comes again is of some.
    """
    _propose_ratios(row)
    _propose_p_values(row)
    _propose_follow_up(row)
    _propose_survival(row, counted)
    _propose_counts(row, counted)


def _propose_ratios(row: Row) -> None:
    compared = "contrast: {factor: ?, level: ?, reference: ?}"
    for name, estimate, confidence, low, high in RATIO.findall(row.text):
        kind = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}[name[0].lower()]
        whose = f"endpoint: {_endpoint(row.text)}" if kind == "hazard_ratio" else "outcome: {?: ?}"
        entry = f"{whose}, {compared}, {kind}: {estimate}, low: {low}, high: {high}"
        row.propose(entry, estimate, confidence, low, high, open_question=True)
    if row.table is None or not re.search(r"hazard|\bHR\b|\bCox\b", row.table, re.IGNORECASE):
        return
    for estimate, low, high, sign, p in RATIO_IN_CELLS.findall(row.text):
        if float(low) < float(high):
            tested = f", p_value: {sign}{p}" if p and float(p) <= 1 else ""
            entry = f"endpoint: ?, {compared}, hazard_ratio: {estimate}, low: {low}, high: {high}{tested}"
            row.propose(entry, estimate, low, high, p if tested else "", open_question=True)


def _propose_p_values(row: Row) -> None:
    for sign, p in re.findall(rf"\b[pP](?:[- ]?values?)?\s?([<≤>=])\s?{NUMBER}", row.text):
        if re.search(r"consider|regard|defin|significan\w* (?:was|level)|level of", row.text):
            row.propose(f"setting: significance_level, value: {p}", p)
        else:
            entry = f"endpoint: {_endpoint(row.text)}, factor: ?, p_value: {sign.replace('=', '')}{p}"
            row.propose(entry, p, open_question=True)


def _propose_follow_up(row: Row) -> None:
    for middle, words, low, high in FOLLOW_UP.findall(row.text):
        ends = ("q1", "q3") if re.search(r"IQR|interquartile", words) else ("minimum", "maximum")
        spread = f", {ends[0]}: {low}, {ends[1]}: {high}" if words else ""
        row.propose(f"variable: follow_up, median: {middle}{spread}", middle, low, high)


def endpoints_in(text: str) -> list[str]:
    """The endpoints that a text names, each once, in its order."""
    found = [(m.start(), name) for name, (_, words, _) in ENDPOINTS.items() for m in re.finditer(words, text, re.I)]
    return list(dict.fromkeys(name for _, name in sorted(found)))


def _endpoint(text: str) -> str:
    named = endpoints_in(text)
    return named[0] if len(named) == 1 else "?"


def _months_in(text: str) -> tuple[list[float], list[str]]:
    """The times that a text speaks of, each once, in months; and their numbers as printed."""
    months: list[float] = []
    printed: list[str] = []
    for found in TIMES.finditer(text):
        for each in re.findall(COUNT, found[1], re.IGNORECASE):
            months.append(float(number_in_words(each) * MONTHS_PER[found[3].lower()]))
            printed += NUMBERS.findall(each)
    return list(dict.fromkeys(months)), printed


def _propose_survival(row: Row, counted: set[str]) -> None:
    """Medians and rates, clause by clause; a clause that states no times is of those of the clause before."""
    months: list[float] = []
    for clause in row.text.split(";"):
        named = endpoints_in(clause)
        found, printed = _months_in(clause)
        months = found or months
        if len(named) == 1:
            for median in re.findall(rf"median[^.\d]{{0,40}}{NUMBER} months", clause, re.IGNORECASE):
                if row.free(median):
                    row.propose(f"endpoint: {named[0]}, median: {median}", median)
        rates = [rate for rate in RATE.findall(clause) if row.free(rate[0]) and float(rate[0]) <= 100]
        if named and months and rates and _propose_rates(row, named, months, rates, counted):
            row.taken.update(printed)


def _propose_rates(
    row: Row, named: list[str], months: list[float], rates: list[tuple[str, ...]], counted: set[str]
) -> bool:
    """Of one endpoint at several times; of several at one time, in their order; of groups, which a reader has to name.

    False if they are none of these.
    """
    alone = len(named) == 1
    if alone and all(at for *_, at in rates):
        times, of = [_months_in(at)[0][0] for *_, at in rates], named * len(rates)
    elif alone and len(rates) == len(months):
        times, of = months, named * len(rates)
    elif len(months) == 1 and (alone or len(rates) == len(named)):
        times, of = months * len(rates), named if len(rates) == len(named) else named * len(rates)
    else:
        return False
    keys = [f"{endpoint} at {time:g}" for endpoint, time in zip(of, times, strict=True)]
    some = len(set(keys)) < len(keys) or not counted.isdisjoint(keys)
    counted.update(keys)
    whose = ", of: {?: ?}" * some
    if alone and not some and not any(low for _, _, low, _, _ in rates):
        pairs = ", ".join(f"{time:g}: {rate[0]}" for time, rate in zip(times, rates, strict=True))
        row.propose(f"endpoint: {of[0]}, rate: {{{pairs}}}", *(rate[0] for rate in rates))
        return True
    for endpoint, time, (rate, confidence, low, high, _) in zip(of, times, rates, strict=True):
        limits = f", low: {{{time:g}: {low}}}, high: {{{time:g}: {high}}}" if low else ""
        entry = f"endpoint: {endpoint}{whose}, rate: {{{time:g}: {rate}}}{limits}"
        row.propose(entry, rate, confidence, low, high, open_question=some)
    return True


def _propose_counts(row: Row, counted: set[str]) -> None:
    percent = rf"[<≤]?(\d+(?:\.\d+)?) ?%{'?' * (row.table is not None)}"
    anybody = rf"(?: {QUALIFIED}(?:{'|'.join(UNITS.values())}))?"
    shares = rf"{COUNT}(?: of \d+| ?/ ?\d+)?{anybody} ?\({percent}\)"
    for count, share in re.findall(shares, row.text, re.IGNORECASE):
        if row.free(count) and float(share) <= 100:
            entry = f"of: {{?: ?}}, {_as_count(count)}, percentage: {share}"
            row.propose(entry + _unless_in_digits(count, share), count, share, open_question=True)
    for count in re.findall(r"\bn ?= ?(\d+(?:,\d{3})*)\b", row.text):
        row.propose(f"of: {{?: ?}}, {_as_count(count)}", count, open_question=True)
    for population, names in UNITS.items() if row.table is None else ():
        for found in re.finditer(rf"{COUNT} {QUALIFIED}(?:{names})\b(?! ?\({percent})", row.text, re.IGNORECASE):
            if row.free(found[1]):
                some = SOME.search(row.text[: found.start()]) is not None or population in counted
                counted.add(population)
                entry = f"of: {'{?: ?}' if some else population}, {_as_count(found[1])}"
                row.propose(entry + _unless_in_digits(found[1]), found[1], open_question=some)


def _as_count(printed: str) -> str:
    return f'count: "{printed}"' if "," in printed else f"count: {number_in_words(printed)}"


def _unless_in_digits(count: str, *beside: str) -> str:
    """What of an entry is printed in digits, where its count is in words."""
    return "" if count[0].isdigit() else f", printed: [{', '.join(f'{chr(34)}{each}{chr(34)}' for each in beside)}]"
