"""The problems of a study as a list for the screen and as a table for a file."""

from __future__ import annotations

import pandas as pd

from oligomet.validate.data import Found
from oligomet.validate.problems import Problem, told


def report(found: Found) -> str:
    """What is set aside, who is eligible, and last what stops the run."""
    stopping = [problem for problem in found.problems if problem.stops]
    aside = [problem for problem in found.problems if not problem.stops]
    parts = []
    if aside:
        parts.append(f"Set aside, and no obstacle to a run:\n{told(aside)}")
    parts += ["\n".join(found.eligible)] if found.eligible else []
    if stopping:
        many = len(set(stopping))
        parts.append(f"{'These' if many > 1 else 'This'} must be put right first ({many}):\n{told(stopping)}")
    else:
        parts.append("Nothing stops a run.")
    return "\n\n".join(parts)


def as_table(problems: list[Problem]) -> pd.DataFrame:
    """A row a problem, without what stood in the cells: it may be anything, a name too."""
    ordered = sorted(dict.fromkeys(problems), key=lambda one: (not one.stops, one.file, one.line or 0))
    rows = [
        {
            "file": one.file,
            "row": one.line,
            "column": one.column,
            "declared_under": one.place,
            "problem": one.said,
            "expected": one.expected,
            "cells": one.count,
            "stops_the_run": int(one.stops),
        }
        for one in ordered
    ]
    columns = ["file", "row", "column", "declared_under", "problem", "expected", "cells", "stops_the_run"]
    return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})
