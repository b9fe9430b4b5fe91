"""Characteristics of patients or lesions: of everyone, or of everyone and of the groups of a factor, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import SUBJECTS, UNKNOWN, unit_of, variable_label

NORMAL = ("t", "f")  # statistics of the tests of means
EVERYONE = "all"


@dataclass(frozen=True)
class Line:
    """A group of a factor, or the summary of a variable."""

    label: str  # of the characteristic
    said: str  # the group, or which summary it is
    name: str  # of the factor or variable
    population: str = "all"
    group: str | None = None  # of a factor

    @property
    def where(self) -> dict:
        statistic = {"group": self.group, "statistic": "proportion"} if self.group else {}
        return {"factor": self.name, "population": self.population, **statistic}


def characteristics(name: str, book: Book, study) -> ShownTable:
    """How many patients or lesions are in each group of the factors of a declared table, then its variables."""
    declared = study.tables[name]
    return _compared(book, study, declared) if declared.by else _alone(book, study, declared)


def _lines(described: Book, study, declared, summaries: tuple[str, ...]) -> list[Line]:
    """Factors and variables in their declared order, but a variable after the factor of its name that cuts it."""
    lines = []
    for name in declared.factors:
        population = "evaluable" if name in declared.evaluable_only else "all"
        for group in [*study.factors[name].groups, UNKNOWN]:
            line = Line(study.factors[name].label, group, name, population, group)
            one = described.maybe(**line.where)
            nowhere = study.factors[name].variable == "site" and one is not None and one.events == 0
            lines += [line] * (one is not None and not nowhere)  # of sites, those where there is a lesion
    for name in declared.variables:
        lines += [Line(variable_label(study, name), summary, name) for summary in summaries]
    order = list(dict.fromkeys(line.label for line in lines))
    return sorted(lines, key=lambda line: order.index(line.label))


def _laid_out(study, declared, title: str, lines: list[Line], columns: dict[str, Column], notes: list[str]):
    named = {
        "characteristic": Column("", lambda line: line.label),
        "level": Column("Characteristic", lambda line: line.said),
    }

    def is_part(line: Line) -> bool:
        groups = study.factors[line.name].groups if line.group else {}
        return line.group in groups and groups[line.group].within is not None

    return lay_out(f"{declared.title} {title}", lines, named | columns, [*notes, *declared.notes], study, is_part)


def _size(described: Book, population: str = "all") -> str:
    return formats.count(described.one(population=population, factor=None, statistic="count").n)


def _alone(book: Book, study, declared) -> ShownTable:
    described = book.some(analysis="description", unit=declared.unit)

    def value(line: Line) -> str | None:
        if line.group:
            return None
        least, median, most = (
            described.one(**line.where, statistic=name).estimate for name in ("min", "median", "max")
        )
        return formats.number(median, None) if line.said == "Median" else formats.range_(least, most, None)

    def n(line: Line) -> int:
        return described.one(**line.where).events if line.group else described.one(**line.where, statistic="median").n

    subjects = SUBJECTS[declared.unit]
    columns = {
        "n": Column(f"No. of {subjects}", n),
        "percent": Column("%", lambda line: cells.share(described.one(**line.where)) if line.group else None),
    }
    if declared.variables:
        columns["value"] = Column("Value", value)
    note = f"Percentages are of all {_size(described)} {subjects}"
    if declared.evaluable_only:
        labels = ", ".join(study.factors[name].label for name in declared.evaluable_only)
        note += f"; those of {labels} are of the {_size(described, 'evaluable')} evaluable for response"
    lines = _lines(described, study, declared, ("Median", "Range"))
    return _laid_out(study, declared, f"(n = {_size(described)})", lines, columns, [f"{note}."])


def _compared(book: Book, study, declared) -> ShownTable:
    """A column for everyone and one for each group of `declared.by`, then p, once a factor or variable."""
    described = book.some(analysis="description", unit=declared.unit)
    compared = book.some(analysis="comparison", unit=declared.unit, by=declared.by)
    by = study.factors[declared.by]
    tests, lines = {}, []
    for line in _lines(described, study, declared, ("",)):
        tests[line.name] = compared.one(factor=line.name, population=line.population, by_group=None)
        said = line.said or _summary_words(line, described, tests[line.name])
        lines.append(replace(line, said=said))
    first = {line.name: line for line in reversed(lines)}

    def cell(line: Line, of: Book) -> str:
        return cells.count_and_share(of.one(**line.where)) if line.group else _summary(line, of, tests[line.name])

    sizes = compared.some(population="all", factor=None, statistic="count")
    counted = {EVERYONE: (f"All (n = {_size(described)})", described)}
    for group in by.levels:
        n = formats.count(sizes.one(by_group=group).n)
        counted[group] = (f"{group} (n = {n})", compared.some(by_group=group))
    columns = {
        name: Column(heading.replace("n = ", "n\u00a0=\u00a0"), lambda line, of=of: cell(line, of))
        for name, (heading, of) in counted.items()
    }
    columns["p_value"] = Column("p", lambda line: cells.p_value(tests[line.name]) if first[line.name] is line else None)
    columns["test"] = Column("", lambda line: tests[line.name].method if first[line.name] is line else None)
    notes = _notes(study, declared, described, lines, tests, sizes)
    title = f"(n = {_size(described)}), by {formats.lower(by.label)}"
    return _laid_out(study, declared, title, lines, columns, notes)


def _summary_words(line: Line, described: Book, tested: Entry) -> str:
    """'Median (IQR), months, n = 120': how a variable is summarised, its unit, and of how many if not of all."""
    shown = "Mean ± SD" if tested.statistic in NORMAL else "Median (IQR)"
    known, everyone = formats.count(described.one(**line.where, statistic="median").n), _size(described)
    said = [shown, unit_of(line.name, line.label), f"n = {known}" if known != everyone else ""]
    return ", ".join(filter(None, said))


def _summary(line: Line, of: Book, tested: Entry) -> str:
    found = {one.statistic: one.estimate for one in of.some(**line.where)}
    if found.get("median") is None:
        return formats.MISSING
    if tested.statistic in NORMAL:
        return f"{formats.number(found['mean'], 1)} ± {formats.number(found['sd'], 1)}"
    return formats.estimate_ci(found["median"], found["q1"], found["q3"], 1)


def _notes(study, declared, described: Book, lines: list[Line], tests: dict[str, Entry], sizes: Book) -> list[str]:
    """What is counted, of whom; which test gave which p; what was not tested, and why."""
    subjects = SUBJECTS[declared.unit]
    counted = f"Number (%) of the {subjects} of each column"
    if declared.evaluable_only:
        some = ", ".join(study.factors[name].label for name in declared.evaluable_only)
        counted += f"; of {some}, of those among the {_size(described, 'evaluable')} evaluable for response"
    notes = [f"{counted}."]
    if declared.variables:
        level = formats.number(study.analyses.significance, None)
        notes.append(
            f"Mean and standard deviation (SD) where a variable is normally distributed in every group (Kolmogorov–"
            f"Smirnov test with Lilliefors' correction, p ≥ {level}), otherwise median and interquartile range (IQR)."
        )
    used: dict[str, dict[str, list[str]]] = {}  # what is compared: test: where
    refused = []
    for line in {line.name: line for line in lines}.values():
        tested = tests[line.name]
        what = "counts" if line.group else "means" if tested.statistic in NORMAL else "medians"
        if tested.p_value is None:
            refused.append(f"{line.label} ({tested.reason})")
        else:
            used.setdefault(what, {}).setdefault(tested.method, []).append(line.label)
    said = []
    for what, methods in used.items():
        usual = max(methods, key=lambda method: len(methods[method]))
        others = [f", but for {', '.join(of)} {method}" for method, of in methods.items() if method != usual]
        said.append(f"of {what}, {usual}{''.join(others)}")
    independent = "; lesions are taken as independent" if declared.unit == "lesion" else ""
    if said:
        tests_used = "; ".join(said).replace("Mann-Whitney", "Mann–Whitney").replace("Kruskal-Wallis", "Kruskal–Wallis")
        notes.append(f"p: {tests_used}{independent}.")
    if any(line.group == UNKNOWN or ", n = " in line.said for line in lines):
        notes.append("Unknown values are left out of the tests.")
    if unknown := sizes.maybe(by_group=UNKNOWN):
        group = study.factors[declared.by].label
        notes.append(f"{group} unknown, in no group: {formats.count(unknown.n)} {subjects}.")
    return notes + ([f"{formats.MISSING} no test: {'; '.join(dict.fromkeys(refused))}."] if refused else [])
