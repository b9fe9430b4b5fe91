"""A hospital that records two of fractions, dose per fraction and total dose, or only the total."""

import pandas as pd
import pytest
from ward import STUDY, build, plan, said

from oligomet.outcomes.dose import delivered_dose
from oligomet.study import Study

DOSE = ("fractions", "ptv_fraction_gy", "ptv_dose_gy", "pgtv_fraction_gy", "pgtv_dose_gy")
PLAN = dict(zip(DOSE, ("5", "8", "40", "9", "45"), strict=True))


def without(*absent: str) -> tuple[Study, dict[str, str]]:
    study = STUDY.model_copy(update={"not_collected": [f"plans.{name}" for name in absent]})
    return study, {name: "" if name in absent else cell for name, cell in PLAN.items()}


def lesions(*absent: str, **changes: str) -> pd.DataFrame:
    study, cells = without(*absent)
    extracted_plan = {name: cell for name, cell in plan(**(cells | changes)).items() if name not in absent}
    columns = {name: at for name, at in study.sources["plans"].columns.items() if name not in absent}
    plans = study.sources["plans"].model_copy(update={"columns": columns})
    study = study.model_copy(update={"sources": {**study.sources, "plans": plans}})
    return build(study, plans=[extracted_plan])


@pytest.mark.parametrize(
    "absent",
    [("fractions",), ("ptv_fraction_gy", "pgtv_fraction_gy"), ("ptv_dose_gy", "pgtv_dose_gy"), ("pgtv_dose_gy",)],
)
def test_two_tell_the_third(absent):
    row = lesions(*absent)["lesions"].iloc[0]
    assert [row[name] for name in DOSE] == [5, 8, 40, 9, 45]
    assert row["dose_unknown"] is pd.NA


def test_a_total_alone_has_no_eqd2():
    cohort = lesions("fractions", "ptv_fraction_gy", "pgtv_fraction_gy", "pgtv_dose_gy")
    dose = delivered_dose(cohort["lesions"], STUDY.dose).iloc[0]
    assert dose["dose_gy"] == 40 and dose[["fraction_gy", "bed10_gy", "eqd2_gy"]].isna().all()


def test_what_follows_and_cannot_be_takes_the_plan_out():
    cohort = lesions("fractions", ptv_dose_gy="41", pgtv_dose_gy="", pgtv_fraction_gy="")
    assert ("plans", 2, "", "inconsistent", 0) in said(cohort)
    cohort = lesions("ptv_fraction_gy", "pgtv_fraction_gy", ptv_dose_gy="90", fractions="2", pgtv_dose_gy="")
    assert "ptv fraction gy, which is not collected" in cohort["quarantine"]["reason"].str.cat()


def test_what_rests_on_fractions_is_told():
    study, _ = without("fractions", "ptv_fraction_gy")
    told = "\n".join(study.contradictions())
    assert "analyses.describe.lesion: bed10_gy rests on plans.fractions and plans.ptv_fraction_gy" in told
    study, _ = without("ptv_dose_gy", "ptv_fraction_gy")
    assert "sources.plans.columns: expected ptv_dose_gy, or fractions and" in "\n".join(study.contradictions())
    assert not any("rests on" in line for line in without("fractions")[0].contradictions())
