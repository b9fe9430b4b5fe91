"""Small counts are not shown, and whoever adds up what is shown cannot have them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.formats import Withheld
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.manuscript.calls import tell

SMALLEST = 5


def row(**columns) -> dict:
    return {"population": "all", "unit": "patient", "method": "counted", **columns}


def divided(counts: np.ndarray) -> Book:
    """A table of groups (rows) by the groups of another factor (columns), with everybody beside them."""
    sizes, everybody = counts.sum(axis=0), counts.sum()
    whole = {"analysis": "description", "statistic": "proportion", "factor": "site", "n": everybody}
    part = {"analysis": "comparison", "statistic": "proportion", "factor": "site", "by": "sex"}
    rows = [row(**whole, group=f"g{at}", events=n, estimate=n / everybody) for at, n in enumerate(counts.sum(axis=1))]
    for at, size in enumerate(sizes):
        rows.append(row(analysis="comparison", statistic="count", by="sex", by_group=f"c{at}", estimate=size, n=size))
        rows += [
            row(**part, group=f"g{place}", by_group=f"c{at}", events=n, n=size, estimate=n / size if size else None)
            for place, n in enumerate(counts[:, at])
        ]
    return Book(pd.DataFrame(rows))


tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=2, max_size=5)
)


@settings(max_examples=300, deadline=None)
@given(tables.map(np.array).filter(lambda counts: counts.sum() >= 2 * SMALLEST))
def test_no_small_count_follows_from_what_is_shown(counts):
    shown = withhold_small_cells(divided(counts), SMALLEST)
    height, width = counts.shape
    where = {"statistic": "proportion", "factor": "site"}
    cells = {
        (at, place): shown.one(analysis="comparison", by_group=f"c{place}", group=f"g{at}", **where)
        for at in range(height)
        for place in range(width)
    }
    sums = {at: shown.one(analysis="description", group=f"g{at}", **where) for at in range(height)}
    sizes = [shown.one(analysis="comparison", statistic="count", by_group=f"c{place}").n for place in range(width)]
    unknown = [*cells, *((at, None) for at in sums)]
    limits = [_limits(cells[one].events if one in cells else sums[one[0]].events) for one in unknown]
    equations = [
        *([*(-(one == (at, None)) + (one[0] == at and one[1] is not None) for one in unknown)] for at in sums),
        *([one[1] == place for one in unknown] for place in range(width)),
        [one[1] is None for one in unknown],
    ]
    known = [(0, 0)] * height + [_limits(size) for size in sizes] + [(counts.sum(),) * 2]
    matrix = np.array(equations, float)
    for at, one in enumerate(unknown):
        count = counts[one] if one[1] is not None else counts[one[0]].sum()
        if 0 < count < SMALLEST:
            ends = [_end(at, sign, matrix, known, limits) for sign in (1, -1)]
            assert ends[0] < ends[1], (one, counts.tolist())


def _limits(shown: float) -> tuple[float, float]:
    """What a reader knows of a count."""
    if not isinstance(shown, Withheld):
        return float(shown), float(shown)
    return {"<": (1, SMALLEST - 1), "≥": (SMALLEST, np.inf), "[": (1, np.inf)}[shown.sign[0]]


def _end(at: int, sign: int, matrix, known, limits) -> float:
    aim = np.zeros(len(limits))
    aim[at] = sign
    low, high = np.array(limits, float).T
    within = LinearConstraint(matrix, *np.array(known, float).T)
    found = milp(aim, constraints=within, bounds=Bounds(low, high), integrality=np.ones(len(limits)))
    assert found.status in (0, 3)
    return sign * np.round(found.fun) if found.status == 0 else np.inf


@pytest.mark.parametrize("smallest", [0, 1])
def test_without_a_threshold_everything_is_shown(smallest):
    book = divided(np.array([[1, 20], [30, 2]]))
    assert withhold_small_cells(book, smallest) is book


def test_enough_of_everybody_is_shown_as_it_is():
    book = divided(np.array([[5, 20], [30, 0]]))
    assert withhold_small_cells(book, SMALLEST).frame().equals(book.frame())


def test_what_is_withheld_is_a_sign_in_every_format():
    one = withhold_small_cells(divided(np.array([[2, 20], [30, 9]])), SMALLEST)
    small, large = (
        one.one(analysis="comparison", by_group="c0", group=f"g{at}", statistic="proportion") for at in (0, 1)
    )
    assert (formats.count(small.events), formats.count(large.events), str(small.events)) == ("< 5", "≥ 5", "< 5")
    assert formats.percent(small.estimate) == formats.percent_ci(small.estimate, 0.1, 0.2) == formats.MISSING
    told = [tell(small, pattern).plain for pattern in ("{events} of {n}", "{events} ({estimate}%)", "{estimate}%{ci}")]
    assert told == ["fewer than 5 of 32", "fewer than 5", "an undisclosed share"]
    assert "events < 5" in tell(small, "{events}").source


def test_families_are_of_the_flow_of_patients_of_responses_toxicities_and_events():
    of = {"analysis": "flow", "statistic": "count", "factor": "eligibility"}
    rows = [row(**of, group=name, estimate=n, n=90) for name, n in dict(screened=90, a=3, b=17, excluded=20).items()]
    rows += [
        row(analysis="response", unit="lesion", endpoint="first", statistic=name, factor=factor, group=group, events=n)
        for factor, group, counts in ((None, None, (9, 30)), ("site", "x", (2, 12)), ("site", "y", (7, 18)))
        for name, n in zip(("CR", "ORR"), counts, strict=True)
    ]
    rows += [
        row(analysis="toxicity", statistic="proportion", factor=factor, group=group, grade=grade, events=n, n=90)
        for factor, group, grade, n in (
            ("phase", "any", None, 20),
            ("worst_grade", None, "0", 70),
            ("worst_grade", None, "3", 1),
            ("skin", "any", None, 9),
        )
    ]
    rows += [
        row(analysis="survival", endpoint="OS", statistic="median", factor="site", group=group, events=n, n=40)
        for group, n in (("x", 1), ("y", 30))
    ]
    shown = withhold_small_cells(Book(pd.DataFrame(rows)), SMALLEST)

    def said(analysis: str, column: str = "events") -> str:
        return " ".join(formats.count(one[column]) for one in shown.some(analysis=analysis))

    assert said("flow", "estimate") == "90 < 5 ≥ 5 20"
    assert said("response") == "9 30 < 5 ≥ 5 ≥ 5 ≥ 5"
    assert said("toxicity") == "≥ 5 ≥ 5 < 5 9"
    assert said("survival") == "< 5 ≥ 5"


@pytest.mark.parametrize(("known", "shown"), [(40, "40"), (38, "[withheld]"), (30, "30")])
def test_of_how_many_a_variable_is_known_does_not_tell_that_few_lack_it(known, shown):
    described = {"analysis": "description", "estimate": 40}
    rows = [row(**described, statistic="count", n=40), row(**described, statistic="median", factor="age", n=known)]
    book = withhold_small_cells(Book(pd.DataFrame(rows)), SMALLEST)
    assert formats.count(book.one(statistic="median").n) == shown


def test_choices_of_an_analysis_are_no_people():
    whole = {"analysis": "description", "statistic": "proportion", "factor": "site", "n": 40}
    rows = [row(**whole, group=name, events=n, estimate=n / 40) for name, n in (("x", 3), ("y", 37))]
    rows += [row(analysis="verdict", statistic="stands", factor="site", group="x", reference="y", events=9, n=12)]
    rows += [row(analysis="survival", statistic="median", factor="site", group="y", events=20, n=37)]
    shown = withhold_small_cells(Book(pd.DataFrame(rows)), SMALLEST)
    assert tell(shown.one(analysis="verdict"), "{events} of {n}").plain == "9 of 12"
    assert tell(shown.one(analysis="survival"), "{events} of {n}").plain == "20 of 5 or more"


@pytest.mark.parametrize("unit", ["patient", "lesion"])
def test_reasons_of_exclusion_are_withheld_together(unit):
    counts = {"screened": 40, "old": 3, "dose": 12, "excluded": 15, "analysed": 25}
    flow = {"analysis": "flow", "factor": "eligibility", "statistic": "count", "unit": unit, "n": 40}
    shown = withhold_small_cells(Book(pd.DataFrame([row(**flow, group=g, estimate=n) for g, n in counts.items()])), 5)
    told = {one.group: formats.count(one.estimate) for one in shown}
    assert told == {"screened": "40", "old": "< 5", "dose": "≥ 5", "excluded": "15", "analysed": "25"}
