import pytest
from made_up_cohort import make_estimates

from oligomet.manuscript.configured import several, slug
from oligomet.manuscript.values import Value, nested, prose_values, values_table
from oligomet.tables import row


def test_a_number_is_shown_as_the_displays_show_it_and_knows_its_row(estimates, study):
    values = prose_values(estimates, study)

    found = row(
        estimates,
        analysis="survival",
        endpoint="OS",
        factor=None,
        statistic="survival",
        time_months=24.0,
        unit="patient",
    )
    rate = values["endpoints.OS.at_24.rate"]
    assert rate.text == f"{100 * found['estimate']:.1f}%"
    assert rate.source == (
        "estimates: analysis survival, endpoint OS, unit patient, population all, statistic survival, time_months 24; "
        f"n {found['n']}, events {found['events']}"
    )
    assert values["response.decrease"] == Value("response.decrease", "30%", "study.yaml: response.decrease")


def test_every_declared_comparison_has_its_values(estimates, study):
    values = prose_values(estimates, study)
    for endpoint, factors in study.analyses.compare.items():
        for name in factors:
            assert f"endpoints.{endpoint}.by.{name}.p" in values
            for level in study.factors[name].levels:
                assert f"endpoints.{endpoint}.by.{name}.{slug(level)}.at_60" in values


def test_an_estimate_that_is_missing_or_there_twice_is_named(estimates, study):
    survival = estimates["analysis"] == "survival"
    with pytest.raises(LookupError) as error:
        prose_values(estimates[~survival], study)
    assert "endpoints.OS.at_60.rate: 0 estimates answer {'endpoint': 'OS'" in str(error.value)

    import pandas as pd

    with pytest.raises(LookupError, match=r"endpoints\.PFS\.at_12\.rate: 2 estimates answer"):
        prose_values(pd.concat([estimates, estimates[survival]]), study)


def test_another_study_has_other_values(other_study):
    """Nothing in the prose's values depends on the names of our endpoints and factors."""
    values = prose_values(make_estimates(other_study), other_study)

    assert {"endpoints.FFS.at_6.rate_ci", "endpoints.FFS.by.years.below_60.hr"} <= set(values)
    assert not any(".OS." in key for key in values)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("67.1%", '[67.1%]{.value title="estimates: x"}'),
        ("p < 0.001", '[p\u00a0\\<\u00a00.001]{.value title="estimates: x"}'),
        ("worst", "worst"),  # a word needs no source
        ("a_b [1]", '[a\\_b \\[1\\]]{.value title="estimates: x"}'),
    ],
)
def test_what_holds_a_digit_carries_its_source(text, markdown):
    assert Value("key", text, "estimates: x").markdown == markdown


def test_values_are_nested_for_quarto_and_listed_for_readers():
    values = {"a.b": Value("a.b", "1", 'says "so"'), "a.c": Value("a.c", "two", "there")}

    assert nested(values) == {"a": {"b": '[1]{.value title="says \\"so\\""}', "c": "two"}}
    table = values_table(values, told={"a.b"})
    assert table.to_dict("list") == {
        "key": ["a.b", "a.c"], "text": ["1", "two"], "source": ['says "so"', "there"], "in_paper": [1, 0],
    }  # fmt: skip


def test_slugs_of_levels_are_keys():
    assert [slug(level) for level in ("< 6 months", "≥ 2", "70-80", "1", "Sex cord-stromal tumour")] == [
        "below_6_months", "from_2", "70_80", "n1", "sex_cord_stromal_tumour",
    ]  # fmt: skip


def test_lists_in_a_sentence():
    assert several(["a"]) == "a"
    assert several(["a", "b", "c"]) == "a, b and c"
    assert several(["a", "b"], "or") == "a or b"
