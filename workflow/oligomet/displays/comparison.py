"""Characteristics of everyone and of the groups that a table is declared `by`, with the p value of their difference."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.presentation import Table
from oligomet.displays.table_words import SUBJECTS, UNKNOWN, synthetic_note, unit_of, variable_label
from oligomet.tables import row, rows

EVERYONE = "all"
NORMAL = ("t", "f")  # statistics of the tests of means
MEAN, MEDIAN = "Mean ± SD", "Median (IQR)"


def characteristics_by(estimates: pd.DataFrame, study, declared) -> Table:
    """Number and share at each level of the declared factors, mean or median of the declared variables: a column for
    everyone and one for each group of `declared.by`, then p, once a factor or variable."""
    described = rows(estimates, analysis="description", unit=declared.unit)
    compared = rows(estimates, analysis="comparison", unit=declared.unit, endpoint=declared.by)
    by, subjects = study.factors[declared.by], SUBJECTS[declared.unit]
    lines, parts, tests = [], [], {}
    for name in declared.factors:
        factor, population = study.factors[name], "evaluable" if name in declared.evaluable_only else "all"
        here = {"factor": name, "population": population}
        everyone = rows(described, **here, statistic="proportion").set_index("level")
        grouped = rows(compared, **here, statistic="proportion").set_index("level")
        tests[name] = tested = row(compared, **here, level=None)
        p = _p(tested)
        for level in [*factor.groups, UNKNOWN]:
            if level in everyone.index:
                found = [everyone.loc[level], *(grouped.loc[f"{level} | {group}"] for group in by.levels)]
                within = level in factor.groups and factor.groups[level].within is not None
                parts.append((factor.label, level) if within else None)
                lines.append((factor.label, level, *map(_share, found), *p))
                p = (pd.NA, pd.NA)
    for name in declared.variables:
        here = {"factor": name, "population": "all"}
        tests[name] = tested = row(compared, **here, level=None)
        summaries = [rows(described, **here), *(rows(compared, **here, level=group) for group in by.levels)]
        summaries = [summary.set_index("statistic") for summary in summaries]
        shown = MEAN if tested["statistic"] in NORMAL else MEDIAN
        n, known = _size(described, "all"), summaries[0].loc["median", "n"]
        label = variable_label(study, name)
        said = [shown, unit_of(name, label), f"n = {formats.count(known)}" if known < n else ""]
        parts.append(None)
        cells = [_summary(one, shown) for one in summaries]
        lines.append((label, ", ".join(filter(None, said)), *cells, *_p(tested)))
    frame = pd.DataFrame(lines, columns=["characteristic", "level", EVERYONE, *by.levels, "p_value", "test"])
    # a variable's summary follows the levels into which a factor of the same name cuts it
    order = {name: place for place, name in enumerate(frame["characteristic"].unique())}
    frame = frame.sort_values("characteristic", key=lambda names: names.map(order), kind="stable")
    within = [place for place, index in enumerate(frame.index) if parts[index]]
    sizes = rows(compared, population="all", factor=None, statistic="count").set_index("level")["n"]
    n = _size(described, "all")
    counted = {EVERYONE: f"All (n = {formats.count(n)})"}
    counted |= {group: f"{group} (n = {formats.count(sizes[group])})" for group in by.levels}
    unbroken = {column: heading.replace("n = ", "n\u00a0=\u00a0") for column, heading in counted.items()}
    return Table(
        frame.reset_index(drop=True),
        f"{declared.title} (n = {formats.count(n)}), by {formats.lower(by.label)}",
        {"level": "Characteristic", **unbroken, "p_value": "p"},
        group="characteristic",
        parts=tuple(within),
        notes=[*_notes(study, declared, described, frame, tests, sizes, subjects), *synthetic_note(study)],
    )


def _size(described: pd.DataFrame, population: str) -> int:
    return row(described, population=population, factor=None, statistic="count")["n"]


def _p(tested: pd.Series) -> tuple[str, str]:
    return formats.p_value(tested["p_value"]), tested["method"]


def _share(one: pd.Series) -> str:
    """'40 (59.7)'; a group of nobody has no percentage."""
    share = "" if pd.isna(one["estimate"]) else f" ({formats.percent(one['estimate'], 1, '')})"
    return formats.count(one["events"]) + share


def _summary(summary: pd.DataFrame, shown: str) -> str:
    value = summary["estimate"]
    if pd.isna(value["median"]):
        return formats.MISSING
    if shown == MEAN:
        return f"{formats.number(value['mean'], 1)} ± {formats.number(value['sd'], 1)}"
    return formats.estimate_ci(value["median"], value["q1"], value["q3"], 1)


def _notes(study, declared, described, frame, tests: dict, sizes: pd.Series, subjects: str) -> list[str]:
    """What is counted, of whom; which test gave which p; what was not tested, and why."""
    labels = {name: study.factors[name].label for name in declared.factors}
    counted = f"Number (%) of the {subjects} of each column"
    if declared.evaluable_only:
        n, some = _size(described, "evaluable"), ", ".join(labels[name] for name in declared.evaluable_only)
        counted += f"; of {some}, of those among the {formats.count(n)} evaluable for response"
    notes = [f"{counted}."]
    if declared.variables:
        level = formats.number(study.analyses.significance, None)
        notes.append(
            f"Mean and standard deviation (SD) where a variable is normally distributed in every group (Kolmogorov-"
            f"Smirnov test with Lilliefors' correction, p ≥ {level}), otherwise median and interquartile range (IQR)."
        )
    used: dict[str, dict[str, list[str]]] = {}  # what is compared: test: where
    refused = []
    for name, tested in tests.items():
        label = labels.get(name) or variable_label(study, name)
        what = "numbers" if name in labels else "means" if tested["statistic"] in NORMAL else "medians"
        if pd.isna(tested["p_value"]):
            refused.append(f"{label} ({tested['reason']})")
        else:
            used.setdefault(what, {}).setdefault(tested["method"], []).append(label)
    said = []
    for what, methods in used.items():
        usual = max(methods, key=lambda method: len(methods[method]))
        others = [f", but for {', '.join(of)} {method}" for method, of in methods.items() if method != usual]
        said.append(f"of {what}, {usual}{''.join(others)}")
    independent = "; lesions are taken as independent" if declared.unit == "lesion" else ""
    if said:
        notes.append(f"p: {'; '.join(said)}{independent}.")
    if (frame["level"] == UNKNOWN).any() or frame["level"].str.contains(", n = ").any():
        notes.append("Unknown values are left out of the tests.")
    if UNKNOWN in sizes:
        group = study.factors[declared.by].label
        notes.append(f"{group} unknown, in no group: {formats.count(sizes[UNKNOWN])} {subjects}.")
    return notes + ([f"{formats.MISSING} no test: {'; '.join(dict.fromkeys(refused))}."] if refused else [])
