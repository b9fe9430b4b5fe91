import re
from pathlib import Path

import pandas as pd
import pytest
from hand_cohort import study
from scipy.stats import binomtest

from asked import row, rows
from oligomet.estimates.literature import estimate_literature
from oligomet.schemas import ESTIMATE_KEY, TABLES, conform, validate
from oligomet.tables import read

PUBLISHED = Path(__file__).parents[2] / "studies" / "pumch2022" / "published"


def series(*lines):
    """'A|study|candidate|ovarian|lesion|20|40|lesion|80|40': id, kind, status, series, response, local control."""
    names = [
        "study_id",
        "kind",
        "status",
        "series",
        "response_unit",
        "cr_n",
        "response_n",
        "lc_unit",
        "lc_2y_pct",
        "lc_n",
    ]
    table = pd.DataFrame([line.split("|") for line in lines], columns=names)
    table = table.replace("-", None).assign(lc_measure="local control")
    numbers = {name: float for name in ("cr_n", "response_n", "lc_2y_pct", "lc_n")}
    return conform(table.astype(numbers), TABLES["published/literature"])


def estimates(*lines):
    return validate(estimate_literature(series(*lines), study()), "estimates")


def test_two_series_that_agree_are_pooled_to_what_they_agree_on():
    found = estimates(
        "A|study|candidate|ovarian|lesion|20|40|lesion|80|40", "B|study|confirmed|ovarian|lesion|50|100|lesion|80|100"
    )
    response = rows(found, population="ovarian", factor="complete_response")
    pooled = row(response, group="pooled", statistic="proportion")
    assert (pooled["estimate"], pooled["n"]) == (pytest.approx(0.5), 140)
    assert row(response, group="pooled", statistic="i2")["estimate"] == 0
    own = row(response, group="A", statistic="proportion")
    assert [own.estimate, own.conf_low, own.conf_high] == pytest.approx([0.5, *binomtest(20, 40).proportion_ci()])
    weights = rows(response, statistic="weight")["estimate"].tolist()
    assert weights == pytest.approx(
        [20 * 20 / 40 / 35, 50 * 50 / 100 / 35]
    )  # n p (1 - p), where nothing is between them


def test_local_control_is_as_published_with_the_variance_of_all_its_lesions():
    found = estimates("A|study|candidate|ovarian|-|-|-|lesion|81.9|446", "B|study|candidate|ovarian|-|-|-|lesion|70|50")
    control = rows(found, population="ovarian", factor="local_control_24")
    own = row(control, group="A", statistic="proportion")
    assert own["estimate"] == pytest.approx(0.819) and own["n"] == 446
    near = binomtest(365, 446).proportion_ci()
    assert [own["conf_low"], own["conf_high"]] == pytest.approx(list(near), abs=0.001)
    assert "as if all had been followed" in own["method"]


def test_nothing_is_pooled_that_is_not_an_original_study_of_others_counted_by_lesion():
    found = estimates(
        "A|study|candidate|ovarian|lesion|20|40|patient|80|40",
        "B|study|this study|ovarian|lesion|1|100|lesion|1|100",
        "C|review|not a row|ovarian|lesion|1|100|lesion|1|100",
        "D|protocol|not a row|ovarian|lesion|1|100|lesion|1|100",
        "E|study|candidate|ovarian|patient|1|100|site|1|100",
        "F|study|candidate|ovarian|lesion|-|100|lesion|-|100",
        "G|study|candidate|ovarian|lesion|30|60|patient|1|100",
    )
    assert rows(found, statistic="proportion", factor="complete_response", population="ovarian")["group"].tolist() == [
        "A", "G", "pooled",
    ]  # fmt: skip
    control = row(found, factor="local_control_24", population="ovarian")
    assert (control["group"], control["reason"]) == ("pooled", "no study") and pd.isna(control["estimate"])


def test_ovarian_and_mixed_series_are_kept_apart_and_one_alone_is_not_pooled():
    found = estimates(
        "A|study|candidate|ovarian|lesion|20|40|-|-|-", "B|study|candidate|mixed|lesion|1|40|-|-|-",
        "C|study|candidate|mixed|lesion|2|40|-|-|-",
    )  # fmt: skip
    response = rows(found, factor="complete_response", statistic="proportion")
    assert rows(response, population="ovarian")["group"].tolist() == ["A", "pooled"]
    assert row(response, population="ovarian", group="pooled")["reason"] == "one study only"
    assert row(response, population="mixed", group="pooled")["n"] == 80


def test_the_studys_own_table_is_as_declared_and_can_be_pooled():
    literature = validate(read(PUBLISHED / "literature.csv"), "published/literature")
    assert literature["study_id"].is_unique
    found = validate(estimate_literature(literature, study()), "estimates")
    assert not found.duplicated(ESTIMATE_KEY).any()
    assert (
        rows(found, group="pooled", statistic="proportion", factor="complete_response")["estimate"].between(0, 1).all()
    )


def test_its_percentages_are_those_of_its_counts():
    literature = read(PUBLISHED / "literature.csv").dropna(subset=["cr_n"])
    combined = {
        "cr_pct": literature["cr_n"],
        "orr_pct": literature["cr_n"] + literature["pr_n"],
        "dcr_pct": literature["cr_n"] + literature["pr_n"] + literature["sd_n"],
    }
    for name, count in combined.items():
        away = (100 * count / literature["response_n"] - literature[name]).dropna()
        assert (away.abs() <= 0.52).all()  # some are printed without decimals, and 22 of 27 as 82
    everyone = literature[["cr_n", "pr_n", "sd_n", "pd_n"]].sum(axis=1)
    assert (everyone <= literature["response_n"]).all()


def test_it_names_public_addresses_only():
    text = (PUBLISHED / "literature.csv").read_text(encoding="utf-8") + (PUBLISHED / "README.md").read_text(
        encoding="utf-8"
    )
    assert not re.findall(r"https?://\d+\.\d+|(?<![\w/.])/(?:work|tmp|home|mnt|farm)\b|localhost", text)
    assert read(PUBLISHED / "literature.csv")["address"].str.fullmatch(r"https?://[a-z0-9.-]+\.[a-z]+/\S+").all()


def test_a_study_names_its_own_kinds_of_series():
    own = study(tables={"table5": {"series": {"lung": "Lung cancer", "breast": "Breast cancer"}}})
    found = estimate_literature(series("A|study|-|breast|lesion|20|40|-|-|-", "B|study|-|skin|lesion|5|10|-|-|-"), own)
    found = rows(validate(found, "estimates"), factor="complete_response")
    assert found["population"].drop_duplicates().tolist() == ["lung", "breast", "skin"]  # as labelled, then the others
    assert rows(found, population="lung")["reason"].tolist() == ["no study"]
    assert row(found, population="breast", group="A", statistic="proportion")["estimate"] == 0.5  # of no known status
