"""The lines of a specification curve and the marks that say what each chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from oligomet.estimates.robustness.choices import Choice, read_level
from oligomet.tables import rows


@dataclass(frozen=True)
class Line:
    """A choice, and the row of the estimates that it gave for each conclusion, by factor and contrast."""

    choice: Choice
    found: dict[tuple[str, str], dict]


@dataclass(frozen=True)
class Option:
    """A column of marks: its group, its words, and which choices have it."""

    group: str
    words: str
    chosen: Callable[[Choice], bool]


def list_lines(estimates: pd.DataFrame, endpoint: str) -> list[Line]:
    """The choices of an endpoint, those with the same data together."""
    found: dict[Choice, dict] = {}
    for one in rows(estimates, analysis="specification", endpoint=endpoint).to_dict("records"):
        choice, contrast = read_level(one["level"])
        found.setdefault(choice, {})[one["factor"], contrast] = one
    return [Line(choice, found[choice]) for choice in sorted(found, key=_order)]


def data_of(choice: Choice) -> tuple:
    """What sets the lines of one group apart from the next: subjects, dependence, hazard, when a response is known."""
    moment, _, months = choice.response.partition(" ")
    dependence = ("independent", "clustered", "weighted", "frailty").index(choice.dependence)
    moments = ("start", "landmark", "time-dependent")
    known = moments.index(moment), float(months or 0)
    timing = ("declared", "censored", "unrounded", "interval").index(choice.timing.partition(" ")[0])
    return choice.unit != "patient", choice.hazard, dependence, *known, choice.missing, timing


def _order(choice: Choice) -> tuple:
    model = ("alone", "published", "prespecified").index(choice.adjustment)
    return *data_of(choice), model, choice.fit, choice.ties


def list_options(choices: list[Choice], ties: str) -> list[Option]:
    """The columns of marks by which these choices differ; `ties` is the handling of ties that is not remarked on."""
    months = sorted({float(choice.response.split()[1]) for choice in choices if choice.response[:8] == "landmark"})

    censoring = dict.fromkeys(choice.timing for choice in choices if choice.timing.startswith("censored"))

    def is_lesions(choice: Choice, dependence: str) -> bool:
        return choice.unit == "lesion" and choice.dependence == dependence

    options = [
        Option("Subjects", "patients", lambda choice: choice.unit == "patient"),
        Option("Subjects", "lesions as independent", lambda choice: is_lesions(choice, "independent")),
        Option("Subjects", "lesions clustered", lambda choice: is_lesions(choice, "clustered")),
        Option("Subjects", "each patient once", lambda choice: is_lesions(choice, "weighted")),
        Option("Subjects", "lesions with frailty", lambda choice: is_lesions(choice, "frailty")),
        Option("Death", "death censored", lambda choice: choice.hazard == "cause-specific"),
        Option("Death", "death competes", lambda choice: choice.hazard == "subdistribution"),
        Option("Response", "response from the start", lambda choice: choice.response == "start"),
        *(
            Option(
                "Response", f"response by {at:g} months", lambda choice, at=at: choice.response == f"landmark {at:g}"
            )
            for at in months
        ),
        Option("Response", "time-dependent response", lambda choice: choice.response == "time-dependent"),
        Option("Model", "factor alone", lambda choice: choice.adjustment == "alone"),
        Option("Model", "published model", lambda choice: choice.adjustment == "published"),
        Option("Model", "prespecified model", lambda choice: choice.adjustment == "prespecified"),
        Option("Fit", "Firth’s penalty", lambda choice: choice.fit == "penalised"),
        Option(
            "Fit",
            "Efron’s ties" if ties == "breslow" else "Breslow’s ties",
            lambda choice: choice.ties != ties and choice.hazard == "cause-specific",
        ),
        Option("Missing", "missing imputed", lambda choice: choice.missing == "imputed"),
        *(Option("Time", timing, lambda choice, timing=timing: choice.timing == timing) for timing in censoring),
        Option("Time", "times not rounded", lambda choice: choice.timing == "unrounded"),
        Option("Time", "events between images", lambda choice: choice.timing == "interval"),
    ]
    return [option for option in options if 0 < sum(option.chosen(choice) for choice in choices) < len(choices)]
