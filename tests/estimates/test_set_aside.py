"""Who could not be followed, and which records that could tell of an event could not be used."""

from types import SimpleNamespace

import pandas as pd

from oligomet.estimates.set_aside import estimate_set_aside

STUDY = SimpleNamespace(endpoints={"OS": SimpleNamespace(per="patient"), "LC": SimpleNamespace(per="lesion")})


def test_subjects_are_counted_by_endpoint_and_by_reason():
    aside = pd.DataFrame(
        {
            "endpoint": ["OS", "OS", "LC", "OS"],
            "reason": ["no last contact", "death before radiotherapy end", "no last contact", "no last contact"],
        }
    )
    found = estimate_set_aside(pd.DataFrame({"event": ["death", "relapse", "death"]}), aside, STUDY)
    of_rows = found[found["unit"] == "row"]
    assert dict(zip(of_rows["group"], of_rows["estimate"], strict=True)) == {"death": 2, "relapse": 1}
    of_subjects = found.loc[found["unit"] != "row", ["endpoint", "unit", "group", "estimate", "n"]].fillna("")
    assert of_subjects.to_numpy().tolist() == [
        ["OS", "patient", "", 3, 3],
        ["OS", "patient", "no last contact", 2, 3],
        ["OS", "patient", "death before radiotherapy end", 1, 3],
        ["LC", "lesion", "", 1, 1],
        ["LC", "lesion", "no last contact", 1, 1],
    ]


def test_where_nothing_was_set_aside_there_is_no_row():
    nothing = pd.DataFrame({"endpoint": [], "reason": []})
    assert estimate_set_aside(pd.DataFrame({"event": []}), nothing, STUDY).empty
