"""The secondary endpoints of the committed exports, against R's survival and cmprsk (trial_in_r.R, beside this)."""

from functools import cache

import pytest
from test_trial_exports import STUDY, outcomes

from oligomet.book import Book
from oligomet.estimates.secondary import estimate_secondary
from oligomet.estimates.survival import estimate_survival


@cache
def found() -> tuple[Book, Book]:
    followed = [outcomes()[name] for name in ("times", "patients", "lesions")]
    secondary = estimate_secondary(*followed, outcomes()["responses"], STUDY)
    return Book(secondary), Book(estimate_survival(*followed, STUDY))


@pytest.mark.parametrize(
    ("endpoint", "factor", "group", "at_12", "at_24"),
    [
        ("LC", None, None, 0.1223615393, 0.1942805906),
        ("LC", "node", "Lymph node", 0.09634260477, 0.1687807443),
        ("LC", "node", "Parenchyma", 0.14334572201, 0.2167119966),
        ("LC", "brca", "Mutated", 0.1401360953, 0.2093816163),
        ("LC", "brca", "Wild type", 0.1103524156, 0.1840431381),
        ("SFI", "brca", "Mutated", 0.35771774880, 0.5028635060),
        ("SFI", "brca", "Wild type", 0.35244034593, 0.6039312553),
    ],
)
def test_incidences_with_death_competing_are_those_of_cuminc(endpoint, factor, group, at_12, at_24):
    where = {"statistic": "cumulative_incidence", "endpoint": endpoint, "factor": factor, "group": group}
    rows = [found()[0].one(**where, time_months=months).estimate for months in (12, 24)]
    assert rows == pytest.approx([at_12, at_24], abs=1e-9)


@pytest.mark.parametrize(
    ("endpoint", "factor", "gray", "p", "ratio"),
    [
        ("LC", "node", 0.4181658853, 0.51785365344, 0.8028600425),
        ("LC", "brca", 0.6831736132, 0.4084960393, 1.343857355),
        ("SFI", "brca", 0.37210167024, 0.5418609007, 0.8282425365),
    ],
)
def test_groups_are_compared_as_by_cuminc_and_crr(endpoint, factor, gray, p, ratio):
    of = found()[0].some(endpoint=endpoint, factor=factor)
    test = of.one(statistic="chi_square")
    assert (test.estimate, test.p_value) == pytest.approx((gray, p), abs=1e-8)
    assert of.one(statistic="subdistribution_hazard_ratio").estimate == pytest.approx(ratio, abs=1e-6)


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("PFS", (0.4008557331, 0.3008372195, 0.4987202829, 0.2453821330, 0.1463342068, 0.3580609796)),
        ("OS", (0.8977867830, 0.8172390909, 0.9440242519, 0.6766673193, 0.5407754735, 0.7802444742)),
        ("LTFS", (0.8792546685, 0.7961249645, 0.9299483279, 0.6224299886, 0.4846498306, 0.7331920254)),
    ],
)
def test_survival_of_patients_is_that_of_survfit(endpoint, values):
    where = {"statistic": "survival", "endpoint": endpoint, "factor": None}
    rows = [found()[1].one(analysis="survival", **where, time_months=months) for months in (12, 24)]
    assert [one for row in rows for one in (row.estimate, row.conf_low, row.conf_high)] == pytest.approx(
        values, abs=1e-9
    )


def test_complete_response_from_a_landmark_is_that_of_coxph_clustered_by_patient():
    row = found()[0].one(analysis="landmark", endpoint="LC", statistic="landmark_hazard_ratio", time_months=6)
    assert (row.n, row.events) == (142, 13)
    assert (row.estimate, row.conf_low, row.conf_high) == pytest.approx(
        (0.2178959711, 0.02629115844, 1.805879126), abs=1e-8
    )
