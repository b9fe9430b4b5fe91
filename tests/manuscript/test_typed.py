"""Numbers that somebody typed are found in the templates, with file and line."""

from small_paper import ROOT

from oligomet.manuscript.filters import make_environment
from oligomet.manuscript.typed import typed_numbers
from oligomet.templates import Problems


def typed(folder, text, names=""):
    (folder / "_x.qmd").write_text(text, encoding="utf-8")
    (folder / "names_with_numbers.txt").write_text(names, encoding="utf-8")
    found = typed_numbers([folder], make_environment([folder], {}, Problems()))
    return [place.removeprefix(f"{folder}/_x.qmd, line ") for place in found]


def test_a_number_in_prose_is_found_with_its_line(tmp_path):
    assert typed(tmp_path, "Of\n<% if x == 3 %>\n12,000 lesions\n<% endif %>\n34.1 % were\n") == [
        "3: 12,000 lesions",
        "5: 34.1 % were",
    ]


def test_a_number_that_a_tag_prints_is_found(tmp_path):
    found = typed(tmp_path, '<< "7 days" >>\n<< 8 >>\n<% set x = {"a": "9 days"} %>\n<< "10" if x else "11 days" >>\n')
    assert [place[0] for place in found] == ["1", "2", "3", "4", "4"]


def test_what_a_number_is_asked_for_with_was_not_typed(tmp_path):
    assert typed(tmp_path, '<< OS.rate(60, group="≥ 2") >> <% if x == "3" %> << y[0] >> <% endif %> <# 9 #>\n') == []


def test_names_citations_formulas_and_labels_hold_no_results(tmp_path):
    text = "BED10 [@cox1972, @fig-2]{#sec-3 .x4} $x^2$ $$\n3 + 4\n$$ `x5` [a](x.org/10.1) {{< embed a.ipynb#b6 >}}"
    assert typed(tmp_path, text) == []


def test_declared_names_may_be_typed(tmp_path):
    text = "By RECIST 1.1, and 1.1 more.\n"
    assert typed(tmp_path, text, "# allowed\nRECIST 1.1\n") == ["1: By , and 1.1 more."]


def test_nothing_is_typed_in_the_paper():
    folders = [ROOT / "studies" / "pumch2022" / "manuscript", ROOT / "manuscript"]
    assert typed_numbers(folders, make_environment(folders, {}, Problems())) == []
