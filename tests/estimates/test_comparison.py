"""Groups of a small cohort: who is counted where, and which test is chosen."""

import numpy as np
import pandas as pd
import pytest
from hand_cohort import lesions, patients, study
from scipy.stats import chi2_contingency, mannwhitneyu, ttest_ind

from asked import row, rows
from oligomet.estimates.comparison import estimate_comparison
from oligomet.schemas import validate

TABLE = {"unit": "patient", "factors": ["histology", "gtv"], "variables": ["gtv_diameter_cm"], "by": "control"}
LESIONS = lesions("P1-L1 neck 5.0 PR PR")


def compare(cohort, irradiated=LESIONS, **table):
    return validate(estimate_comparison(cohort, irradiated, study(tables={"one": {**TABLE, **table}})), "estimates")


def cohort(controlled, not_controlled, histology="serous"):
    """Patients with these diameters, in whom the disease was controlled or not."""
    sizes = [*((size, 1) for size in controlled), *((size, 0) for size in not_controlled)]
    return patients(*(f"P{i} {histology} {size} PR {control}" for i, (size, control) in enumerate(sizes)))


def test_counts_of_each_group_with_its_unknowns_and_nobody_without_a_group():
    found = compare(patients("P1 serous 5.0 PR 1", "P2 germ_cell - PD 1", "P3 serous 1.0 SD 0", "P4 serous 2.0 NE -"))
    sizes = rows(found, factor=None, statistic="count").set_index("by_group")["estimate"]
    assert sizes.to_dict() == {"Yes": 2, "No": 1, "Unknown": 1}
    counted = rows(found, factor="gtv", statistic="proportion").set_index(["group", "by_group"])[["events", "n"]]
    assert {groups: tuple(counts) for groups, counts in counted.T.items()} == {
        ("< 3", "Yes"): (0, 2), ("≥ 3", "Yes"): (1, 2), ("Unknown", "Yes"): (1, 2),
        ("< 3", "No"): (1, 1), ("≥ 3", "No"): (0, 1), ("Unknown", "No"): (0, 1),
    }  # fmt: skip
    assert row(found, factor="gtv", by_group=None)["n"] == 2  # the unknown one is left out of the test
    assert rows(found, factor="histology", group="Serous", by_group="Yes")["events"].item() == 1


def test_a_factor_has_the_chi_square_test_of_its_compared_levels():
    small, large = [1.0, 2.0] * 15, [4.0] * 30
    found = row(compare(cohort(small + large[:10], small[:10] + large)), factor="gtv", by_group=None)
    expected = chi2_contingency([[30, 10], [10, 30]], correction=False)
    assert (found["statistic"], found["method"]) == ("chi_square", "Pearson's chi-square test")
    assert (found["estimate"], found["p_value"]) == pytest.approx((expected.statistic, expected.pvalue))


@pytest.mark.parametrize("shape, statistic, test", [(lambda x: x, "t", ttest_ind), (np.exp, "u", None)])
def test_means_are_compared_where_they_describe_and_ranks_where_they_do_not(shape, statistic, test):
    normal = np.linspace(-1.5, 1.5, 30)
    one, other = shape(3 * normal) + 10, shape(3 * normal + 0.8) + 10
    found = compare(cohort(one, other))
    tested = row(found, factor="gtv_diameter_cm", by_group=None)
    expected = ttest_ind(one, other) if test else mannwhitneyu(one, other, use_continuity=False, method="asymptotic")
    assert tested["statistic"] == statistic
    assert tested["p_value"] == pytest.approx(expected.pvalue)
    fitted = rows(found, factor="gtv_diameter_cm", statistic="kolmogorov_smirnov")
    assert fitted["by_group"].tolist() == ["Yes", "No"]
    assert (fitted["p_value"] >= 0.05).all() == (statistic == "t")
    assert row(found, factor="gtv_diameter_cm", by_group="Yes", statistic="median")["n"] == 30


def test_what_cannot_be_tested_says_why():
    found = compare(cohort([1.0, 2.0], [4.0]))
    tested = rows(found, by_group=None).set_index("factor")["reason"]
    assert tested["histology"] == "one level only"
    assert tested["gtv_diameter_cm"] == "fewer than three values in a group"
    by_itself = compare(cohort([1.0, 2.0], [4.0]), by="gtv")
    assert set(rows(by_itself, factor="gtv", by_group=None)["reason"]) == {"defines the groups"}
    assert row(by_itself, factor="gtv_diameter_cm", by_group=None)["reason"] == "defines the groups"


def test_a_table_without_groups_has_no_rows():
    assert compare(cohort([1.0], [2.0]), by=None).empty


def test_lesions_that_are_evaluable_only():
    irradiated = lesions("P1-L1 neck 5.0 PR PR", "P1-L2 neck 1.0 NE NE", "P2-L1 bone 2.0 PD PD")
    table = {"unit": "lesion", "factors": ["site", "gtv"], "variables": [], "evaluable_only": ["gtv"], "by": "site"}
    found = compare(cohort([1.0], [2.0]), irradiated, **table)
    assert rows(found, factor="gtv")["population"].unique().tolist() == ["evaluable"]
    assert rows(found, factor="gtv", group="≥ 3", by_group="Neck")[["events", "n"]].to_numpy().tolist() == [[1, 1]]
    sizes = rows(found, factor=None).set_index(["population", "by_group"])["estimate"]
    assert pd.Series(sizes).to_dict() == {
        ("all", "Neck"): 2, ("all", "Bone"): 1, ("evaluable", "Neck"): 1, ("evaluable", "Bone"): 1,
    }  # fmt: skip
