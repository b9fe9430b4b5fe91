"""The paper itself, staged with estimates of a random cohort and stand-ins for what the notebooks show."""

import re
import shutil

import pandas as pd
import pytest
import yaml
from made_up_cohort import make_estimates
from small_paper import ROOT, cell, figure, table, write_notebook

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.engines import render
from oligomet.manuscript.prose import read_prose, unexplained_numbers
from oligomet.manuscript.staging import stage

MANUSCRIPT = ROOT / "manuscript"
EMBED = re.compile(r"embed notebooks/(\w+)\.ipynb#(\S+)")


def write_notebooks(folder, study):
    """Executed notebooks with a cell for each that the paper embeds."""
    cells = {}
    for notebook, label in EMBED.findall((MANUSCRIPT / "paper.qmd").read_text(encoding="utf-8")):
        cells.setdefault(notebook, []).append((figure if label.startswith("fig") else table)(label, f"About {label}"))
    cells["factors"] = [table("tbl-factors", "Factors")]
    for name in study.endpoints:
        cells[f"survival_{name}"] = [figure(f"fig-survival-{name}", name), cell(f"fig-survival-more-{name}", {})]
    for name, found in cells.items():
        write_notebook(folder / f"{name}.ipynb", found)
    return sorted(folder.glob("*.ipynb"))


@pytest.fixture(scope="module")
def staged(tmp_path_factory, estimates, study):
    folder = tmp_path_factory.mktemp("study")
    notebooks = write_notebooks(folder / "executed", study)
    values = stage(folder / "project", MANUSCRIPT, notebooks, estimates, study, values_csv=folder / "values.csv")
    return folder, values


@pytest.fixture(scope="module")
def page(staged):
    return render(staged[0] / "project", "pandoc", ("html",))["html"]


def explained(staged):
    return set(pd.read_csv(staged[0] / "values.csv", dtype=str, keep_default_na=False)["text"])


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
    named = {name: what for name, what in captions}
    assert [named[f"Figure {n}"] for n in range(1, 6)] == [
        "About fig-flow",
        "About fig-response",
        "LRFS",
        "LRFS_lesion",
        "PFS",
    ]
    assert [named[f"Table {n}"] for n in (1, 2, 3, 4, 5)] == [
        "About tbl-patients", "About tbl-lesions", "About tbl-response", "Factors", "About tbl-series",
    ]  # fmt: skip


def test_the_paper_says_that_its_cohort_is_synthetic(page, staged):
    text = page.read_text(encoding="utf-8")
    header, abstract = text.partition("</header>")[0], text.partition(">Abstract</h2>")[2].partition("<h2")[0]
    assert "of a synthetic cohort" in header
    assert "<strong>synthetic</strong>" in abstract
    about = yaml.safe_load((staged[0] / "project" / "_metadata.yml").read_text(encoding="utf-8"))
    assert "synthetic data" in about["keywords"] and "Synthetic data" in about["subject"]


def test_another_study_has_a_paper_of_its_own(tmp_path, other_study):
    notebooks = write_notebooks(tmp_path / "executed", other_study)
    values = tmp_path / "values.csv"
    stage(tmp_path / "project", MANUSCRIPT, notebooks, make_estimates(other_study), other_study, values_csv=values)
    paper = render(tmp_path / "project", "pandoc", ("html",))["html"]

    text = paper.read_text(encoding="utf-8")
    assert "Failure-free survival</strong> (FFS), per patient: from the last fraction to death" in text
    assert "synthetic" not in text.lower() and "overall survival" not in text.lower()
    assert unexplained_numbers(paper, explained([tmp_path])) == []


def test_sections_of_other_stages_appear_when_they_are_given(tmp_path, estimates, study, page):
    parts = {
        "robustness": '### Robustness {#sec-robustness}\n\n[3]{.value title="rows"} stand, '
        '[p\u00a0\\<\u00a00.05]{.value title="rows"}.\n',
        "appendix": "See @tbl-audit.\n\n| What | n |\n|:--|--:|\n| Claims | 410 |\n\n: The claims {#tbl-audit}\n",
    }
    notebooks = write_notebooks(tmp_path / "executed", study)
    stage(
        tmp_path / "project", MANUSCRIPT, notebooks, estimates, study, parts=parts, values_csv=tmp_path / "values.csv"
    )
    paper = render(tmp_path / "project", "pandoc", ("html",))["html"]
    text = paper.read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "Robustness</h3>" in text and "3</span> stand, " in text
    assert 'See <a href="#tbl-audit" class="cross-reference">Table 6</a>.' in text
    assert "<strong>Table 6.</strong> The claims" in text
    assert unexplained_numbers(paper, explained([tmp_path])) == []  # what a stage computed was not typed
    assert "Robustness" not in page.read_text(encoding="utf-8")


def test_what_differs_from_the_published_paper_comes_from_the_audit(tmp_path, estimates, study):
    claims = pd.DataFrame(
        [
            ("abstract.15.os.rate-24", "abstract", "OS at 24 months", "rate", "52.6", "50.52", "not reproduced"),
            ("abstract.3.patients.count", "abstract", "patients", "count", "142", "142", "reproduced"),
            ("3.2.8.os.rate-24", "3.2", "OS at 24 months", "rate", "52.6", "50.52", "not reproduced"),
        ],
        columns=["id", "section", "says", "kind", "printed", "recomputed", "verdict"],
    )
    manuscript = tmp_path / "manuscript"
    shutil.copytree(MANUSCRIPT, manuscript)
    (manuscript / f"_why_{study.study}.qmd").write_text("It printed {{< var published.abstract_15_os_rate-24 >}}%.\n")
    notebooks = write_notebooks(tmp_path / "executed", study)
    stage(tmp_path / "project", manuscript, notebooks, estimates, study, claims, values_csv=tmp_path / "values.csv")
    paper = render(tmp_path / "project", "pandoc", ("html",))["html"]

    text = " ".join(re.sub(r"<[^>]+>", "", paper.read_text(encoding="utf-8")).split())
    assert "What differs from the published paper, and why" in text
    assert "Of the 3 numbers that the published paper states, this analysis gives back 1 as they were printed" in text
    assert "It printed 52.6%." in text
    assert text.count("OS at 24 months") == 1  # told once, wherever the paper repeats it
    assert unexplained_numbers(paper, explained([tmp_path])) == []


def test_staging_twice_gives_the_same_project(staged, tmp_path, estimates, study):
    folder = staged[0]
    notebooks = sorted((folder / "executed").glob("*.ipynb"))
    stage(tmp_path / "project", MANUSCRIPT, notebooks, estimates, study, values_csv=tmp_path / "values.csv")
    for file in sorted((tmp_path / "project").rglob("*")):
        if file.is_file():
            assert file.read_bytes() == (folder / "project" / file.relative_to(tmp_path / "project")).read_bytes(), file
    assert (tmp_path / "values.csv").read_bytes() == (folder / "values.csv").read_bytes()


def test_a_figure_that_no_notebook_shows_is_a_mistake(tmp_path, estimates, study):
    notebooks = [file for file in write_notebooks(tmp_path / "executed", study) if file.stem != "response"]
    stage(tmp_path / "project", MANUSCRIPT, notebooks, estimates, study)
    with pytest.raises(ManuscriptError, match=r"embed notebooks/response\.ipynb#tbl-response: there is no notebook"):
        render(tmp_path / "project", "pandoc", ("html",))


def test_every_entry_of_the_bibliography_is_cited(staged):
    keys = set(re.findall(r"^@\w+\{(\S+),", (MANUSCRIPT / "references.bib").read_text(encoding="utf-8"), re.MULTILINE))
    project = staged[0] / "project"
    texts = [file.read_text(encoding="utf-8") for file in (*project.glob("*.qmd"), *MANUSCRIPT.glob("*.qmd"))]
    modules = (ROOT / "workflow" / "oligomet" / "manuscript").glob("*methods.py")
    cited = "\n".join([*texts, *(file.read_text(encoding="utf-8") for file in modules)])
    assert {key for key in keys if not re.search(rf"@{key}\b", cited)} == set()
