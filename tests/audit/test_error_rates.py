"""Fabricated papers without a fault, and the same with one number changed; the audit's false alarms and misses."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oligomet.audit.error_rates import CHANGES, PAPERS, SEED, change_one, measure_error_rates
from oligomet.audit.fabricated_papers import fabricate

COMMITTED = Path(__file__).parents[2] / "docs" / "audit_error_rates.csv"
LINKED = ("count", "percentage", "rate of a group", "hazard ratio", "limit of a hazard ratio", "extreme BED")


@pytest.fixture(scope="module")
def rates():
    return measure_error_rates(papers=8, changes=6, seed=7).set_index("kind")


def test_a_consistent_paper_raises_no_alarm(rates):
    assert rates.loc["unchanged", "tried"] == 8
    assert rates.loc["unchanged", "flagged"] == 0


def test_a_changed_number_that_others_limit_is_noticed(rates):
    linked = rates[rates.index.isin(LINKED)]
    assert linked["tried"].sum() > 15
    assert linked["flagged"].sum() / linked["tried"].sum() > 0.9


def test_the_committed_rates_are_those_of_the_rule(rates):
    committed = pd.read_csv(COMMITTED).set_index("kind")
    assert list(committed) == list(rates)
    made_with = committed[["papers", "changes", "seed"]].drop_duplicates()
    assert made_with.to_dict("records") == [{"papers": PAPERS, "changes": CHANGES, "seed": SEED}]
    assert committed.loc["unchanged", "tried"] == PAPERS
    assert committed.loc["unchanged, by number", "rate"] < 0.001
    changed = committed["tried"].drop(["unchanged", "unchanged, by number"])
    assert PAPERS * CHANGES * 0.9 < changed.sum() <= PAPERS * CHANGES
    assert set(rates.index) <= set(committed.index)
    assert committed["rate"].equals((committed["flagged"] / committed["tried"]).round(4))


def test_a_fabricated_paper_is_the_same_from_the_same_seed():
    papers = [fabricate(np.random.default_rng(3)) for _ in range(2)]
    assert [claim.printed for claim in papers[0].claims] == [claim.printed for claim in papers[1].claims]
    assert len(papers[0].claims) > 80


def test_one_number_is_changed_by_more_than_its_rounding():
    rng = np.random.default_rng(5)
    original = fabricate(rng)
    changes = [change for change in (change_one(original, rng) for _ in range(20)) if change is not None]
    assert len(changes) > 10
    for changed, claim in changes:
        (now,) = [each for each in changed.claims if each.id == claim.id]
        assert not now.interval.meets(claim.interval)
        assert sum(a is not b for a, b in zip(original.claims, changed.claims, strict=True)) == 1
