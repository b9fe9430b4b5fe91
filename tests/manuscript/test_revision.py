"""What moved between two runs, in numbers, in cells, and in words that Word shows as insertions and deletions."""

import datetime as dt
import re
import zipfile

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from small_paper import PAPER, small_paper

from oligomet.book import Book
from oligomet.manuscript.engines import render
from oligomet.manuscript.revision import find_changed_passages, find_moved_cells, find_moved_numbers, mark_changes

DAY = dt.date(2024, 5, 6)
SPAN = re.compile(
    r'\[((?:[^\[\]]|\[[^\]]*\])*)\]\{\.(insertion|deletion) author="oligomet" date="2024-05-06T00:00:00Z"\}'
)


def sides(marked):
    """The document as it was and as it is, from one with marks."""
    text = {
        kind: SPAN.sub(lambda found, kind=kind: found[1] if found[2] == kind else "", marked)
        for kind in ("deletion", "insertion")
    }
    return [" ".join(text[kind].split()) for kind in ("deletion", "insertion")]


def test_a_number_that_changed_is_marked_alone():
    before = 'Of [189]{.value title="estimates: lesions"} lesions, *some* responded [@cox1972].'
    marked = mark_changes(before, before.replace("[189]", "[190]").replace('lesions"}', 'lesions; n 2"}'), DAY)
    assert re.sub(r" (author|date)=\"[^\"]*\"", "", marked) == (
        "Of [189]{.deletion} [190]{.insertion} lesions, *some* responded [@cox1972].\n"
    )


def test_what_only_carries_another_source_or_link_has_not_changed():
    said = 'Of [189]{.value title="%s"} lesions ([‘Much of it’ in the supplement]{.cross-reference%s}).'
    marked = mark_changes(said % ("one", ""), said % ("another", ' there="a.html#b"'), DAY)
    assert marked == "Of 189 lesions (‘Much of it’ in the supplement).\n"


def test_a_new_section_is_known_by_its_name():
    marked = mark_changes("## One {#a}\n\nText.", "## One {#a}\n\nText.\n\n### Two words {#b}\n\nMore ([@x; @y]).", DAY)
    [passage] = find_changed_passages(marked)
    assert passage.section == "Two words" and passage.text.startswith("[More ([@x; @y]).]{.insertion ")


def test_a_paragraph_that_is_gone_refers_to_nothing():
    before = "## Results {#sec-results}\n\nOne stays.\n\nAnother goes, as @tbl-gone and others [@cox1972] say."
    marked = mark_changes(before, "## Results {#sec-results}\n\nOne stays.", DAY)
    [passage] = find_changed_passages(marked)
    assert passage.section == "Results" and "@" not in passage.text and "as … and others … say." in passage.text


def test_tables_and_figures_are_as_they_are_now():
    before = "Text.\n\n{{< embed notebooks/a.ipynb#fig-a >}}\n\n::: {#tbl-a}\n| a |\n|---|\n| 1 |\n\nWhat\n:::\n\nEnd."
    after = before.replace("fig-a", "fig-b").replace("| 1 |", "| 2 |")
    assert mark_changes(before, after, DAY) == after + "\n"


WORDS = st.lists(st.sampled_from(["one", "two", "*three*", "**four.**", "5.0%", "(six)"]), min_size=1, max_size=12)
TEXTS = st.lists(WORDS.map(" ".join), min_size=1, max_size=5).map("\n\n".join)


@given(TEXTS, TEXTS)
def test_both_documents_are_in_the_marked_one(before, after):
    marked = mark_changes(before, after, DAY)
    assert sides(marked)[1] == " ".join(after.split())
    assert sorted(sides(marked)[0].split()) == sorted(before.split())
    assert (marked.strip() == after) == (before == after)


def test_cells_are_known_by_the_labels_of_their_row():
    columns = ["characteristic", "level", "value"]
    before = pd.DataFrame([["Age", "< 60", "91"], ["Age", "≥ 60", "51"], ["Site", "Neck", "3"]], columns=columns)
    after = pd.DataFrame([["Age", "< 60", "90"], ["Age", "≥ 60", "51"], ["Site", "Liver", "3"]], columns=columns)
    found = find_moved_cells({"table1": before}, {"table1": after, "table2": before}).fillna("")
    assert found[found["table"] == "table1"].to_numpy().tolist() == [
        ["table1", "Age < 60", "changed", "value", "91", "90"],
        ["table1", "Site Liver", "added", "", "", ""],
        ["table1", "Site Neck", "gone", "", "", ""],
    ]
    assert (found.loc[found["table"] == "table2", "change"] == "added").all()
    assert find_moved_cells({"table1": before}, {"table1": before}).empty


def test_numbers_are_told_as_templates_call_them(study, book, estimates):
    of_os = (estimates["analysis"] == "survival") & (estimates["endpoint"] == "OS") & estimates["factor"].isna()
    moved = of_os & (estimates["statistic"] == "survival") & (estimates["time_months"] == 60)
    changed = Book(estimates.assign(estimate=estimates["estimate"].mask(moved, 0.123)))
    found = find_moved_numbers(book, changed, study)
    assert found["name"].tolist() == ["OS.rate(60)"] and found["after"].tolist() == ["12.3%"]
    assert find_moved_numbers(book, book, study).empty


def test_word_and_the_page_show_the_changes(tmp_path):
    after = PAPER.replace("Of [189]", "Of all [190]")
    marked = mark_changes(PAPER, after, DAY)
    papers = render(small_paper(tmp_path, **{"paper.qmd": marked}), "pandoc", ("html", "docx"))
    with zipfile.ZipFile(papers["docx"]) as parts:
        xml = parts.read("word/document.xml").decode()
    inserted = re.findall(r"<w:ins [^>]*>.*?<w:t[^>]*>([^<]*)", xml, re.S)
    assert "all 190" in " ".join(inserted) and re.search(r"<w:del [^>]*>.*?<w:delText[^>]*>189", xml, re.S)
    page = papers["html"].read_text(encoding="utf-8")
    assert 'class="deletion"' in page and 'class="insertion"' in page
