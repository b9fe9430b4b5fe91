"""Notebooks show and explain; their executed copies are the same whenever and wherever they are made."""

import ast
import json
import os
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from oligomet.displays.results import Results, seeing_only
from oligomet.estimates import fits
from oligomet.imports import files_of
from oligomet.notebooks import SECTIONS, SHOWN_IN, NotebookError, execute, executions, scrub, sections_of
from oligomet.schemas import TABLES
from oligomet.sections import Sections
from oligomet.tables import write
from oligomet.trial_declarations import CompleteResponse, Prediction

PROJECT = Path(__file__).parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
PLAIN = (ast.Module, ast.ImportFrom, ast.alias, ast.Assign, ast.Expr, ast.Call, ast.keyword, ast.Attribute, ast.Name)
ONLY = {*PLAIN, ast.Constant, ast.Store, ast.Load}


def cells(path, kind="code"):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


@pytest.fixture
def trial(study):
    """The study, if it declared whatever a notebook can be about."""
    sections = {"complete_response": CompleteResponse(), "prediction": Prediction(clinical=["age_years"])}
    return study.model_copy(update=sections)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_begins_with_its_parameters(self, path, trial):
        tagged = ["parameters" in cell["metadata"].get("tags", []) for cell in cells(path)]
        assert tagged == [True, *[False] * (len(tagged) - 1)]
        names = [node.targets[0].id for node in ast.parse(source(cells(path)[0])).body]
        assert names[0] == "study"
        given = [of for name, of in executions(trial).items() if name.partition("_")[0] == path.stem]
        assert given
        assert all(of.keys() <= set(names) for of in given)

    def test_holds_no_formula(self, path):
        """Only imports, parameters and calls: no arithmetic, no comparison, no loop, no index."""
        for cell in cells(path):
            found = {type(node) for node in ast.walk(ast.parse(source(cell)))}
            assert found <= ONLY, source(cell)

    def test_types_no_number_into_its_prose(self, path):
        prose = "\n".join(source(cell) for cell in cells(path, "markdown"))
        assert re.findall(r"\d", prose.replace("RECIST 1.1", "")) == []

    def test_asks_only_for_what_there_is(self, path):
        """Every attribute of `shown` is one of `Results` or a table of the outcomes, every fit one of `fits`."""
        code = "\n".join(source(cell) for cell in cells(path))
        shown = re.findall(r"shown\.(\w+)", code)
        assert shown
        assert all(hasattr(Results, name) or name == "study" or f"outcomes/{name}" in TABLES for name in shown)
        assert all(hasattr(fits, name) for name in re.findall(r"fits\.(\w+)\(", code))


def test_together_the_notebooks_show_every_kind_of_table_and_figure():
    code = "\n".join(source(cell) for path in NOTEBOOKS for cell in cells(path))
    assert set(re.findall(r'shown\.(?:tables|figures)\("(\w+)"', code)) == SHOWN_IN.keys()
    assert not re.search(r"(?:table|figure)\d", code)  # names are the study's


def test_together_the_notebooks_see_every_declared_table_and_figure_once(study):
    seen = [section for notebook in SECTIONS for section in sections_of(notebook, study) if "*" not in section]
    shown = [section for section in seen if section.partition(".")[0] in ("tables", "figures")]
    declared = [f"tables.{name}" for name in study.tables] + [f"figures.{name}" for name in study.figures]
    assert sorted(shown) == sorted(declared)


def test_a_study_without_tables_and_figures_can_be_asked_for_them(study):
    bare = study.model_copy(update={"tables": {}, "figures": {}})
    for notebook in SECTIONS:
        seen = Sections(bare, sections_of(notebook, bare))
        assert seen.tables == seen.figures == {}
    assert "literature" not in executions(bare)


def test_a_figure_of_lesions_has_its_notebook(study):
    assert "survival_LRFS_lesion" not in executions(study)
    drawn = study.figures["figure4"].model_copy(update={"endpoint": "LRFS_lesion"})
    assert "survival_LRFS_lesion" in executions(study.model_copy(update={"figures": {"lesions": drawn}}))


def test_a_notebook_rests_on_what_it_shows_and_on_no_more():
    """So that a change of one table or figure executes the notebooks again that show it."""
    used = {path.stem: {Path(file).stem for file in files_of(path)} for path in NOTEBOOKS}

    def shown_by(module):
        return {name for name, modules in used.items() if module in modules}

    assert shown_by("forest_plot") == {"literature"}
    assert shown_by("wording") == {"robustness"}  # of the audit, which reads the printed ratios
    assert shown_by("supplementary_tables") == {"cohort", "response"}
    assert shown_by("fits") == {"cohort", "response", "survival", "factors", "robustness"}
    assert shown_by("results") == used.keys()


def test_labels_are_unique_across_notebooks():
    labels = re.findall(r"#\| label: (\S+)", "\n".join(source(cell) for path in NOTEBOOKS for cell in cells(path)))
    assert len(set(labels)) == len(labels)


def test_what_is_executed_follows_the_study(study):
    found = executions(study)
    assert found["survival_OS"] == {"endpoint": "OS", "factor": "lesion_count"}  # a published conclusion comes first
    assert found["survival_PFS"] == {"endpoint": "PFS", "factor": None}  # nothing is compared
    assert found["robustness"] == {"endpoint": "OS", "factor": "disease_control", "landmark": 3}
    alone = executions(study.model_copy(update={"robustness": None}))
    assert "robustness" not in alone
    assert alone["response"] == {"outcome": "objective_response"}
    assert alone["survival_OS"] == {"endpoint": "OS", "factor": "histology"}


class TestResults:
    @pytest.fixture
    def repository(self, tmp_path, book):
        (tmp_path / "studies/pumch2022").mkdir(parents=True)
        declared = PROJECT / "studies/pumch2022/study.yaml"
        (tmp_path / "studies/pumch2022/study.yaml").write_bytes(declared.read_bytes())
        (tmp_path / "deep/within").mkdir(parents=True)
        write(book.frame(), tmp_path / "results/pumch2022/estimates/estimates.csv")
        return tmp_path

    @pytest.mark.parametrize("place", [".", "deep", "deep/within", "studies/pumch2022"])
    def test_are_found_from_anywhere_in_the_repository(self, repository, place, monkeypatch, book):
        monkeypatch.chdir(repository / place)
        assert len(Results("pumch2022").book) == len(book)

    def test_show_the_workflow_no_section_that_its_rule_does_not_declare(self, repository, monkeypatch):
        monkeypatch.chdir(repository)
        with seeing_only(["analyses", "tables.table1"]):
            study = Results("pumch2022").study
        assert list(study.tables) == ["table1"]
        with pytest.raises(AttributeError, match="the rule does not declare that it depends on 'factors'"):
            study.factors  # noqa: B018
        assert Results("pumch2022").study.factors

    def test_of_a_study_that_is_not_there(self, repository, monkeypatch):
        monkeypatch.chdir(repository / "deep")
        with pytest.raises(
            LookupError, match=r"Neither \S*deep nor a folder above it has studies/nowhere/study.yaml: open"
        ):
            Results("nowhere")

    def test_that_have_not_been_made_say_which_command_makes_them(self, repository, monkeypatch):
        monkeypatch.chdir(repository / "deep")
        with pytest.raises(
            LookupError, match=r"results/pumch2022/outcomes/times.csv has not been made yet: run `make`"
        ):
            Results("pumch2022").times  # noqa: B018

    def test_of_an_endpoint_that_is_not_declared(self, repository, monkeypatch):
        monkeypatch.chdir(repository)
        with pytest.raises(ValueError, match=r"study.yaml declares no endpoint LC; it declares LRFS, LRFS_lesion, PFS"):
            Results("pumch2022").about("LC")

    def test_stand_beside_a_fit_where_the_study_declares_the_analysis(self, repository, monkeypatch):
        monkeypatch.chdir(repository)
        results = Results("pumch2022")
        index = pd.MultiIndex.from_tuples(
            [("gtv", "< 3", "≥ 3"), ("gtv", "moon", "sun")], names=["factor", "group", "reference"]
        )
        beside = results.beside(
            pd.DataFrame({"estimate": [0.5, 2]}, index), analysis="cox_univariable", endpoint="OS",
            statistic="hazard_ratio",
        )  # fmt: skip
        found = results.book.one(analysis="cox_univariable", endpoint="OS", factor="gtv", statistic="hazard_ratio")
        assert beside["this notebook", "estimate"].tolist() == [0.5, 2]
        assert beside["estimates", "estimate"].iloc[0] == found.estimate
        assert pd.isna(beside["estimates", "estimate"].iloc[1])
        assert results.beside(pd.DataFrame({"estimate": []}), analysis="cox_univariable") is None


SMALL = """\
import sys
from IPython.display import display
from matplotlib import pyplot
from oligomet.displays.results import Shown
import pandas as pd"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A notebook that shows one of each, in a folder of its own."""

    def executed(*code, name="once", **parameters):
        monkeypatch.chdir(tmp_path)
        given = new_code_cell("word = 'no'", metadata={"tags": ["parameters"]})
        written = [new_markdown_cell("# Small\n\nIt is."), given, new_code_cell(SMALL), *map(new_code_cell, code)]
        for place, cell in enumerate(written):
            cell.id = f"cell-{place}"
        kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
        nbformat.write(new_notebook(cells=written, metadata=kernel), "small.ipynb")
        execute("small.ipynb", f"{name}.ipynb", f"{name}.html", parameters, f"logs/{name}.ipynb", "All invented.")
        return nbformat.read(f"{name}.ipynb", 4)

    return executed


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


class TestExecution:
    def test_shows_what_a_cell_prints_displays_and_is(self, small):
        found = outputs(
            small("print(word)", "display(word, 2)\n3", "4;", "None", "sys.stderr.write('5')\n6", word="yes")
        )
        assert [output.get("text") or output.data["text/plain"] for output in found] == [
            "yes\n",
            "'yes'",
            "2",
            "3",
            "5",
            "6",
        ]
        kinds = ["stream", "display_data", "display_data", "execute_result", "stream", "execute_result"]
        assert [output.output_type for output in found] == kinds

    def test_of_one_notebook_is_nothing_to_the_next(self, small):
        small("there = 1")
        with pytest.raises(NotebookError, match="NameError: name 'there' is not defined"):
            small("there")

    def test_twice_gives_the_same_bytes_and_names_no_place_and_no_time(self, small, tmp_path):
        code = """
import os, time
from statsmodels.discrete.discrete_model import Logit
fit = Logit([0, 1, 0, 1, 1, 0], [[1, 2], [1, 1], [1, 4], [1, 3], [1, 5], [1, 6]]).fit(disp=0)
time.sleep(1.1)
fit.summary()"""
        small(code, "os.getcwd()", name="first")
        small(code, "os.getcwd()", name="second")
        for kind in ("ipynb", "html"):
            text = (tmp_path / f"first.{kind}").read_text(encoding="utf-8")
            assert text == (tmp_path / f"second.{kind}").read_text(encoding="utf-8")
            assert "Log-Likelihood:" in text
            assert str(tmp_path) not in text
            assert "papermill" not in text
            assert re.findall(r"\d\d:\d\d:\d\d|\d\d [A-Z]\w\w 20\d\d|20\d\d-\d\d-\d\dT", text) == []

    def test_completes_title_label_and_caption(self, small, tmp_path):
        notebook = small(
            'Shown("Here.", "Words", about="Survival")',
            '#| label: tbl-{word}\nShown("| a |\\n|---|\\n| 1 |", "One number")',
            word="yes",
        )
        assert notebook.cells[0].source == "# Small: Survival\n\nIt is."
        assert notebook.cells[-1].source.startswith('#| label: tbl-yes\n#| tbl-cap: "One number"\n')
        page = (tmp_path / "once.html").read_text(encoding="utf-8")
        assert "<title>Small: Survival</title>" in page
        assert '<h1 id="small-survival">Small: Survival</h1>' in page
        assert '<p class="caption" id="tbl-yes">One number</p>' in page

    def test_makes_a_page_that_needs_no_network_and_says_what_the_data_are(self, small, tmp_path):
        small('pd.DataFrame({"a": [1, 2]})', "pyplot.figure(figsize=(1, 1));")
        page = (tmp_path / "once.html").read_text(encoding="utf-8")
        assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
        assert '<meta name="description" content="All invented.">' in page
        assert page.count("<style") == 1
        assert re.search(r'<div class="wide"><table class="dataframe">.*<td>2</td>.*</table></div>', page, re.S)

    def test_that_stops_says_where_and_leaves_its_log(self, small, tmp_path):
        with pytest.raises(NotebookError, match=r"small.ipynb: cell 5 stopped: ZeroDivisionError: division by zero"):
            small("1", "1 / 0", "never", name="failed")
        left = nbformat.read(tmp_path / "logs/failed.ipynb", 4)
        assert [output.output_type for output in outputs(left)][-2:] == ["execute_result", "error"]
        assert not (tmp_path / "failed.ipynb").exists()

    def test_leaves_nothing_in_the_home_of_the_user(self, small, tmp_path, monkeypatch):
        home = tmp_path / "home"
        home.mkdir()
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.delenv("IPYTHONDIR", raising=False)
        small("1")
        assert [name for name in os.listdir(home) if "ipython" in name] == []


def test_displays_of_one_cell_have_a_cell_and_a_label_each(tmp_path):
    def shown(caption):
        data = {"text/markdown": caption, "text/plain": caption}
        return new_output("display_data", data, metadata={"caption": caption})

    several = new_code_cell("#| label: fig-{endpoint}\nshow()", outputs=[shown("One"), shown("Other")])
    nothing = new_code_cell("#| label: tbl-none\nshow()")
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), several, nothing])
    scrub(notebook, {"endpoint": "OS"})
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells[1:]] == [
        '#| label: fig-OS\n#| fig-cap: "One"\nshow()',
        '#| label: fig-OS-2\n#| fig-cap: "Other"',
        "#| label: tbl-none\nshow()",
    ]
    assert [len(cell.outputs) for cell in notebook.cells[1:]] == [1, 1, 0]
