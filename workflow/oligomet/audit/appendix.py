"""The audit as an appendix of the paper: the same tables, the findings in prose; Markdown for Quarto or Pandoc."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oligomet.audit.claim_verdicts import CLAIM_VERDICTS
from oligomet.audit.claims import Paper
from oligomet.audit.consistency import ALL_CHECKS
from oligomet.audit.defects import merge_findings
from oligomet.audit.findings import SEVERITIES, each_row
from oligomet.audit.page import format_distance
from oligomet.audit.reanalyses_in_words import WHAT_IT_SHOWS, analysis_in_words, nearest_by_estimate
from oligomet.study import Study

OPENINGS = {
    "impossible": "What no data can satisfy.",
    "inconsistent": "What contradicts itself, or asks for circumstances that the paper speaks against.",
    "ambiguous": "What depends on something that is not stated, or on how it was read when it was entered.",
    "slip": "Slips of the last digits, on which nothing hangs.",
}
NEAREST = (
    "The analysis nearest to each published number: to an estimate and its interval together (logarithms), to a p "
    "value (log10), to all of several rates (percentage points)."
)


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
    parts = [
        _summary(paper, claims, grouped),
        _table(_by_section(claims), "Verdicts on the published numbers, by section of the paper.", "verdicts"),
        *(_prose(grouped, severity) for severity in SEVERITIES[:-1]),
        _made(reanalyses, study),
        _errors(error_rates),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(paper: Paper, claims: pd.DataFrame, grouped: pd.DataFrame) -> str:
    verdict = claims["verdict"].value_counts().reindex(list(CLAIM_VERDICTS), fill_value=0)
    graded = grouped["severity"].value_counts().reindex(list(SEVERITIES), fill_value=0)
    tested = verdict[["reproduced", "within tolerance", "not reproduced"]].sum()
    return (
        f"The published paper ({paper.declared.citation}) states {len(claims)} numbers. Each was entered as a claim, "
        "with its printed decimals, what it is of and when, and held against the others and against what the workflow "
        f"recomputes. Of {tested} that it recomputes {verdict['reproduced']} print the same and "
        f"{verdict['within tolerance']} are within the stated tolerance; {verdict['impossible']} cannot be true beside "
        f"the paper's other numbers, {verdict['not testable']} are not stated well enough to test, and "
        f"{verdict['needs data']} need data that no one published (@tbl-audit-verdicts). The checks of consistency, "
        f"which use the paper alone, came out sound {graded['sound']} times; they found {graded['impossible']} things "
        f"that no data can satisfy, {graded['inconsistent']} inconsistencies, {graded['ambiguous']} ambiguities and "
        f"{graded['slip']} slips of the last digits. "
        "Rounding is allowed for everywhere, and a repair is named only where it was tried and found to work."
    )


def _by_section(claims: pd.DataFrame) -> pd.DataFrame:
    table = pd.crosstab(claims["section"], claims["verdict"])
    table = table.reindex(index=claims["section"].unique(), columns=list(CLAIM_VERDICTS), fill_value=0)
    table.loc["All"] = table.sum()
    return table.rename_axis(index="section", columns=None).reset_index()


def _table(frame: pd.DataFrame, caption: str, label: str) -> str:
    right = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame]
    rows = [
        [str(name).capitalize() for name in frame.columns],
        ["--:" if each else ":--" for each in right],
        *frame.astype(str).replace(r"\|", "/", regex=True).to_numpy().tolist(),
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", f": {caption} {{#tbl-audit-{label}}}"])


def _prose(grouped: pd.DataFrame, severity: str) -> str:
    """A paragraph a severity and a list item a check, in the order of the checks."""
    found = grouped[grouped["severity"] == severity]
    checks = {name: (check.__doc__ or "").split("\n")[0] for name, check in ALL_CHECKS.items()}
    items = [
        f"- *{_plain(purpose)}* {' '.join(_sentence(row) for row in each_row(found[found['check'] == name]))}"
        for name, purpose in checks.items()
        if (found["check"] == name).any()
    ]
    return "\n".join([f"**{OPENINGS[severity]}**", "", *items]) if items else ""


def _sentence(row: Any) -> str:
    repair = f" (Would repair it: {row.repair}.)" if row.repair else ""
    return _plain(f"{row.about}: {row.says}{repair}")


def _plain(text: str) -> str:
    """Text in which Markdown sees no markup."""
    for sign in ("\\", "*", "_", "<", "@", "$", "~", "^", "["):
        text = text.replace(sign, f"\\{sign}")
    return text


def _made(reanalyses: pd.DataFrame, study: Study) -> str:
    if reanalyses.empty:
        return ""
    nearest = reanalyses[reanalyses["rank"] == 1]
    table = pd.DataFrame(
        [
            (_plain(row.quantity), row.published, row.recomputed, analysis_in_words(row), format_distance(row.distance))
            for row in each_row(nearest)
        ],
        columns=["number", "published", "nearest", "analysis", "distance"],
    )
    ratios = reanalyses[reanalyses["conf_low"].notna()].groupby("target", sort=False)
    lines = [
        f"- {_plain(first.quantity)}, published {first.published}: nearest to estimate and interval "
        f"{first.recomputed} ({analysis_in_words(first)}); to the estimate alone {alone.recomputed} "
        f"({analysis_in_words(alone)})."
        for first, alone in ((next(each_row(rows)), nearest_by_estimate(rows)) for _, rows in ratios)
    ]
    shows = f" {WHAT_IT_SHOWS}" if study.synthetic else ""
    opening = (
        "**How the numbers could have been made.** Every hazard ratio, log-rank p and set of rates was recomputed in "
        f"each analysis that could have been run, {len(reanalyses)} in all (@tbl-audit-analyses).{shows}"
    )
    return "\n".join([opening, "", *lines, "", _table(table, NEAREST, "analyses")])


def _errors(error_rates: pd.DataFrame | None) -> str:
    if error_rates is None or error_rates.empty:
        return ""
    alarms = error_rates[error_rates["kind"] == "unchanged"].iloc[0]
    changed = error_rates[~error_rates["kind"].str.startswith("unchanged")]
    table = changed[["kind", "tried", "flagged"]].assign(rate=[f"{100 * rate:.1f}%" for rate in changed["rate"]])
    return (
        f"**How often the audit itself errs.** In {alarms['tried']} fabricated papers, true of drawn cohorts, it "
        f"raised {alarms['flagged']} false alarms; of {changed['tried'].sum()} single numbers changed in them it "
        f"noticed {changed['flagged'].sum()} (@tbl-audit-errors). Numbers that nothing else in a paper limits, "
        "such as most means, cannot be caught by any such check.\n\n"
        + _table(table, "Detection of a single changed number in fabricated papers.", "errors")
    )
