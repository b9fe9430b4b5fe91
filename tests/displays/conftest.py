"""The declared study, and invented estimates for it."""

from pathlib import Path

import pytest
from invented_estimates import invent
from invented_robustness import invent_robustness

from oligomet.book import Book
from oligomet.displays.style import draw_for
from oligomet.journal import FigureStyle
from oligomet.study import read_study


@pytest.fixture(scope="session")
def study():
    return read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")


@pytest.fixture(scope="session")
def book(study):
    return Book([*Book(invent(study)), *Book(invent_robustness(study))])


@pytest.fixture(autouse=True)
def no_journal():
    """Figures are drawn for none, whichever notebook a test of this process has opened by hand."""
    draw_for(FigureStyle())
