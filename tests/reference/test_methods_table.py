"""docs/methods.md says of every method where it comes from and how far it is from R, and what it says is so."""

from importlib import import_module

import methods_table
import pandas as pd
import pytest

from oligomet.estimates import methods_python_lacks


@pytest.fixture(scope="module")
def written() -> pd.DataFrame:
    first, *_ = methods_table.FILE.read_text().split("\n## ")
    lines = [line for line in first.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line[2:-1].split(" | ")] for line in lines]
    return pd.DataFrame(cells[2:], columns=cells[0])


def test_every_method_is_in_one_line():
    for name in methods_table.calls():
        assert sum(methods_table.covers(method, name) for method in methods_table.METHODS) == 1, name


def test_every_own_module_has_its_reason():
    folder = methods_table.Path(methods_python_lacks.__file__).parent
    modules = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    told = set(methods_table.measured())
    assert modules == told | set(methods_table.SUPPORT)
    assert {method.reason for method in methods_table.METHODS if method.reason} <= told


def test_table_is_up_to_date(written):
    now = methods_table.table()
    facts = ["Method", "Taken from", "Held against", "Numbers"]
    pd.testing.assert_frame_equal(written[facts], now[facts])
    bounds = (t["Worst difference"].str.removeprefix("< ") for t in (written, now))
    was, found = (column[column != ""].astype(float) for column in bounds)
    assert (found <= 10 * was).all()  # rounding differs from machine to machine
    assert found.max() <= 1e-6


def test_reasons_are_what_is_measured():
    assert methods_table.reasons() in methods_table.FILE.read_text()


def test_modules_open_with_what_is_measured():
    for module, sentence in methods_table.measured().items():
        text = import_module(f"{methods_python_lacks.__name__}.{module}").__doc__
        assert sentence in " ".join(text.split()), f"{module} does not say: {sentence}"
