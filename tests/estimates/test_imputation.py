import numpy as np
import pandas as pd
import pytest
from followed_cohort import cohort, study

from asked import row, rows
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.chained_equations import impute
from oligomet.estimates.robustness import imputation
from oligomet.estimates.robustness.imputation import estimate_imputation, of_patients
from oligomet.schemas import validate


def measured(n=400, seed=3):
    """Two related numbers, a word that depends on the first, and an outcome that depends on both."""
    random = np.random.default_rng(seed)
    x = random.normal(size=n)
    y = x + random.normal(scale=0.5, size=n)
    word = np.where(x > 0.7, "high", np.where(x > -0.7, "middle", "low"))
    frame = pd.DataFrame({"x": x, "y": y, "word": pd.array(word, "string")})
    return frame, pd.DataFrame({"outcome": x + y + random.normal(size=n)})


def test_only_values_that_occur_are_imputed_and_known_ones_stay():
    frame, outcome = measured()
    holes = frame.copy()
    holes.loc[::4, "y"] = np.nan
    holes.loc[1::5, "word"] = pd.NA
    for filled in impute(holes, outcome, 3, seed=1):
        assert list(filled) == ["y", "word"]
        assert not filled.isna().any(axis=None)
        assert filled["y"].isin(holes["y"]).all()
        known = holes["word"].notna()
        assert (filled.loc[known, "word"] == frame.loc[known, "word"]).all()
        assert filled["word"].dtype == frame["word"].dtype


def test_what_is_missing_for_a_reason_that_is_seen_is_put_right():
    frame, outcome = measured(2000)
    holes = frame.copy()
    holes.loc[frame["x"] > 0.3, "y"] = np.nan  # missing at random, given x
    holes.loc[(frame["x"] > 0.3) & (np.arange(2000) % 4 == 0), "y"] = frame["y"]
    mean = np.mean([filled["y"].mean() for filled in impute(holes, outcome, 10, seed=1)])
    assert abs(mean - frame["y"].mean()) < 0.05 < abs(holes["y"].mean() - frame["y"].mean())


def test_a_word_is_imputed_where_it_belongs():
    frame, outcome = measured(2000)
    holes = frame.copy()
    holes.loc[::3, "word"] = pd.NA
    filled = impute(holes, outcome, 1, seed=1)[0]
    hole = holes["word"].isna()
    extremes = hole & (frame["word"] != "middle")
    assert (filled.loc[hole, "word"] == frame.loc[hole, "word"]).mean() > 0.7
    wrong_end = {"low": "high", "high": "low"}
    assert (filled.loc[extremes, "word"] == frame.loc[extremes, "word"].map(wrong_end)).mean() < 0.02


def test_a_seed_is_a_data_set_and_data_sets_differ():
    frame, outcome = measured()
    frame.loc[::4, "y"] = np.nan
    first, second = impute(frame, outcome, 2, seed=1)
    pd.testing.assert_frame_equal(first, impute(frame, outcome, 2, seed=1)[0])
    assert not first.equals(second)
    assert not first.equals(impute(frame, outcome, 1, seed=2)[0])


def test_nothing_is_made_of_nothing():
    frame, outcome = measured()
    frame.loc[5:, "y"] = np.nan
    with pytest.raises(Undefined, match="too few known values of y"):
        impute(frame, outcome, 2, seed=1)


def steep(lesion):
    return 0.01 * np.exp(0.3 * lesion["gtv_diameter_cm"])


def with_holes(share=0.3, **options):
    """A cohort in which size is less often known of those with a high dose."""
    times, patients, lesions = cohort(**options)
    hole = (patients["bed10_gy"] > 50) & (np.random.default_rng(2).random(len(patients)) < share)
    return times, patients.assign(gtv_diameter_cm=patients["gtv_diameter_cm"].mask(hole)), lesions


HEADLINE = {"headline": {"OS": ["size", "control"]}, "prespecified": {"OS": ["size", "dose", "age"]}}
DECLARED = study(**HEADLINE, response_factors=["control"], imputed_datasets=10)


def test_imputation_keeps_everybody_and_finds_the_ratio():
    whole = cohort(n=1000, hazard=steep)
    found = validate(estimate_imputation(*with_holes(n=1000, hazard=steep), DECLARED), "estimates")
    alone = rows(found, analysis="imputation_univariable", statistic="hazard_ratio").set_index("population")
    assert alone.loc["imputed", "n"] == 1000 > alone.loc["complete", "n"]
    times, patients, _ = whole
    os = times[times["endpoint"] == "OS"]
    small = pd.DataFrame({"size": (patients["gtv_diameter_cm"] < 3).astype(float)})
    truth = cox(small, os["months"], os["event"]).table
    assert alone.loc["imputed", "estimate"] == pytest.approx(truth["estimate"].iloc[0], rel=0.12)
    assert alone.loc["imputed", "conf_high"] - alone.loc["imputed", "conf_low"] > 0
    missing = row(found, analysis="imputation_univariable", statistic="missing_information")
    assert 0.02 < missing["estimate"] < 0.6


def test_a_factor_known_after_radiotherapy_is_never_imputed():
    times, patients, lesions = with_holes()
    patients.loc[:50, "disease_control"] = pd.NA
    found = estimate_imputation(times, patients, lesions, DECLARED)
    assert set(found["factor"]) == {"size", "dose", "age"}


def test_complete_data_need_no_imputation():
    assert estimate_imputation(*cohort(), DECLARED).empty


def test_the_same_seed_gives_the_same_rows_in_any_order():
    times, patients, lesions = with_holes()
    once = estimate_imputation(times, patients, lesions, DECLARED)
    again = estimate_imputation(times[::-1], patients[::-1], lesions[::-1], DECLARED)
    pd.testing.assert_frame_equal(once, again, rtol=1e-9)


def test_too_little_is_said_in_words():
    times, patients, lesions = cohort()
    patients.loc[5:, "gtv_diameter_cm"] = np.nan
    found = estimate_imputation(times, patients, lesions, DECLARED)
    assert rows(found, population="imputed")["reason"].str.startswith("too few known values").all()


def lesions_of_patients(seed=3, patients=120):
    """Two to four lesions a patient: her age, and the size of each, both unknown of some."""
    random = np.random.default_rng(seed)
    owner = pd.Series(np.repeat(np.arange(patients), random.integers(2, 5, patients)))
    age = random.normal(60, 10, patients)
    size = age[owner] / 20 + random.normal(size=len(owner))
    frame = pd.DataFrame({"age": age[owner], "size": size})
    frame.loc[owner % 3 == 0, "age"] = np.nan
    frame.loc[random.random(len(owner)) < 0.2, "size"] = np.nan
    outcome = pd.DataFrame({"event": (size + random.normal(size=len(owner)) > 3).astype(float)})
    return frame, outcome, owner, age


def test_lesions_of_a_patient_are_given_one_value_of_what_is_the_patients():
    frame, outcome, owner, _ = lesions_of_patients()
    assert of_patients(frame, owner) == ["age"]
    completed = impute(frame, outcome, 5, seed=1, cluster=owner, of_cluster=["age"])
    for filled in completed:
        assert filled["age"].groupby(owner).nunique().max() == 1
        assert filled["age"].isin(frame["age"]).all()
        assert (filled["age"] == frame["age"])[frame["age"].notna()].all()
    assert completed[0]["size"].groupby(owner).nunique().max() > 1
    assert any(filled["age"].groupby(owner).nunique().max() > 1 for filled in impute(frame, outcome, 5, seed=1))


def test_a_patients_value_is_predicted_from_all_of_her_lesions():
    frame, outcome, owner, age = lesions_of_patients(patients=900)
    filled = impute(frame, outcome, 1, seed=1, cluster=owner, of_cluster=["age"])[0]
    hole = frame["age"].isna()
    told = pd.DataFrame({"owner": owner, "imputed": filled["age"], "true": age[owner]})[hole].drop_duplicates("owner")
    assert told["imputed"].corr(told["true"]) > 0.3  # the mean size of about three lesions tells of it


def test_a_variable_known_of_one_lesion_and_not_of_another_is_not_the_patients():
    owner = pd.Series(["a", "a", "b"])
    frame = pd.DataFrame({"half": [1.0, np.nan, 2.0], "never": [np.nan, np.nan, 2.0], "word": ["x", "x", "y"]})
    assert of_patients(frame, owner) == ["never", "word"]


def test_subjects_that_share_nothing_are_imputed_as_without_clusters():
    frame, outcome = measured()
    frame.loc[::4, "y"] = np.nan
    frame.loc[1::5, "word"] = pd.NA
    alone = impute(frame, outcome, 2, seed=1)
    apart = impute(frame, outcome, 2, seed=1, cluster=pd.Series(frame.index), of_cluster=list(frame))
    for one, other in zip(alone, apart, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_the_lesions_of_the_analysis_share_their_patients_values(monkeypatch):
    times, patients, lesions = cohort(n=80, lesions_each=3, hazard=steep)
    patients["age_years"] = patients["age_years"].astype(float)
    patients.loc[::4, "age_years"] = np.nan
    seen = []

    def remembered(variables, outcome, *arguments, cluster, **options):
        seen.extend((cluster, filled) for filled in impute(variables, outcome, *arguments, cluster=cluster, **options))
        return [filled for _, filled in seen[-arguments[0] :]]

    monkeypatch.setattr(imputation, "impute", remembered)
    declared = study(headline={"LC": ["size", "age"]}, prespecified={"LC": ["size", "age"]}, imputed_datasets=3)
    found = estimate_imputation(times, patients, lesions, declared)
    assert rows(found, unit="lesion", population="imputed", statistic="hazard_ratio")["estimate"].notna().all()
    assert len(seen) == 3
    for owner, filled in seen:
        assert filled["age_years"].groupby(owner).nunique().max() == 1
