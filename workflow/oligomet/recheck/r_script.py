"""An R script for each table of the paper, which computes it anew from outcomes/ and compares."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2

if TYPE_CHECKING:
    from oligomet.declarations import Condition, Scalar
    from oligomet.study import Study

LIMITS = {"below": "<", "at_least": ">=", "above": ">", "at_most": "<="}


def rechecked_tables(study: Study) -> list[str]:
    """The declared tables of characteristics, of factors of an endpoint and of response by site."""
    return [name for name, table in study.tables.items() if table.kind in ("patient", "lesion", "factors", "response")]


def write_r_script(name: str, study: Study) -> str:
    """The script of a declared table: R with its package survival, and no other.

    Parameters
    ----------
    name
        A table of study.yaml, one of `rechecked_tables`.
    study
        Its `analyses`, `endpoints`, `factors` and `tables` become R; nothing is read from it when the script runs.

    Returns
    -------
    R, in UTF-8. Run by Rscript, it reads outcomes/ and estimates/ in the folder above its own, or in the folder that
    it is given, writes every number twice beside itself (<name>_in_R.csv), and ends with an error if two differ by more
    than a millionth.
    """
    table = study.tables[name]
    kind = "characteristics" if table.unit else "factors" if table.endpoint else "response"
    needed = [*table.factors, *([table.by] if table.by else []), *(["site"] if kind == "response" else [])]
    needed += study.analyses.multivariable.get(table.endpoint or "", [])
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda file: (files(__package__) / file).read_text(encoding="utf-8")),
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    environment.filters |= {"r": in_r, "condition": condition_in_r}
    return environment.get_template("table.R").render(
        name=name,
        kind=kind,
        table=table,
        factors={factor: study.factors[factor] for factor in dict.fromkeys(needed)},
        analyses=study.analyses,
        unit=study.endpoints[table.endpoint].per if table.endpoint else table.unit,
    )


def in_r(value: Scalar | list | None) -> str:
    """A number, a text, a date or a list of them as R writes it; dates are text, as in the tables.

    >>> in_r(["≥ 3", 2.5])
    'c("≥ 3", 2.5)'
    """
    if isinstance(value, list):
        return f"c({', '.join(map(in_r, value))})"
    if isinstance(value, str | dt.date):
        return json.dumps(str(value), ensure_ascii=False)
    return "NULL" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def condition_in_r(condition: Condition, variable: str) -> str:
    """What a value must be, as an R expression of the column `variable`.

    >>> from oligomet.declarations import Condition
    >>> condition_in_r(Condition(at_least=2, at_most=3), "metastases")
    'metastases >= 2 & metastases <= 3'
    """
    asked = [
        f"{sign}({variable} %in% {in_r(named if isinstance(named, list) else [named])})"
        for sign, named in (("", condition.is_), ("!", condition.is_not))
        if named is not None
    ]
    asked += [
        f"{variable} {sign} {in_r(limit)}"
        for name, sign in LIMITS.items()
        if (limit := getattr(condition, name)) is not None
    ]
    return " & ".join(asked)
