"""An endpoint that censors deaths is said to be freedom from its event, by what is declared and not by its name."""

import pytest
from told import fill_in, spoken

from oligomet.book import Book
from oligomet.estimates.estimate_rows import tabulate

FREEDOM = "they are of freedom from the event, not of survival"


def of_freedom(study, book):
    """What the methods say of the estimates that censor deaths."""
    said = spoken(fill_in("_methods.qmd", study, book))
    assert FREEDOM in said
    return said.partition(FREEDOM)[0].rpartition("The Kaplan–Meier estimates of ")[2]


def course(study, book, name):
    """The section of the results on an endpoint."""
    text = spoken(fill_in("_endpoints.qmd", study, book, shown=()))
    return text.partition(f"### {study.endpoints[name].label}")[2].partition("###")[0]


def test_the_methods_say_it_of_what_censors_deaths(study, book):
    assert "local-recurrence-free survival" in of_freedom(study, book)
    assert "overall survival" not in of_freedom(study, book)
    local = study.endpoints["OS"].model_copy(update={"events": ["in_field_recurrence"], "competing": ["death"]})
    renamed = study.model_copy(update={"endpoints": study.endpoints | {"OS": local}})
    assert "overall survival" in of_freedom(renamed, book)


@pytest.fixture
def with_incidence(estimates):
    """The made-up book, and the incidence of local recurrence."""
    where = {"analysis": "competing", "endpoint": "LRFS", "unit": "patient", "population": "all", "n": 100}
    where |= {"statistic": "cumulative_incidence", "events": 60, "method": "made up"}
    found = zip((12, 24, 60), (0.29, 0.39, 0.47), strict=True)
    lines = [{**where, "time_months": time, "estimate": rate} for time, rate in found]
    return Book(tabulate([*estimates.to_dict("records"), *lines]))


def test_its_course_tells_the_incidence_where_there_is_one(study, book, with_incidence):
    assert (
        "With death competing, the cumulative incidence of the event was 29.0% at 12 months, 39.0% at 24 months and "
        "47.0% at 60 months."
    ) in course(study, with_incidence, "LRFS")
    assert "as if nobody died first, and not of survival." in course(study, book, "LRFS")
    assert "freedom" not in course(study, with_incidence, "OS")
