"""From screening to analysis: who was excluded by which rule, and how many lesions the rest brought."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.study_words import SUBJECTS
from oligomet.displays.style import FOOTER, INK, Sheet, styled, width_of
from oligomet.displays.words import words_of
from oligomet.eligibility_declarations import NO_ELIGIBLE_LESION, NO_RADIOTHERAPY

LINE = 3.4  # mm of a line of text
PAD = 2.2
UNDECLARED = (NO_ELIGIBLE_LESION, NO_RADIOTHERAPY)


def exclusions(book: Book, study, unit: str = "patient") -> list[tuple[str, str]]:
    """Each eligibility rule of patients, or of lesions, in words, with those whom it was the first to exclude, in the
    order of the rules; then what excluded some without being a rule."""
    flow = book.some(analysis="flow", unit=unit, factor="eligibility")
    rules = {rule.id: rule.excluded for rule in study.eligibility if rule.of == f"{unit}s"}
    reasons = rules | {rule: words for rule, words in UNDECLARED if flow.maybe(group=rule)}
    return [(words, _count(flow, rule)) for rule, words in reasons.items()]


def _count(flow: Book, group: str) -> str:
    """How many were screened | excluded | analysed, or were first excluded by the rule of that id."""
    return formats.count(flow.one(group=group).estimate)


@styled
def flow_diagram(name: str, book: Book, study) -> Sheet:
    """Screened, excluded (each rule with its count), analysed per patient and per lesion."""
    response = book.some(analysis="response", endpoint="first", unit="lesion", factor=None)
    evaluable = response.one(population="evaluable", statistic="ORR").n
    missed = response.one(population="all", statistic="NE")
    flow, of_lesions = (book.some(analysis="flow", unit=unit, factor="eligibility") for unit in ("patient", "lesion"))
    followed = f"{_count(flow, 'analysed')} patients"
    screened = ["Screened", f"{_count(flow, 'screened')} patients"]
    reasons = [f"Excluded\t{_count(flow, 'excluded')}", *_reasons(exclusions(book, study))]
    lesions_out = []  # before the patients, where there are rules of lesions
    if of_lesions.maybe(group="screened"):
        screened.append(f"{_count(of_lesions, 'screened')} irradiated lesions")
        lesions_out = [f"Lesions excluded\t{_count(of_lesions, 'excluded')}"]
        lesions_out += _reasons(exclusions(book, study, "lesion"))
        reasons[0] = f"Patients excluded\t{_count(flow, 'excluded')}"
        reasons.append(f"Eligible lesions of these patients\t{_count(of_lesions, 'patient_excluded')}")
    analysed = ["Analysed", followed, f"{formats.count(missed.n)} irradiated lesions"]
    survival = ["Survival, per patient", f"{followed} followed"]
    lesions = [f"{formats.count(evaluable)} evaluable lesions", f"{formats.count(missed.events)} not evaluable"]
    responses = ["Response, per lesion", *lesions]
    aside = ["Set aside", *_set_aside(book, study)]

    page, gap, trunk, side, column, width = width_of("middle"), 5.0, 22.0, 44.0, 4.0, 36.0
    lost = len(aside) > 1
    tall = max(_height(analysed), _height(aside) if lost else 0)  # the two stand side by side
    height = sum(map(_height, (screened, reasons, responses))) + tall + 3 * gap + FOOTER
    height += (_height(lesions_out) + gap) if lesions_out else 0
    words = words_of("flow_diagram.flow_diagram", study, lost=lost)
    figure = Sheet("middle", height, study, words.of(study.figures[name]))
    axes = figure.axes_at(0, 0, page, height)
    axes.set(xlim=(0, page), ylim=(0, height))
    axes.axis("off")
    below_screened = _box(axes, column, height - 1, width, screened)
    above_reasons = below_screened - gap
    if lesions_out:
        below_lesions = _box(axes, side, above_reasons, page - side - 2, lesions_out)
        middle = (above_reasons + below_lesions) / 2
        _line(axes, (trunk, middle), (side, middle))
        above_reasons = below_lesions - gap
    below_reasons = _box(axes, side, above_reasons, page - side - 2, reasons)
    lower = _box(axes, column, below_reasons - gap, width, analysed)
    below_analysed = below_reasons - gap - tall
    if lost:
        _box(axes, side, below_reasons - gap, page - side - 2, aside)
        beside = (below_reasons - gap + lower) / 2
        _line(axes, (column + width, beside), (side, beside))
    _box(axes, column, below_analysed - gap, width, survival)
    _line(axes, (trunk, below_screened), (trunk, below_reasons - gap))
    middle = (above_reasons + below_reasons) / 2
    _line(axes, (trunk, middle), (side, middle))
    _line(axes, (trunk, lower), (trunk, below_analysed - gap))
    if evaluable:
        _box(axes, side, below_analysed - gap, width, responses)
        across = below_analysed - gap / 2
        _line(axes, (trunk, across), (side + width / 2, across), (side + width / 2, below_analysed - gap))
    return figure


def _set_aside(book: Book, study) -> list[str]:
    """What could not be used and might change a result, a line each with its count after a tab."""
    found = book.some(analysis="set_aside")
    told = {"in_field_recurrence": "in-field recurrence"}
    records = [
        (f"Records that could tell of {told.get(one.group, one.group.replace('_', ' '))}", one)
        for one in found.some(unit="row")
    ]
    labels = {name: formats.lower(endpoint.label) for name, endpoint in study.endpoints.items()}
    subjects = [
        (f"{SUBJECTS[one.unit].capitalize()} not followed for {labels[one.endpoint]}", one)
        for one in found.some(group=None)
    ]
    return _reasons([(words, formats.count(one.estimate)) for words, one in [*records, *subjects]])


def _reasons(excluded: list[tuple[str, str]]) -> list[str]:
    """A line a reason, its count after a tab; a long reason goes on in the next line."""
    lines = []
    for reason, n in excluded:
        first, *more = wrap(reason[:1].upper() + reason[1:], 50)
        lines += [f"{first}\t{n}", *(f"   {line}" for line in more)]
    return lines


def _height(lines: list[str]) -> float:
    return LINE * len(lines) + 2 * PAD


def _box(axes: Axes, left: float, top: float, width: float, lines: list[str]) -> float:
    """A box with its first line as its heading and counts after a tab at its right; returns its lower edge."""
    bottom = top - _height(lines)
    outline: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.7}
    axes.add_patch(FancyBboxPatch((left, bottom), width, top - bottom, "round,pad=0,rounding_size=0.8", **outline))
    for place, line in enumerate(lines):
        words, _, n = line.partition("\t")
        style: dict[str, Any] = {"va": "center", "fontweight": "bold" if place == 0 else "normal"}
        middle = top - PAD - LINE * (place + 0.5)
        axes.text(left + PAD, middle, words, **style)
        axes.text(left + width - PAD, middle, n, ha="right", **style)
    return bottom


def _line(axes: Axes, *points: tuple[float, float]) -> None:
    """A line through `points` with an arrow at its end."""
    x, y = zip(*points, strict=True)
    axes.plot(x[:-1], y[:-1], color=INK, linewidth=0.7, solid_capstyle="butt")
    arrow = {
        "arrowstyle": "-|>,head_length=0.35,head_width=0.18",
        "linewidth": 0.7,
        "color": INK,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", points[-1], points[-2], arrowprops=arrow)
