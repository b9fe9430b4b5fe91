"""What the design shows: that intervals by patient cover, and exact ones do not, where lesions are alike."""

from types import SimpleNamespace

import pytest

from oligomet.declarations import Analyses
from oligomet.design.operating_characteristics import add_up, count, scenarios
from oligomet.displays.design_displays import coverage_table
from oligomet.trial_declarations import CompleteResponse, SampleSize

RATES = {"null_rate": 0.5, "target_rate": 0.65, "why": "invented for this test"}
RESPONSE = CompleteResponse(hypotheses={"all": RATES}, multiplicity="none")
SIZE = SampleSize(
    planned={"all": 120}, intraclass_correlations=[0, 0.5], lesions_a_patient=[1, 4], lost_scans=[0, 0.2],
    replicates=1000,
)  # fmt: skip


@pytest.fixture(scope="module")
def shown():
    wanted = scenarios(SIZE, RESPONSE, {"all": 120})
    found = add_up([count(wanted, SIZE.replicates, 1, 0.05, 0.95)])
    return coverage_table(found, SimpleNamespace(analyses=Analyses()))


def test_a_line_for_each_likeness_and_number_of_lesions(shown):
    assert shown.shown[["correlation", "lesions"]].to_numpy().tolist() == [
        ["0", "1"], ["0", "4"], ["0.5", "1"], ["0.5", "4"],
    ]  # fmt: skip
    assert "1,000 trials" in " ".join(shown.notes) and "Monte Carlo error: at most" in " ".join(shown.notes)


def test_only_the_interval_by_patient_holds_its_promise_where_lesions_are_alike(shown):
    alone, alike = (
        shown.shown.iloc[at].drop(["hypothesis", "correlation", "lesions"], errors="ignore") for at in (0, 3)
    )
    assert (alone.astype(float) > 92).all()
    exact = alike.index.str.startswith("exact")
    assert (alike[exact].astype(float) < 85).all()
    assert (alike[~exact].astype(float) > 90).all()
