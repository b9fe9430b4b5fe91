import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper_of import found, paper, verdicts

from oligomet.audit.checks.dose_limits import bed_range, smallest_dose_for
from oligomet.audit.checks.means_and_ranges import grim, mean_of_classes, median_of_classes
from oligomet.audit.printed import Interval

YOUNG = {"of": "patients", "by": "age", "count": {"< 60": 91, "≥ 60": 51}}


def test_a_median_has_to_be_where_the_middle_patient_is():
    assert verdicts(paper(YOUNG, {"variable": "age", "median": 56}), "medians") == ["sound"]
    wrong = found(paper(YOUNG, {"variable": "age", "median": 61, "minimum": 21, "maximum": 79}), "medians").iloc[0]
    assert wrong["severity"] == "impossible"
    assert "91 of 142 values are from 20.5 to 59" in wrong["says"]
    assert "'mean' in place of 'median'" in wrong["repair"]  # a mean of 61 is possible in these classes


def test_counts_that_were_exchanged_explain_a_median():
    wrong = found(paper(YOUNG, {"variable": "age", "median": 78, "minimum": 21, "maximum": 79}), "medians").iloc[0]
    assert wrong["repair"] == "the counts of the two classes swapped"


def test_a_mean_between_its_classes():
    claims = {"variable": "age", "minimum": 21, "maximum": 79}
    assert verdicts(paper(YOUNG, {**claims, "mean": 56}), "means") == ["sound"]
    assert verdicts(paper(YOUNG, {**claims, "mean": 70}), "means") == ["impossible"]


@pytest.mark.parametrize(("counts", "mean", "verdict"), [
    ((39, 8), 24, "sound"), ((39, 8), 37, "inconsistent"), ((), 37, "sound"), ((), 60, "inconsistent"),
])  # fmt: skip
def test_the_mean_of_all_is_the_average_of_the_groups(counts, mean, verdict):
    of_groups = [{"of": {"arm": arm}, "variable": "since", "mean": value} for arm, value in (("A", 17.2), ("B", 57.6))]
    sizes = [{"of": {"arm": arm}, "count": n} for arm, n in zip("AB", counts, strict=False)]  # 24.1 by these
    claims = paper({"of": "patients", "count": 47}, *sizes, *of_groups, {"variable": "since", "mean": mean})
    assert verdicts(claims, "means_of_groups") == [verdict]


def test_ranges():
    assert set(verdicts(paper({"variable": "age", "minimum": 21, "mean": 56, "maximum": 79}), "ranges")) == {"sound"}
    assert "impossible" in verdicts(paper({"variable": "age", "minimum": 58, "mean": 56}), "ranges")
    wider = paper(
        {"variable": "dose", "minimum": 24, "maximum": 50},
        {"variable": "dose", "in": "evaluable", "minimum": 20, "maximum": 45},
    )
    assert verdicts(wider, "ranges").count("impossible") == 1


def test_the_smallest_value_is_in_the_lowest_class():
    assert verdicts(paper(YOUNG, {"variable": "age", "minimum": 62}), "outer_classes") == ["impossible"]


def test_grim():
    assert grim("5.19", 28) is False  # Brown & Heathers 2017: no 28 whole numbers have this mean
    assert grim("5.18", 28) is True


DOSES = (
    {"variable": "fraction", "minimum": 1.8, "maximum": 8},
    {"variable": "fractions", "minimum": 5, "maximum": 28},
    {"variable": "dose", "minimum": 24, "maximum": 60},
)


def test_a_bed_beyond_what_its_doses_can_make():
    assert set(verdicts(paper(*DOSES, {"variable": "bed", "minimum": 28, "maximum": 105}), "doses")) == {"sound"}
    wrong = found(paper(*DOSES, {"variable": "bed", "maximum": 115}), "doses").iloc[0]
    assert wrong["severity"] == "impossible"
    assert wrong["repair"] == "a total dose of 63.7 Gy, in 8 fractions of 7.97 Gy"


def test_known_plans():
    assert bed_range(Interval(8, 8), Interval(3, 3), Interval(24, 24), 10).holds(43.2)
    assert bed_range(Interval(2, 2), Interval(30, 30), Interval(60, 60), 10).holds(72)
    assert bed_range(Interval(5, 5), Interval(3, 4), Interval(40, 60), 10) is None
    dose, fractions = smallest_dose_for(72, Interval(1, 10), Interval(5, 5), 10)
    assert (dose, fractions) == (pytest.approx(40), 5)


@given(st.floats(1, 10), st.integers(1, 35))
def test_every_plan_lies_within_its_own_limits(fraction, fractions):
    dose = fraction * fractions
    limits = bed_range(Interval(fraction, 10), Interval(1, fractions), Interval(dose / 2, dose), 10)
    assert limits.holds(dose * (1 + fraction / 10))


@given(st.lists(st.integers(20, 90), min_size=1, max_size=60))
def test_medians_and_means_of_real_values_are_never_refused(values):
    classes = [(sum(low <= v <= high for v in values), low, high) for low, high in ((20, 49), (50, 59), (60, 90))]
    assert median_of_classes(classes).holds(np.median(values))
    assert mean_of_classes(classes, min(values), max(values)).holds(np.mean(values))
