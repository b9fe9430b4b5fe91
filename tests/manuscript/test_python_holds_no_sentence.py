"""Every sentence of the paper stands in a template: the package's modules hold words of messages and sources only."""

import ast
import re

from small_paper import ROOT

WORDS = re.compile(r"(?:[A-Za-z’']{2,}[,;:]? ){4,}")  # four words in a row, and more to come
ENDS = re.compile(r"[a-z)]{3}[.;]( |$)")  # of a sentence, or of its part
MESSAGES = {"self._report", "problems.report", "problems.append", "ManuscriptError"}  # what is said on the screen
SOURCES = {"source"}  # what they are assigned tells where a number comes from, and is no text


def sentences(tree):
    """Strings that read like a sentence and are neither a docstring nor given to the screen."""
    aside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            aside.add(node.body[0].value)
        if isinstance(node, ast.Raise):
            aside.update(ast.walk(node))
        if isinstance(node, ast.Call):
            aside.update(ast.walk(node) if ast.unparse(node.func) in MESSAGES else ())
        if isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & SOURCES:
            aside.update(ast.walk(node))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in aside else None
        if isinstance(text, str) and WORDS.search(f"{text} "):
            yield node.lineno, text


def found_in(room):
    for file in sorted((ROOT / "workflow" / "oligomet" / room).glob("*.py")):
        for line, text in sentences(ast.parse(file.read_text(encoding="utf-8"))):
            yield file.name, line, text


def test_no_module_of_the_manuscript_holds_a_sentence():
    assert list(found_in("manuscript")) == []


def test_modules_of_tables_and_figures_hold_headings_and_labels_alone():
    assert [found for found in found_in("displays") if len(found[2].split()) > 7 or ENDS.search(found[2])] == []


def test_a_sentence_would_be_found():
    tree = ast.parse(
        'def tell():\n    """Say what is said of it all."""\n    return f"The groups differed by {1} of them"\n'
    )
    assert list(sentences(tree)) == [(3, "The groups differed by ")]
    silent = ast.parse('problems.report("there is no such name here")\nsource = "the sum over all of the exports"')
    assert list(sentences(silent)) == []
