"""The audit as one page that needs nothing else: no network, no files, readable in print."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

import pandas as pd

from oligomet.audit.claims import Paper
from oligomet.audit.findings import SEVERITIES
from oligomet.audit.picture import SIGNS, in_words, picture_of_claims, picture_of_ratios
from oligomet.audit.printed import read_number
from oligomet.audit.specifications import WHAT_IT_SHOWS
from oligomet.audit.verdicts import VERDICTS
from oligomet.study import Study

ASSETS = Path(__file__).parent / "assets"
MEANINGS = {
    "impossible": "no data give these numbers together (for Kaplan-Meier rates: no shares of the groups at risk do; hazards that cross "
    "and follow-up that differs by group, together, are the exception)",
    "inconsistent": "two statements differ, or data could give them only under circumstances that the paper speaks against",
    "ambiguous": "it depends on what is not stated",
    "sound": "checked, and nothing is wrong",
}
SHOWN_ANALYSES = 5


def render(
    paper: Paper,
    claims: pd.DataFrame,
    findings: pd.DataFrame,
    specifications: pd.DataFrame,
    study: Study,
    trial: pd.DataFrame | None = None,
) -> str:
    """The page as HTML.

    Parameters
    ----------
    paper
        As `claims.read_claims` gives it.
    claims, findings, specifications
        As `verdicts.judge`, `findings.run_checks` and `specifications.explore` give them.
    study
        Its title, and its notice if it is synthetic.
    trial
        The audit's own error rates, as `trial.try_audit` gives them.
    """
    claims = claims.astype(object).where(claims.notna(), "")
    grouped = merged(findings)
    parts = [
        _head(paper, study),
        _summary(claims, grouped),
        f"<figure>{picture_of_claims(claims)}<figcaption>All {len(claims)} numbers in the order of the paper. A square is a claim, its sign "
        "the verdict, a black frame a finding. Point at one to read it, click to go to it.</figcaption></figure>",
        _findings(grouped),
        _claims(claims),
        _specifications(paper, specifications, study),
        _method(trial),
    ]
    style, script = ((ASSETS / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Audit of {escape(paper.declared.citation)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + f"\n<script>\n{script}</script>\n</body>\n</html>\n"
    )


def merged(findings: pd.DataFrame) -> pd.DataFrame:
    """Findings that say the same of the same number in several places, as one."""
    if findings.empty:
        return findings.assign(names="")
    keys = ["check", "severity", "about", "says", "repair"]
    together = findings.fillna({"repair": ""}).groupby(keys, sort=False, dropna=False)
    return together.agg(
        names=("finding", " ".join),
        claims=("claims", " ".join),
        against=("against", "first"),
        size=("size", "first"),
        measure=("measure", "first"),
    ).reset_index()


def main_findings(grouped: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """What a reader should know first: the gravest finding of each check, in the order of severity."""
    grave = grouped[grouped["severity"].isin(SEVERITIES[:2])]
    grave = grave.assign(order=grave["size"].fillna(0)).sort_values("order", ascending=False, kind="stable")
    first = (
        grave.assign(rank=grave["severity"].map(SEVERITIES.index))
        .sort_values("rank", kind="stable")
        .drop_duplicates("check")
    )
    return first.head(most)


def _head(paper: Paper, study: Study) -> str:
    link = (
        f'<a href="https://doi.org/{escape(paper.declared.doi)}">{escape(paper.declared.citation)}</a>'
        if paper.declared.doi
        else escape(paper.declared.citation)
    )
    notice = f'<p class="notice">{escape(study.synthetic.notice)}</p>' if study.synthetic else ""
    return f"<header><h1>Can every published number be true, and is it reproduced?</h1><p>{escape(paper.declared.title)}: {link}</p>{notice}</header>"


def _key(name: str) -> str:
    return f'<span class="key {name.replace(" ", "-")}">{SIGNS.get(name, name)}</span>'


def _summary(claims: pd.DataFrame, grouped: pd.DataFrame) -> str:
    counts = claims["verdict"].value_counts()
    items = "".join(
        f"<li><b>{counts.get(name, 0)}</b>{_key(name)} {escape(name)}<br><span class='soft'>{escape(meaning)}</span></li>"
        for name, meaning in VERDICTS.items()
    )
    graded = grouped["severity"].value_counts()
    tested = int(claims["verdict"].isin(["reproduced", "within tolerance", "not reproduced"]).sum())
    met = int(claims["verdict"].isin(["reproduced", "within tolerance"]).sum())
    first = main_findings(grouped)
    listed = "".join(
        f"<li>{_severity(row.severity)} {_about(row.about)}{escape(row.says)} {_repair(row.repair)} <a class='screen' href='#{row.names.split()[0]}'>more</a></li>"
        for row in first.itertuples()
    )
    return (
        "<section><h2>In a minute</h2>"
        f"<p>The paper states {len(claims)} numbers. Of {tested} that the workflow recomputes, {met} agree. Held against each other they give "
        f"{graded.get('impossible', 0)} findings that no data can satisfy, {graded.get('inconsistent', 0)} inconsistencies and "
        f"{graded.get('ambiguous', 0)} ambiguities; {graded.get('sound', 0)} checks came out sound.</p>"
        f"<ul class='verdicts'>{items}</ul>"
        f"<h3>The gravest of each kind</h3><ol class='main'>{listed}</ol></section>"
    )


def _about(text: str) -> str:
    return f"<b>{escape(text)}.</b> " if text else ""


def _severity(name: str) -> str:
    return f'<span class="key {name}">{name}</span>'


def _repair(text: str) -> str:
    return f'<span class="repair">{escape(text)}.</span>' if text else ""


def _findings(grouped: pd.DataFrame) -> str:
    options = "".join(f"<option>{name}</option>" for name in SEVERITIES)
    checks = "".join(
        f'<option value="{name}">{name.replace("_", " ")}</option>' for name in sorted(grouped["check"].unique())
    )
    items = []
    for row in grouped.itertuples():
        size = "" if pd.isna(row.size) else f" Off by {row.size:.3g} {row.measure}."
        of = ", ".join(f'<a href="#{escape(claim)}">{escape(claim)}</a>' for claim in dict.fromkeys(row.claims.split()))
        anchors = "".join(f'<span id="{name}"></span>' for name in row.names.split())
        items.append(
            f'<li class="{row.severity}-edge" data-item data-severity="{row.severity}" data-check="{row.check}">{anchors}'
            f"<p>{_severity(row.severity)} {_about(row.about)}{escape(row.says)}{escape(size) if row.severity != 'sound' else ''}</p>"
            + (f'<p class="repair">{escape(row.repair)}.</p>' if row.repair else "")
            + f'<p class="of">{escape(row.check.replace("_", " "))} · {row.names} · {of}</p></li>'
        )
    grave = sum(row.severity != "sound" for row in grouped.itertuples())
    sound = f"<details><summary>{len(items) - grave} sound checks</summary><ul class='findings'>{''.join(items[grave:])}</ul></details>"
    return (
        "<section data-filtered><h2>What does not fit, and what would repair it</h2>"
        f"<p class='soft'>{'; '.join(f'{_severity(name)} {escape(meaning)}' for name, meaning in MEANINGS.items())}. Every repair named was tried.</p>"
        "<div class='controls'><input type='search' placeholder='Search findings' aria-label='Search findings'>"
        f"<label>Severity <select data-by='severity'><option value=''>all</option>{options}</select></label>"
        f"<label>Check <select data-by='check'><option value=''>all</option>{checks}</select></label><span data-shown></span></div>"
        f"<ul class='findings'>{''.join(items[:grave])}</ul>{sound}</section>"
    )


def _claims(claims: pd.DataFrame) -> str:
    sections = "".join(f"<option value='{_token(name)}'>{escape(name)}</option>" for name in claims["section"].unique())
    verdicts = "".join(f"<option value='{_token(name)}'>{escape(name)}</option>" for name in VERDICTS)
    severities = "".join(f"<option>{name}</option>" for name in SEVERITIES)
    rows = "".join(_claim(claim, n) for n, claim in enumerate(claims.itertuples()))
    headings = (
        ("Where", ""), ("What", ""), ("Published", "number"), ("Recomputed", "number"), ("Difference", "number"), ("Tolerance", "number"),
        ("Verdict", ""), ("Findings", ""),
    )  # fmt: skip
    head = "".join(
        f"<th class='{kind}' scope='col'><button type='button'>{name}</button></th>" for name, kind in headings
    )
    return (
        "<section data-filtered><h2>Every claim</h2><div class='controls'>"
        "<input type='search' placeholder='Search claims' aria-label='Search claims'>"
        f"<label>Verdict <select data-by='verdict'><option value=''>all</option>{verdicts}</select></label>"
        f"<label>Section <select data-by='section'><option value=''>all</option>{sections}</select></label>"
        f"<label>Finding <select data-by='severity'><option value=''>any or none</option>{severities}</select></label><span data-shown></span></div>"
        f"<table data-sortable><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>"
    )


def _claim(claim: tuple, order: int) -> str:
    difference = "" if claim.difference == "" else f"{claim.difference:+.3g}" if abs(claim.difference) > 1e-9 else "0"
    found = " ".join(f'<a href="#{name}">{name}</a>' for name in str(claim.findings).split())
    why = f"<div class='of'>{escape(str(claim.reason))}</div>" if claim.reason and claim.verdict != "reproduced" else ""
    return (
        f'<tr id="{escape(claim.id)}" data-item data-verdict="{_token(claim.verdict)}" data-section="{_token(claim.section)}" data-severity="{claim.severity}">'
        f'<td data-key="{order}">{escape(claim.section)}</td><td>{escape(claim.says)}</td><td class="number">{escape(claim.printed)}</td>'
        f'<td class="number">{escape(str(claim.recomputed))}</td><td class="number">{difference}</td>'
        f'<td class="number">{claim.tolerance if claim.tolerance == "" else f"{claim.tolerance:g}"}</td>'
        f"<td data-key='{list(VERDICTS).index(claim.verdict)}'>{_key(claim.verdict)} {escape(claim.verdict)}{why}</td><td>{found}</td></tr>"
    )


def _token(text: str) -> str:
    return text.replace(" ", "-").replace(".", "_")


def _specifications(paper: Paper, specifications: pd.DataFrame, study: Study) -> str:
    caution = f"<p>{escape(WHAT_IT_SHOWS)}</p>" if study.synthetic else ""
    parts = []
    for _, rows in specifications.groupby("target", sort=False):
        first = rows.iloc[0]
        table = "".join(
            f"<tr><td class='number'>{row.rank}</td><td>{escape(row.recomputed)}</td><td>{escape(in_words(row))}</td><td class='number'>{_distance(row.distance)}</td></tr>"
            for row in rows.head(SHOWN_ANALYSES).itertuples()
        )
        picture = ""
        if rows["conf_low"].notna().any():
            numbers = [
                read_number(part).value
                for part in first["published"].replace("(", "").replace(")", "").replace("to ", "").split()
            ]
            picture = (
                f"<figure>{picture_of_ratios(rows, tuple(numbers))}<figcaption>The 24 nearest analyses, nearest on top; band and red line: as "
                "published. Full: by patient, open: by lesion row.</figcaption></figure>"
            )
        far = rows["distance"].replace(math.inf, math.nan).max()
        parts.append(
            f"<div data-item><h3>{escape(first['quantity'])}</h3><p>Published: <b>{escape(first['published'])}</b>; {len(rows)} analyses, from "
            f"{_distance(first['distance'])} to {_distance(far)} away ({escape(first['measure'])}).</p>{picture}"
            f"<table><thead><tr><th class='number'>Rank</th><th>Recomputed</th><th>Analysis</th><th class='number'>Distance</th></tr></thead><tbody>{table}</tbody></table></div>"
        )
    return (
        f"<section data-filtered><h2>How could this number have been made?</h2>{caution}<div class='controls'>"
        f"<input type='search' placeholder='Search numbers and analyses' aria-label='Search analyses'><span data-shown></span></div>{''.join(parts)}</section>"
    )


def _distance(value: float) -> str:
    return "not reached" if pd.isna(value) or math.isinf(value) else f"{value:.3g}"


def _method(trial: pd.DataFrame | None) -> str:
    text = (
        "<section><h2>How the audit works</h2><p>Each number was entered as a claim: what it is, of whom, at what time, and as printed, so that "
        "it stands for all values that round to it. The checks find what belongs together from these declarations; nothing on this page was "
        "written by hand. The relatives of these checks are GRIM, SPRITE and statcheck; survival claims have had none.</p>"
    )
    if trial is not None and len(trial):
        rows = "".join(
            f"<tr><td>{escape(row.kind)}</td><td class='number'>{row.tried}</td><td class='number'>{row.flagged}</td><td class='number'>{100 * row.rate:.1f}%</td></tr>"
            for row in trial.itertuples()
        )
        text += (
            "<p>How often it errs: fabricated papers that are true of a drawn cohort, checked as they are (any finding is a false alarm) and "
            "with one number changed (any finding is a detection). A mean or a rate that nothing else in a paper limits cannot be caught.</p>"
            f"<table><thead><tr><th>Changed</th><th class='number'>Tried</th><th class='number'>Flagged</th><th class='number'>Rate</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    return text + "</section>"
