"""The page for the monitor: what to ask of which centre, first what matters most; it needs no other file."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pandas as pd

from oligomet.protocol_columns import PROTOCOL
from oligomet.sections import Sections
from oligomet.study import Study

PRIORITIES = {1: "urgent", 2: "open", 3: "to confirm"}
NUMBERS = [name for name, column in PROTOCOL["protocol/centres"].items() if column.kind == "integer"]
MEANINGS = {name: PROTOCOL["protocol/centres"][name].meaning for name in NUMBERS}


def render_page(tables: dict[str, pd.DataFrame], study: Study | Sections) -> str:
    """The page as HTML.

    Parameters
    ----------
    tables
        The tables of the stage protocol, by their names without it.
    """
    queries = tables["queries"].assign(centre=tables["queries"]["centre"].fillna("?"))
    by_centre = {
        str(centre): [
            {**row, "priority": PRIORITIES[row["priority"]]}
            for row in of_centre.astype(object).to_dict("records")
        ]
        for centre, of_centre in queries.groupby("centre")
    }  # fmt: skip
    accrual = tables["accrual"]
    centres = sorted({*tables["centres"]["centre"], *queries["centre"]} - {"all"})
    template = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template).render(
        title=study.title,
        notice=study.synthetic.notice if study.synthetic else "",
        data_cut=study.data_cut,
        tolerance=study.imaging_schedule.tolerance_days if study.imaging_schedule else None,
        names=centres,
        numbers=NUMBERS,
        meanings=MEANINGS,
        centres=tables["centres"].to_dict("records"),
        exclusions=_by_centre(
            tables["exclusions"], "reason", "patients", centres, [rule.id for rule in study.eligibility]
        ),
        accrual=_last_of_each(accrual),
        curves=_curves(accrual),
        queries=by_centre,
        kinds=_by_centre(queries.assign(count=1), "kind", "count", centres),
        priorities=list(PRIORITIES.values()),
    )


def _by_centre(
    rows: pd.DataFrame, by: str, values: str, centres: list[str], rules: list[str] | None = None
) -> list[tuple[str, list[int]]]:
    """By a column of text, the sum of another in each centre, and in all; in the order of `rules`, if given."""
    if rules is not None:
        rows = rows.sort_values("rule", key=lambda names: names.map(rules.index), kind="stable")
    counts = rows.pivot_table(index=by, columns="centre", values=values, aggfunc="sum", sort=False)
    counts = counts.reindex(columns=centres).fillna(0).astype(int)
    return [(name, [*row, sum(row)]) for name, row in zip(counts.index, counts.to_numpy().tolist(), strict=True)]


def _last_of_each(accrual: pd.DataFrame) -> list[dict]:
    return accrual.drop_duplicates("group", keep="last").to_dict("records")


def _curves(accrual: pd.DataFrame) -> dict[str, str]:
    """Points of two lines, planned and treated lesions of all, in a picture of 600 by 200."""
    rows = accrual[accrual["group"] == "all"].reset_index(drop=True)
    if rows.empty:
        return {}
    top = max(int(rows[["treated", "planned"]].max().max()), 1)
    step = 600 / max(len(rows) - 1, 1)
    return {
        name: " ".join(
            f"{at * step:.1f},{200 - 200 * value / top:.1f}" for at, value in enumerate(rows[name].astype(int))
        )
        for name in ("planned", "treated")
    } | {"first": f"{rows['month'].iloc[0]:%B %Y}", "last": f"{rows['month'].iloc[-1]:%B %Y}", "top": str(top)}
