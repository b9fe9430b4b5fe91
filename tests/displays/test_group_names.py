"""A group may be called anything: no table or figure reads a meaning out of its name."""

import pandas as pd
import pytest
from matplotlib.text import Text

from oligomet.book import Book, Entry
from oligomet.displays import contrast_tables, robustness_tables, supplementary_tables
from oligomet.displays.continuous_figures import continuous_figure, dose_response_figure
from oligomet.displays.contrast_tables import by_contrast
from oligomet.displays.declared_figures import build_figure
from oligomet.displays.declared_tables import build_table
from oligomet.displays.factors_table import survival_rates
from oligomet.displays.shown_table import ShownTable, embedded_html, render_html
from oligomet.displays.specification_curve import specification_figure
from oligomet.displays.toxicity_table import toxicity

NAMES = ["1 vs more", "a; b = c", "x | y", "late, grade 3", "; contrast=d vs e", "per 10 Gy", "*_`<b>", "pooled"]
# As long, and of no meaning: where a figure has room is decided by how wide names are.
UNMARKED = ["1 or more", "a, b + c", "x / y", "late, grade 2", ", contrast-d or e", "pen 10 Gy", "xx'xbx", "pooler"]
COHORT_TABLES = ("table1", "table2", "table3", "table4")
FURTHER_FIGURES = {
    "continuous": continuous_figure, "dose": dose_response_figure, "specifications": specification_figure,
}  # fmt: skip


def builders(module):
    """The tables of a module by name: functions that take a book and a study."""
    made = {name: build for name, build in vars(module).items() if getattr(build, "__module__", "") == module.__name__}
    return {
        name: build
        for name, build in made.items()
        if getattr(build, "__annotations__", {}).get("return") == "ShownTable"
    }


def tables(book, study):
    found = {name: build_table(name, book, study, pd.DataFrame()) for name in COHORT_TABLES}
    for module in (contrast_tables, robustness_tables, supplementary_tables):
        for name, build in builders(module).items():
            if build is not by_contrast and not name.startswith("_"):
                found[name] = build(book, study)
    return found | {"toxicity": toxicity(None, book, study), "survival_rates": survival_rates(book, study, "OS")}


def figures(book, study):
    found = {name: build_figure(name, book, study) for name in study.figures}
    return found | {name: build(book, study) for name, build in FURTHER_FIGURES.items()}


@pytest.fixture(scope="module")
def renamed(study, book):
    """The same study and book, every group of every factor under a name that once meant something."""
    return rename(study, book, NAMES)


def rename(study, book, called):
    names = {
        name: dict(zip(factor.groups, _names(len(factor.groups), called), strict=True))
        for name, factor in study.factors.items()
    }
    factors = {}
    for name, factor in study.factors.items():
        new = names[name]
        groups = {
            new[old]: group.model_copy(update={"within": new.get(group.within)}) for old, group in factor.groups.items()
        }
        factors[name] = factor.model_copy(update={"groups": groups, "reference": new.get(factor.reference)})

    def entry(one):
        new, by = names.get(one.factor, {}), names.get(one.by, {})
        called = {"group": new.get(one.group, one.group), "reference": new.get(one.reference, one.reference)}
        return Entry({**vars(one), **called, "by_group": by.get(one.by_group, one.by_group)})

    return Book(list(map(entry, book))), study.model_copy(update={"factors": factors})


def _names(n, called):
    return [called[place % len(called)] + "′" * (place // len(called)) for place in range(n)]


@pytest.fixture(scope="module")
def both(study, book, renamed):
    return tables(book, study), tables(*renamed)


def test_every_kind_of_table_is_made(both):
    assert {"verdicts", "cut_points", "toxicity", "survival_rates", "response_models", "table1"} <= both[0].keys()
    assert len(both[0]) == 25


def test_tables_hold_the_same_numbers_whatever_groups_are_called(both):
    for name, plain in both[0].items():
        other = both[1][name]
        assert isinstance(other, ShownTable)
        assert plain.frame.shape == other.frame.shape, name
        here, there = (_numbers(table) for table in (plain, other))
        assert here == there, name
        assert render_html(other) and embedded_html(other).count("\n") == embedded_html(plain).count("\n"), name


def _numbers(table):
    """The cells of the columns that hold no words."""
    first = next(iter(table.headings))
    words = {first, table.group, *(name for name, column in table.columns.items() if column.words)}
    columns = [place for place, name in enumerate(table.frame) if name not in words]
    return table.frame.iloc[:, columns].astype("string").fillna("").to_numpy().tolist()


def test_contrasts_are_shown_as_they_are_called(both):
    frame = both[1]["verdicts"].frame
    assert set(frame["groups"]) <= {"1 vs more vs a; b = c", "a; b = c vs 1 vs more"}
    assert {"a; b = c", "1 vs more"} <= set(both[1]["survival_rates"].frame["level"])
    assert {"1 vs more", "a; b = c"} <= set(both[1]["table1"].frame.columns)


def test_figures_are_drawn_whatever_groups_are_called(study, book, renamed):
    plain, other = figures(*rename(study, book, UNMARKED)), figures(*renamed)
    assert len(plain) == 11
    for name, figure in plain.items():
        assert _plain_numbers(figure) == _plain_numbers(other[name]), name


def _plain_numbers(figure):
    figure.canvas.draw()
    texts = [text.get_text() for text in figure.findobj(Text)]
    return sorted(text for text in texts if not text.strip("0123456789–.,() %"))
