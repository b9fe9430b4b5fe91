"""Each cell of an eligible patient in turn cannot be read: the run goes on, and nothing that needs it has a value."""

import pandas as pd
import pytest
from ward import BASE, STUDY, build, lesion, patient, plan, said

from all_outcomes import derive_outcomes
from oligomet.schemas import SOURCES, validate


def outcomes(cohort: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """All tables of the outcomes stage, each as its schema asks."""
    tables = derive_outcomes(cohort, STUDY)
    for name, table in {**cohort, **{f"outcomes/{name}": table for name, table in tables.items()}}.items():
        if name != "quarantined_cells":
            validate(table, name if "/" in name else f"cohort/{name}")
    return tables


CELLS = [(role, name, "55?") for role, columns in SOURCES.items() for name in columns if name != "patient_id"]
CELLS += [(role, name, "") for role, columns in SOURCES.items() for name, one in columns.items() if not one.required]


@pytest.mark.parametrize(("role", "name", "typed"), CELLS)
def test_one_cell_that_cannot_be_read_stops_nothing(role, name, typed):
    records = {role: [*rows, *(row | {"patient_id": "OV-2"} for row in rows)] for role, rows in BASE.items()}
    records[role] = [records[role][0] | {name: typed}, *records[role][1:]]
    cohort = build(**records)
    outcomes(cohort)
    assert (cohort["accounting"]["raw"] == cohort["accounting"][["analysed", "quarantined"]].sum(axis=1)).all()
    if typed and name != "drug":
        assert (role, 2) in [line[:2] for line in said(cohort)]


@pytest.mark.parametrize(
    ("boost", "reason"),
    [
        ({"pgtv_dose_gy": "55?"}, "the dose of a boost cannot be read"),
        ({"pgtv_dose_gy": "2 in", "pgtv_fraction_gy": "Ⅳ"}, "the dose of a boost cannot be read"),
        ({"pgtv_dose_gy": ""}, "a boost with a dose or a dose per fraction alone"),
    ],
)
def test_a_lesion_whose_boost_cannot_be_read_has_no_dose_with_the_reason(boost, reason):
    cohort = build(
        patients=[patient()],
        lesions=[lesion(), lesion(lesion_number="2")],
        plans=[plan(), plan(lesion_number="2", **boost)],
    )
    lesions = outcomes(cohort)["lesions"]
    assert lesions["dose_unknown"].tolist() == [pd.NA, reason]
    assert lesions[["dose_gy", "fraction_gy", "bed10_gy", "eqd2_gy"]].notna().all(axis=1).tolist() == [True, False]
    assert outcomes(cohort)["patients"]["bed10_gy"].notna().all()  # of the lesion whose dose is known
    alone = build(plans=[plan(**boost)])
    assert outcomes(alone)["patients"]["bed10_gy"].isna().all()


def test_a_plan_without_a_boost_has_the_dose_of_its_ptv():
    lesions = outcomes(build(plans=[plan(pgtv_dose_gy="", pgtv_fraction_gy="")]))["lesions"]
    assert (lesions["dose_gy"].tolist(), lesions["dose_unknown"].isna().tolist()) == ([45.0], [True])
