"""Tables 1 to 5, as study.yaml declares them: rows of the estimates, chosen, ordered and written out."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.displays.counts import CLASSES, MEANING, TOTAL, response_counts, sites_without_response
from oligomet.displays.presentation import Table
from oligomet.displays.table_words import SUBJECTS, UNKNOWN, synthetic_note, unit_of, variable_label
from oligomet.tables import row, rows


def kind_of(declared) -> str:
    """What a declared table shows: patient, lesion, factors, literature or response."""
    if declared.unit:
        return declared.unit
    if declared.endpoint:
        return "factors"
    return "literature" if declared.file else "response"


def build_table(name: str, estimates: pd.DataFrame, study, literature: pd.DataFrame | None = None) -> Table:
    """Table `name` of study.yaml; its declaration says what kind it is.

    Parameters
    ----------
    name
        As in `study.tables`.
    estimates, literature
        The tables of those names; `literature` is needed for published series only.
    """
    declared = study.tables[name]
    kind = kind_of(declared)
    if kind == "literature":
        from oligomet.displays.series import published_series

        return published_series(estimates, literature, study, declared)
    if declared.by:
        from oligomet.displays.comparison import characteristics_by

        return characteristics_by(estimates, study, declared)
    builders = {"patient": characteristics, "lesion": characteristics, "factors": factors, "response": response_by_site}
    return builders[kind](estimates, study, declared)


def with_unit(label: str, variable: str) -> str:
    """The label of an axis: 'Time since last treatment (months)'."""
    unit = unit_of(variable, label)
    return f"{label} ({unit})" if unit else label


def characteristics(estimates: pd.DataFrame, study, declared) -> Table:
    """How many patients or lesions are at each level of the declared factors, then the declared variables."""
    described = rows(estimates, analysis="description", unit=declared.unit)
    lines, parts = [], []
    for name in declared.factors:
        population = "evaluable" if name in declared.evaluable_only else "all"
        found = rows(described, factor=name, population=population, statistic="proportion").set_index("level")
        factor = study.factors[name]
        parts += [(factor.label, level) for level, group in factor.groups.items() if group.within]
        for level in [*factor.groups, UNKNOWN]:
            if level in found.index:
                share = formats.percent(found.loc[level, "estimate"], 1, "")
                lines.append((factor.label, level, found.loc[level, "events"], share, pd.NA))
    for name in declared.variables:
        known = rows(described, factor=name, population="all").set_index("statistic")
        values = {
            "Median": formats.number(known.loc["median", "estimate"], None),
            "Range": formats.range_(known.loc["min", "estimate"], known.loc["max", "estimate"], None),
        }
        label = variable_label(study, name)
        lines += [(label, level, known.loc["median", "n"], pd.NA, value) for level, value in values.items()]
    frame = pd.DataFrame(lines, columns=["characteristic", "level", "n", "percent", "value"])
    frame = frame.astype({"n": "Int64"})
    # a variable's summary follows the levels into which a factor of the same name cuts it
    order = {name: place for place, name in enumerate(frame["characteristic"].unique())}
    frame = frame.sort_values("characteristic", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    n = {population: _count(described, population) for population in ("all", "evaluable")}
    subjects = SUBJECTS[declared.unit]
    note = f"Percentages are of all {formats.count(n['all'])} {subjects}"
    if declared.evaluable_only:
        labels = ", ".join(study.factors[name].label for name in declared.evaluable_only)
        note += f"; those of {labels} are of the {formats.count(n['evaluable'])} evaluable for response"
    headings = {"level": "Characteristic", "n": f"No. of {subjects}", "percent": "%"}
    if declared.variables:
        headings["value"] = "Value"
    else:
        frame = frame.drop(columns="value")
    return Table(
        frame,
        f"{declared.title} (n = {formats.count(n['all'])})",
        headings,
        group="characteristic",
        parts=tuple(place for place, one in enumerate(frame.itertuples()) if (one.characteristic, one.level) in parts),
        notes=[f"{note}.", *synthetic_note(study)],
    )


def _count(described: pd.DataFrame, population: str) -> int:
    return row(described, population=population, factor=None, statistic="count")["n"]


def response_by_site(estimates: pd.DataFrame, study, declared) -> Table:
    """The responses of the evaluable lesions of each site; sites without any are named in a note."""
    counts = response_counts(estimates, study)
    frame = counts[counts["total"] > 0][[*CLASSES, "total"]].astype("Int64").rename_axis("site").reset_index()
    notes = [
        f"Number of evaluable lesions. {'; '.join(f'{name}, {MEANING[name]}' for name in CLASSES)}.",
        f"{study.response.criteria}.",
        sites_without_response(counts),
        *synthetic_note(study),
    ]
    headings = {"site": "Site", **{name: name for name in CLASSES}, "total": TOTAL}
    return Table(frame, declared.title, headings, notes=[note for note in notes if note])


def factors(estimates: pd.DataFrame, study, declared) -> Table:
    """Each factor's levels with the survival rate at the last landmark, log-rank p, and both kinds of hazard ratio."""
    endpoint, landmark = declared.endpoint, max(study.analyses.rates_at_months)
    about = rows(estimates, endpoint=endpoint, population="all")
    lines, undefined = [], []
    for name in declared.factors:
        factor = study.factors[name]
        of_factor = about[about["factor"] == name]
        p_value = formats.p_value(row(of_factor, analysis="logrank")["p_value"])
        for level in factor.levels:
            counts = row(of_factor, analysis="survival", level=level, statistic="median")
            rate = row(of_factor, analysis="survival", level=level, statistic="survival", time_months=landmark)
            survival = formats.percent_ci(rate["estimate"], rate["conf_low"], rate["conf_high"], 1, "")
            cells = [factor.label, level, counts["n"], counts["events"], survival, p_value]
            for analysis in ("cox_univariable", "cox_multivariable"):
                found = rows(of_factor, analysis=analysis, level=f"{level} vs {factor.reference_level}")
                modelled = len(rows(of_factor, analysis=analysis)) > 0
                cells += _hazard(found, modelled and level == factor.reference_level)
                undefined += [f"{level} ({reason})" for reason in found["reason"].dropna()]
            lines.append(cells)
            p_value = pd.NA  # once a factor
    columns = [
        "characteristic", "level", "n", "events", f"rate_{landmark:g}_months", "p_logrank",
        "hr_univariable", "p_univariable", "hr_multivariable", "p_multivariable",
    ]  # fmt: skip
    frame = pd.DataFrame(lines, columns=columns).astype({"n": "Int64", "events": "Int64"})
    interval = formats.percent(study.analyses.confidence, 0)
    hazard, p = f"HR ({interval} CI)", "p"
    return Table(
        frame,
        declared.title,
        {"level": "Characteristic", "n": "n", "events": "Events",
         columns[4]: f"{landmark:g}-month survival, % ({interval} CI)", "p_logrank": "Log-rank p",
         "hr_univariable": hazard, "p_univariable": p, "hr_multivariable": hazard, "p_multivariable": p},
        group="characteristic",
        spanners={"Univariable": columns[6:8], "Multivariable": columns[8:10]},
        notes=[*_model_notes(estimates, study, declared), *_undefined_note(undefined), *synthetic_note(study)],
    )  # fmt: skip


def _hazard(found: pd.DataFrame, reference: bool) -> list:
    """Hazard ratio with interval and p of one level; the reference is 1, and no row means no such model."""
    if reference:
        return ["1 (reference)", pd.NA]
    if found.empty:
        return [pd.NA, pd.NA]
    one = found.iloc[0]
    return [formats.estimate_ci(one["estimate"], one["conf_low"], one["conf_high"], 2), formats.p_value(one["p_value"])]


def _undefined_note(undefined: list[str]) -> list[str]:
    return [f"{formats.MISSING} not estimable: {'; '.join(dict.fromkeys(undefined))}."] if undefined else []


def _model_notes(estimates: pd.DataFrame, study, declared) -> list[str]:
    endpoint, analyses = study.endpoints[declared.endpoint], study.analyses
    together = [study.factors[name].label for name in analyses.multivariable.get(declared.endpoint, [])]
    notes = [
        f"n: {SUBJECTS[endpoint.per]} in whom the characteristic is known. {endpoint.label}: Kaplan-Meier estimates "
        f"with {analyses.survival_interval} intervals. HR: hazard ratio, Cox model with {analyses.ties.title()}'s "
        "handling of ties, Wald intervals and p values."
    ]
    if together:
        model = rows(estimates, analysis="cox_multivariable", endpoint=declared.endpoint, factor=None).head(1)
        size = "".join(
            f" ({formats.count(one.n)} {SUBJECTS[endpoint.per]}, {formats.count(one.events)} events)"
            for one in model.itertuples()
        )
        notes.append(f"Multivariable model: {', '.join(together)}{size}.")
    return notes
