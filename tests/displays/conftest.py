"""The declared study, and invented estimates for it."""

from pathlib import Path

import pytest
from invented_estimates import invent
from invented_robustness import invent_robustness

from oligomet.book import Book
from oligomet.study import read_study


@pytest.fixture(scope="session")
def study():
    return read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")


@pytest.fixture(scope="session")
def book(study):
    return Book([*Book(invent(study)), *Book(invent_robustness(study))])
