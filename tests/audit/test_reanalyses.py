import pandas as pd
import pytest
import small_cohort
from paper_of import paper

from oligomet.audit.possible_analyses import AuthorsChoice, Outcomes, analysed_subjects, possible_analyses
from oligomet.audit.reanalyses import reanalyse
from oligomet.audit.reanalyses_in_words import nearest_by_estimate
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.km import kaplan_meier

CONTRAST = {"factor": "arm", "level": "A", "reference": "B"}


@pytest.fixture(scope="module")
def tables():
    return Outcomes(**small_cohort.draw(), study=small_cohort.STUDY)


def test_choices_are_those_that_make_a_difference(tables):
    assert list(possible_analyses("OS", ["arm"], tables)) == [
        AuthorsChoice("patient"),
        AuthorsChoice("lesion"),
    ]
    of_response = list(possible_analyses("LRFS", ["disease_control"], tables))
    assert (
        len(of_response) == (2 * 2 + 2) * 2
    )  # patients by worst or best lesion, lesions; first or best; death either way
    assert {choice.death for choice in of_response} == {"censored", "event"}


def test_rows_of_lesions_and_of_patients(tables):
    patients = analysed_subjects("LRFS", AuthorsChoice("patient"), tables)
    lesions = analysed_subjects("LRFS", AuthorsChoice("lesion"), tables)
    assert (len(patients), len(lesions)) == (60, 120)
    assert lesions["event"].sum() == patients["event"].sum()  # each lesion its own: only the first of each progressed
    assert (
        analysed_subjects("OS", AuthorsChoice("lesion"), tables)["event"].sum()
        == 2 * analysed_subjects("OS", AuthorsChoice("patient"), tables)["event"].sum()
    )


def test_worst_and_best_lesion(tables):
    worst = analysed_subjects("OS", AuthorsChoice("patient", lesion="worst", assessment="first"), tables)[
        "disease_control"
    ]
    best = analysed_subjects("OS", AuthorsChoice("patient", lesion="best", assessment="first"), tables)[
        "disease_control"
    ]
    assert (worst <= best).all()
    assert (worst < best).any()


def test_death_as_an_event_and_follow_up_cut(tables):
    censored, event = (
        analysed_subjects("LRFS", AuthorsChoice("patient", death=death), tables)["event"].sum()
        for death in ("censored", "event")
    )
    assert event == 60 > censored
    cut = analysed_subjects("OS", AuthorsChoice("patient", follow_up="24 months"), tables)
    assert cut["months"].max() == 24
    assert (
        cut["event"].sum()
        == analysed_subjects("OS", AuthorsChoice("patient"), tables).query("months <= 24")["event"].sum()
    )


def test_a_hazard_ratio_is_traced_to_the_analysis_that_made_it(tables):
    frame = analysed_subjects("OS", AuthorsChoice("lesion", follow_up="60 months"), tables)
    fit = cox(
        pd.DataFrame({"arm": (frame["arm"] == "A").astype(float)}), frame["months"], frame["event"], ties="breslow"
    ).table.iloc[0]
    printed = {
        name: f"{fit[column]:.3f}"
        for name, column in (("hazard_ratio", "estimate"), ("low", "conf_low"), ("high", "conf_high"))
    }
    claims = paper({"endpoint": "OS", "contrast": CONTRAST, **printed})
    found = reanalyse(claims, tables.times, tables.patients, tables.lesions, tables.responses, small_cohort.STUDY)
    nearest = found.iloc[0]
    assert (nearest["unit"], nearest["ties"], nearest["rank"], nearest["labels"]) == (
        "lesion",
        "breslow",
        1,
        "as printed",
    )
    assert nearest["distance"] < 0.01
    alone = nearest_by_estimate(found)
    patients = found[
        (found["unit"] == "patient") & (found["ties"] == "breslow") & (found["labels"] == "as printed")
    ].iloc[0]
    assert patients["estimate"] == pytest.approx(alone.estimate, abs=0.01)  # rows doubled: the same ratio
    assert patients["conf_high"] > nearest["conf_high"]  # but not the same interval
    swapped = found[(found["unit"] == "lesion") & (found["ties"] == "breslow") & (found["labels"] == "swapped")].iloc[0]
    assert swapped["estimate"] == pytest.approx(1 / nearest["estimate"])


def test_rates_without_a_time_are_sought_at_every_landmark(tables):
    frame = analysed_subjects("OS", AuthorsChoice("patient"), tables)
    printed = {
        arm: f"{100 * kaplan_meier(group['months'], group['event']).at([20])['survival'].iloc[0]:.2f}"
        for arm, group in frame.groupby("arm")
    }
    claims = paper(*({"endpoint": "OS", "of": {"arm": arm}, "rate": rate} for arm, rate in printed.items()))
    found = reanalyse(claims, tables.times, tables.patients, tables.lesions, tables.responses, small_cohort.STUDY)
    assert found.iloc[0]["distance"] < 0.01
    assert found.iloc[0]["time_months"] == 20
    assert found.loc[found["labels"] == "swapped", "distance"].min() > found.iloc[0]["distance"]


def test_a_log_rank_test_by_patient_and_by_lesion(tables):
    found = reanalyse(
        paper({"endpoint": "LRFS", "factor": "control", "p_value": "0.050"}),
        tables.times, tables.patients, tables.lesions, tables.responses, small_cohort.STUDY,
    )  # fmt: skip
    assert len(found) == 12 * 2
    assert found["p_value"].between(0, 1).all()
    assert found["distance"].is_monotonic_increasing
