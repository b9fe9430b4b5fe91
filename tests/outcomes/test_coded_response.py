"""The response as the radiologist coded it: nothing is measured, and no rule is applied to it."""

import pandas as pd
import pytest
from handwritten import RECIST, all_of, scans

from oligomet.declarations import Response
from oligomet.outcomes.recist import assess_imaging, assess_responses
from oligomet.schemas import validate

CODED = RECIST.model_copy(update={"coded": "code"})


def coded(*noted: str, **of_lesion):
    """A lesion with its imaging, "2019-05-01 PR"; sizes and "gone" as in `scans`, a scan without a code has none."""
    codes = [next((word for word in note.split() if word in ("CR", "PR", "SD", "PD", "NE")), None) for note in noted]
    lesions, measurements = scans(*noted, **of_lesion)
    return lesions, measurements.assign(code=pd.array(codes, dtype="string"))


def answers(pair, response=CODED) -> list[str]:
    """First and best."""
    return assess_responses(*pair, response)["response"].tolist()


def test_the_first_code_in_the_window_is_the_response():
    early, late = "2019-02-15 CR", "2019-04-01 PR"
    assert answers(coded("2019-01-02", early, late, "2019-08-01 CR")) == ["PR", "CR"]


def test_a_partial_response_of_a_small_node_stays_partial():
    node = coded("2019-01-02 18mm", "2019-04-01 6mm PR", site="node")
    assert answers(node, RECIST) == ["CR", "CR"]  # measured: short axis below 10 mm
    assert answers(node) == ["PR", "PR"]


def test_sizes_and_what_was_seen_decide_nothing():
    grown = coded("2019-01-02 20mm", "2019-04-01 40mm SD")
    gone = coded("2019-01-02 20mm", "2019-04-01 gone PR")
    assert answers(grown) == ["SD", "SD"] and answers(gone) == ["PR", "PR"]
    row = assess_responses(*grown, CODED).iloc[0]
    assert row[["baseline_cm", "nadir_cm", "diameter_cm", "axis"]].isna().all()
    assert row["why"] == "as coded by the radiologist" and row["source"] == "imaging.csv:3"


def test_no_baseline_is_asked_for_and_none_is_a_response():
    assert answers(coded("2019-04-01 CR")) == ["CR", "CR"]
    assert answers(coded("2019-01-02 SD")) == ["NE", "NE"]


def test_the_best_response_is_sought_up_to_progression():
    assert answers(coded("2019-04-01 SD", "2019-06-01 PD", "2019-09-01 CR")) == ["SD", "SD"]
    assert answers(coded("2019-04-01 PD", "2019-09-01 CR")) == ["PD", "PD"]


def test_not_evaluable_is_said_with_its_reason():
    table = assess_responses(*coded("2019-04-01 NE"), CODED)
    assert table["response"].tolist() == ["NE", "NE"] and table["why"][0] == "as coded by the radiologist"
    assert assess_responses(*coded("2019-04-01 20mm"), CODED)["why"][0] == "no response coded"
    assert "no imaging from 20 to 100 days" in assess_responses(*coded("2020-04-01 CR"), CODED)["why"][0]
    assert answers(coded("2019-03-20 NE", "2019-04-01 PR")) == ["PR", "PR"]


def test_of_two_codes_on_a_day_one_that_says_something_counts():
    assert answers(coded("2019-04-01 mri NE", "2019-04-01 ct PR", "2019-06-01 mri NE")) == ["PR", "PR"]


def test_imaging_shows_what_it_was_coded_as():
    shown = assess_imaging(*coded("2019-01-02 20mm", "2019-04-01 SD", "2019-06-01 PD"), CODED)
    assert shown["response"].tolist() == ["SD", "PD"]


def test_a_code_a_lesion_has_once_is_first_and_best_and_has_no_day():
    pairs = [scans("2019-04-01 20mm", lesion=f"P1-L{number}") for number in (1, 2)]
    lesions, measurements = all_of(*pairs)
    lesions = lesions.assign(code=pd.array(["PR", None], dtype="string"), top=pd.array(["CR", "SD"], dtype="string"))
    table = validate(assess_responses(lesions, measurements, CODED), "outcomes/responses")
    assert table["response"].tolist() == ["PR", "PR", "NE", "NE"]
    assert table["date"].isna().all()
    best = CODED.model_copy(update={"coded_best": "top"})
    assert assess_responses(lesions, measurements, best)["response"].tolist() == ["PR", "CR", "NE", "SD"]
    assert assess_imaging(lesions, measurements, CODED).empty
    assert assess_responses(lesions, measurements.iloc[:0], CODED)["response"].tolist() == ["PR", "PR", "NE", "NE"]


@pytest.mark.parametrize(
    ("given", "criteria"), [({}, "as coded by the radiologist"), ({"criteria": "PERCIST 1.0"}, "PERCIST 1.0")]
)
def test_no_criteria_are_claimed_of_a_code(given, criteria):
    assert Response.model_validate({"coded": "code", **given}).criteria == criteria
    assert "RECIST" in Response().criteria
