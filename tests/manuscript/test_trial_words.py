"""What the paper says of a prediction and of secondary endpoints: as it is, also where it is nothing."""

from pathlib import Path

import pytest
from small_paper import ROOT
from told import fill_in, leftovers, spoken

from oligomet.estimates.estimate_rows import tabulate
from oligomet.study import read_study

TRIAL = read_study(Path(ROOT, "studies/mito_rt3/study.yaml"))
BASE, FULL = "without image features", "with image features"
OF_MODEL = {
    "c_statistic": 0.63, "calibration_slope": 0.9, "corrected_c_statistic": 0.62, "corrected_calibration_slope": 0.95,
}  # fmt: skip


def predictions(gained, limits):
    where = {"analysis": "prediction", "unit": "lesion", "population": "evaluable", "method": "made up", "n": 200}
    where |= {"events": 100}
    for form, candidates in (("score", 1), (BASE, 5), (FULL, 7)):
        yield {**where, "form": form, "statistic": "candidates", "estimate": candidates}
        yield {**where, "form": form, "statistic": "carried", "estimate": 7}
        for name, value in OF_MODEL.items():
            row = {
                "form": form,
                "statistic": name,
                "estimate": value,
                "conf_low": value - 0.1,
                "conf_high": value + 0.1,
            }
            yield {**where, **row}
    for form, reference in ((BASE, "score"), (FULL, BASE)):
        for name in ("c_statistic_gained", "log_likelihood_gained"):
            row = {"form": form, "reference": reference, "statistic": name, "estimate": gained}
            yield {**where, **row, "conf_low": limits[0], "conf_high": limits[1]}
    for centre, value in (("C01", 0.6), ("C02", None)):
        row = {"form": FULL, "factor": "centre", "group": centre, "statistic": "c_statistic", "estimate": value}
        yield {**where, **row, "reason": None if value else "too few"}


@pytest.mark.parametrize(
    ("gained", "limits", "said"),
    [
        (0.05, (0.02, 0.08), "Image features add to the prediction: the mean log likelihood rose by 0.050"),
        (0.01, (-0.02, 0.04), "Image features add nothing that these data show: the mean log likelihood"),
        (-0.01, (-0.03, -0.001), "Image features add nothing that these data show"),
    ],
)  # fmt: skip
def test_what_image_features_add_is_said_as_it_is(gained, limits, said):
    text = fill_in("_prediction.qmd", TRIAL, tabulate(predictions(gained, limits)), shown=())
    assert said in spoken(text) and leftovers(text) == []
    assert "Of 2 centres, 1 was large enough" in spoken(text) and "too small were C02" in spoken(text)


def incidences(estimate, p):
    where = {"analysis": "competing", "endpoint": "LC", "unit": "lesion", "population": "all", "method": "made up"}
    for by, groups in (("node", ("Lymph node", "Parenchyma")), ("brca", ("Mutated", "Wild type"))):
        for group in groups:
            row = {"factor": by, "group": group, "statistic": "cumulative_incidence", "time_months": 24, "n": 9}
            yield {**where, **row, "estimate": estimate, "reason": None if estimate else "nobody"}
        row = {"factor": by, "statistic": "chi_square", "estimate": p and 1.0, "p_value": p}
        yield {**where, **row, "reason": None if p else "no event"}
    where |= {"analysis": "landmark", "factor": "complete", "group": "Yes", "reference": "No"}
    yield {**where, "statistic": "landmark_hazard_ratio", "time_months": 6, "n": 9, "events": 2, "reason": "no event"}


@pytest.mark.parametrize(
    ("estimate", "p", "expected"),
    [
        (0.2, 0.04, ["with death competing, was 20.0%", "test: p = 0.040"]),
        (None, None, ["the incidence with death competing has no estimate at 24 months"]),
    ],
)
def test_incidences_of_groups_are_told_with_grays_test_or_not_at_all(tmp_path, estimate, p, expected):
    (tmp_path / "_of_one.qmd").write_text(
        '<% set name = "LC" %>\n<% set one = study.endpoints[name] %>\n<% include "_secondary.qmd" %>\n',
        encoding="utf-8",
    )
    book = tabulate(incidences(estimate, p))
    text = fill_in("_of_one.qmd", TRIAL, book, shown=(), folders=(tmp_path, ROOT / "manuscript"))
    assert all(words in spoken(text) for words in expected) and leftovers(text) == []
    assert "By complete response at the first assessment there is no estimate from a landmark on." in spoken(text)
