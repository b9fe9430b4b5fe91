"""The paper itself, staged with estimates of a random cohort and stand-ins for what the notebooks show."""

import re

import pandas as pd
import pytest
import yaml
from made_up_cohort import make_estimates
from prose import read_prose, unexplained_numbers
from small_paper import ROOT, figure, table, write_notebook
from told import publish

from oligomet.book import Book
from oligomet.manuscript.engines import render
from oligomet.manuscript.staging import abstract_words, stage
from oligomet.templates import ManuscriptError

COMMON, OWN = ROOT / "manuscript", ROOT / "studies" / "pumch2022" / "manuscript"
LABELS = {
    "cohort": ["fig-flow", "tbl-patients", "tbl-lesions"],
    "response": ["tbl-response", "fig-response"],
    "literature": ["tbl-series", "fig-series"],
    "factors": ["tbl-factors"],
}


def write_notebooks(folder, study):
    """Executed notebooks with a cell for each that the paper embeds."""
    cells = {
        notebook: [(figure if label.startswith("fig") else table)(label, f"About {label}") for label in labels]
        for notebook, labels in LABELS.items()
    }
    for name in study.endpoints:
        cells[f"survival_{name}"] = [figure(f"fig-survival-{name}", name)]
    for name, found in cells.items():
        write_notebook(folder / f"{name}.ipynb", found)
    return sorted(folder.glob("*.ipynb"))


def staged_at(folder, book, study, folders=(OWN, COMMON), **options):
    notebooks = write_notebooks(folder / "executed", study)
    stage(folder / "project", folders, notebooks, book, study, values_csv=folder / "values.csv", **options)
    return folder


@pytest.fixture(scope="module")
def plain(study):
    """The study without its section on robustness, which has tests of its own."""
    return study.model_copy(update={"robustness": None})


@pytest.fixture(scope="module")
def staged(tmp_path_factory, book, plain):
    return staged_at(tmp_path_factory.mktemp("study"), book, plain)


@pytest.fixture(scope="module")
def page(staged):
    return render(staged / "project", "pandoc", ("html",))["html"]


def explained(folder):
    return set(pd.read_csv(folder / "values.csv", dtype=str, keep_default_na=False)["text"])


def words_of(page):
    text = page.read_text(encoding="utf-8").replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(style|svg).*?</\1>", "", text)).split())


def test_every_number_of_the_prose_is_a_value(staged, page):
    assert unexplained_numbers(page, explained(staged)) == []
    prose, values = read_prose(page)
    assert len(prose) > 15_000 and len(values) > 200  # the whole paper was looked at


def test_a_number_that_was_typed_is_found(staged, page, tmp_path):
    altered = tmp_path / "paper.html"
    text = page.read_text(encoding="utf-8").replace("None was randomised", "None of these 7 was randomised")
    altered.write_text(text.replace(">189<", ">190<"), encoding="utf-8")
    found = unexplained_numbers(altered, explained(staged))
    assert len(found) >= 1 and "None of these 7 was randomised" in found[0]


def test_figures_and_tables_are_numbered_as_the_published_ones(page):
    text = page.read_text(encoding="utf-8")
    captions = re.findall(r"<strong>((?:Figure|Table)\s\d+)\.</strong> ([\w -]+)", text.replace("\u00a0", " "))
    named = {name: what.strip() for name, what in captions}
    assert [named[f"Figure {n}"] for n in range(1, 6)] == [
        "About fig-flow",
        "About fig-response",
        "LRFS",
        "LRFS_lesion",
        "PFS",
    ]
    assert [named[f"Table {n}"] for n in (1, 2, 3, 4, 5)] == [
        "About tbl-patients", "About tbl-lesions", "About tbl-response", "About tbl-factors", "About tbl-series",
    ]  # fmt: skip


def test_the_paper_says_that_its_cohort_is_synthetic(page, staged):
    text = page.read_text(encoding="utf-8")
    header, abstract = text.partition("</header>")[0], text.partition(">Abstract</h2>")[2].partition("<h2")[0]
    assert "of a synthetic cohort" in header
    assert "<strong>synthetic</strong>" in abstract
    about = yaml.safe_load((staged / "project" / "_metadata.yml").read_text(encoding="utf-8"))
    assert "synthetic data" in about["keywords"] and "Synthetic data" in about["subject"]
    assert about["author"] == ["The oligomet developers"]


def test_words_of_the_abstract_are_counted_without_marks_and_sources():
    said = '[66.7% (58.3–73.8)]{.value title="estimates: survival, OS"}'
    text = f"> Synthetic.\n\n## Abstract {{#sec-abstract}}\n\n**Methods.** Alive: {said}.\n\n# Introduction\n\nMore."
    assert abstract_words(text) == len(["Methods.", "Alive:", "66.7%", "(58.3–73.8)."])
    assert abstract_words("# Introduction") == 0


def test_a_hospital_without_a_manuscript_of_its_own_has_a_true_paper(tmp_path, other_study):
    staged_at(tmp_path, Book(make_estimates(other_study)), other_study, [COMMON])
    paper = render(tmp_path / "project", "pandoc", ("html",))["html"]

    text = words_of(paper)
    assert "Failure-free survival (FFS), per patient: from the last fraction to death" in text
    for absent in ("synthetic", "overall survival", "oligomet developers", "ovarian", "women", "published paper"):
        assert not re.search(rf"\b{absent}\b", text, re.IGNORECASE), absent
    assert [text[found.start() - 60 : found.end()] for found in re.finditer("None", text)] == []
    assert "Published series" not in text  # no table of them is declared
    assert "author" not in yaml.safe_load((tmp_path / "project" / "_metadata.yml").read_text(encoding="utf-8"))
    assert unexplained_numbers(paper, explained(tmp_path)) == []


def test_the_title_page_names_its_authors(tmp_path, book, plain):
    own = tmp_path / "own"
    own.mkdir()
    (own / "title_page.yml").write_text(
        "authors:\n"
        "  - {name: Ada Lovelace, affiliations: [Radiotherapy], orcid: 0000-0002-1825-0097, email: a@b.org}\n"
        "  - {name: Grace Hopper}\n"
        "keywords: [metastases]\n"
    )
    staged_at(tmp_path, book, plain, [own, COMMON])
    about = yaml.safe_load((tmp_path / "project" / "_metadata.yml").read_text(encoding="utf-8"))
    assert about["author"] == ["Ada Lovelace", "Grace Hopper"]
    assert about["keywords"] == ["synthetic data", "metastases"]
    paper = render(tmp_path / "project", "pandoc", ("html", "pdf", "docx"))["html"]
    assert "Ada Lovelace. Radiotherapy. ORCID 0000-0002-1825-0097. Correspondence: a@b.org." in words_of(paper)
    assert unexplained_numbers(paper, explained(tmp_path)) == []

    (own / "title_page.yml").write_text("authors: [{nom: Ada, orcid: '12'}]\n")
    with pytest.raises(ManuscriptError) as error:
        staged_at(tmp_path, book, plain, [own, COMMON])
    assert "title_page.yml, line 1: authors.0.name: this must be declared" in str(error.value)
    assert "title_page.yml, line 1: authors.0.nom: nom is not known here" in str(error.value)
    assert "title_page.yml, line 1: authors.0.orcid: expected an ORCID iD" in str(error.value)


def test_the_audit_is_in_the_supplement_and_its_numbers_are_no_prose(tmp_path, book, plain):
    appendix = "See @tbl-audit.\n\n| What | n |\n|:--|--:|\n| Claims | 410 |\n\n: The claims {#tbl-audit}\n"
    staged_at(tmp_path, book, plain, appendix=appendix)
    supplement = render(tmp_path / "project", "pandoc", ("html",), "supplement")["html"]
    text = supplement.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert 'See <a href="#tbl-audit" class="cross-reference">Supplementary Table 1</a>.' in text
    assert "<strong>Supplementary Table 1.</strong> The claims" in text
    assert unexplained_numbers(supplement, explained(tmp_path)) == []  # what a stage computed was not typed


def test_what_differs_from_the_published_paper_comes_from_the_audit(tmp_path, book, plain):
    rate = "abstract.15.os.rate-24"
    published = publish(plain, **{rate: "not reproduced", "3.2.2.8.os.rate-24": "not reproduced"})
    staged_at(tmp_path, book, plain, published=published)
    paper = render(tmp_path / "project", "pandoc", ("html",))["html"]
    number = len(published.verdicts)
    assert "is told in ‘What differs from the published paper, and why’ in the supplement." in words_of(paper)
    assert unexplained_numbers(paper, explained(tmp_path)) == []

    supplement = render(tmp_path / "project", "pandoc", ("html",), "supplement")["html"]
    text = words_of(supplement)
    assert "What differs from the published paper, and why" in text
    assert f"Of the {number} numbers that the published paper states, this analysis gives back {number - 2}" in text
    says = published.verdicts.set_index("id").loc[rate, "says"]
    told = text.rpartition("The rows behind the numbers")[0]
    assert told.count(says) == 1  # once, wherever the paper repeats it
    assert "leave no room for 52.6% at 24 months" in text
    assert unexplained_numbers(supplement, explained(tmp_path)) == []


def test_staging_twice_gives_the_same_project(staged, tmp_path, book, plain):
    staged_at(tmp_path, book, plain)
    for file in sorted((tmp_path / "project").rglob("*")):
        if file.is_file():
            assert file.read_bytes() == (staged / "project" / file.relative_to(tmp_path / "project")).read_bytes(), file
    assert (tmp_path / "values.csv").read_bytes() == (staged / "values.csv").read_bytes()


def test_what_no_notebook_shows_is_not_referred_to(tmp_path, book, plain):
    notebooks = [file for file in write_notebooks(tmp_path / "executed", plain) if file.stem == "literature"]
    stage(tmp_path / "project", [OWN, COMMON], notebooks, book, plain)
    text = words_of(render(tmp_path / "project", "pandoc", ("html",))["html"])
    assert "Figure 1" in text and "Figure 2" not in text  # of the published series
    assert "evaluable patients had an objective response" in text


def test_wrong_names_leave_the_list_of_the_right_ones(tmp_path, book, plain):
    own = tmp_path / "own"
    own.mkdir()
    (own / "_origin.qmd").write_text("As said [@cox1927] in @fig-flwo.\n\n<< OS.rates(12) >>\n")
    with pytest.raises(ManuscriptError) as error:
        staged_at(tmp_path, book, plain, [own, OWN, COMMON])
    place = own / "_origin.qmd"
    said = str(error.value).split("\n")
    assert said[0].startswith(f"{place}, line 3: 'rates' is not known; the nearest are rate, ")
    assert "OS.rate(12)" in set(pd.read_csv(tmp_path / "values.csv")["name"])

    (own / "_origin.qmd").write_text("As said [@cox1927] in @fig-flwo.\n")
    with pytest.raises(ManuscriptError) as error:
        staged_at(tmp_path, book, plain, [own, OWN, COMMON])
    said = str(error.value).split("\n")
    assert said[0].startswith(
        f"{place}, line 1: @cox1927 is neither in the bibliography nor in the paper; the nearest are @cox1972"
    )
    assert said[1].startswith(
        f"{place}, line 1: @fig-flwo is neither in the bibliography nor in the paper; the nearest are @fig-flow"
    )


def test_every_entry_of_the_bibliographies_is_cited():
    for folder in (COMMON, OWN):
        texts = [file.read_text(encoding="utf-8") for file in (*COMMON.glob("*.qmd"), *folder.glob("*.qmd"))]
        for file in folder.glob("*.bib"):
            keys = set(re.findall(r"^@\w+\{(\S+),", file.read_text(encoding="utf-8"), re.MULTILINE))
            assert {key for key in keys if not re.search(rf"@{key}\b", "\n".join(texts))} == set()
