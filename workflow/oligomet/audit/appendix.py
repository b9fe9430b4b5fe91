"""The audit as an appendix of the paper: the same tables, the findings in prose; Markdown for Quarto or Pandoc.

Its words are a template, appendix.md.
"""

from __future__ import annotations

import pandas as pd

from oligomet.audit.claim_verdicts import CLAIM_VERDICTS
from oligomet.audit.claims import Paper
from oligomet.audit.consistency import ALL_CHECKS
from oligomet.audit.defects import merge_findings
from oligomet.audit.findings import SEVERITIES, each_row
from oligomet.audit.page import counted, templates
from oligomet.audit.reanalyses_in_words import analysis_in_words, nearest_by_estimate
from oligomet.study import Study


def write_appendix(
    paper: Paper,
    claims: pd.DataFrame,
    findings: pd.DataFrame,
    reanalyses: pd.DataFrame,
    study: Study,
    error_rates: pd.DataFrame | None = None,
) -> str:
    """Markdown to stand below a heading of the including document; tables are labelled tbl-audit-*.

    Parameters
    ----------
    paper, claims, findings, reanalyses, study, error_rates
        As for `page.render_audit`.
    """
    grouped = merge_findings(findings)
    errors = pd.DataFrame(columns=["kind"]) if error_rates is None else error_rates
    ratios = reanalyses[reanalyses["conf_low"].notna()].groupby("target", sort=False)
    environment = templates(html=False)
    environment.filters["plain"] = _plain
    return environment.get_template("appendix.md").render(
        declared=paper.declared,
        claims=len(claims),
        verdict=counted(claims["verdict"], tuple(CLAIM_VERDICTS)),
        graded=counted(grouped["severity"], SEVERITIES),
        by_section=_table(_by_section(claims)),
        found={name: rows for name in SEVERITIES[:-1] if (rows := _by_purpose(grouped[grouped["severity"] == name]))},
        analyses=len(reanalyses),
        ratios=[(next(each_row(rows)), nearest_by_estimate(rows)) for _, rows in ratios],
        nearest=_table(_nearest(reanalyses, environment.filters["distance"])),
        synthetic=study.synthetic,
        alarms=next(each_row(errors[errors["kind"] == "unchanged"]), None),
        errors=list(each_row(errors[~errors["kind"].astype(str).str.startswith("unchanged")])),
    )


def _by_section(claims: pd.DataFrame) -> pd.DataFrame:
    table = pd.crosstab(claims["section"], claims["verdict"])
    table = table.reindex(index=claims["section"].unique(), columns=list(CLAIM_VERDICTS), fill_value=0)
    table.loc["All"] = table.sum()
    return table.rename_axis(index="section", columns=None).reset_index()


def _by_purpose(found: pd.DataFrame) -> dict[str, list]:
    """The findings by what their check asks, in the order of the checks."""
    rows = {name: list(each_row(found[found["check"] == name])) for name in ALL_CHECKS}
    return {(ALL_CHECKS[name].__doc__ or "").split("\n")[0]: each for name, each in rows.items() if each}


def _nearest(reanalyses: pd.DataFrame, distance) -> pd.DataFrame:
    rows = each_row(reanalyses[reanalyses["rank"] == 1])
    cells = [
        (_plain(row.quantity), row.published, row.recomputed, analysis_in_words(row), distance(row.distance))
        for row in rows
    ]
    return pd.DataFrame(cells, columns=["number", "published", "nearest", "analysis", "distance"])


def _table(frame: pd.DataFrame) -> str:
    right = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame]
    rows = [
        [str(name).capitalize() for name in frame.columns],
        ["--:" if each else ":--" for each in right],
        *frame.astype(str).replace(r"\|", "/", regex=True).to_numpy().tolist(),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plain(text: str) -> str:
    """Text in which Markdown sees no markup."""
    for sign in ("\\", "*", "_", "<", "@", "$", "~", "^", "["):
        text = text.replace(sign, f"\\{sign}")
    return text
