"""The import graph: what a script rests on, so that an edited module reruns what uses it and nothing else."""

import re

import pytest

from oligomet import imports
from oligomet.imports import files_of, files_of_script


def names(files):
    return {str(file.relative_to(imports.PACKAGE).with_suffix("")) for file in files}


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
    return root


def test_imports_are_followed_through_functions_packages_and_circles(package):
    assert names(files_of("oligomet.a")) == {"a", "b", "deep/__init__", "deep/c"}


def test_a_script_rests_on_what_it_imports(package):
    script = package.parent / "script.py"
    script.write_text("import pandas\nfrom oligomet.apart import anything\n")
    assert names(files_of_script(script)) == {"apart"}


def test_style_sheets_and_templates_belong_to_the_module_that_bears_their_name(package):
    (package / "apart").mkdir()
    for name in ("apart.css", "apart/page.html", "other.css"):
        (package / name).write_text("")
    assert {file.name for file in files_of("oligomet.apart")} == {"apart.py", "apart.css", "page.html"}


def test_modules_beside_the_package_are_followed_too_if_asked_for(package, tmp_path):
    study = tmp_path / "study"
    (study / "generator").mkdir(parents=True)
    (study / "generator/lives.py").write_text("from generator.dates import days\nfrom oligomet.apart import more\n")
    (study / "generator/dates.py").write_text("import numpy\n")
    (study / "generator/unused.py").write_text("")
    found = {file.name for file in files_of("generator.lives", beside=study)}
    assert found == {"lives.py", "dates.py", "apart.py"}
    with pytest.raises(LookupError, match=r"generator\.lives"):
        files_of("generator.lives")


def test_an_unknown_module_is_an_error(package):
    with pytest.raises(LookupError, match=r"oligomet\.moon"):
        files_of("oligomet.moon")


def test_the_workflow_knows_of_no_study_and_imports_no_generator():
    workflow = imports.PACKAGE.parent
    studies = [folder.name for folder in (workflow.parent / "studies").iterdir()]
    assert studies
    for file in workflow.rglob("*.*"):
        if file.suffix != ".pyc":
            text = file.read_text(encoding="utf-8")
            assert [study for study in studies if study in text] == [], file
            assert not re.search(r"^ *(from|import) generator\b", text, re.M), file


def test_no_module_of_the_package_rests_on_itself():
    modules = [
        ".".join(file.relative_to(imports.PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        for file in imports.PACKAGE.rglob("*.py")
    ]
    rests_on = {name: files_of(name) for name in modules}
    own = {name: imports._file(name) for name in modules}
    circles = [
        f"{one} and {other} import each other, if by way of others"
        for one in modules
        for other in modules
        if one < other and own[other] in rests_on[one] and own[one] in rests_on[other]
    ]
    assert len(modules) > 50
    assert circles == []
