"""Notebooks show and explain; their executed copies are the same whenever and wherever they are made."""

import ast
import json
import re
import shutil
from pathlib import Path

import pytest

from oligomet.displays.notebook import Results
from oligomet.notebooks import NotebookError, execute
from oligomet.tables import write

PROJECT = Path(__file__).parents[2]
NOTEBOOKS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
PLAIN = (ast.Module, ast.ImportFrom, ast.alias, ast.Assign, ast.Expr, ast.Call, ast.keyword, ast.Attribute, ast.Name)
ONLY = {*PLAIN, ast.Constant, ast.Store, ast.Load}


def cells(path, kind="code"):
    return [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestNotebook:
    def test_is_committed_clean(self, path):
        content = json.loads(path.read_text(encoding="utf-8"))
        assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
        assert content["metadata"]["kernelspec"]["name"] == "python3"
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells(path))
        ids = [cell["id"] for cell in content["cells"]]
        assert len(set(ids)) == len(ids)

    def test_has_parameters(self, path):
        tagged = [cell for cell in cells(path) if "parameters" in cell["metadata"].get("tags", [])]
        assert len(tagged) == 1
        names = {node.targets[0].id for node in ast.parse(source(tagged[0])).body}
        assert {"study", "results"} <= names

    def test_holds_no_formula(self, path):
        """Only imports, parameters and calls: no arithmetic, no comparison, no loop, no index."""
        for cell in cells(path):
            found = {type(node) for node in ast.walk(ast.parse(source(cell)))}
            assert found <= ONLY, source(cell)

    def test_types_no_number_into_its_prose(self, path):
        prose = "\n".join(source(cell) for cell in cells(path, "markdown"))
        assert re.findall(r"\d", prose.replace("RECIST 1.1", "")) == []

    def test_asks_only_for_what_there_is(self, path):
        """Every display that a cell calls is one of `Results`."""
        calls = re.findall(r"shown\.(\w+)\(", "\n".join(source(cell) for cell in cells(path)))
        assert calls
        assert all(hasattr(Results, name) for name in calls)


def test_together_the_notebooks_show_every_declared_table_and_figure(study):
    code = "\n".join(source(cell) for path in NOTEBOOKS for cell in cells(path))
    by_endpoint = [figure.endpoint for figure in study.figures.values() if figure.endpoint]
    assert all(by_endpoint.count(endpoint) <= 2 for endpoint in by_endpoint)  # survival, more_survival
    shown = set(re.findall(r'shown\.(?:table|figure)\("(\w+)"\)', code)) | set(
        re.findall(r'^table = "(\w+)"', code, re.M)
    )
    declared = {*study.tables, *(name for name, figure in study.figures.items() if not figure.endpoint)}
    assert declared <= shown


def test_labels_are_unique_across_notebooks():
    labels = re.findall(r"#\| label: (\S+)", "\n".join(source(cell) for path in NOTEBOOKS for cell in cells(path)))
    assert len(set(labels)) == len(labels)


@pytest.fixture(scope="module")
def project(tmp_path_factory, estimates):
    """A project with invented estimates, in which notebooks run."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
    shutil.copytree(PROJECT / "studies/pumch2022", folder / "studies/pumch2022", ignore=shutil.ignore_patterns("raw"))
    write(estimates, folder / "results/pumch2022/estimates/estimates.csv")
    return folder


PARAMETERS = {"study": "studies/pumch2022/study.yaml", "results": "results/pumch2022", "endpoint": "PFS"}


@pytest.fixture(scope="module")
def executed(project, study):
    """The survival notebook, executed twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        for name in ("first", "second"):
            files = [f"{name}/survival.ipynb", f"{name}/survival.html"]
            execute("notebooks/survival.ipynb", *files, PARAMETERS, f"logs/{name}.ipynb", study.synthetic.notice)
    return project


@pytest.mark.parametrize("name", ["survival.ipynb", "survival.html"])
def test_two_executions_give_the_same_bytes(executed, name):
    assert (executed / "first" / name).read_bytes() == (executed / "second" / name).read_bytes()


def test_executed_copies_name_no_place_and_no_time(executed):
    text = (executed / "first/survival.ipynb").read_text(encoding="utf-8")
    assert str(executed) not in text
    assert str(PROJECT) not in text
    assert "papermill" not in text
    assert re.findall(r"20\d\d-\d\d-\d\dT", text) == []


def test_executed_copies_carry_what_the_paper_embeds(executed):
    path = executed / "first/survival.ipynb"
    shown = {match[1]: cell for cell in cells(path) if (match := re.search(r"#\| label: (\S+)", source(cell)))}
    figure, table = shown["fig-survival-PFS"], shown["tbl-rates-PFS"]
    assert '#| fig-cap: "Progression-free survival. All patients.' in source(figure)
    assert {"image/svg+xml", "image/png"} <= set(figure["outputs"][0]["data"])
    assert '#| tbl-cap: "Progression-free survival: rates and medians"' in source(table)
    assert "".join(table["outputs"][0]["data"]["text/markdown"]).startswith("| Group | n | Events |")
    assert shown["fig-survival-more-PFS"]["outputs"] == []  # no second figure is declared


def test_pages_need_no_network_and_say_that_the_data_are_synthetic(executed, study):
    page = (executed / "first/survival.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page) == []
    assert f'<meta name="description" content="{study.synthetic.notice}">' in page
    assert study.synthetic.notice in page.split("<body>")[1].replace("\n", " ")
    assert "<title>Time to event</title>" in page


def test_a_notebook_that_stops_says_where_and_leaves_its_log(project, monkeypatch):
    monkeypatch.chdir(project)
    nowhere = {**PARAMETERS, "study": "studies/nowhere/study.yaml"}
    with pytest.raises(NotebookError, match=r"cell \d+ stopped: ConfigurationError: .*there is no such file"):
        execute("notebooks/factors.ipynb", "failed.ipynb", "failed.html", nowhere, "logs/failed.ipynb")
    assert (project / "logs/failed.ipynb").exists()
    assert not (project / "failed.ipynb").exists()
