"""Objective response implies disease control: what a model of both compares, and what the verdict makes of it."""

import numpy as np
import pandas as pd
import pytest
from robust_cohort import FACTORS, study

from oligomet.declarations import Factor
from oligomet.estimates.design import Contrast
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.robustness.choices import Choice
from oligomet.estimates.robustness.nested import contrast_meant
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice, published_choice

CONTROL = {**FACTORS["response"], "label": "Control", "variable": "disease_control"}


def both(reference="No"):
    """A study whose published model holds disease control and objective response."""
    declared = study(headline={"OS": ["control"]}, response_factors=["control", "response"])
    declared.factors["control"] = Factor(**CONTROL, reference=reference)
    declared.analyses = declared.analyses.model_copy(update={"multivariable": {"OS": ["age", "control", "response"]}})
    return declared


@pytest.mark.parametrize(
    ("factor", "adjustment", "meant"),
    [
        ("control", "published", "SD against PD"),
        ("response", "published", "CR or PR against SD"),
        ("age", "published", None),
        ("control", "alone", None),
        ("control", "prespecified", None),
    ],
)
def test_what_a_contrast_means_follows_from_the_model(factor, adjustment, meant):
    assert contrast_meant(Choice(adjustment=adjustment), "OS", Contrast(factor, "Yes", "No"), both()) == meant


def test_a_contrast_the_other_way_round_means_the_other_way_round():
    turned = Contrast("control", "No", "Yes")
    assert contrast_meant(Choice(adjustment="published"), "OS", turned, both("Yes")) == "PD against SD"


def test_a_model_of_both_compares_what_it_is_said_to():
    rng = np.random.default_rng(4)
    response = pd.Series(rng.choice(["PR", "SD", "PD"], 150))
    time = rng.exponential(np.where(response == "PR", 20.0, 10.0))
    event = rng.random(150) < 0.8
    flags = pd.DataFrame({"control": response != "PD", "response": response == "PR"}, dtype=float)
    groups = pd.DataFrame({"SD": response == "SD", "PR": response == "PR"}, dtype=float)
    joint, apart = cox(flags, time, event).log_ratio, cox(groups, time, event).log_ratio
    assert joint["control"] == pytest.approx(apart["SD"], abs=1e-8)  # against PD
    assert joint["response"] == pytest.approx(apart["PR"] - apart["SD"], abs=1e-8)


def judged(published):
    """Control as published in the model of both; alone, and corrected, 0.5 with an interval below 1."""
    declared = both()
    about = {
        "analysis": "specification",
        "endpoint": "OS",
        "unit": "patient",
        "population": "all",
        "n": 90,
        "events": 50,
    }
    about |= {"statistic": "hazard_ratio", "method": "made up", "factor": "control", "group": "Yes", "reference": "No"}
    alone = Choice(ties="breslow")
    lines = [
        {**about, **choice.where, "estimate": ratio, "conf_low": low, "conf_high": high}
        for choice, (ratio, low, high) in {
            published_choice("OS", "control", declared): published,
            alone: (0.5, 0.3, 0.8),
            primary_choice("OS", "control", declared): (0.5, 0.3, 0.8),
        }.items()
    ]
    return estimate_verdicts(tabulate(lines), declared).set_index("statistic")


def test_another_question_is_not_counted_and_gives_no_direction():
    found = judged(published=(1.05, 0.7, 1.6))  # SD fares no better than PD: no reason for control to fall
    assert found.loc["weakens", ["n", "events"]].tolist() == [2, 2]
    assert "SD against PD" in found.loc["published_hazard_ratio", "method"]


def test_it_stands_only_if_the_published_model_showed_it_too():
    assert "stands" in judged(published=(0.6, 0.4, 0.9)).index
