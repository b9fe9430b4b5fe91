"""Whether results are still as expected: committed tables against those of a run, cell by cell.

An expectation is a folder of files that stand as their results do under results/<study>/: tables, and text (figures,
the filled-in source of the paper), of which each line is a cell. Adding a file to it adds it to what is verified.
"""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from oligomet.verify.run_record import changed_since, recorded

RELATIVE, ABSOLUTE = 1e-6, 1e-9  # what platforms' last digits and another order of sums may change
COLUMNS = ["file", "row", "column", "expected", "found"]
_NUMBER = re.compile(r"(?<![\w.])[-−+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
LISTED = 40  # differences that a report lists
EXPECTED = (
    *("audit/claims.csv", "audit/findings.csv", "estimates/estimates.csv", "tables/*.csv"),
    *("cohort/*.csv", "outcomes/*.csv", "figures/*.svg", "manuscript/project/*.qmd"),
)
TEXT = (".svg", ".qmd")


def read_tables(folder: str | Path, like: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """All tables and text below a folder, by their path in it; `like`: only those that this other folder has."""
    folder, like = Path(folder), Path(like or folder)
    names = sorted(str(path.relative_to(like)) for path in like.rglob("*") if path.suffix in (".csv", *TEXT))
    return {name: _read(folder / name) for name in names if (folder / name).is_file()}


def _read(file: Path) -> pd.DataFrame:
    if file.suffix in TEXT:
        return pd.DataFrame({"line": file.read_text(encoding="utf-8").split("\n")}, dtype=str)
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def compare_tables(
    expected: dict[str, pd.DataFrame],
    found: dict[str, pd.DataFrame],
    relative: float = RELATIVE,
    absolute: float = ABSOLUTE,
) -> pd.DataFrame:
    """Every difference between expected and found tables.

    Parameters
    ----------
    expected, found
        Tables of text by name. Rows are held against each other in their order. Only expected tables are compared.
    relative, absolute
        A number may differ by `absolute` plus `relative` times the expected one. Cells that hold text and numbers,
        such as '12 (8.5%)', are compared number by number, and the text between them has to be the same.

    Returns
    -------
    DataFrame with file, row (from 1; empty for a whole file or column), column, expected, found; empty if all agree.
    """
    rows: list[tuple] = []
    for name, table in expected.items():
        if name not in found:
            rows.append((name, "", "", "a table", "no table"))
            continue
        other = found[name]
        rows += [(name, "", column, "a column", "no column") for column in table.columns.difference(other.columns)]
        rows += [(name, "", column, "no column", "a column") for column in other.columns.difference(table.columns)]
        if len(table) != len(other):
            rows.append((name, "", "", f"{len(table)} rows", f"{len(other)} rows"))
        for column in table.columns.intersection(other.columns, sort=False):
            pairs = zip(table[column], other[column], strict=False)
            rows += [
                (name, number, column, a, b)
                for number, (a, b) in enumerate(pairs, start=1)
                if a != b and not cells_agree(a, b, relative, absolute)
            ]
    return pd.DataFrame(rows, columns=COLUMNS)


def cells_agree(expected: str, found: str, relative: float = RELATIVE, absolute: float = ABSOLUTE) -> bool:
    """Whether two cells say the same: equal text between equal numbers, within the tolerances."""
    if _NUMBER.sub("#", expected) != _NUMBER.sub("#", found):
        return False
    numbers = zip(_NUMBER.findall(expected), _NUMBER.findall(found), strict=True)
    values = ((float(a.replace("−", "-")), float(b.replace("−", "-"))) for a, b in numbers)
    return all(math.isclose(a, b, rel_tol=relative, abs_tol=absolute) for a, b in values)


def report_differences(differences: pd.DataFrame, expected: dict[str, pd.DataFrame]) -> str:
    """PASS with what was compared, or the differences, a line each."""
    cells = sum(table.size for table in expected.values())
    if differences.empty:
        return f"PASS: {cells} values in {len(expected)} tables are as expected."
    lines = [f"FAIL: {len(differences)} of {cells} values in {len(expected)} tables are not as expected."]
    row: Any
    for row in differences.head(LISTED).itertuples():
        where = (
            f"{row.file}" + (f", row {row.row}" if row.row != "" else "") + (f", {row.column}" if row.column else "")
        )
        lines.append(f"  {where}: expected {row.expected or 'nothing'}, found {row.found or 'nothing'}")
    if len(differences) > LISTED:
        lines.append(f"  and {len(differences) - LISTED} more")
    return "\n".join(lines)


def verify(expectation: str | Path, results: str | Path) -> tuple[bool, str]:
    """Whether results are what their run made, and as expected; and what was found, a line each.

    A study that commits no expectation is verified against the record of its run alone.
    """
    made = [file for _, hashes in recorded(Path(results, "logs")) for file in hashes]
    others = changed_since(Path(results, "logs"), everything=True)
    expected = read_tables(expectation)
    if not made and not expected:
        return False, f"FAIL: there is no record of a run, and {expectation} holds nothing, so nothing was verified."
    said = []
    if others:
        said += [f"FAIL: {len(others)} of {len(made)} files are not as the run made them.", *map("  {}".format, others)]
    elif made:
        said.append(f"PASS: {len(made)} files, the paper and its figures among them, are as the run made them.")
    differences = compare_tables(expected, read_tables(results, like=expectation))
    said += [
        report_differences(differences, expected) if expected else f"{expectation} holds nothing to compare them with."
    ]
    return not others and differences.empty, "\n".join(said)


def accept(results: str | Path, expectation: str | Path) -> list[str]:
    """Make the present results the expectation; which files that are.

    What an earlier run left under a name that is no longer declared is neither copied nor expected any more.
    """
    results, expectation = Path(results), Path(expectation)
    made = {file for _, hashes in recorded(results / "logs") for file in hashes}
    found = [path for pattern in EXPECTED for path in results.glob(pattern) if path in made or not made]
    names = sorted(str(path.relative_to(results)) for path in found)
    for pattern in EXPECTED:
        for path in expectation.glob(pattern):
            if str(path.relative_to(expectation)) not in names:
                path.unlink()
    for name in names:
        (expectation / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(results / name, expectation / name)
    return names
