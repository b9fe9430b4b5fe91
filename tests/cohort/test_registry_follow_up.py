"""Follow-up as registries give it, a row a patient: vital status, last contact, and a date of death beside it.

Users of public registries (SEER, TCGA) report all of it: dead without a date, alive with one, a last contact after
death, no days of follow-up, and less than none.
"""

import pandas as pd
import pytest
from ward import STUDY, build, contact, imaging, patient, said, surgery, therapy, toxicity

from oligomet.cohort.possible_events import refuse_undecided
from oligomet.column_declarations import ColumnSource

FOLLOW_UP = STUDY.sources["follow_up"]
COLUMNS = {**FOLLOW_UP.columns, "death_date": ColumnSource(header="Died")}
REGISTRY = STUDY.model_copy(
    update={"sources": {**STUDY.sources, "follow_up": FOLLOW_UP.model_copy(update={"columns": COLUMNS})}}
)


def row(status: str, last: str, died: str = "") -> dict:
    return contact(date=last, status=status, death_date=died)


def read(*rows: dict, **declared) -> dict[str, pd.DataFrame]:
    return build(REGISTRY.model_copy(update=declared), follow_up=list(rows))


def followed(cohort) -> list[tuple]:
    rows = cohort["follow_up"]
    return list(zip(rows["status"], rows["date"].dt.strftime("%Y-%m-%d"), strict=True))


def test_a_death_has_its_own_date_and_the_living_have_that_of_the_last_contact():
    assert followed(read(row("dead", "2018-01-10", "2018-03-01"))) == [("dead", "2018-03-01")]
    assert followed(read(row("alive", "2018-01-10"))) == [("alive", "2018-01-10")]
    assert followed(read(row("dead", "", "2018-03-01"))) == [("dead", "2018-03-01")]
    assert said(read(row("dead", "", "2018-03-01"))) == []


def test_dead_without_a_date_needs_a_decision():
    cohort = read(row("dead", "2018-01-10"))
    assert said(cohort, "follow_up") == [("follow_up", 2, "Contact", "missing", 0)]
    assert cohort["possible_events"][["event", "certain", "decide"]].to_numpy().tolist() == [["death", 1, 1]]
    with pytest.raises(ValueError, match="deaths_without_date"):
        refuse_undecided(cohort["possible_events"])


def test_or_a_rule_for_all_of_them():
    at_contact = read(row("dead", "2018-01-10"), deaths_without_date="last_contact")
    assert followed(at_contact) == [("dead", "2018-01-10")]
    assert said(at_contact) == [("follow_up", 2, "Contact", "partial_date", 1)]
    aside = read(row("dead", "2018-01-10"), row("alive", "2017-05-01"), deaths_without_date="set_aside")
    assert followed(aside) == [("alive", "2017-05-01")]
    assert aside["possible_events"]["decide"].tolist() == [0]


def test_the_rule_is_that_of_deaths_without_a_date_in_every_shape():
    rows = [contact(), contact(date="", status="dead")]
    assert build(STUDY, follow_up=rows)["possible_events"]["decide"].tolist() == [1]
    ruled = build(STUDY.model_copy(update={"deaths_without_date": "last_contact"}), follow_up=rows)
    assert followed(ruled) == [("alive", "2018-01-10"), ("dead", "2018-01-10")]
    nowhere = build(STUDY.model_copy(update={"deaths_without_date": "last_contact"}), follow_up=rows[1:])
    assert nowhere["possible_events"]["decide"].tolist() == [1]  # there is no contact whose day could be taken


@pytest.mark.parametrize("typed", ["summer", "2018-03"])
def test_a_date_of_death_that_cannot_be_read_is_none_that_a_rule_replaces(typed):
    cohort = read(row("dead", "2018-01-10", typed), deaths_without_date="last_contact")
    assert followed(cohort) == [] and cohort["possible_events"]["decide"].tolist() == [1]


def test_alive_with_a_date_of_death_contradicts_itself():
    cohort = read(row("alive", "2018-01-10", "2018-03-01"), row("alive", "2017-05-01"))
    assert followed(cohort) == [("alive", "2017-05-01")]
    assert said(cohort) == [("follow_up", 2, "Status", "inconsistent", 0)]
    assert cohort["possible_events"][["event", "certain", "decide"]].to_numpy().tolist() == [["death", 0, 1]]


def test_of_a_last_contact_after_the_death_the_death_counts():
    cohort = read(row("dead", "2018-06-01", "2018-03-01"))
    assert followed(cohort) == [("dead", "2018-03-01")]
    assert said(cohort) == [("follow_up", 2, "Died", "impossible_date", 1)]


@pytest.mark.parametrize(("last", "rule"), [("2016-04-05", "followed"), ("2016-03-01", "followed")])
def test_no_days_of_follow_up_and_less_than_none_are_excluded_by_the_declared_rule(last, rule):
    cohort = read(row("alive", last))  # the last fraction was on 5 April
    assert cohort["screened"]["rule"].tolist() == [rule]
    assert not cohort["accounting"]["possible_events"].any()


def test_none_of_it_takes_another_patients_row():
    cohort = read(
        row("dead", "2018-01-10"), row("alive", "2018-02-10", "2018-03-01"), row("alive", "2019-01-10"),
        row("dead", "2019-02-01", "2018-12-01") | {"patient_id": "OV-2"}, deaths_without_date="set_aside",
    )  # fmt: skip
    assert followed(cohort) == [("alive", "2019-01-10")]
    accounting = cohort["accounting"].set_index("role").loc["follow_up"]
    assert (accounting["raw"], accounting["analysed"], accounting["quarantined"]) == (4, 1, 3)


def test_what_is_dated_after_her_death_is_refused_and_the_death_stays():
    later = "2018-05-01"
    cohort = build(
        STUDY.model_copy(update={"eligibility": []}),
        patients=[patient(screening_date=later)],
        measurements=[imaging(), imaging(date=later)],
        therapies=[therapy(), therapy(start_date=later, end_date="", relapse_date="")],
        toxicities=[toxicity(onset_date=later)],
        surgeries=[surgery(date=later)],
        follow_up=[contact(status="dead", date="2018-03-01"), contact(date=later)],
    )
    told = [(role, row, kind, kept) for role, row, _, kind, kept in said(cohort)]
    out = [("therapies", 3), ("surgeries", 2), ("measurements", 3), ("follow_up", 3), ("toxicities", 2)]
    assert told == [("patients", 2, "impossible_date", 1), *((*place, "impossible_date", 0) for place in out)]
    assert cohort["patients"]["screening_date"].isna().tolist() == [True]
    assert followed(cohort) == [("dead", "2018-03-01")]
