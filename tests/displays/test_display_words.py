"""The words around tables and figures stand in templates, and a template that is wrong is told with its line."""

import re

import pytest

from oligomet.displays import words
from oligomet.displays.words import FOLDER, Words, words_of
from oligomet.imports import PACKAGE, files_of
from oligomet.templates import ManuscriptError

MACRO = re.compile(r"<% macro (\w+)\(")


def told(folder, template: str, study, monkeypatch, **said) -> Words:
    (folder / "made.qmd").write_text(template, encoding="utf-8")
    monkeypatch.setattr(words, "FOLDER", folder)
    return words_of("made.up", study, **said)


def test_lines_go_on_and_what_says_nothing_is_left_out(tmp_path, study, monkeypatch):
    template = """
<% macro up(most, nobody) %>
Title: Lesions of
all patients
Legend: From << confidence >> intervals.
Note: At most << most|count >>.
<% if nobody %>
Note: Nobody.
<% endif %>
Note: << "" >>
Note:  Three  spaces
   stay.
<% endmacro %>
"""
    found = told(tmp_path, template, study, monkeypatch, most=1000, nobody=[])
    assert found == Words("Lesions of all patients", "From 95% intervals.", ("At most 1,000.", "Three  spaces stay."))
    assert found.note == "At most 1,000. Three  spaces stay."


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<% macro up() %>\nNote: << study.analysis >>\n<% endmacro %>", "line 2: 'analysis' is not known"),
        ("<% macro up() %>\n\nNote: << moust >>\n<% endmacro %>", "line 3: 'moust' is not known"),
        ("<% macro up(it=none) %>\nNote: << it >>\n<% endmacro %>", "line 2: nothing stands here"),
        ("<% macro up() %>\nNote: << 1 ? >>\n<% endmacro %>", "made.qmd, line 2: "),
        ("<% macro down() %>\n<% endmacro %>", "there is no macro up; there are down"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path, study, monkeypatch, template, said):
    with pytest.raises(ManuscriptError) as told_so:
        told(tmp_path, template, study, monkeypatch)
    assert "made.qmd" in str(told_so.value) and said in str(told_so.value)


def test_every_macro_is_asked_for_and_its_template_is_an_input_of_who_shows_it():
    source = "".join(file.read_text(encoding="utf-8") for file in (PACKAGE / "displays").glob("*.py"))
    for file in sorted(FOLDER.glob("*.qmd")):
        template = file.read_text(encoding="utf-8")
        for macro in MACRO.findall(template):
            asked = f'"{file.stem}.{macro}"' in source or template.count(macro) > 1
            assert asked, f"{file.name}: nobody asks for {macro}"
        assert str(file) in files_of(f"oligomet.displays.{file.stem}")
