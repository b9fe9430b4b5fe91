"""Supplementary tables of a line a contrast: what the ratio of two groups becomes under other analyses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import interval_of, outcome_label
from oligomet.displays.words import Words, words_of
from oligomet.estimates.robustness.verdicts import VERDICTS, published_meanings

At = dict[str, Any]  # what a line is of: columns of the key of the estimates
FACTOR = ("endpoint", "factor")
CONTRAST = (*FACTOR, "group", "reference")
RESTRICTED = "Restricted mean, months"
WAYS = {
    "naive": "As independent",
    "clustered": "Clustered",
    "weighted": "Each patient once",
    "frailty": "Gamma frailty",
    "exchangeable": "Exchangeable",
}


def contrasts_in(book: Book) -> list[At]:
    """The contrasts of which there are rows, each once, in their order."""
    found = (dict(zip(CONTRAST, values, strict=True)) for values in book.each(*CONTRAST))
    return [at for at in found if at["factor"] and at["reference"]]


def column(
    heading: str, show: Callable[[Entry | None], str], book: Book, statistic: str, over: str = "", of=CONTRAST
) -> Column:
    """A column of how `show` writes the row of a statistic, if there is one, that agrees with a line in `of`."""
    return Column(heading, lambda at: show(book.maybe(statistic=statistic, **{key: at[key] for key in of})), over)


def ratio_and_p(name: str, heading: str, book: Book, statistic: str, over: str) -> dict[str, Column]:
    """Two columns: the ratio of a contrast with its interval, and its p."""
    return {
        name: column(heading, cells.ratio, book, statistic, over),
        f"p_{name}": column("p", cells.p_value, book, statistic, over),
    }


def by_contrast(
    words: Words,
    contrasts: Iterable[At],
    columns: dict[str, Column],
    study,
    first: str = "Characteristic",
    heading: Callable[[At], str] | None = None,
) -> ShownTable:
    """A line a contrast, under its endpoint or another `heading`, with `columns` beside its names."""
    named = {
        "outcome": Column("", heading or (lambda at: outcome_label(study, at["endpoint"]))),
        "factor": Column(first, lambda at: study.factors[at["factor"]].label),
        "groups": Column("Groups", lambda at: f"{at['group']} vs {at['reference']}", words=True),
    }
    return lay_out(words, contrasts, named | columns, study)


def verdicts(book: Book, study) -> ShownTable:
    """Each conclusion: the published analysis repeated, the primary corrected one, and what follows by the rule."""
    found, over = book.some(analysis="verdict"), f"Hazard ratio ({interval_of(study)})"

    def verdict(at: At) -> Entry:
        return found.one(statistic=VERDICTS, **at)

    columns = {
        "published": column("As published", cells.ratio, found, "published_hazard_ratio", over),
        "primary": column("Primary corrected", cells.ratio, found, "primary_hazard_ratio", over),
        "p_primary": column("p", cells.p_value, found, "primary_hazard_ratio"),
        "same_direction": Column("Same direction", lambda at: cells.counted_of(verdict(at))),
        "excluding_one": column("Excluding one", cells.counted_of, found, "excluding_one"),
        "holm": column("Holm’s p", cells.p_value, book.some(analysis="multiplicity"), "holm", of=FACTOR),
        "verdict": Column("Verdict", lambda at: verdict(at).statistic.replace("_", " ").capitalize(), words=True),
    }
    words = words_of(
        "contrast_tables.verdicts",
        study,
        analyses=found.some(statistic="primary_hazard_ratio").each("method"),
        rules=found.some(statistic=VERDICTS).each("method"),
        meanings=published_meanings(study),
    )
    return by_contrast(words, contrasts_in(found), columns, study, "Conclusion")


def e_values(book: Book, study) -> ShownTable:
    """How strong an unmeasured confounder would have to be to explain each published conclusion."""
    found, ratio = book.some(analysis="verdict"), f"Hazard ratio ({interval_of(study)})"
    columns: dict[str, Column] = {}
    for which, over in (("published", "As published"), ("primary", "Primary corrected")):
        columns |= {
            which: column(ratio, cells.ratio, found, f"{which}_hazard_ratio", over),
            f"{which}_e": column("E-value", cells.number, found, f"{which}_e_value", over),
            f"{which}_limit": column("of its limit", cells.number, found, f"{which}_e_value_limit", over),
        }
    words = words_of("contrast_tables.e_values", study)
    return by_contrast(words, contrasts_in(found), columns, study, "Conclusion")


def clustered_lesions(book: Book, study) -> ShownTable:
    """Hazard ratios per lesion: as independent, by patient without and with weights, with a frailty of the patient."""
    return _clustering(book, study, "hazard", ("naive", "clustered", "weighted", "frailty"))


def clustered_responses(book: Book, study) -> ShownTable:
    """Odds ratios of response per lesion: as independent, and by generalised estimating equations."""
    return _clustering(book, study, "odds", ("naive", "clustered", "exchangeable"))


def _clustering(book: Book, study, of: str, ways: tuple[str, ...]) -> ShownTable:
    found = book.some(analysis="clustering")
    columns: dict[str, Column] = {}
    for way in ways:
        over = f"{of.capitalize()} ratio ({interval_of(study)}), lesions"
        columns |= ratio_and_p(way, WAYS[way], found, f"{way}_{of}_ratio", over)
    words = words_of("contrast_tables.clustering", study, of=of, ways=ways)
    return by_contrast(words, contrasts_in(found.some(statistic=f"naive_{of}_ratio")), columns, study)


def competing_factors(book: Book, study) -> ShownTable:
    """Factors where death competes: Gray's test, cause-specific and subdistribution hazards."""
    found, over = book.some(analysis="competing"), f"Hazard ratio ({interval_of(study)})"
    columns = {
        **ratio_and_p("cause", "Cause-specific", found, "hazard_ratio", over),
        **ratio_and_p("subdistribution", "Fine–Gray", found, "subdistribution_hazard_ratio", over),
        "p_gray": column("Gray’s p", cells.p_value, found, "chi_square", of=FACTOR),
    }
    words = words_of("contrast_tables.competing_factors", study)
    return by_contrast(words, contrasts_in(found), columns, study)


def proportionality(book: Book, study) -> ShownTable:
    """The test of proportional hazards, and the difference in months lived up to the horizon."""
    found, months = book.some(analysis="proportionality"), partial(cells.ratio, digits=1)
    means, differences = found.some(statistic="restricted_mean"), "restricted_mean_difference"

    def mean(at: At, group: str) -> str:
        return cells.number(means.one(endpoint=at["endpoint"], factor=at["factor"], group=group), 1)

    columns = {
        "p_proportional": column("p, proportional hazards", cells.p_value, found, "chi_square", of=FACTOR),
        "first": Column("First group", lambda at: mean(at, at["group"]), RESTRICTED),
        "second": Column("Second group", lambda at: mean(at, at["reference"]), RESTRICTED),
        "difference": column(f"Difference ({interval_of(study)})", months, found, differences, RESTRICTED),
        "p": column("p", cells.p_value, found, differences),
    }
    words = words_of("contrast_tables.proportionality", study)
    return by_contrast(words, contrasts_in(found.some(statistic=differences)), columns, study)


def models(book: Book, study) -> ShownTable:
    """The models specified in advance, by likelihood and with Firth's penalty, and the models selected by p."""
    ahead, selected = (book.some(analysis=f"multivariable_{how}") for how in ("prespecified", "selected"))
    over = f"Hazard ratio ({interval_of(study)})"
    columns = {
        **ratio_and_p("ahead", "In advance", ahead, "hazard_ratio", over),
        "firth": column("With Firth’s penalty", cells.ratio, ahead, "firth_hazard_ratio", over),
        "selected": column("Selected", cells.ratio, selected, "hazard_ratio", over),
        "p_selected": column("p, selected", cells.p_value, selected, "hazard_ratio", over),
    }
    counted = [one for one in ahead.some(statistic="events_per_variable") if one.is_defined]
    contrasts = contrasts_in(book.some(analysis=["multivariable_prespecified", "multivariable_selected"]))
    contrasts.sort(key=lambda at: list(study.endpoints).index(at["endpoint"]))
    words = words_of("contrast_tables.models", study, a_coefficient=counted)
    return by_contrast(words, contrasts, columns, study)


def imputed_values(book: Book, study) -> ShownTable:
    """Complete cases beside multiple imputation, for the models in which a value is missing."""
    models = {"imputation_univariable": "alone", "imputation_multivariable": "with the factors specified in advance"}
    contrasts = [
        {"analysis": analysis, **at} for analysis in models for at in contrasts_in(book.some(analysis=analysis))
    ]
    of, ratio = ("analysis", *CONTRAST), f"Hazard ratio ({interval_of(study)})"
    columns: dict[str, Column] = {}
    for population, over in (("complete", "Complete cases"), ("imputed", "Imputed")):
        here = book.some(analysis=list(models), population=population)
        columns |= {
            f"n_{population}": column("n", cells.size, here, "hazard_ratio", over, of),
            population: column(ratio, cells.ratio, here, "hazard_ratio", over, of),
        }
    columns |= {
        "p": column("p", cells.p_value, here, "hazard_ratio", over, of),
        "missing": column("Missing information, %", cells.share, here, "missing_information", over, of),
    }
    return by_contrast(
        words_of("contrast_tables.imputed_values", study), contrasts, columns, study,
        heading=lambda at: f"{outcome_label(study, at['endpoint'])}, {models[at['analysis']]}",
    )  # fmt: skip


def response_models(book: Book, study) -> ShownTable:
    """What goes with a response of the lesions: each factor alone, and together, without and with Firth's penalty."""
    alone, together = (book.some(analysis=f"logistic_{how}") for how in ("univariable", "multivariable"))
    over = f"Odds ratio ({interval_of(study)})"

    def heading(at: At) -> str:
        one = together.one(statistic="odds_ratio", **at)
        outcome = outcome_label(study, one.endpoint)
        return f"{outcome}: {formats.count(one.events)} of {formats.count(one.n)} lesions"

    columns = {
        **ratio_and_p("alone", "Alone", alone, "odds_ratio", over),
        **ratio_and_p("together", "Together", together, "odds_ratio", over),
        "firth": column("Together, Firth’s penalty", cells.ratio, together, "firth_odds_ratio", over),
    }
    words = words_of("contrast_tables.response_models", study)
    return by_contrast(words, contrasts_in(together), columns, study, heading=heading)
