"""Supplementary tables of robustness that are not a line a contrast: forms, times, models, many tests, resampling."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.contrast_tables import CONTRAST, FACTOR, column
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import interval_of, outcome_label
from oligomet.schemas import ESTIMATE_KEY

RATES = {"ORR": "CR + PR", "DCR": "CR + PR + SD"}  # as other tables call them
DAYS = {"radiotherapy end": "the last fraction", "radiotherapy start": "the first fraction"}


def _compared(one: Entry, study) -> str:
    """'Overall survival: Disease control, Yes vs No', or with the form of a continuous factor in place of groups."""
    return f"{outcome_label(study, one.endpoint)}: {study.factors[one.factor].label}, {one.form or one.contrast}"


def response_timing(
    book: Book,
    study,
    title: str = "Response as a predictor of survival, without and with the time at which it became known",
) -> ShownTable:
    """Response as a predictor: naive, from landmarks, time-dependent."""
    words = {
        "naive_hazard_ratio": "Taken as known from the start",
        "landmark_hazard_ratio": "Landmark at {:g} months",
        "time_dependent_hazard_ratio": "Time-dependent covariate",
    }
    columns = {
        "contrast": Column("", lambda one: _compared(one, study)),
        "analysis": Column("Analysis", lambda one: words[one.statistic].format(one.time_months)),
        "n": Column("n", cells.size),
        "events": Column("Events", lambda one: formats.count(one.events)),
        "ratio": Column(f"Hazard ratio ({interval_of(study)})", cells.ratio),
        "p": Column("p", cells.p_value),
    }
    note = (
        "A patient must live to the assessment to respond. From a landmark only those still followed whose response "
        "was known by then are compared; as a time-dependent covariate, response counts from its assessment on."
    )
    return lay_out(title, book.some(analysis="landmark"), columns, [note], study)


def many_tests(book: Book, study) -> ShownTable:
    """Log-rank p of every comparison, raw and adjusted for all of its endpoint."""
    found = book.some(analysis="multiplicity")
    lines = [dict(zip(FACTOR, at, strict=True)) for at in found.each(*FACTOR)]
    headings = {"p_value": "Unadjusted p", "holm": "Holm", "benjamini_hochberg": "Benjamini–Hochberg"}
    columns = {
        **_named(study, "Characteristic"),
        **{name: column(heading, cells.p_value, found, name, of=FACTOR) for name, heading in headings.items()},
    }
    note = (
        "Holm bounds the chance of any false finding among the comparisons of an endpoint, Benjamini and Hochberg the "
        "share of false ones among the findings."
    )
    title = "Many factors tested: p values of the log-rank test, adjusted within each endpoint"
    return lay_out(title, lines, columns, [note], study)


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
    note = (
        "Likelihood-ratio tests of the association in each form, of the spline's curvature, and of what the spline "
        "adds to the groups. AIC: Akaike's information criterion, the smaller the better. Subjects lost: as many as "
        "the part of the association that the groups leave out is worth, where there is an association."
    )
    title = "Continuous factors as they are and cut into groups"
    return lay_out(title, lines, columns, [note], study)


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
    note = (
        "E-value: the ratio of risks that something unmeasured would need with both dose and local failure, beyond "
        "what is adjusted for, to explain the ratio, or the limit of its interval nearer to one, away; one where there "
        "is nothing to explain."
    )
    return lay_out("Local control and dose", lines, columns, [note], study)


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
    note = "1 − Kaplan–Meier takes those who died as if the event could still befall them."
    title = "Death as a competing event: probability of the event"
    return lay_out(title, lines, columns, [note], study)


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
    return lay_out("Rates under other decisions on time", lines, columns, [" ".join(_decisions(found, study))], study)


def _in_full(reason: str) -> str:
    for day, words in DAYS.items():
        reason = reason.replace(day, words)
    return reason


def _decisions(found: Book, study) -> list[str]:
    """What each of the decisions shown means, and who was set aside under it."""
    said = []
    if aside := list(found.some(statistic="set_aside")):
        counts = [f"{cells.counted_of(one)} {one.unit}s ({_in_full(one.method)})" for one in aside if one.events]
        said.append(
            "Censored otherwise: whoever had no event, dead or alive, is censored there."
            + (f" Set aside: {'; '.join(counts)}." if counts else "")
        )
    if len(found.some(timing="unrounded")):
        said.append(f"Not rounded: days in months of {study.months.days_per_month:g} days.")
    if len(found.some(timing="interval")):
        said.append(
            "Between two images: Turnbull’s estimate, for which an event that imaging found came after the imaging "
            "before; it has no interval, as it converges too slowly for a standard error."
        )
    return said


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
    replicates = formats.count(study.robustness.bootstrap_replicates)
    note = f"Percentiles of {replicates} samples of whole patients. Rates in %, medians in months."
    title = "Headline numbers with intervals by formula and by resampling patients"
    return lay_out(title, book.some(analysis="bootstrap"), columns, [note], study)


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
