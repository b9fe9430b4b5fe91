"""What a declared figure of curves can be asked for, read off what is drawn."""

import numpy as np
import pandas as pd
import pytest
from test_figures import assert_readable, curves_of, texts

from oligomet.book import Book
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.displays.survival_curves import draw_curves
from oligomet.schemas import TABLES, conform

EVERYTHING = {"risk_table": ["at_risk", "censored", "events"], "tells": ["hazard_ratio", "medians"]}


def numbers(axes, row):
    """The numbers of a row of the risk table: height -> month -> number."""
    shown = [text for text in axes.texts if text.get_gid() == row]
    found = {}
    for text in shown:
        month, up = text.get_position()
        found.setdefault(up, {})[month] = int(text.get_text().replace(",", ""))
    return found


def test_at_risk_censored_and_events_add_up_to_all(study, book):
    figure = draw_curves(curves_of("OS", "all", "lesion_count", **EVERYTHING), book, study)
    assert_readable(figure)
    for axes, groups in zip(figure.axes, (1, 2), strict=True):
        rows = [numbers(axes, row) for row in ("at_risk", "censored", "events")]
        assert [len(row) for row in rows] == [groups] * 3
        for at_risk, censored, events in zip(*(row.values() for row in rows), strict=True):
            assert {at_risk[month] + censored[month] + events[month] for month in at_risk} == {at_risk[0]}
            assert (censored[0], events[0]) == (0, 0)


def test_events_are_those_before_the_month(study, book):
    axes = draw_curves(curves_of("OS", "all", risk_table=["at_risk", "events"]), book, study).axes[0]
    assert numbers(axes, "censored") == {}
    (events,) = numbers(axes, "events").values()
    steps = book.some(analysis="curve", endpoint="OS", factor=None, statistic="survival")
    for month, n in events.items():
        assert n == sum(one.events for one in steps if one.time_months < month)


def test_where_counts_are_withheld_nothing_tells_them(study, book):
    private = study.model_copy(update={"privacy": study.privacy.model_copy(update={"smallest_cell": 5})})
    axes = draw_curves(curves_of("OS", "all", **EVERYTHING), withhold_small_cells(book, 5), private).axes[0]
    assert {text.get_gid() for text in axes.texts} == {None, "at_risk"}


def test_hazard_ratio_and_medians_stand_above_the_panel(study, book):
    figure = draw_curves(curves_of("OS", "all", "lesion_count", "figo_stage", **EVERYTHING), book, study)
    assert_readable(figure)
    said = " ".join(texts(figure))
    one = book.one(analysis="cox_univariable", endpoint="OS", factor="lesion_count", statistic="hazard_ratio")
    assert f"HR (95% CI): {one.estimate:.2f} (" in said
    assert all(f"HR of {stage} (95%" in said for stage in ("I", "II", "III")) and "HR of IV" not in said
    assert said.count("Median, months:") == 3


def test_curves_end_where_few_are_followed(study, book):
    whole = draw_curves(curves_of("OS", "lesion_count"), book, study).axes[0]
    short = draw_curves(curves_of("OS", "lesion_count", while_followed=20), book, study)
    (ends, before) = (
        {line.get_label(): line.get_xdata()[-1] for line in axes.lines if not line.get_label().startswith("_")}
        for axes in (short.axes[0], whole)
    )
    for group, end in ends.items():
        steps = book.some(analysis="curve", endpoint="OS", factor="lesion_count", group=group, statistic="survival")
        assert end == max(one.time_months for one in steps if one.n >= 20) < before[group]
    assert "fewer than 20 patients" in short.about["caption"]
    marks = [line for line in short.axes[0].lines if line.get_marker() == "|"]
    assert all(line.get_xdata()[-1] <= max(ends.values()) for line in marks)


def test_incidence_shares_the_panel(study, book):
    steps = [(0, 0.0), (5, 0.1), (30, 0.35)]
    rows = [
        {"analysis": "incidence_curve", "endpoint": "LRFS", "unit": "patient", "population": "all", "method": "made up",
         "statistic": "cumulative_incidence", "time_months": month, "estimate": share, "n": 100, "events": 1}
        for month, share in steps
    ]  # fmt: skip
    with_it = Book([*book, *Book(conform(pd.DataFrame(rows), TABLES["estimates"]))])
    figure = draw_curves(curves_of("LRFS", "all", incidence=True), with_it, study)
    assert_readable(figure)  # in one column of the page, too
    (rising,) = [line for line in figure.axes[0].lines if line.get_gid() == "incidence"]
    assert np.column_stack([rising.get_xdata(), rising.get_ydata()]).tolist() == [list(step) for step in steps]
    assert "cumulative incidence" in figure.about["caption"]
    without = draw_curves(curves_of("LRFS", "all"), with_it, study)
    assert not [line for line in without.axes[0].lines if line.get_gid() == "incidence"]
    alone = draw_curves(curves_of("OS", "all", incidence=True), with_it, study)  # nothing competes with death
    assert "Thin rising" not in alone.about["caption"]


@pytest.mark.parametrize("panels", [("all",), ("gtv", "bed"), ("all", "gtv", "platinum", "bed")])
def test_titles_of_a_line_stand_at_one_height(study, book, panels):
    figure = draw_curves(curves_of("OS", *panels, **EVERYTHING), book, study)
    titles = [text for text in figure.texts if text.get_fontsize() > 7.2 and len(text.get_text()) > 1]
    assert len(titles) == len(panels)
    assert len({round(text.get_position()[1], 6) for text in titles}) == -(-len(panels) // 2)
