"""Supplementary tables of robustness that are not a line a contrast: forms, times, models, many tests, resampling."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.contrast_tables import CONTRAST, FACTOR, column
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import interval_of, outcome_label
from oligomet.displays.words import Words, words_of
from oligomet.schemas import ESTIMATE_KEY

RATES = {"ORR": "CR + PR", "DCR": "CR + PR + SD"}  # as other tables call them
DAYS = {"radiotherapy end": "the last fraction", "radiotherapy start": "the first fraction"}


def _compared(one: Entry, study) -> str:
    """'Overall survival: Disease control, Yes vs No', or with the form of a continuous factor in place of groups."""
    return f"{outcome_label(study, one.endpoint)}: {study.factors[one.factor].label}, {one.form or one.contrast}"


def response_timing(book: Book, study, declared=None) -> ShownTable:
    """Response as a predictor: naive, from landmarks, time-dependent; `declared`: the table that it is, if any."""
    analyses = {
        "naive_hazard_ratio": "Taken as known from the start",
        "landmark_hazard_ratio": "Landmark at {:g} months",
        "time_dependent_hazard_ratio": "Time-dependent covariate",
    }
    columns = {
        "contrast": Column("", lambda one: _compared(one, study)),
        "analysis": Column("Analysis", lambda one: analyses[one.statistic].format(one.time_months)),
        "n": Column("n", cells.size),
        "events": Column("Events", lambda one: formats.count(one.events)),
        "ratio": Column(f"Hazard ratio ({interval_of(study)})", cells.ratio),
        "p": Column("p", cells.p_value),
    }
    words = words_of("robustness_tables.response_timing", study)
    return lay_out(words.of(declared) if declared else words, book.some(analysis="landmark"), columns, study)


def many_tests(book: Book, study) -> ShownTable:
    """Log-rank p of every comparison, raw and adjusted for all of its endpoint."""
    found = book.some(analysis="multiplicity")
    lines = [dict(zip(FACTOR, at, strict=True)) for at in found.each(*FACTOR)]
    headings = {"p_value": "Unadjusted p", "holm": "Holm", "benjamini_hochberg": "Benjamini–Hochberg"}
    columns = {
        **_named(study, "Characteristic"),
        **{name: column(heading, cells.p_value, found, name, of=FACTOR) for name, heading in headings.items()},
    }
    return lay_out(words_of("robustness_tables.many_tests", study), lines, columns, study)


def _named(study, first: str) -> dict[str, Column]:
    return {
        "endpoint": Column("", lambda at: study.endpoints[at["endpoint"]].label),
        "factor": Column(first, lambda at: study.factors[at["factor"]].label),
    }


def cut_points(book: Book, study) -> ShownTable:
    """Continuous factors in three forms, and what their groups cost."""
    found = book.some(analysis="continuous")
    lines = [
        {"endpoint": endpoint, "factor": name}
        for endpoint, names in study.robustness.continuous.items()
        for name in names
    ]

    def cost(at: dict) -> str:
        lost = found.maybe(statistic="lost_subjects", **at)
        if lost and not lost.reason:
            return f"{formats.count(lost.estimate)} of {formats.count(lost.n)}"
        return next((one.reason for one in found.some(**at) if one.reason), formats.MISSING)

    forms = {"linear": "Line", "spline": "Spline", "cut": "Groups"}
    columns = _named(study, "Factor")
    for form, word in forms.items():
        columns[f"p_{form}"] = column(word, cells.p_value, found.some(form=form), "likelihood_ratio", "p", FACTOR)
    columns["p_curvature"] = column("Curvature", cells.p_value, found, "non_linearity", "p", FACTOR)
    columns["p_left_out"] = column("Left out by groups", cells.p_value, found, "left_out", "p", FACTOR)
    for form, word in forms.items():
        columns[f"aic_{form}"] = column(word, _aic, found.some(form=form), "aic", "AIC", FACTOR)
    columns["lost"] = Column("Subjects lost by cutting", cost, words=True)
    return lay_out(words_of("robustness_tables.cut_points", study), lines, columns, study)


def _aic(one: Entry | None) -> str:
    return "" if one is None else cells.number(one, 1)


def dose_response(book: Book, study) -> ShownTable:
    """The hazard ratio of dose, alone and with its confounders, and how strong others would have to be."""
    declared = study.robustness.dose_response
    adjusted = " and ".join(study.factors[name].label for name in declared.adjust) if declared else ""
    words = {
        "unadjusted": "Unadjusted",
        "adjusted": f"Adjusted for {adjusted}",
        "stratified": "Within their strata",
    }
    found = book.some(analysis=[f"dose_response_{how}" for how in words])
    exposure = (*CONTRAST, "form")
    lines = [
        one
        for values in found.each(*exposure)
        for one in found.some(statistic="hazard_ratio", **dict(zip(exposure, values, strict=True)))
    ]
    of = ("analysis", *exposure)
    columns = {
        "exposure": Column("", lambda one: _compared(one, study)),
        "model": Column("Model", lambda one: words[one.analysis.removeprefix("dose_response_")]),
        "n": Column("n", cells.size),
        "events": Column("Events", lambda one: formats.count(one.events)),
        "ratio": Column(f"Hazard ratio ({interval_of(study)})", cells.ratio),
        "p": Column("p", cells.p_value),
        "e_value": column("of the ratio", cells.number, found, "e_value", "E-value", of),
        "e_value_limit": column("of its limit", cells.number, found, "e_value_limit", "E-value", of),
    }
    return lay_out(words_of("robustness_tables.dose_response", study), lines, columns, study)


def competing_incidence(book: Book, study) -> ShownTable:
    """The probability of the event, with death censored and with death as what it is."""
    found, over = book.some(analysis="competing"), f"Probability, % ({interval_of(study)})"
    lines = [
        {"endpoint": endpoint, "time_months": time}
        for endpoint in found.each("endpoint")
        for time in study.analyses.rates_at_months
    ]

    def heading(at: dict) -> str:
        deaths = cells.counted_of(found.one(statistic="competing_events", endpoint=at["endpoint"]))
        return f"{study.endpoints[at['endpoint']].label}: {deaths} had the competing event"

    of = ("endpoint", "time_months")
    columns = {
        "endpoint": Column("", heading),
        "time": Column("Months", lambda at: f"{at['time_months']:g}"),
        "complement": column("1 − Kaplan–Meier", cells.rate, found, "kaplan_meier_complement", over, of),
        "incidence": column("Aalen–Johansen", cells.rate, found, "cumulative_incidence", over, of),
    }
    return lay_out(words_of("robustness_tables.competing_incidence", study), lines, columns, study)


def timing(book: Book, study) -> ShownTable:
    """Rates as declared, and under the other decisions on time."""
    found = book.some(analysis="timing")
    words = {None: "As declared", "unrounded": "Times not rounded", "interval": "Events between two images"}
    lines = []
    for endpoint in found.each("endpoint"):
        lines.append((endpoint, None, book.some(analysis="survival", endpoint=endpoint, factor=None)))
        here = found.some(endpoint=endpoint, statistic="survival")
        lines += [(endpoint, way, here.some(timing=way)) for way in here.each("timing")]
    over = f"Rate, % ({interval_of(study)}), at"
    columns = {
        "endpoint": Column("", lambda line: study.endpoints[line[0]].label),
        "way": Column("Follow-up", lambda line: words.get(line[1]) or f"{line[1][:1].upper()}{line[1][1:]}"),
    }
    times = {f"at_{time:g}": time for time in study.analyses.rates_at_months}
    columns |= columns_of(
        {name: f"{time:g} months" for name, time in times.items()},
        lambda line, name: cells.rate(line[2].one(statistic="survival", time_months=times[name])),
        over,
    )
    return lay_out(_decisions(found, study), lines, columns, study)


def _in_full(reason: str) -> str:
    for day, words in DAYS.items():
        reason = reason.replace(day, words)
    return reason


def _decisions(found: Book, study) -> Words:
    """What each of the decisions shown means, and who was set aside under it."""
    aside = list(found.some(statistic="set_aside"))
    return words_of(
        "robustness_tables.timing",
        study,
        censored=bool(aside),
        aside=[f"{cells.counted_of(one)} {one.unit}s ({_in_full(one.method)})" for one in aside if one.events],
        unrounded=bool(len(found.some(timing="unrounded"))),
        interval_censored=bool(len(found.some(timing="interval"))),
    )


def resampled(book: Book, study) -> ShownTable:
    """Every headline number with its interval as computed, and from samples of whole patients."""
    formula = book.some(analysis=["survival", "cox_univariable", "response"])
    same = [name for name in ESTIMATE_KEY if name not in ("analysis", "method")]
    over = f"Estimate ({interval_of(study)})"
    columns = {
        "endpoint": Column("", lambda one: _endpoint_and_number(one, study)[0]),
        "number": Column("Number", lambda one: _endpoint_and_number(one, study)[1]),
        "formula": Column("By formula", lambda one: _shown(formula.maybe(**{name: one[name] for name in same})), over),
        "bootstrap": Column("By resampling", _shown, over),
    }
    return lay_out(words_of("robustness_tables.resampled", study), book.some(analysis="bootstrap"), columns, study)


def _endpoint_and_number(one: Entry, study) -> tuple[str, str]:
    if one.endpoint not in study.endpoints:
        return "Response of lesions, first assessment", RATES.get(one.statistic, one.statistic)
    label = study.endpoints[one.endpoint].label
    if one.statistic == "hazard_ratio":
        return label, f"Hazard ratio, {study.factors[one.factor].label}, {one.contrast}"
    return label, "Median" if one.statistic == "median" else f"At {one.time_months:g} months"


def _shown(one: Entry | None) -> str:
    if one is None or one.statistic == "hazard_ratio":
        return cells.ratio(one)
    return cells.median(one) if one.statistic == "median" else cells.rate(one)
