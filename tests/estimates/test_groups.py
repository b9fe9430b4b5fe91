import pandas as pd
import pytest
from hand_cohort import factor, lesions, patients, times
from hypothesis import given
from hypothesis import strategies as st

from oligomet.declarations import ConfigurationError, Factor
from oligomet.estimates.factor_levels import UNKNOWN, assign, members, subjects


def test_levels_come_in_their_declared_order_and_what_is_missing_is_unknown():
    frame = pd.DataFrame({"gtv_diameter_cm": [3.0, 2.999, None, 12.3]})
    level = assign(frame, factor("gtv"))
    assert level.tolist() == ["≥ 3", "< 3", UNKNOWN, "≥ 3"]
    assert level.cat.categories.tolist() == ["< 3", "≥ 3", UNKNOWN] and level.cat.ordered


def test_a_sub_level_is_shown_but_not_compared():
    frame = pd.DataFrame({"histology": pd.array(["serous", "clear_cell", "germ_cell", None], "string")})
    assert assign(frame, factor("histology")).tolist() == ["Epithelial", "Epithelial", "Germ cell", UNKNOWN]
    table = members(frame, factor("histology"))
    assert table.columns.tolist() == ["Epithelial", "Serous", "Germ cell", UNKNOWN]
    assert table.sum().tolist() == [2, 1, 1, 1]


def test_every_value_without_a_group_is_named():
    declared = Factor(
        label="Lesions", variable="metastases", groups={"1": {"at_most": 1}, "2-3": {"at_least": 2, "at_most": 3}}
    )
    with pytest.raises(ConfigurationError) as said:
        assign(pd.DataFrame({"metastases": pd.array([1, 2, 4, 5, None], "Int64")}), declared)
    lines = str(said.value).split("\n")
    assert [line.split(": ")[1] for line in lines] == [
        "4 falls into no group.",
        "5 falls into no group.",
    ]
    assert all("'Lesions', variable metastases" in line for line in lines)


def test_a_sub_level_beyond_its_level_is_an_error():
    declared = Factor(
        label="Histology",
        variable="histology",
        groups={
            "Epithelial": {"is": "serous"},
            "Rare": {"is": ["clear_cell", "germ_cell"]},
            "Clear cell": {"is": "clear_cell", "within": "Epithelial"},
        },
    )
    with pytest.raises(ConfigurationError, match="'Clear cell' reaches beyond 'Epithelial'"):
        members(pd.DataFrame({"histology": ["serous", "clear_cell"]}), declared)


def test_nobody_is_no_error():
    assert assign(patients().iloc[:0], factor("gtv")).empty


def test_a_lesion_knows_what_only_its_patient_has():
    cohort = patients("P1 serous 5.0 PR 1", "P2 germ_cell 2.0 PD 0")
    irradiated = lesions("P2-L1 bone 2.0 PD PD", "P1-L1 neck 5.0 PR PR", "P1-L2 neck 1.0 CR CR")
    followed = subjects("LC", "lesion", times("LC", "P1-L2 9 0", "P1-L1 4 1", "P2-L1 2 1"), cohort, irradiated)
    assert followed.index.tolist() == ["P1-L2", "P1-L1", "P2-L1"]
    assert followed["histology"].tolist() == ["serous", "serous", "germ_cell"]
    assert followed["gtv_diameter_cm"].tolist() == [1.0, 5.0, 2.0]  # the lesion's own, not the patient's largest
    assert followed["months"].tolist() == [9, 4, 2]


@given(st.lists(st.one_of(st.none(), st.floats(0.1, 20))))
def test_everybody_is_in_exactly_one_level(diameters):
    frame = pd.DataFrame({"gtv_diameter_cm": pd.array(diameters, "float64")})
    table = members(frame, factor("gtv"))
    assert (table.sum(axis=1) == 1).all()
    assert assign(frame, factor("gtv")).value_counts().sum() == len(diameters)
