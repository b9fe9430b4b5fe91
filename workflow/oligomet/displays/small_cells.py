"""Counts of few people are not shown, nor those from which they could be had: `privacy.smallest_cell`.

Rows of the estimates that add up, or can be set against each other, are a family: the groups of a factor in all tables
of a unit, the classes of the response to a factor, toxicities, the rules of eligibility, the events of an endpoint by a
factor. Where one of its counts is above nought and below the threshold, every count of the family but nought is
withheld, with its percentage: the small ones are shown as '< 5', the others as '≥ 5', and what is left are totals.
Where a total and these signs would still give a count away, the family is '[withheld]'; so is the column of everybody
beside those of groups.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from oligomet.book import Book, Entry
from oligomet.displays.formats import Withheld

TOTALS = ("screened", "excluded", "analysed")  # of the flow of patients, and of lesions
CLASSES = ("CR", "PR", "SD", "PD", "NE")  # of which the rates of response are sums
OF_ANYTHING = ("phase", "grade", "worst_grade")  # toxicities of any system, counted in three ways
PROPORTIONS = ("description", "comparison", "response", "complete_response", "toxicity")  # with their n, counts
OF_NO_PEOPLE = ("literature", "verdict")  # series, and choices of an analysis
OF_GROUPS = ("survival", "cox_univariable", "cox_multivariable", "competing", "timing", "proportionality")


def withhold_small_cells(book: Book, smallest: int) -> Book:
    """`book` with the counts that may not be shown as `Withheld`; as it is if `smallest` is less than 2."""
    if smallest < 2:
        return book
    families: dict[Any, list[Entry]] = defaultdict(list)
    for entry in book:
        if (family := _family(entry)) is not None:
            families[family].append(entry)
    hidden = {name for name, entries in families.items() if any(_small(_count(entry), smallest) for entry in entries)}
    lines = {name: _lines(families[name]) for name in hidden}
    given_away = {name for name in hidden if any(_gives_away(line, smallest) for line in lines[name].values())}
    for name in sorted(given_away, key=str):
        for entry in families[name]:
            if entry.by and set(lines[name][_line(entry)]) == {1}:  # as many people as groups: the size alone tells all
                hidden.add(_sizes(entry.unit, entry.by))
                given_away.add(_sizes(entry.unit, entry.by))
    # The sign of a sum, beside those of what is added up, would be one thing more that is known.
    summed = {name for name in hidden if any(entry.by_group and entry.factor for entry in families[name])}
    everybody = {_of_whom(entry): entry.estimate for entry in book if entry.statistic == "count"}
    for_all = (_withheld(entry, hidden, given_away, summed, smallest) for entry in book)
    return Book(_without_few_unknown(entry, everybody.get(_of_whom(entry)), smallest) for entry in for_all)


def _family(entry: Entry) -> Any:
    """What the row's count adds up with; None where it is the count of everybody, or of no people."""
    if entry.analysis == "flow":
        return ("flow", entry.unit) if entry.unit != "row" and entry.group not in TOTALS else None
    if entry.analysis == "set_aside":
        return ("set_aside", entry.unit, entry.endpoint)
    if entry.analysis in ("description", "comparison"):
        if entry.statistic == "count":
            return _sizes(entry.unit, entry.by) if entry.by else None
        return _sizes(entry.unit, entry.factor) if entry.statistic == "proportion" else None
    if entry.analysis == "response":
        return ("response", entry.unit, entry.endpoint, entry.factor)
    if entry.analysis == "complete_response":
        return ("complete response", entry.endpoint, entry.factor)
    if entry.analysis == "toxicity":
        return ("toxicity", entry.unit, "" if entry.factor in OF_ANYTHING else entry.factor)
    if entry.analysis in OF_GROUPS and entry.factor and entry.group and entry.time_months is None:
        return ("events", entry.endpoint, entry.unit, entry.factor)
    return None


def _sizes(unit: str, factor: str) -> tuple:
    return ("sizes", unit, factor)


def _count(entry: Entry) -> float | None:
    if entry.analysis == "flow" or entry.statistic == "count":
        return entry.estimate
    return entry.events


def _small(count: float | None, smallest: int) -> bool:
    return count is not None and 0 < count < smallest


def _line(entry: Entry) -> tuple:
    """What the row's count is one of the groups of."""
    return tuple((name, value) for name, value in entry.where.items() if name not in ("group", "grade", "method"))


def _lines(entries: list[Entry]) -> dict[tuple, list[float]]:
    """Counts that add up to a total that may be known: of the groups of a factor, and of the classes of response."""
    lines: dict[tuple, list[float]] = defaultdict(list)
    for entry in entries:
        if count := _count(entry):
            lines[_line(entry)].append(count)
            if entry.statistic in CLASSES:
                lines[(entry.population, entry.group)].append(count)
    return lines


def _gives_away(line: list[float], smallest: int) -> bool:
    """Whether counts of these signs that add up to the same total can be no others."""
    few = {count for count in line if count < smallest}
    others = {count for count in line if count >= smallest}
    return (few == {1} and others <= {smallest}) or (few == {smallest - 1} and not others)


def _withheld(entry: Entry, hidden: set, given_away: set, summed: set, smallest: int) -> Entry:
    """The row, with its count, and what with others would tell it, withheld."""
    family = _family(entry)
    columns = dict(vars(entry))

    def withhold(names: tuple[str, ...], given_away: bool) -> None:
        for name in names:
            if columns[name]:
                sign = "<" if columns[name] < smallest else "≥"
                columns[name] = Withheld(columns[name], "[withheld]" if given_away else f"{sign} {smallest}")

    if family in hidden:
        names: tuple[str, ...] = ("events",)
        if entry.analysis in (*PROPORTIONS, "flow", "set_aside"):
            names = ("events", "estimate", "conf_low", "conf_high")
        unsigned = family in given_away or (family in summed and entry.analysis == "description")
        withhold((*names, "n") if entry.statistic == "count" and entry.by else names, unsigned)
    for factor, group in ((entry.factor, entry.group), (entry.by, entry.by_group)):
        sizes = _sizes(entry.unit, factor)
        if group and sizes in hidden and entry.analysis not in OF_NO_PEOPLE:
            if (entry.factor, entry.group) == (factor, group) and entry.analysis in ("description", "comparison"):
                continue  # whose n is the column's
            withhold(("n",), sizes in given_away or sizes in summed)
    if entry.statistic in ("at_risk", "survival") and _small(entry.n, smallest):
        withhold(("n",), False)
    return Entry(columns)


def _of_whom(entry: Entry) -> tuple:
    return entry.analysis, entry.unit, entry.population, entry.by, entry.by_group


def _without_few_unknown(entry: Entry, everybody: float | None, smallest: int) -> Entry:
    """Of a variable that few lack, not of how many it is known: everybody less these are those few."""
    described = entry.analysis in ("description", "comparison") and entry.statistic not in ("count", "proportion")
    if described and everybody and entry.n and _small(everybody - entry.n, smallest):
        return Entry({**vars(entry), "n": Withheld(entry.n, "[withheld]")})
    return entry
