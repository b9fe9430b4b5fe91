import numpy as np
import pandas as pd
import pytest
from followed_cohort import cohort, study

from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods_python_lacks.chained_equations import impute
from oligomet.estimates.robustness.imputation import estimate_imputation
from oligomet.schemas import validate
from oligomet.tables import row, rows


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
    assert alone.loc["imputed", "estimate"] == pytest.approx(truth["hazard_ratio"].iloc[0], rel=0.12)
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
