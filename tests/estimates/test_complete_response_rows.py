"""Rates of complete response, their tests and their agreement, on lesions written by hand."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from oligomet.book import Book
from oligomet.declarations import Analyses, Factor
from oligomet.estimates.complete_response import estimate_complete_response
from oligomet.estimates.methods.agreement import kappa, kappa_interval
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.proportions import clustered_proportion, p_above
from oligomet.schemas import ESTIMATE_KEY
from oligomet.trial_declarations import CompleteResponse

NODES = Factor(label="Site", variable="nodal", groups={"Node": {"is": 1}, "Parenchyma": {"is": 0}})
RATES = {"null_rate": 0.3, "target_rate": 0.6, "why": "invented for this test"}
#            patient, nodal, complete as measured, complete as read, months, cause, therapy first
LESIONS = [
    ("P1", 1, 1, 1, 3, 1, 0),
    ("P1", 1, 1, 1, 3, 1, 0),
    ("P1", 0, 0, 1, 9, 2, 1),
    ("P2", 1, 1, 0, 6, 1, 0),
    ("P3", 0, 0, 0, 12, 0, 0),
    ("P4", 1, 1, 1, 3, 1, 0),
    ("P4", 0, 1, 1, 9, 1, 1),
    ("P5", 0, None, None, 0, 0, 0),
    ("P6", 1, 0, 0, 12, 0, 0),
]


def tables():
    frame = pd.DataFrame(
        LESIONS, columns=["patient_id", "nodal", "measured", "reader", "months", "cause", "therapy_first"]
    ).assign(lesion_id=[f"L{at}" for at in range(len(LESIONS))])
    several = [
        frame.assign(by=by, systemic_therapy=taken, complete=frame[by].astype("Int64"))
        for by in ("measured", "reader")
        for taken in ("ignored", "excluded after", "composite")
    ]
    return pd.concat(several, ignore_index=True), frame


def book(**declared) -> Book:
    study = SimpleNamespace(
        complete_response=CompleteResponse(**declared), analyses=Analyses(), factors={"node": NODES}
    )
    return Book(estimate_complete_response(*tables(), study))


PRIMARY = {"analysis": "complete_response", "endpoint": "measured", "form": "ignored"}


def test_both_denominators_stand_side_by_side_with_exact_and_clustered_intervals():
    found = book().some(**PRIMARY, statistic="proportion", factor=None)
    counted = {(row.population, row.dependence): (row.events, row.n) for row in found}
    assert counted == {
        ("evaluable", "independent"): (5, 8),
        ("evaluable", "clustered"): (5, 8),
        ("all", "independent"): (5, 9),
        ("all", "clustered"): (5, 9),
    }
    exact = found.one(population="evaluable", dependence="independent")
    assert (exact.conf_low, exact.conf_high) == pytest.approx((0.2448632, 0.9147666), abs=1e-6)  # R: binom.test(5, 8)


def test_strata_add_up_to_all_lesions():
    found = book(strata="node").some(**PRIMARY, statistic="proportion", dependence="independent", population="all")
    strata = found.some(factor="node")
    assert strata.each("group") == ["Node", "Parenchyma"]
    assert sum(row.events for row in strata) == found.one(factor=None).events
    assert sum(row.n for row in strata) == found.one(factor=None).n


def test_hypotheses_are_tested_one_sided_and_several_by_the_declared_rule():
    hypotheses = {"all": RATES, "Node": RATES, "Parenchyma": RATES}
    raw = book(strata="node", hypotheses=hypotheses, test="exact").some(**PRIMARY, statistic="test")
    exact = {row.group: row.p_value for row in raw.some(dependence="independent")}
    # R: binom.test(x, n, 0.3, "greater")$p.value for 5 of 8, 4 of 5, 1 of 3
    assert exact == pytest.approx({None: 0.05796765, "Node": 0.03078, "Parenchyma": 0.657}, abs=1e-7)
    adjusted = {}
    for rule in ("none", "bonferroni", "holm", "fixed sequence"):
        decided = book(strata="node", hypotheses=hypotheses, test="exact", multiplicity=rule)
        adjusted[rule] = [row.p_value for row in decided.some(**PRIMARY, statistic="decision")]
    p = list(exact.values())
    assert adjusted["none"] == pytest.approx(p)
    assert adjusted["bonferroni"] == pytest.approx([3 * p[0], 3 * p[1], 1])
    assert adjusted["holm"] == pytest.approx([2 * p[0], 3 * p[1], p[2]])
    assert adjusted["fixed sequence"] == pytest.approx([p[0], p[0], p[2]])


def test_agreement_is_that_of_the_table_of_four():
    found = book().some(endpoint="measured and reader")
    counts = {name: found.one(statistic=name).events for name in ("both", "measured_only", "reader_only", "neither")}
    assert counts == {"both": 4, "measured_only": 1, "reader_only": 1, "neither": 2}
    agreed = found.one(statistic="kappa")
    expected = (0.75 - (25 + 9) / 64) / (1 - (25 + 9) / 64)
    assert agreed.estimate == pytest.approx(expected)
    assert agreed.conf_low <= agreed.estimate <= agreed.conf_high


def test_incidence_has_death_competing_beside_the_rate():
    found = book(incidence_at_months=[6, 12]).some(**PRIMARY, statistic="cumulative_incidence", factor=None)
    six = found.one(time_months=6)
    assert (six.n, six.events) == (5, 4)  # one lesion was never followed: eight at risk, of whom four respond
    assert six.estimate == pytest.approx(4 / 8)
    assert found.one(time_months=12).estimate == pytest.approx(4 / 8 + 1 / 8)


def test_therapy_before_the_response_is_counted():
    assert book().one(**PRIMARY, statistic="therapy_first").events == 2


def test_every_row_is_of_something_else():
    found = book(strata="node", hypotheses={"all": RATES, "Node": RATES}).frame()
    assert not found.duplicated(ESTIMATE_KEY).any()


def test_no_two_lesions_of_a_patient_make_the_two_tests_alike():
    outcome = np.repeat([1, 0], [70, 30])
    alone, by_patient = p_above(outcome, 0.6), p_above(outcome, 0.6, cluster=np.arange(100))
    assert alone == pytest.approx(0.02478, abs=1e-5)  # R: binom.test(70, 100, 0.6, "greater")
    assert by_patient == pytest.approx(alone, abs=0.01)
    assert p_above(np.repeat(outcome, 2), 0.6, cluster=np.repeat(np.arange(100), 2)) == pytest.approx(by_patient)


def test_lesions_that_are_all_alike_tell_as_much_as_their_patients():
    outcome = np.repeat([1, 0], [70, 30])
    once = clustered_proportion(outcome, np.arange(100))
    twice = clustered_proportion(np.repeat(outcome, 2), np.repeat(np.arange(100), 2))
    assert (twice.conf_low, twice.conf_high) == pytest.approx((once.conf_low, once.conf_high))


def test_clustered_proportion_of_singletons_is_the_wald_interval_of_the_logit():
    found = clustered_proportion([1, 0, 0, 1, 1, 0, 0, 0], range(8))
    logit, error = np.log(3 / 5), np.sqrt(1 / 3 + 1 / 5)
    limits = 1 / (1 + np.exp(-(logit + np.array([-1.959964, 1.959964]) * error)))
    assert [found.conf_low, found.conf_high] == pytest.approx(limits, abs=1e-6)


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda: clustered_proportion([], []), "no observations"),
        (lambda: clustered_proportion([1, 1], [1, 2]), "all outcomes are the same"),
        (lambda: clustered_proportion([1, 0], [1, 1]), "one cluster only"),
        (lambda: p_above([], 0.5), "no observations"),
        (lambda: p_above([1, 0], 0.5, cluster=[1, 1]), "one cluster only"),
        (lambda: kappa([], []), "no observations"),
        (lambda: kappa([1, 1], [1, 1]), "all judgements are the same"),
        (lambda: kappa_interval([], [], []), "no observations"),
        (lambda: kappa_interval([1, 0], [1, 0], [1, 1]), "one cluster only"),
    ],
)
def test_without_an_answer_there_is_a_reason(ask, reason):
    with pytest.raises(Undefined, match=reason):
        ask()


def test_clustered_proportion_is_that_of_r():
    # R, geepack: geeglm(response ~ 1, binomial, lesions, id = patient); plogis of the estimate and its Wald limits
    lesions = pd.read_csv(Path(__file__).parents[1] / "reference" / "data" / "lesions.csv")
    found = clustered_proportion(lesions["response"], lesions["patient"])
    assert (found.estimate, found.conf_low, found.conf_high) == pytest.approx(
        (0.41875, 0.3327363823, 0.5100038942), abs=1e-8
    )
    # R: binom.test(sum(response), nrow(lesions), 0.4, "greater")$p.value
    assert p_above(lesions["response"], 0.4) == pytest.approx(0.3417208664, abs=1e-8)
