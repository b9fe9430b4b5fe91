"""The audit as one page that needs nothing else: no network, no other file, readable in print.

Its words are templates, in the folder page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from oligomet.audit.claim_verdicts import CLAIM_VERDICTS, WITHOUT_DATA
from oligomet.audit.claims import Paper
from oligomet.audit.defects import coverage, merge_findings, worst_defects
from oligomet.audit.findings import SEVERITIES, each_row
from oligomet.audit.inspect_sr import inspect_domains
from oligomet.audit.printed import read_number
from oligomet.audit.reanalyses_in_words import analysis_in_words, nearest_by_estimate
from oligomet.audit.reporting import reporting_items
from oligomet.study import Study

ASSETS = Path(__file__).with_suffix("")
SIGNS = {
    "reproduced": "✓", "within tolerance": "≈", "not reproduced": "≠", "impossible": "✕", "not testable": "?",
    "needs data": "–",
}  # fmt: skip
DELIMITERS = [f"{what}_{end}_string" for what in ("block", "variable", "comment") for end in ("start", "end")]
DRAWN, LEFT, WIDTH = 24, 12, 420  # analyses around a hazard ratio; the axis that they are drawn along
TICKS = (0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5)


def render_audit(
    paper: Paper,
    claims: pd.DataFrame,
    findings: pd.DataFrame,
    reanalyses: pd.DataFrame | None = None,
    study: Study | None = None,
    error_rates: pd.DataFrame | None = None,
    not_entered: pd.DataFrame | None = None,
) -> str:
    """The page as HTML; without a study, of what the paper alone tells.

    Parameters
    ----------
    paper
        As `claims_reader.read_claims` gives it.
    claims, findings, reanalyses
        As `claim_verdicts.judge`, `consistency.run_checks` and `reanalyses.reanalyse` give them.
    study
        Whose estimates the claims were held against; its notice is shown if it is synthetic.
    error_rates
        The audit's own error rates, as `error_rates.measure_error_rates` gives them.
    not_entered
        The numbers of the paper's text that are no claims, as `tokens.coverage_of_text` gives them.
    """
    grouped, states = merge_findings(findings), coverage(paper, findings)
    sound = grouped["severity"] == "sound"
    verdicts = WITHOUT_DATA if study is None else tuple(CLAIM_VERDICTS)
    left = None if not_entered is None else not_entered[not_entered["problem"].str.startswith("in the paper")]
    return templates(html=True).get_template("page.html").render(
        declared=paper.declared,
        alone=study is None,
        synthetic=study.synthetic if study else None,
        claims=list(each_row(claims.astype(object).where(claims.notna(), ""))),
        states=states,
        state=counted(states, ("defect", "checked", "never checked")),
        found=counted(grouped["severity"], SEVERITIES),
        left=None if left is None else left["section"].value_counts(sort=False).to_dict(),
        worst=list(each_row(worst_defects(paper, grouped))),
        items=reporting_items(paper),
        domains=inspect_domains(findings, paper.declared.inspected),
        grave=list(each_row(grouped[~sound])),
        slips=list(each_row(grouped[grouped["severity"] == "slip"])),
        fine=list(each_row(grouped[sound])),
        severities=SEVERITIES,
        checks=sorted(grouped["check"].unique()),
        verdicts=counted(claims["verdict"], verdicts),
        meanings=CLAIM_VERDICTS,
        signs=SIGNS,
        targets=None if reanalyses is None else list(_targets(reanalyses)),
        errors=[] if error_rates is None else list(each_row(error_rates)),
        script=Markup((ASSETS / "page.js").read_text(encoding="utf-8")),
    )  # fmt: skip


def templates(html: bool) -> jinja2.Environment:
    """The templates of page and appendix, with what they ask of a number or a row."""
    # in Markdown {# begins the label of a table, so the delimiters are those of the manuscript
    of_manuscript = ("<%", "%>", "<<", ">>", "<#", "#>")
    delimiters: dict[str, Any] = dict(zip(DELIMITERS, of_manuscript, strict=True)) if not html else {}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([ASSETS, ASSETS.parent]), autoescape=html, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, **delimiters,
    )  # fmt: skip
    environment.filters |= {
        "plural": lambda n, what: f"{n} {what if n == 1 else what[:-1] + 'ies' if what.endswith('y') else what + 's'}",
        "token": lambda text: text.replace(" ", "-").replace(".", "_"),
        "position": lambda names, name: names.index(name),
        "shortest": lambda value: "" if value == "" else f"{value:g}",
        "difference": _difference,
        "distance": lambda value: f"{value:.3g}" if math.isfinite(value) else "not reached",
        "analysis": analysis_in_words,
        "at": lambda ratio, target: round(LEFT + WIDTH * math.log(ratio / target.least) / target.span, 1),
        "groupby_in_order": _in_order,
    }
    return environment


def counted(values: pd.Series, names: tuple[str, ...]) -> dict[str, int]:
    """How often each of some names occurs."""
    return {name: int((values == name).sum()) for name in names}


def _in_order(rows: list[Any], column: str) -> list[tuple[str, list[Any]]]:
    names = dict.fromkeys(getattr(row, column) for row in rows)
    return [(name, [row for row in rows if getattr(row, column) == name]) for name in names]


def _difference(value: float | str) -> str:
    if isinstance(value, str) or abs(value) < 1e-9:
        return "" if isinstance(value, str) else "0"
    return f"{value:+.3g}" if abs(value) >= 0.001 else f"{'+' if value > 0 else '-'}0.000"


def _targets(reanalyses: pd.DataFrame) -> Iterator[SimpleNamespace]:
    """Each published number with the analyses of it, nearest first; of a hazard ratio also what its picture needs."""
    for _, rows in reanalyses.groupby("target", sort=False):
        all_rows = list(each_row(rows))
        target = SimpleNamespace(rows=all_rows, first=all_rows[0], alone=None, drawn=[])
        target.farthest = rows["distance"].replace(math.inf, math.nan).max()
        if rows["conf_low"].notna().any():
            target.alone, drawn = nearest_by_estimate(rows), rows.head(DRAWN)
            target.drawn, (target.estimate, target.low, target.high) = all_rows[:DRAWN], published_ratio(rows)
            target.least = min(drawn["conf_low"].min(), target.low) / 1.05
            most = max(drawn["conf_high"].max(), target.high) * 1.05
            target.span = math.log(most / target.least)
            target.ticks = [tick for tick in TICKS if target.least < tick < most]
        yield target


def published_ratio(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Estimate and limits as published, from '0.598 (0.405 to 0.884)'."""
    text = rows["published"].iloc[0].replace("(", " ").replace(")", " ").replace(" to ", " ")
    estimate, low, high = (read_number(part).value for part in text.split())
    return estimate, low, high
