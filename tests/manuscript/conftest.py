import pytest
from made_up_cohort import make_estimates
from small_paper import ROOT

from oligomet.book import Book
from oligomet.study import read_study
from oligomet.tables import read


@pytest.fixture(scope="session")
def study():
    return read_study(ROOT / "studies" / "pumch2022" / "study.yaml")


@pytest.fixture(scope="session")
def estimates(study):
    return make_estimates(study, read(ROOT / "studies" / "pumch2022" / "published" / "literature.csv"))


@pytest.fixture(scope="session")
def book(estimates):
    return Book(estimates)


@pytest.fixture(scope="session")
def other_study(study):
    """One endpoint, two factors, one time, all of other names; a real cohort."""
    analyses = {
        "compare": {"FFS": ["years"]},
        "multivariable": {},
        "logistic": {},
        "rates_at_months": [6],
        "describe": {},
    }
    return study.model_copy(
        update={
            "study": "other",
            "title": "Radiotherapy for a few metastases",
            "subject": "patients with metastases",
            "eligibility": [rule for rule in study.eligibility if rule.id != "ovarian_primary"],
            "synthetic": None,
            "robustness": None,
            "endpoints": {"FFS": study.endpoints["OS"].model_copy(update={"label": "Failure-free survival"})},
            "factors": {"years": study.factors["age"], "place": study.factors["site"]},
            "analyses": study.analyses.model_copy(update=analyses),
            "tables": {},
            "figures": {},
        }
    )
