"""The declared study, and invented estimates for it."""

from pathlib import Path

import pytest
from invented_estimates import invent

from oligomet.study import read_study


@pytest.fixture(scope="session")
def study():
    return read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")


@pytest.fixture(scope="session")
def estimates(study):
    return invent(study)
