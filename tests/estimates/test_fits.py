"""Fits as a notebook shows them: who is in them, and what they say where there is no answer."""

import numpy as np
import pytest
from followed_cohort import cohort, study

from oligomet.declarations import ConfigurationError
from oligomet.estimates import fits
from oligomet.estimates.methods.cox import cox

OF_LESIONS = {"lesions_each": 3, "hazard": lambda lesion: 0.02 * (1 + lesion["gtv_diameter_cm"])}


def followed(endpoint="OS", factors="age", declared=None, months=None, event=None, **of):
    """Subjects of a cohort of chance, some with times of their own."""
    times, patients, lesions = cohort(**{"n": 60, **of})
    frame = fits.times_of(endpoint, factors, times.assign(why="chance"), patients, lesions, declared or study())
    return frame.assign(**{name: given for name, given in (("months", months), ("event", event)) if given is not None})


def test_data_are_the_time_the_event_and_each_factor_beside_its_variable():
    frame = followed(factors=["age", "control"])
    assert list(frame) == ["months", "event", "why", "age_years", "Age", "disease_control", "Control"]
    assert (frame["Age"].eq("< 60") == frame["age_years"].lt(60)).all()
    assert next(iter(followed("LC", None))) == "patient_id"


def test_who_has_no_value_is_left_out():
    times, patients, lesions = cohort(n=10)
    patients.loc[3, "disease_control"] = None
    frame = fits.times_of("OS", "control", times.assign(why=""), patients, lesions, study())
    assert "P003" not in frame.index
    assert len(frame) == 9


@pytest.mark.parametrize(
    ("endpoint", "factor", "said"), [("PFS", None, "no endpoint PFS"), ("OS", "sex", "no factor sex")]
)
def test_what_is_not_declared_is_named(endpoint, factor, said):
    with pytest.raises(ConfigurationError, match=said):
        followed(endpoint, factor)


def test_a_median_on_one_half_is_the_middle_of_the_step_as_in_r():
    # R, survival: survfit(Surv(c(1, 3, 4, 5), rep(1, 4)) ~ 1) has the median 3.5
    frame = followed(factors=None, n=4, months=[1.0, 3, 4, 5], event=1)
    curves = fits.fit_curves(frame, None, study())
    assert list(curves) == [fits.EVERYONE]
    median = fits.rates_of(curves, study()).xs("median", level="statistic")
    assert median["estimate"].item() == 3.5


def test_a_rate_beyond_the_last_contact_is_empty():
    frame = followed(factors=None, n=4, months=[1.0, 3, 4, 13], event=[1, 1, 0, 0])
    rates = fits.rates_of(fits.fit_curves(frame, None, study()), study()).xs("survival", level="statistic")
    assert rates["estimate"].notna().tolist() == [True, False]  # at 12 and at 24 months


def test_without_a_factor_nothing_is_compared():
    frame = followed(factors=None)
    for fit in (fits.compare_curves(frame, None, study()), fits.fit_factors(frame, None, study())):
        assert repr(fits.summary_of(fit)) == "No fit: no groups are compared."
    assert fits.chi_square_of(fit).empty
    assert fits.ratios_of(fit, study()).empty


def test_a_fit_that_has_no_answer_says_why():
    frame = followed()
    young = frame[frame["age_years"] < 60]
    assert fits.compare_curves(young, "age", study()) == fits.NoFit("one group only")
    assert fits.compare_curves(frame.assign(event=0), "age", study()) == fits.NoFit("no events")
    quiet = frame.assign(event=(frame["age_years"] >= 60).astype(int))
    assert fits.fit_factors(quiet, "age", study()) == fits.NoFit("no level beside the reference has a ratio")
    old = frame[frame["age_years"] >= 60].astype({"event": "Int64"})  # as it is read: nobody is in the other group
    assert fits.fit_factors(old, "age", study()) == fits.NoFit("no level beside the reference has a ratio")
    separated = frame.assign(event=1, months=np.where(frame["age_years"] < 60, 1.0, 2.0))
    assert "monotone likelihood" in fits.fit_factors(separated, "age", study()).reason
    assert fits.fit_curves(young, "age", study())["≥ 60"].reason
    assert fits.rates_of(fits.fit_curves(young, "age", study()), study()).index.unique("group").tolist() == ["< 60"]


def test_a_level_without_events_is_left_out():
    declared = study()
    frame = followed(factors=["age", "control"])
    frame = frame.assign(event=frame["event"].where(frame["disease_control"] == 0, 0))
    ratios = fits.ratios_of(fits.fit_factors(frame, ["age", "control"], declared), declared)
    assert ratios.index.tolist() == [("age", "< 60", "≥ 60")]


@pytest.mark.parametrize(("ties", "clustered"), [("breslow", True), ("efron", False)])
def test_lesions_of_a_patient_are_a_cluster_where_the_library_can(ties, clustered):
    declared = study({"ties": ties})
    frame = followed("LC", "size", declared, **OF_LESIONS)
    fit = fits.fit_factors(frame, "size", declared)
    cluster = frame["patient_id"] if clustered else None
    small = (frame["Size"] == "< 3").astype(float).to_frame("small")
    own = cox(small, frame["months"], frame["event"], ties=ties, cluster=cluster)
    np.testing.assert_allclose(fits.ratios_of(fit, declared)["conf_low"], own.table["conf_low"], rtol=1e-8)


def test_response_is_the_first_group_of_the_outcome_and_its_model_has_names():
    declared = study()
    _, patients, lesions = cohort(n=80, lesions_each=2)
    frame = fits.responses_of("control", "size", patients, lesions.assign(response="SD"), declared)
    assert (frame["event"] == patients.set_index("patient_id")["disease_control"][frame["patient_id"]].to_numpy()).all()
    by_patient, independent = (fits.fit_response(frame, "size", declared, by) for by in (True, False))
    assert "size: < 3 vs ≥ 3" in str(fits.summary_of(by_patient))
    one, other = (fits.ratios_of(fit, declared) for fit in (by_patient, independent))
    np.testing.assert_allclose(one["estimate"], other["estimate"])
    assert one["conf_low"].item() < other["conf_low"].item()  # all lesions of a patient respond alike


def test_without_an_outcome_there_are_the_lesions_and_no_model():
    _, patients, lesions = cohort(n=5)
    frame = fits.responses_of(None, None, patients, lesions.assign(response="SD"), study())
    assert list(frame) == ["patient_id", "response"]
    assert isinstance(fits.fit_response(frame, None, study()), fits.NoFit)


def test_a_landmark_that_nobody_reaches_leaves_nobody():
    times, patients, lesions = cohort(n=5)
    times = times.assign(days=(times["months"] * 30).round(), start_date=np.datetime64("2020-01-01"))
    responses = lesions[["lesion_id", "patient_id"]].assign(
        assessment="first", response="SD", date=np.datetime64("2020-03-01")
    )
    declared = study()
    declared.months = type("Months", (), {"days_per_month": 30.0})
    frame = fits.times_from(600, "OS", "control", times, patients, lesions, responses, declared)
    assert frame.empty
    assert isinstance(fits.fit_factors(frame, "control", declared), fits.NoFit)


def test_a_model_is_named_as_the_study_declares_it():
    declared = study({"compare": {"OS": ["size", "age"]}, "multivariable": {"OS": ["age", "size"]}})
    assert fits.declared_factors("OS", None, declared) == ["age", "size"]
    assert fits.declared_factors("OS", "dose", declared) == ["dose"]
    assert fits.analysis_of("OS", ["size", "age"], declared) == "cox_multivariable"
    assert fits.analysis_of("OS", "age", declared) == "cox_univariable"
    assert fits.analysis_of("OS", ["age", "dose"], declared) == ""
    answered = study({"logistic": {"control": ["size", "age"]}})
    assert fits.declared_factors("control", None, answered) == ["size", "age"]
    assert fits.analysis_of("control", ["age", "size"], answered) == "logistic_multivariable"
