"""Whatever stands in the cells, every raw row ends in an analysis table or in quarantine, once."""

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ward import BASE, build

from oligomet.schemas import SOURCES, TABLES, validate

# A build takes a tenth of a second, and shrinking takes hundreds of them.
BRIEF = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.reuse, Phase.generate])
CHILDREN = ("therapies", "surgeries", "measurements", "follow_up", "toxicities")
GARBAGE = st.sampled_from(
    ["", " ", "999", "?", "31.02.2015", "2014-01-01", "2019-12-31", "-5", "1e9", "\x00", "𝟙", "是", ";"]
)


def cells(written: str) -> st.SearchStrategy[str]:
    """Mostly what a hospital would write, sometimes anything."""
    return st.one_of(st.just(written), st.just(written), st.just(written), GARBAGE, st.text(max_size=6))


def rows(role: str) -> st.SearchStrategy[list[dict]]:
    row = BASE[role][0]
    strange = {name: cells(written) for name, written in row.items()}
    strange["patient_id"] = st.sampled_from(["OV-1", "OV-1", "ov-2", "OV-3", ""])
    if "lesion_number" in row:
        strange["lesion_number"] = st.sampled_from(["1", "2", "2.0", "9", "x"])
    return st.lists(st.one_of(st.just(row), st.fixed_dictionaries(strange)), max_size=4)


@settings(BRIEF, max_examples=12)
@given(st.fixed_dictionaries({role: rows(role) for role in BASE}))
def test_no_row_is_lost_or_counted_twice(records):
    cohort = build(**records)
    validate(cohort.pop("quarantined_cells"), "extracted/quarantined_cells")
    for name, table in cohort.items():
        validate(table, f"cohort/{name}")

    quarantine = cohort["quarantine"]
    left_out = quarantine[quarantine["row_kept"] == 0]
    noted = quarantine[quarantine["row_kept"] == 1]
    for role in SOURCES:
        table = cohort["lesions" if role == "plans" else role]
        used = table["plan_source" if role == "plans" else "source"].str.extract(r"(\d+)$")[0].astype(int).tolist()
        gone = left_out.loc[left_out["role"] == role, "row"].tolist()
        assert sorted(used + gone) == list(range(2, len(records[role]) + 2))
        assert set(noted.loc[noted["role"] == role, "row"]) <= set(used)
    accounting = cohort["accounting"]
    assert (accounting["raw"] == [len(records[role]) for role in accounting["role"]]).all()
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all()

    patients, lesions = cohort["patients"]["patient_id"], cohort["lesions"]["lesion_id"]
    assert patients.is_unique and lesions.is_unique and cohort["screened"]["patient_id"].is_unique
    assert set(cohort["lesions"]["patient_id"]) == set(patients)
    for role in CHILDREN:
        assert set(cohort[role]["patient_id"]) <= set(patients)
    imaged = cohort["measurements"]
    assert set(imaged.loc[imaged["new_lesions"].fillna(0) == 0, "lesion_id"]) <= set(lesions)


@settings(BRIEF, max_examples=5)
@given(st.fixed_dictionaries({role: rows(role) for role in BASE}), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(records, random):
    """But for which of several copies is the one kept."""
    shuffled = {role: random.sample(listed, len(listed)) for role, listed in records.items()}
    one, other = build(**records), build(**shuffled)
    for name in ("patients", "lesions", "screened", *CHILDREN):
        columns = [column for column in TABLES[f"cohort/{name}"] if column not in ("source", "plan_source")]
        pd.testing.assert_frame_equal(*(_sorted(cohort[name][columns]) for cohort in (one, other)))


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(list(table.columns), ignore_index=True)
