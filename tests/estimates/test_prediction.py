"""Prediction of complete response: noise gets no credit, a planted signal is found, and no patient is on both sides."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from oligomet.book import Book
from oligomet.declarations import Analyses, ConfigurationError
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.penalised_logistic import grouped_folds, penalised_logistic
from oligomet.estimates.methods.predictive_performance import net_benefit, performance
from oligomet.estimates.prediction import candidates, compare_models, cross_validate, estimate_prediction
from oligomet.schemas import ESTIMATE_KEY
from oligomet.trial_declarations import CompleteResponse, Prediction

FULL, BASE, SCORE = "with image features", "without image features", "score"


def cohort(seed, of_image=0.0, patients=90):
    """Lesions whose response depends on their size, their patient and, if so planted, an image feature."""
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), random.integers(1, 4, patients))
    n = len(patient)
    size, image, other = random.normal(size=(3, n))
    own = random.normal(0, 0.7, patients)[patient]
    complete = random.random(n) < 1 / (1 + np.exp(-(0.6 - 0.8 * size + of_image * image + own)))
    ids = {"lesion_id": [f"L{at}" for at in range(n)], "patient_id": [f"P{at}" for at in patient]}
    lesions = pd.DataFrame({**ids, "size": size, "image": image, "other": other})
    centre = np.where(np.arange(patients) % 3 == 0, "large", np.where(np.arange(patients) < 9, "small", "middle"))
    people = pd.DataFrame({"patient_id": [f"P{at}" for at in range(patients)], "centre": centre})
    people["brca"] = pd.Series(random.choice(["brca1", "wild_type"], patients), dtype="string")
    outcome = pd.DataFrame({**ids, "by": "measured", "systemic_therapy": "ignored"})
    return outcome.assign(complete=pd.Series(complete.astype(int), dtype="Int64")), lesions, people


def study_of(**declared):
    usual = {"dosimetric": ["size"], "image_features": ["image", "other"]}
    return SimpleNamespace(
        complete_response=CompleteResponse(),
        analyses=Analyses(),
        prediction=Prediction(**{**usual, "repeats": 1, "resamples": 20, "lesions_a_parameter": 5, **declared}),
    )


def predict(tables, **declared) -> Book:
    return Book(estimate_prediction(*tables, study_of(**declared)))


@pytest.fixture(scope="module")
def planted():
    return predict(cohort(1, of_image=1.0), comparator={"size": {"at_most": 0}})


def gained(seed):
    """What image features gain in the log likelihood of lesions left out."""
    study = study_of()
    of = candidates(*cohort(seed), study)
    predicted = {model: cross_validate(of, model, study) for model in of.models}
    rows = pd.DataFrame(compare_models(of, predicted, {"analysis": "prediction"}, study))
    return rows[rows["statistic"] == "log_likelihood_gained"].iloc[0]


def test_pure_noise_gets_no_credit():
    """of five cohorts whose image features are noise, none is told to gain, and the mean gain is no gain."""
    found = pd.DataFrame([gained(seed) for seed in range(5)])
    assert (found["conf_low"] <= 0).all()
    assert found["estimate"].mean() < 0


def test_a_planted_signal_is_found(planted):
    assert planted.one(statistic="log_likelihood_gained", form=FULL).conf_low > 0
    assert planted.one(statistic="c_statistic_gained", form=FULL).estimate > 0.03
    ratio = planted.one(statistic="odds_ratio_per_sd", form=FULL, factor="image")
    assert ratio.conf_low > 1
    noise = planted.one(statistic="odds_ratio_per_sd", form=FULL, factor="other")
    assert noise.conf_low < 1 < noise.conf_high


def test_no_patient_is_on_both_sides_of_a_division():
    outcome, lesions, _ = cohort(2)
    complete, patient = outcome["complete"].astype(int), lesions["patient_id"]
    left_out = []
    for fit, predicted in grouped_folds(complete, patient, 5, 1):
        assert not set(patient.iloc[fit]) & set(patient.iloc[predicted])
        left_out += list(predicted)
    assert sorted(left_out) == list(range(len(patient)))


def test_an_outcome_that_only_the_patient_tells_is_not_predicted():
    """A column that names the patient fits perfectly within patients, and predicts nothing of others."""
    outcome, lesions, people = cohort(3)
    random = np.random.default_rng(3)
    number = lesions["patient_id"].astype("category").cat.codes
    fate = random.integers(0, 2, number.max() + 1)
    outcome["complete"] = pd.Series(fate[number], dtype="Int64")
    lesions["size"] = random.normal(size=number.max() + 1)[number]
    discrimination = predict((outcome, lesions, people), image_features=[]).one(
        statistic="c_statistic", form=BASE, factor=None
    )
    assert discrimination.estimate < 0.6


def test_optimism_is_taken_from_the_apparent_performance(planted):
    found = planted.some(form=FULL)
    apparent, corrected = (found.one(statistic=f"{name}_c_statistic").estimate for name in ("apparent", "corrected"))
    assert corrected < apparent


def test_more_candidates_than_lesions_carry_are_no_model():
    found = predict(cohort(1), lesions_a_parameter=60)
    refused = found.one(statistic="c_statistic", form=FULL)
    assert refused.estimate is None
    assert "candidate parameters" in refused.reason
    assert not found.some(statistic="log_likelihood_gained", form=FULL)


def test_centres_that_are_too_small_say_so(planted):
    centres = {row.group: row for row in planted.some(form=BASE, factor="centre", statistic="c_statistic")}
    assert set(centres) == {"large", "middle", "small"}
    assert centres["large"].is_defined and centres["middle"].is_defined
    assert "are needed" in centres["small"].reason


def test_words_become_indicators_of_all_but_the_most_frequent():
    outcome, lesions, people = cohort(1)
    people["brca"] = people["brca"].mask(people.index < 5)
    found = predict((outcome, lesions, people), genetic=["brca"], image_features=[])
    columns = [row.factor for row in found.some(statistic="odds_ratio_per_sd", form=BASE)]
    assert columns[0] == "size"
    assert len(columns) == 2 and columns[1].startswith("brca: ")


def test_a_variable_that_is_in_no_table_is_told():
    with pytest.raises(ConfigurationError, match="lucky_number: no column of outcomes/lesions"):
        predict(cohort(1), clinical=["lucky_number"])


def test_rows_are_told_apart_and_the_same_each_time(planted):
    frame = planted.frame()
    assert not frame.duplicated(ESTIMATE_KEY).any()
    study, tables = study_of(), cohort(1, of_image=1.0)
    once, again = (cross_validate(candidates(*tables, study), FULL, study) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_without_responses_there_is_a_reason_and_no_number():
    outcome, lesions, people = cohort(1)
    found = predict((outcome.assign(complete=pd.Series(1, outcome.index, dtype="Int64")), lesions, people))
    assert not any(row.is_defined for row in found.some(statistic="c_statistic"))
    assert all(row.reason for row in found.some(statistic="c_statistic"))


def test_performance_is_that_of_hand_worked_examples():
    outcome, predicted = [0, 0, 1, 1], np.array([0.1, 0.6, 0.4, 0.9])
    found = performance(outcome, predicted)
    assert found["c_statistic"] == pytest.approx(3 / 4)
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.36 + 0.01) / 4)
    assert found["observed_expected"] == pytest.approx(1)
    assert found["log_loss"] == pytest.approx(-np.mean(np.log([0.9, 0.4, 0.4, 0.9])))
    twice = performance(np.repeat(outcome, 2), np.repeat(predicted, 2))
    assert performance(outcome, predicted, [2, 2, 2, 2]) == pytest.approx(twice)
    assert all(np.isnan(list(performance([1, 1], np.array([0.5, 0.6])).values())))


def test_net_benefit_is_that_of_the_definition():
    outcome, predicted = [0, 0, 1, 1], np.array([0.1, 0.6, 0.4, 0.9])
    assert net_benefit(outcome, predicted, 0.5) == pytest.approx(1 / 4 - 1 / 4)
    assert net_benefit(outcome, predicted, 0.2) == pytest.approx(2 / 4 - 1 / 4 * 0.25)
    assert net_benefit(outcome, np.ones(4), 0.75) == pytest.approx(2 / 4 - 2 / 4 * 3)


def test_calibrated_predictions_have_a_slope_of_one():
    random = np.random.default_rng(1)
    logit = random.normal(size=20_000)
    outcome = random.random(20_000) < 1 / (1 + np.exp(-logit))
    said = {factor: performance(outcome, 1 / (1 + np.exp(-factor * logit)))["calibration_slope"] for factor in (1, 2)}
    assert said[1] == pytest.approx(1, abs=0.05)
    assert said[2] == pytest.approx(0.5, abs=0.03)


def test_missing_values_are_medians_and_an_empty_column_is_refused():
    outcome, lesions, _ = cohort(1)
    covariates = lesions[["size", "image"]]
    given = outcome["complete"].astype(int), lesions["patient_id"], 1
    some = covariates.mask(covariates.index.to_series() % 7 == 0)
    filled = penalised_logistic(some.fillna(some.median()), *given).log_or
    pd.testing.assert_series_equal(penalised_logistic(some, *given).log_or, filled)
    with pytest.raises(Undefined, match="no value of image"):
        penalised_logistic(covariates.assign(image=np.nan), *given)
