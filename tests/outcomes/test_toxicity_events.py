"""Toxicities that end an endpoint, by the rule of that endpoint. Irradiated 10 January to 10 February 2019."""

import pandas as pd
import pytest
from handwritten import RECIST, cohort_of, endpoint, patient, scans_of, study
from pydantic import ValidationError

from oligomet.follow_up_declarations import Endpoint
from oligomet.outcomes.endpoints import derive_times
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.recist import assess_responses
from oligomet.variables import Variable

LATE = {"phase": "late", "grade": 2}
ATTRIBUTION = Variable(of="toxicities", label="Cause", kind="category", levels={"related": [], "unrelated": []})


def declared(events=("toxicity", "death"), competing=(), **rule) -> Endpoint:
    parts = endpoint(events=["death"]).model_dump() | {"events": list(events), "competing": list(competing)}
    return Endpoint.model_validate({**parts, "toxicity": rule})


def ended(*toxicities, contacts=("2021-06-01 alive",), attribution=None, **rules) -> list:
    """Date and reason of each endpoint of one patient."""
    cohort = cohort_of(patient(contacts=contacts, toxicities=toxicities))
    if attribution:
        cohort["toxicities"] = cohort["toxicities"].assign(attribution=attribution)
    decided = study(endpoints=rules or {"LTFS": declared(**LATE)}, variables={"attribution": ATTRIBUTION})
    events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), decided)
    times = derive_times(cohort["patients"], cohort["lesions"], events, scans_of(cohort), decided)
    return [[f"{row.end_date:%Y-%m-%d}", row.why, row.source] for row in times.itertuples()]


def test_the_first_late_toxicity_of_the_declared_grade_ends_it():
    found = ended("2019-03-01 gastrointestinal 3", "2019-07-01 gastrointestinal 1", "2019-09-01 gastrointestinal 2")
    assert [row[:2] for row in found] == [["2019-09-01", "toxicity"]]


def test_without_one_death_ends_it_or_the_last_contact():
    assert ended("2019-03-01 gastrointestinal 3")[0][:2] == ["2021-06-01", "censored: last_contact"]
    assert ended(contacts=["2020-01-01 dead"])[0][:2] == ["2020-01-01", "death"]
    competing = {"free": declared(events=["toxicity"], competing=["death"], **LATE)}
    assert ended(contacts=["2020-01-01 dead"], **competing)[0][:2] == ["2020-01-01", "competing: death"]


def test_what_was_there_before_counts_only_if_it_got_worse():
    before = "2018-12-01 gastrointestinal 2"
    assert ended(before, "2019-09-01 gastrointestinal 2")[0][1] == "censored: last_contact"
    assert ended(before, "2019-09-01 gastrointestinal 3")[0][1] == "toxicity"
    assert ended(before, "2019-09-01 haematological 2")[0][1] == "toxicity"  # another system
    any_ = {"LTFS": declared(**LATE, baseline="any")}
    assert ended(before, "2019-09-01 gastrointestinal 2", **any_)[0][1] == "toxicity"


def test_systems_and_columns_of_the_studys_own_decide():
    late = "2019-09-01 gastrointestinal 2"
    assert ended(late, LTFS=declared(**LATE, systems=["haematological"]))[0][1] == "censored: last_contact"
    caused = {"LTFS": declared(**LATE, where={"attribution": {"is": "related"}})}
    assert ended(late, attribution="related", **caused)[0][1] == "toxicity"
    assert ended(late, attribution="unrelated", **caused)[0][1] == "censored: last_contact"


def test_each_endpoint_has_its_own_rule_and_names_the_row_that_decided():
    rules = {"late": declared(**LATE), "any": declared(), "OS": endpoint()}
    found = ended("2019-03-01 gastrointestinal 1", "2019-09-01 gastrointestinal 2", **rules)
    assert [row[:2] for row in found] == [
        ["2019-09-01", "toxicity"], ["2019-03-01", "toxicity"], ["2021-06-01", "censored: last_contact"],
    ]  # fmt: skip
    assert found[0][2] != found[1][2]
    assert all(pd.notna(row[2]) for row in found)


def test_a_rule_and_the_event_are_declared_together():
    with pytest.raises(ValidationError, match="both or neither"):
        endpoint(events=["toxicity"])
    with pytest.raises(ValidationError, match="both or neither"):
        declared(events=["death"], **LATE)
