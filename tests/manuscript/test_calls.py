"""Numbers by call: each answers with one row, is printed as tables print it, and knows where it stands."""

import pytest
from made_up_cohort import make_estimates

from oligomet.book import Book
from oligomet.manuscript.calls import tell
from oligomet.manuscript.filters import make_environment
from oligomet.manuscript.staging import values_table
from oligomet.manuscript.vocabulary import Vocabulary
from oligomet.templates import Problems


def vocabulary(book, study):
    problems = Problems()
    return Vocabulary(book, study, {}, problems.report), problems


def test_a_number_is_shown_as_the_displays_show_it_and_knows_its_row(book, study):
    words, problems = vocabulary(book, study)
    found = book.one(analysis="survival", endpoint="OS", factor=None, statistic="survival", time_months=24.0)
    rate = words.context()["OS"].rate(24)
    assert rate == f"{100 * found.estimate:.1f}%"
    assert rate.source.startswith(
        "estimates: analysis survival, endpoint OS, unit patient, population all, statistic survival, time_months 24, "
    )
    assert rate.source.endswith(f"; n {found.n}, events {found.events}")
    assert problems == []


def test_every_name_that_is_listed_says_what_is_listed(book, study):
    """What values.csv lists can be copied into a template."""
    words, problems = vocabulary(book, study)
    environment = make_environment([], words.context(), problems)
    names = words.names()
    assert len(names) > 1500
    for name, said in list(names.items())[::23]:
        assert environment.from_string(f"<< {name} >>").render() == str(said), name
    assert problems == []


def test_every_declared_comparison_has_its_numbers(book, study):
    names = vocabulary(book, study)[0].names()
    for endpoint, factors in study.analyses.compare.items():
        for factor in factors:
            assert f'{endpoint}.test("{factor}")' in names
            for level in study.factors[factor].levels:
                assert f'{endpoint}.rate(60, factor="{factor}", group="{level}")' in names


def test_another_study_has_other_names(other_study):
    names = vocabulary(Book(make_estimates(other_study)), other_study)[0].names()
    assert {"FFS.rate(6)", 'FFS.hr("years", group="< 60")'} <= set(names)
    assert not any(name.startswith("OS.") for name in names)


def of(row, **changed):
    [entry] = Book([row])
    return type(entry)({**vars(entry), **changed})


def test_a_pattern_says_what_of_the_row_is_printed(book):
    ratio = of(
        book.one(analysis="cox_univariable", endpoint="OS", factor="gtv", statistic="hazard_ratio"),
        estimate=0.6049, conf_low=0.4, conf_high=1.2, n=1204, events=91, p_value=0.0004,
    )  # fmt: skip
    assert tell(ratio) == "0.60 (0.40–1.20)"
    assert tell(ratio, "{estimate:3} ({low} to {high}), {p}, {events} of {n}") == (
        "0.605 (0.40 to 1.20), p < 0.001, 91 of 1,204"
    )
    rate = of(book.one(analysis="survival", endpoint="OS", factor=None, statistic="survival", time_months=60.0),
              estimate=0.30575, conf_low=0.2, conf_high=None)  # fmt: skip
    assert tell(rate, "{estimate}%{ci}") == "30.6% (20.0 to not reached)"
    assert tell(of(rate, conf_low=None), "{estimate:0%}%{ci}") == "31%"
    median = book.one(analysis="survival", endpoint="OS", factor=None, statistic="median")
    assert tell(of(median, estimate=None), "{estimate} months{ci}") == "not reached"
    assert tell(of(ratio, estimate=None)) == "—"


def test_a_group_may_be_called_anything(other_study):
    younger, older = other_study.factors["years"].groups.values()
    odd = other_study.factors["years"].model_copy(update={"groups": {"1 vs more": younger, 'a; b = "c"': older}})
    study = other_study.model_copy(update={"factors": other_study.factors | {"years": odd}})
    words, problems = vocabulary(Book(make_estimates(study)), study)
    asked = words.context()["FFS"]
    assert "%" in asked.rate(6, factor="years", group='a; b = "c"')
    assert asked.hr("years").source.count("group 1 vs more, reference a; b = ") == 1
    assert problems == []


@pytest.mark.parametrize(("times", "said"), [(0, "nothing answers"), (2, "2 rows answer")])
def test_a_row_that_is_missing_or_there_twice_is_named(book, study, times, said):
    rows = [row for row in book if row.analysis != "survival"] + times * list(book.some(analysis="survival"))
    words, problems = vocabulary(Book(rows), study)
    assert words.context()["OS"].rate(12) == "?"
    assert problems[0].startswith(f"the paper: {said} OS.rate(12)")


def test_values_are_listed_with_what_the_paper_says(book, study):
    words, _ = vocabulary(book, study)
    asked = words.context()["OS"]
    text = f"{asked.rate(12)} and {asked.rate(12, '{n} at risk')} and {words.context()['study'].data_cut}"
    table = values_table(words.names(), words.made(), text).set_index("name")
    assert table.in_paper.sum() == 3
    assert table.loc["OS.rate(12)", "in_paper"] == 1 and table.loc["OS.rate(24)", "in_paper"] == 0
    assert table.loc['OS.rate(12, "{n} at risk")', "text"].endswith(" at risk")
    assert table.loc["study.yaml: data_cut", "text"] == "30 December 2021"
