"""The figure that carries the message: each published conclusion under every choice of analysis."""

from __future__ import annotations

from collections.abc import Mapping
from math import radians, sin
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.printed_ratios import Ratio
from oligomet.displays.style import (
    COLOURS,
    FOOTER,
    GREY,
    INK,
    LINE,
    Sheet,
    draw_interval,
    styled,
    text_width,
    width_of,
    wrapped,
)
from oligomet.displays.words import words_of
from oligomet.estimates.design import Contrast
from oligomet.estimates.robustness.choices import Choice
from oligomet.estimates.robustness.nested import contrast_meant
from oligomet.estimates.robustness.verdicts import VERDICTS, primary_choice, published_choice, published_meanings
from oligomet.schemas import TABLES

ROW, COLUMN = 1.8, 2.9  # mm of a choice, and of an option in the panel of marks
ABOVE, FOOT = 7, 11  # mm for the name of an endpoint, and below its panels
LEFT, RIGHT, GAP, ASIDE = 4, 3, 3.5, 8  # mm at the sides, between panels, and between them and the marks
SLOPE = 70  # degrees of the words over the marks
LIMITS = (0.14, 3.6)  # hazard ratios that are drawn; an interval that goes beyond ends in an arrow
TICKS = (0.2, 0.5, 1, 2)
BAND, FAINT = "#e4e4e4", "#cfcfcf"
Lines = dict[Choice, dict[Contrast, Entry]]  # what each choice gave for each conclusion, from top to bottom
Published = Mapping[tuple[str, Contrast], Ratio]


class Option(NamedTuple):
    """A column of marks: its group, its words, and what the choices are that have it."""

    group: str
    words: str
    means: dict

    def is_of(self, choice: Choice) -> bool:
        return all(getattr(choice, name) == value for name, value in self.means.items())


class Block(NamedTuple):
    """An endpoint: its lines, its marks, and its panels, each with what stands above it; `width` is a panel's in mm."""

    endpoint: str
    lines: Lines
    options: list[Option]
    headings: dict[Contrast, list[tuple[str, dict]]]
    width: float

    @property
    def head(self) -> float:
        """mm above the panels."""
        words = text_width([option.words for option in self.options]) * sin(radians(SLOPE))
        return ABOVE + max(words, *(LINE * len(heading) for heading in self.headings.values()))

    @property
    def height(self) -> float:
        return self.head + ROW * len(self.lines) + FOOT


def lines_of(endpoint: str, book: Book) -> Lines:
    """The choices of an endpoint, those with the same data together."""
    found: Lines = {}
    for one in book.some(analysis="specification", endpoint=endpoint):
        contrast = Contrast(one.factor, one.group, one.reference)
        found.setdefault(Choice.of(one), {})[contrast] = one
    return {choice: found[choice] for choice in sorted(found, key=_order)}


def _rank(choice: Choice, *names: str) -> list[int]:
    return [TABLES["estimates"][name].allowed.index(getattr(choice, name)) for name in names]


def data_of(choice: Choice) -> tuple:
    """What sets the lines of one group apart from the next: subjects, dependence, hazard, when a response is known."""
    timing = ("declared", "censored", "unrounded", "interval").index(choice.timing.partition(" ")[0])
    known = *_rank(choice, "hazard", "dependence", "clock"), choice.time_months or 0
    return choice.unit != "patient", *known, *_rank(choice, "missing"), timing


def _order(choice: Choice) -> tuple:
    return *data_of(choice), *_rank(choice, "adjustment", "fit", "ties")


def options_of(choices: list[Choice], ties: str) -> list[Option]:
    """The columns of marks by which these choices differ; `ties` is the handling of ties that is not remarked on."""
    landmarks = sorted({choice.time_months for choice in choices if choice.time_months is not None})
    censoring = dict.fromkeys(choice.timing for choice in choices if choice.timing.startswith("censored"))
    other = {"breslow": "efron", "efron": "breslow"}[ties]
    dependences = {
        "independent": "lesions as independent",
        "clustered": "lesions clustered",
        "weighted": "each patient once",
        "frailty": "lesions with frailty",
    }
    models = {"alone": "factor alone", "published": "published model", "prespecified": "prespecified model"}
    timings = dict(zip(censoring, censoring, strict=True))
    timings |= {"unrounded": "times not rounded", "interval": "events between images"}
    options = [
        Option("Subjects", "patients", {"unit": "patient"}),
        *(Option("Subjects", said, {"unit": "lesion", "dependence": name}) for name, said in dependences.items()),
        Option("Death", "death censored", {"hazard": "cause-specific"}),
        Option("Death", "death competes", {"hazard": "subdistribution"}),
        Option("Response", "response from the start", {"clock": "start"}),
        *(
            Option("Response", f"response by {at:g} months", {"clock": "landmark", "time_months": at})
            for at in landmarks
        ),
        Option("Response", "time-dependent response", {"clock": "time-dependent"}),
        *(Option("Model", said, {"adjustment": name}) for name, said in models.items()),
        Option("Fit", "Firth’s penalty", {"fit": "penalised"}),
        Option("Fit", f"{other.title()}’s ties", {"ties": other, "hazard": "cause-specific"}),
        Option("Missing", "missing imputed", {"missing": "imputed"}),
        *(Option("Time", said, {"timing": name}) for name, said in timings.items()),
    ]
    return [option for option in options if 0 < sum(option.is_of(choice) for choice in choices) < len(choices)]


@styled
def specification_figure(book: Book, study, published: Published | None = None) -> Sheet:
    """A block an endpoint: a line a choice, marks that say what it chose, and a panel a conclusion.

    Parameters
    ----------
    book
        Analyses specification and verdict are shown.
    published
        The hazard ratios that were printed, as `printed_ratios.printed_ratios` gives them.
    """
    blocks = [_block(endpoint, book, study) for endpoint in study.robustness.headline]
    words = words_of("specification_curve.specification_figure", study, other_contrasts=bool(published_meanings(study)))
    figure = Sheet("double", FOOTER + sum(block.height for block in blocks), study, words)
    top = figure.size[1]
    for place, block in enumerate(blocks):
        _draw_block(figure, top, place, block, study, published or {})
        top -= block.height
    return figure


def _block(endpoint: str, book: Book, study) -> Block:
    lines = lines_of(endpoint, book)
    options = options_of(list(lines), study.analyses.ties)
    found = dict.fromkeys(at for by_contrast in lines.values() for at in by_contrast)
    contrasts = [at for name in study.robustness.headline[endpoint] for at in found if at.factor == name]
    width = (width_of("double") - LEFT - COLUMN * len(options) - ASIDE - RIGHT + GAP) / len(contrasts) - GAP
    verdicts = book.some(analysis="verdict", endpoint=endpoint)
    return Block(
        endpoint, lines, options, {at: _heading(at, verdicts.some(**at.where), study, width) for at in contrasts}, width
    )


def _heading(contrast: Contrast, found: Book, study, width: float) -> list[tuple[str, dict]]:
    """The factor, its contrast, and what the entries of its verdict say: lines with their style."""
    verdict = found.one(statistic=VERDICTS)
    shares = [cells.counted_of(verdict), cells.counted_of(found.maybe(statistic="excluding_one"))]
    said = [
        (study.factors[contrast.factor].label, {"weight": "bold"}),
        (contrast.group, {}),
        (f"vs {contrast.reference}", {}),
        (verdict.statistic.replace("_", " "), {"style": "italic"}),
        (", ".join(filter(None, shares)), {}),
    ]
    room = {True: 0.87 * width, False: width + GAP - 1}  # bold letters are wider than those that are measured
    return [(line, style) for text, style in said for line in wrapped(text, room["weight" in style])]


def _draw_block(figure: Sheet, top: float, number: int, block: Block, study, published: Published) -> None:
    """An endpoint, from `top` mm downwards."""
    height = ROW * len(block.lines)
    bottom = top - block.head - height
    _draw_marks(figure.axes_at(LEFT, bottom, COLUMN * len(block.options), height), block.lines, block.options)

    entries = [one for found in block.lines.values() for one in found.values()]
    n, events = (formats.count(max(one[name] for one in entries)) for name in ("n", "events"))
    figure.write_title(LEFT, top - 4, number, study.endpoints[block.endpoint].label)
    figure.write(LEFT, bottom - 7.5, f"Largest model: n = {n}, {events} events", color=GREY, va="center")
    left = LEFT + COLUMN * len(block.options) + ASIDE
    for place, (contrast, heading) in enumerate(block.headings.items()):
        axes = figure.axes_at(left + place * (block.width + GAP), bottom, block.width, height)
        _draw_ratios(axes, block.endpoint, contrast, block.lines, study, published.get((block.endpoint, contrast)))
        for up, (text, style) in enumerate(reversed(heading)):
            axes.text(0, 1 + (0.8 + LINE * up) / height, text, transform=axes.transAxes, va="bottom", **style)
        if place == len(block.headings) // 2:
            axes.set_xlabel("Hazard ratio")


def _draw_marks(axes: Axes, lines: Lines, options: list[Option]) -> None:
    for place, choice in enumerate(lines):
        for column, option in enumerate(options):
            chosen = option.is_of(choice)
            axes.plot(column, -place, "o", color=INK if chosen else FAINT, markersize=3.2 if chosen else 1.1, mew=0)
    for column, option in enumerate(options):
        at: dict[str, Any] = {"rotation": SLOPE, "rotation_mode": "anchor", "transform": axes.get_xaxis_transform()}
        axes.text(column + 0.1, 1.0, option.words, ha="left", va="center", **at)
        if column and option.group != options[column - 1].group:
            axes.axvline(column - 0.5, color=FAINT, linewidth=0.5)
    axes.set_xlim(-0.5, len(options) - 0.5)
    _set_lines(axes, lines)
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)


def _set_lines(axes: Axes, lines: Lines) -> None:
    """A place for each line from top to bottom, and a hairline between groups of data."""
    axes.set_ylim(-len(lines) + 0.5, 0.5)
    axes.set_yticks([])
    groups = [data_of(choice) for choice in lines]
    for place in range(1, len(groups)):
        if groups[place] != groups[place - 1]:
            axes.axhline(0.5 - place, color=FAINT, linewidth=0.5, zorder=0)


def _draw_ratios(axes: Axes, endpoint: str, contrast: Contrast, lines: Lines, study, printed: Ratio | None) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*LIMITS)
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{tick:g}" for tick in TICKS])
    if printed:
        axes.axvspan(printed.low, printed.high, color=BAND, zorder=0, linewidth=0)
        axes.axvline(printed.estimate, color=GREY, linewidth=0.8, linestyle=(0, (3, 1.5)), zorder=1)
    axes.axvline(1, color=INK, linewidth=0.6, zorder=1)
    special = {
        published_choice(endpoint, contrast.factor, study): ("s", COLOURS[0], 3.4),
        primary_choice(endpoint, contrast.factor, study): ("D", COLOURS[1], 3.8),
    }
    for place, (choice, found) in enumerate(lines.items()):
        if contrast in found:
            other = contrast_meant(choice, endpoint, contrast, study)
            _draw_one(axes, -place, found[contrast], *special.get(choice, ("o", GREY if other else INK, 2.4)))
    _set_lines(axes, lines)
    axes.spines["left"].set_visible(False)


def _draw_one(axes: Axes, y: float, one: Entry, sign: str, colour: str, size: float) -> None:
    if not one.is_defined:
        axes.text(1, y, "undefined", color=GREY, ha="center", va="center")
        return
    draw_interval(axes, y, one, colour, 0.7)
    clear = one.conf_high < 1 or one.conf_low > 1
    inside: dict[str, Any] = {"mfc": colour if clear else "white", "mew": 0.7, "markersize": size, "zorder": 3}
    axes.plot(one.estimate, y, sign, color=colour, **inside)
