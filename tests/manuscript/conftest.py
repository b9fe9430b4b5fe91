import pytest
from made_up_cohort import make_estimates
from small_paper import ROOT

from oligomet.study import read_study
from oligomet.tables import read


@pytest.fixture(scope="session")
def study():
    return read_study(ROOT / "studies" / "pumch2022" / "study.yaml")


@pytest.fixture(scope="session")
def estimates(study):
    return make_estimates(study, read(ROOT / "studies" / "pumch2022" / "published" / "literature.csv"))
