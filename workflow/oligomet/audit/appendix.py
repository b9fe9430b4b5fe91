"""The audit as an appendix of the paper: the same tables, the main findings in prose, in Markdown for Quarto or Pandoc."""

from __future__ import annotations

import math

import pandas as pd

from oligomet.audit.claims import Paper
from oligomet.audit.findings import SEVERITIES
from oligomet.audit.page import merged
from oligomet.audit.picture import in_words
from oligomet.audit.specifications import WHAT_IT_SHOWS
from oligomet.audit.verdicts import VERDICTS
from oligomet.study import Study


def write_appendix(
    paper: Paper,
    claims: pd.DataFrame,
    findings: pd.DataFrame,
    specifications: pd.DataFrame,
    study: Study,
    trial: pd.DataFrame | None = None,
) -> str:
    """Markdown below a heading that the including document gives.

    Parameters
    ----------
    paper, claims, findings, specifications, study, trial
        As for `page.render`.
    """
    grouped = merged(findings)
    parts = [
        _summary(paper, claims, grouped),
        _table(_verdicts(claims), "Verdicts on the published numbers, by section of the paper.", "tbl-audit-verdicts"),
        *(_prose(grouped, severity) for severity in SEVERITIES[:2]),
        _ambiguities(grouped),
        _made(specifications, study),
        _errors(trial),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _summary(paper: Paper, claims: pd.DataFrame, grouped: pd.DataFrame) -> str:
    graded = grouped["severity"].value_counts()
    verdict = claims["verdict"].value_counts()
    tested = [name for name in ("reproduced", "within tolerance", "not reproduced") if name in verdict]
    return (
        f"The published paper ({paper.declared.citation}) states {len(claims)} numbers. Each was entered as a claim, with its printed decimals, "
        f"what it is of and when, and held against the others and against what the workflow recomputes. Of {verdict[tested].sum()} that it recomputes "
        f"{verdict.get('reproduced', 0)} print the same and {verdict.get('within tolerance', 0)} are within the stated tolerance; "
        f"{verdict.get('impossible', 0)} cannot be true beside the paper's other numbers, {verdict.get('not testable', 0)} are not stated well enough to "
        f"test, and {verdict.get('needs data', 0)} need data that no one published (@tbl-audit-verdicts). The checks of consistency, which use the paper "
        f"alone, came out sound {graded.get('sound', 0)} times; they found {graded.get('impossible', 0)} things that no data can satisfy, "
        f"{graded.get('inconsistent', 0)} inconsistencies and {graded.get('ambiguous', 0)} ambiguities. Rounding is allowed for everywhere, and a repair is "
        "named only where it was tried and the check then came out sound."
    )


def _verdicts(claims: pd.DataFrame) -> pd.DataFrame:
    table = pd.crosstab(claims["section"], claims["verdict"]).reindex(
        index=claims["section"].unique(), columns=list(VERDICTS), fill_value=0
    )
    table.loc["All"] = table.sum()
    return table.rename_axis(index="Section", columns=None).reset_index()


def _table(frame: pd.DataFrame, caption: str, label: str) -> str:
    cells = frame.astype(str).replace(r"\|", "/", regex=True)
    numeric = [pd.api.types.is_numeric_dtype(frame[column]) for column in frame]
    rule = "|" + "|".join("--:" if right else ":--" for right in numeric) + "|"
    rows = [
        "| " + " | ".join(row) + " |"
        for row in [[str(c).capitalize() for c in frame.columns], *cells.to_numpy().tolist()]
    ]
    return "\n".join([rows[0], rule, *rows[1:], "", f": {caption} {{#{label}}}"])


def _prose(grouped: pd.DataFrame, severity: str) -> str:
    found = grouped[grouped["severity"] == severity]
    if found.empty:
        return ""
    opening = {
        "impossible": "**What no data can satisfy.**",
        "inconsistent": "**What contradicts itself, or asks for circumstances that the paper speaks against.**",
    }[severity]
    return opening + "\n\n" + "\n".join(f"- {_sentence(row)}" for row in found.itertuples())


def _sentence(row: tuple) -> str:
    repair = f" This would repair it: {row.repair}." if row.repair else ""
    return _plain(f"{row.about}: {row.says}{repair}")


def _plain(text: str) -> str:
    """Text in which Markdown sees no markup."""
    for sign in ("\\", "*", "_", "<", "@", "$", "~", "^"):
        text = text.replace(sign, f"\\{sign}")
    return text


def _ambiguities(grouped: pd.DataFrame) -> str:
    found = grouped[grouped["severity"] == "ambiguous"]
    if found.empty:
        return ""
    return "**What depends on something not stated.** " + " ".join(
        _plain(f"{row.about}: {row.says}") for row in found.itertuples()
    )


def _made(specifications: pd.DataFrame, study: Study) -> str:
    if specifications.empty:
        return ""
    nearest = specifications[specifications["rank"] == 1]
    ratios = specifications[specifications["conf_low"].notna()]
    table = pd.DataFrame(
        {
            "number": [_plain(row.quantity) for row in nearest.itertuples()],
            "published": nearest["published"].to_numpy(),
            "nearest": nearest["recomputed"].to_numpy(),
            "analysis": [in_words(row) for row in nearest.itertuples()],
            "distance": [
                f"{row.distance:.3g}" if math.isfinite(row.distance) else "not reached" for row in nearest.itertuples()
            ],
        }
    )
    lines = []
    for _, rows in ratios.groupby("target", sort=False):
        first = rows.iloc[0]
        alone = rows.loc[alone_distance(rows).idxmin()]
        same = (
            "which is also the nearest by the estimate alone"
            if alone["rank"] == 1
            else (f"while by the estimate alone the nearest is {alone['recomputed']} ({in_words(alone)})")
        )
        lines.append(
            f"{_plain(first['quantity'])}, published {first['published']}: nearest {first['recomputed']} ({in_words(first)}), {same}."
        )
    shows = WHAT_IT_SHOWS + " " if study.synthetic else ""
    return (
        f"**How the numbers could have been made.** Every hazard ratio, log-rank p and set of rates was recomputed in each analysis that could have been "
        f"run, {len(specifications)} in all (@tbl-audit-analyses). {shows}{' '.join(lines)}\n\n"
        + _table(
            table,
            "The analysis nearest to each published number: to estimate and interval together (log units), to p (log10), to all rates (points).",
            "tbl-audit-analyses",
        )
    )


def alone_distance(rows: pd.DataFrame) -> pd.Series:
    """How far each estimate of a target is from the published one, on the log scale, its interval left out."""
    published = float(rows["published"].iloc[0].split()[0])
    return (rows["estimate"] / published).map(lambda ratio: abs(math.log(ratio)))


def _errors(trial: pd.DataFrame | None) -> str:
    if trial is None or trial.empty:
        return ""
    alarms = trial[trial["kind"] == "unchanged"].iloc[0]
    changed = trial[trial["kind"] != "unchanged"]
    table = changed.assign(rate=[f"{100 * rate:.1f}%" for rate in changed["rate"]])
    return (
        f"**How often the audit itself errs.** In {alarms['tried']} fabricated papers, true of drawn cohorts, it raised {alarms['flagged']} false "
        f"alarms; of {changed['tried'].sum()} single numbers changed in them it noticed {changed['flagged'].sum()} (@tbl-audit-errors). Numbers that "
        "nothing else in a paper limits, such as most means, cannot be caught by any such check.\n\n"
        + _table(table, "Detection of a single changed number in fabricated papers.", "tbl-audit-errors")
    )
