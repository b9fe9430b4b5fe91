"""The paper of a hospital that collects less, declares other names or compares one thing only: true, and in English."""

import pytest
from small_paper import figure, table, write_notebook
from test_true_after_edits import COMMON, OWN
from told import fill_in, leftovers, spoken

from oligomet.book import Book
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.manuscript.staging import stage
from oligomet.validate.contradictions import check_displays


@pytest.fixture
def plain(study):
    return study.model_copy(update={"robustness": None, "synthetic": None})


def paper_of(folder, study, book, cells=()):
    if cells:
        write_notebook(folder / "executed/cohort.ipynb", list(cells))
    stage(folder / "project", (COMMON,), sorted((folder / "executed").glob("*.ipynb")), book, study)
    text = (folder / "project/paper.qmd").read_text(encoding="utf-8")
    return text, spoken(text)


def told_in(text):
    """Results and discussion."""
    return text.partition("## Results {#sec-results}")[2].partition("## Data, code")[0]


def without(study, *names):
    return study.model_copy(update={"not_collected": list(names)})


def less(book, **where):
    gone = {id(row) for row in book.some(**where)}
    return Book(row for row in book if id(row) not in gone)


def test_what_nobody_recorded_is_no_finding(tmp_path, plain, book):
    text, said = paper_of(tmp_path, without(plain, "toxicities"), less(book, analysis="toxicity"))
    assert "toxicity" not in said.lower()
    assert leftovers(told_in(text)) == []
    _, all_collected = paper_of(tmp_path, plain, book)
    assert "No toxicity of grade three" in all_collected or "Toxicity of grade three" in all_collected


def test_without_measurements_no_response_is_told(tmp_path, plain, book):
    analyses = plain.analyses.model_copy(update={"logistic": {}})
    other = without(plain, "measurements").model_copy(update={"analyses": analyses})
    _, said = paper_of(tmp_path, other, less(book, analysis="response"))
    for words in ("### Response", "had responded", "disease control in", "RECIST", "response rate"):
        assert words not in said, words
    assert "Endpoints were analysed by the Kaplan–Meier method" in said


def test_a_boost_is_told_only_where_there_is_one(plain, book):
    assert "boosted gross tumour" in fill_in("_methods.qmd", plain, book)
    alone = fill_in("_methods.qmd", without(plain, "plans.pgtv_dose_gy", "plans.pgtv_fraction_gy"), book)
    assert "boost" not in alone
    assert "The dose of a lesion is the one prescribed to the planning target volume." in alone


@pytest.mark.parametrize(
    ("scale", "cited"), [("CTCAE 4.0", "ctcae4"), ("CTCAE 4.03", "ctcae4"), ("CTCAE v5.0", "ctcae5"), ("RTOG", None)]
)
def test_the_scale_of_toxicity_is_cited_as_declared(plain, book, scale, cited):
    toxicity = plain.toxicity.model_copy(update={"scale": scale})
    said = fill_in("_methods.qmd", plain.model_copy(update={"toxicity": toxicity}), book)
    assert [key for key in ("ctcae4", "ctcae5") if f"@{key}" in said] == ([cited] if cited else [])


def test_one_factor_is_called_by_its_name(plain, book):
    one = plain.model_copy(update={"analyses": plain.analyses.model_copy(update={"compare": {"OS": ["sbrt"]}})})
    said = spoken(fill_in("_abstract.qmd", one, book)) + spoken(fill_in("_endpoints.qmd", one, book))
    assert "of the 1" not in said and "any of the" not in said
    assert "technique" in said


def test_courses_and_deaths_left_out_have_their_words(plain, book):
    said = spoken(fill_in("_methods.qmd", plain, book))
    assert "more than 90 days after the last one before" in said and "from the first of them" in said
    assert "By decision" not in said
    courses = plain.courses.model_copy(update={"new_after_days": 60, "starts": "last"})
    other = plain.model_copy(update={"courses": courses, "deaths_set_aside": ["follow_up.csv:12"]})
    said = spoken(fill_in("_methods.qmd", other, book))
    assert "more than 60 days after the last one before" in said and "from the last of them" in said
    assert "By decision, 1 record of a death that could not be used is left out" in said


def test_what_was_set_aside_stands_in_the_limitations(plain, book):
    assert "Records that could not be used" not in fill_in("_limitations.qmd", plain, book)
    where = {"analysis": "set_aside", "statistic": "count", "method": "count", "population": "all"}
    rows = [
        {**where, "unit": "row", "group": "death", "estimate": 2.0},
        {**where, "unit": "patient", "endpoint": "OS", "estimate": 1.0},
    ]
    first = next(iter(book))
    added = [type(first)({**dict.fromkeys(vars(first)), **row}) for row in rows]
    said = spoken(fill_in("_limitations.qmd", plain, Book([*book, *added])))
    assert "say, or may say, that something happened: death (2)." in said
    assert "1 patient could not be followed for overall survival and is left out of it." in said
    withheld = withhold_small_cells(Book([*book, *added]), 5)
    assert "death (fewer than 5)." in spoken(fill_in("_limitations.qmd", plain, withheld))


def test_numbers_that_may_not_be_shown_are_said_in_words(tmp_path, plain, book):
    _, said = paper_of(tmp_path, plain, withhold_small_cells(book, 30))
    assert "[withheld]" not in said
    assert "fewer than 30" in said


def test_several_tables_of_a_kind_are_shown_and_referred_to(tmp_path, plain, book):
    cells = [table("tbl-patients", "One"), table("tbl-patients-2", "Other"), figure("fig-survival-os-2", "Curves")]
    text, said = paper_of(tmp_path, plain, book, cells)
    for label in ("tbl-patients", "tbl-patients-2", "fig-survival-os-2"):
        assert text.count(f"cohort.ipynb#{label} >}}") == 1, label
    assert "@tbl-patients and @tbl-patients-2 have the details." in said


def test_series_of_other_kinds_have_their_labels(plain, book):
    tables = {"others": plain.tables["table5"].model_copy(update={"series": {"ovarian": "Women of all ages"}})}
    said = spoken(fill_in("_literature.qmd", plain.model_copy(update={"tables": tables}), book, ["tbl-series"]))
    assert "series of women of all ages" in said or "They were not summarised" in said
    assert "ovarian cancer only" not in said


def test_a_display_of_what_is_not_compared_is_refused(study):
    compare = {**study.analyses.compare, "LRFS": ["gtv"]}
    said = list(check_displays(study.tables, study.figures, study.endpoints, compare))
    assert "figures.figure3.panels: bed is not compared for LRFS. Add it to analyses.compare.LRFS." in said
    assert list(check_displays(study.tables, study.figures, study.endpoints, study.analyses.compare)) == []


def test_the_study_of_the_published_paper_has_no_empty_clause(tmp_path, plain, book):
    stage(tmp_path / "project", (OWN, COMMON), [], book, plain)
    text = (tmp_path / "project/paper.qmd").read_text(encoding="utf-8")
    assert leftovers(told_in(text)) == []


def undefined(book, reason, **where):
    """The book without a value in the rows that answer, for a reason."""
    rows = {id(row) for row in book.some(**where)}
    empty = {"estimate": None, "conf_low": None, "conf_high": None, "p_value": None, "reason": reason}
    return Book(type(row)({**vars(row), **empty}) if id(row) in rows else row for row in book)


def test_until_when_nobody_was_followed_is_no_rate(tmp_path, plain, book):
    rates = {"analysis": "survival", "statistic": "survival"}
    text, said = paper_of(tmp_path, plain, undefined(book, "nobody followed to 60", **rates, time_months=60))
    assert leftovers(told_in(text)) == [] and "—" not in said.partition("## Methods")[0]
    assert "at 24 months; without a comparison group" in said and "of — at" not in said
    assert "none at 60 months (nobody followed to 60); the median was" in said
    text, said = paper_of(tmp_path, plain, undefined(book, "nobody followed", **rates))
    assert leftovers(told_in(text)) == [] and "estimates at" not in said
    assert "There is no Kaplan–Meier estimate at 12, 24 or 60 months; the median was" in said


def test_what_could_not_be_tested_is_no_difference_that_was_not_found(tmp_path, plain, book):
    compared = plain.analyses.compare["OS"]
    text, said = paper_of(tmp_path, plain, undefined(book, "no events", analysis="logrank", endpoint="OS"))
    assert leftovers(told_in(text)) == [] and "p not estimable" not in said
    assert "overall survival could not be compared" in said.partition("## Methods")[0].lower()
    assert said.count("could not be compared (no events).") == len(compared)
