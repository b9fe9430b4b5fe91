"""The import graph: what a script rests on, so that an edited module reruns what uses it and nothing else."""

import ast
import json
import re
from pathlib import Path

import pytest

from oligomet import imports
from oligomet.imports import PACKAGE, files_of, imported_names

ROOT = PACKAGE.parents[1]


def names(files):
    return {str(Path(file).relative_to(imports.PACKAGE).with_suffix("")) for file in files}


@pytest.fixture
def package(tmp_path, monkeypatch):
    root = tmp_path / "oligomet"
    for name, text in {
        "__init__": "",
        "a": "from oligomet.b import thing\n",
        "b": "def thing():\n    from oligomet.deep import c\n    return c\n",
        "deep/__init__": "",
        "deep/c": "import oligomet.a\n",
        "apart": "import oligomet.nothing_of_ours_is_imported_by_this\n",
    }.items():
        (root / f"{name}.py").parent.mkdir(parents=True, exist_ok=True)
        (root / f"{name}.py").write_text(text)
    monkeypatch.setattr(imports, "PACKAGE", root)
    imports._files.cache_clear()
    yield root
    imports._files.cache_clear()


def test_imports_are_followed_through_functions_packages_and_circles(package):
    assert names(files_of("oligomet.a")) == {"a", "b", "deep/__init__", "deep/c"}


def test_a_script_rests_on_what_it_imports_and_on_what_stands_beside_it(package):
    scripts = package.parent / "scripts"
    scripts.mkdir()
    (scripts / "script.py").write_text("import pandas\nfrom oligomet.apart import anything\nfrom common import begin\n")
    (scripts / "common.py").write_text("")
    files = files_of(scripts / "script.py", beside=(scripts,))
    assert [Path(file).name for file in files] == ["apart.py", "common.py", "script.py"]


def test_a_notebook_rests_on_what_its_cells_import(package, tmp_path):
    cells = [("markdown", ["import oligomet.a"]), ("code", ["import pandas\n", "from oligomet.apart import one"])]
    notebook = tmp_path / "notebook.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": kind, "source": source} for kind, source in cells]}))
    assert [Path(file).name for file in files_of(notebook)] == ["notebook.ipynb", "apart.py"]


def test_style_sheets_and_templates_belong_to_the_module_that_bears_their_name(package):
    (package / "apart").mkdir()
    for name in ("apart.css", "apart/page.html", "other.css"):
        (package / name).write_text("")
    assert {Path(file).name for file in files_of("oligomet.apart")} == {"apart.py", "apart.css", "page.html"}


def test_modules_beside_the_package_are_followed_too_if_asked_for(package, tmp_path):
    study = tmp_path / "study"
    (study / "generator").mkdir(parents=True)
    (study / "generator/lives.py").write_text("from generator.dates import days\nfrom oligomet.apart import more\n")
    (study / "generator/dates.py").write_text("import numpy\n")
    (study / "generator/unused.py").write_text("")
    found = {Path(file).name for file in files_of("generator.lives", beside=(study,))}
    assert found == {"lives.py", "dates.py", "apart.py"}
    with pytest.raises(LookupError, match=r"generator\.lives"):
        files_of("generator.lives")


def test_an_unknown_module_is_an_error(package):
    with pytest.raises(LookupError, match=r"oligomet\.moon"):
        files_of("oligomet.moon")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import a.b as c, d", {"a.b", "d"}),
        ("from a import b as c, d", {"a", "a.b", "a.d"}),
        ("from a import (\n    b,  # (why)\n    c as d,\n)", {"a", "a.b", "a.c"}),
        ("from a import \\\n    b, \\\n    c", {"a", "a.b", "a.c"}),
        ("if x: import a; from b import c", {"a", "b", "b.c"}),
        ("    from a.b import (c)", {"a.b", "a.b.c"}),
        ("# import a\nword = 1  # from b import c", set()),
        ("if TYPE_CHECKING:\n    import a\n\n    from b import c\n\nimport d", {"d"}),
        ("if typing.TYPE_CHECKING:  # why\n    import a\nelse:\n    import b\n", {"b"}),
    ],
)
def test_imports_are_found_however_they_are_written_but_not_those_for_types_alone(source, found):
    assert imported_names(source) == found


def parsed_names(node):
    """What Python's parser says that a module imports when it runs."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for child in node.orelse:
            yield from parsed_names(child)
    else:
        for child in ast.iter_child_nodes(node):
            yield from parsed_names(child)


def test_what_is_found_is_what_the_parser_finds():
    files = [file for folder in ("workflow", "studies") for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    for file in files:
        source = file.read_text(encoding="utf-8")
        assert imported_names(source) == set(parsed_names(ast.parse(source))), file


def test_the_workflow_knows_of_no_study_and_imports_no_generator():
    workflow = imports.PACKAGE.parent
    studies = [folder.name for folder in (workflow.parent / "studies").iterdir()]
    assert studies
    for file in workflow.rglob("*.*"):
        if "__pycache__" not in file.parts:
            text = file.read_text(encoding="utf-8")
            named = [study for study in studies if re.search(rf"studies/{study}\b|[\"'= ]{study}[\"'\n]", text)]
            assert named == [], file
            assert not re.search(r"^ *(from|import) generator\b", text, re.M), file


def test_no_module_of_the_package_rests_on_itself():
    modules = imports._files((imports.PACKAGE.parent,))[0]
    own = {name: file for name, file in modules.items() if name.startswith("oligomet")}
    rests_on = {name: files_of(name) for name in own}
    circles = [
        f"{one} and {other} import each other, if by way of others"
        for one in own
        for other in own
        if one < other and own[other] in rests_on[one] and own[one] in rests_on[other]
    ]
    assert len(own) > 50
    assert circles == []
