"""The audit as one page that needs nothing else: no network, no other file, readable in print."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from oligomet.audit.claim_verdicts import CLAIM_VERDICTS, WITHOUT_DATA
from oligomet.audit.claims import Paper
from oligomet.audit.defects import coverage, merge_findings, worst_defects
from oligomet.audit.findings import SEVERITIES, each_row
from oligomet.audit.reanalyses_in_words import WHAT_IT_SHOWS, analysis_in_words, nearest_by_estimate
from oligomet.audit.reporting import Item, inspect_domains, reporting_items
from oligomet.audit.svg import SIGNS, picture_of_claims, picture_of_ratios
from oligomet.study import Study

ASSETS = Path(__file__).with_suffix("")
MEANINGS = {
    "impossible": (
        "no data give these numbers together (for Kaplan-Meier rates: no shares of the groups at risk do; hazards that "
        "cross and follow-up that differs by group, together, are the exception)"
    ),
    "inconsistent": (
        "two statements differ, or data could give them only under circumstances that the paper speaks against"
    ),
    "ambiguous": "it depends on what is not stated, or on how the paper was read when it was entered",
    "slip": "the last digits are wrong, and what they stand for is clear",
    "sound": "checked, and nothing is wrong",
}
SHOWN_ANALYSES = 5


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
        As `claims.read_claims` gives it.
    claims, findings, reanalyses
        As `claim_verdicts.judge`, `consistency.run_checks` and `reanalyses.reanalyse` give them.
    study
        Whose estimates the claims were held against; its notice is shown if it is synthetic.
    error_rates
        The audit's own error rates, as `error_rates.measure_error_rates` gives them.
    not_entered
        The numbers of the paper's text that are no claims, as `tokens.coverage_of_text` gives them.
    """
    claims = claims.astype(object).where(claims.notna(), "")
    grouped = merge_findings(findings)
    worst, states = worst_defects(paper, grouped), coverage(paper, findings)
    claims["findings"] = claims["findings"].where(claims["id"].map(states) != "never checked", "never checked")
    grave = grouped[grouped["severity"] != "sound"]
    fine = grouped[grouped["severity"] == "sound"]
    possible = WITHOUT_DATA if study is None else tuple(CLAIM_VERDICTS)
    synthetic = study.synthetic if study else None
    parts = {
        "extent": "paper-alone" if study is None else "paper-and-data",
        "question": "Can every published number be true" + ("?" if study is None else ", and is it reproduced?"),
        "citation": escape(paper.declared.citation),
        "title": escape(paper.declared.title),
        "source": _source(paper),
        "notice": f'<p class="notice">{escape(synthetic.notice)}</p>' if synthetic else "",
        "summary": _summary(states, grouped),
        "not_entered": _not_entered(not_entered),
        "missing": _missing(reporting_items(paper)),
        "domains": _lines(
            f"<tr><td>{escape(name)}</td><td>{judged}</td></tr>" for name, judged in inspect_domains(findings)
        ),
        "agreement": _agreement(claims, study is not None, synthetic is not None),
        "judged": "Each number's verdict" if study is None else "Is it reproduced?",
        "verdicts": _lines(_verdict(name, int((claims["verdict"] == name).sum())) for name in possible),
        "main": _lines(_defect(row) for row in each_row(worst)) or "<li>None was found.</li>",
        "picture": picture_of_claims(claims),
        "claims": str(len(claims)),
        "meanings": "; ".join(f"{_badge(name)} {escape(meaning)}" for name, meaning in MEANINGS.items()),
        "severities": _options(SEVERITIES),
        "checks": _options(sorted(grouped["check"].unique())),
        "grave": _lines(_finding(row) for row in each_row(grave)),
        "fine": _lines(_finding(row) for row in each_row(fine)),
        "sound": str(len(fine)),
        "verdict_options": _options(possible),
        "sections": _options(claims["section"].unique()),
        "rows": _lines(_claim(claim, n) for n, claim in enumerate(each_row(claims))),
        "analyses": "" if reanalyses is None else _analyses(reanalyses, synthetic is not None),
        "error_rates": _error_rates(error_rates),
        "style": _asset("page.css"),
        "script": _asset("page.js"),
    }
    return Template(_asset("page.html")).substitute(parts)


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _source(paper: Paper) -> str:
    citation, doi = escape(paper.declared.citation), escape(paper.declared.doi)
    return f'<a href="https://doi.org/{doi}">{citation}</a>' if doi else citation


def _summary(states: pd.Series, grouped: pd.DataFrame) -> str:
    """What was checked and what came of it, in three sentences."""
    state, found = states.value_counts(), grouped["severity"].value_counts()
    count = {name: int(state.get(name, 0)) for name in ("defect", "checked", "never checked")}
    return (
        f"The paper states {_count(len(states), 'number')}. Something is wrong or unclear with {count['defect']}, "
        f"{count['checked']} were held against others and fit, and {count['never checked']} nothing else in the paper "
        f"limits. Told once each, there are {_count(int(found.get('impossible', 0)), 'finding')} that no data can "
        f"satisfy, {_count(int(found.get('inconsistent', 0)), 'inconsistency')}, "
        f"{_count(int(found.get('ambiguous', 0)), 'ambiguity')} and "
        f"{_count(int(found.get('slip', 0)), 'slip')} of the last digits."
    )


def _not_entered(left: pd.DataFrame | None) -> str:
    """Which numbers of the text nobody entered, so that nothing is said of them."""
    if left is None:
        return ""
    left = left[left["problem"].str.startswith("in the paper")]
    if left.empty:
        return "Every number of its text was entered, or set aside with a reason."
    where = ", ".join(f"{section} {n}" for section, n in left["section"].value_counts(sort=False).items())
    more = _count(len(left), "more number")
    return f"Of its text {more} were not entered, and nothing is said of them: {escape(where)}."


def _missing(items: list[Item]) -> str:
    missing = [f"{escape(item.what)} ({escape(item.why)})" for item in items if not item.stated]
    stated = f"{len(items) - len(missing)} of {len(items)} items that a paper of this kind states are among its claims"
    return f"{stated}; not: {'; '.join(missing)}." if missing else f"{stated}."


def _agreement(claims: pd.DataFrame, recomputed: bool, synthetic: bool) -> str:
    """How many numbers the workflow gives again; of a cohort made to carry them, first that this shows nothing."""
    if not recomputed:
        return "The paper's data are not at hand, so nothing was recomputed."
    verdict = claims["verdict"].value_counts()
    met = int(sum(verdict.get(name, 0) for name in ("reproduced", "within tolerance")))
    tested = met + int(verdict.get("not reproduced", 0))
    circular = (
        "The data were generated to carry the published numbers: that they give them back shows that this worked, and "
        "nothing of the paper. "
    )
    return f"{circular * synthetic}Of {_count(tested, 'number')} that the workflow recomputes, {met} agree."


def _count(n: int, what: str) -> str:
    """'1 slip', '2 slips', '3 ambiguities'."""
    return f"{n} {what if n == 1 else what[:-1] + 'ies' if what.endswith('y') else what + 's'}"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts)


def _token(text: str) -> str:
    return text.replace(" ", "-").replace(".", "_")


def _options(names: Iterable[str]) -> str:
    return "".join(f'<option value="{_token(name)}">{escape(name.replace("_", " "))}</option>' for name in names)


def _badge(name: str, text: str | None = None) -> str:
    return f'<span class="key {_token(name)}">{text or name}</span>'


def _verdict(name: str, count: int) -> str:
    meaning = escape(CLAIM_VERDICTS[name])
    return f'<li><b>{count}</b>{_badge(name, SIGNS[name])} {name}<br><span class="soft">{meaning}</span></li>'


def _about(text: str) -> str:
    return f"<b>{escape(text)}.</b> " if text else ""


def _defect(row: Any) -> str:
    repair = f'<span class="repair">{escape(row.repair)}.</span> ' if row.repair else ""
    told = f'<b>{escape(row.headline)}</b> <span class="soft">{escape(row.section)}; {escape(row.touches)}.</span><br>'
    others = f"{_count(row.more, 'more finding')} of this kind there. " if row.more else ""
    link = f'<a class="screen" href="#{row.names.split()[0]}">more</a>'
    return f"<li>{_badge(row.severity)} {told}{escape(row.says)} {others}{repair}{link}</li>"


def _finding(row: Any) -> str:
    size = "" if pd.isna(row.size) or row.severity == "sound" else escape(f" Off by {row.size:.3g} {row.measure}.")
    of = ", ".join(f'<a href="#{escape(claim)}">{escape(claim)}</a>' for claim in dict.fromkeys(row.claims.split()))
    anchors = "".join(f'<span id="{name}"></span>' for name in row.names.split())
    repair = f'<p class="repair">{escape(row.repair)}.</p>' if row.repair else ""
    return (
        f'<li class="{row.severity}-edge" data-item data-severity="{row.severity}" data-check="{row.check}">{anchors}'
        f"<p>{_badge(row.severity)} {_about(row.about)}{escape(row.says)}{size}</p>{repair}"
        f'<p class="of">{escape(row.check.replace("_", " "))} · {row.names} · {of}</p></li>'
    )


def _claim(claim: Any, order: int) -> str:
    difference = "" if claim.difference == "" else _difference(claim.difference)
    tolerance = "" if claim.tolerance == "" else f"{claim.tolerance:g}"
    never = claim.findings == "never checked"
    found = claim.findings if never else " ".join(f'<a href="#{n}">{n}</a>' for n in str(claim.findings).split())
    why = f'<div class="of">{escape(str(claim.reason))}</div>' if claim.reason and claim.verdict != "reproduced" else ""
    of_data = (escape(str(claim.recomputed)), difference, tolerance)
    return (
        f'<tr id="{escape(claim.id)}" data-item data-verdict="{_token(claim.verdict)}" '
        f'data-section="{_token(claim.section)}" data-severity="{claim.severity}">'
        f'<td data-key="{order}">{escape(claim.section)}</td><td>{escape(claim.says)}</td>'
        f'<td class="number">{escape(claim.printed)}</td>'
        + "".join(f'<td class="number data">{number}</td>' for number in of_data)
        + f'<td data-key="{list(CLAIM_VERDICTS).index(claim.verdict)}">{_badge(claim.verdict, SIGNS[claim.verdict])} '
        f"{claim.verdict}{why}</td><td>{found}</td></tr>"
    )


def _difference(value: float) -> str:
    if abs(value) < 1e-9:
        return "0"
    return f"{value:+.3g}" if abs(value) >= 0.001 else f"{'+' if value > 0 else '-'}0.000"


def _analyses(reanalyses: pd.DataFrame, synthetic: bool) -> str:
    targets = _lines(_target(rows) for _, rows in reanalyses.groupby("target", sort=False))
    caution = f"<p>{escape(WHAT_IT_SHOWS)}</p>" if synthetic else ""
    return Template(_asset("analyses.html")).substitute(caution=caution, reanalyses=targets)


def _target(rows: pd.DataFrame) -> str:
    """One published number and the analyses that come nearest."""
    first = rows.iloc[0]
    cells = "".join(
        f'<tr><td class="number">{row.rank}</td><td>{escape(row.recomputed)}</td>'
        f"<td>{escape(analysis_in_words(row))}</td>"
        f'<td class="number">{format_distance(row.distance)}</td></tr>'
        for row in each_row(rows.head(SHOWN_ANALYSES))
    )
    farthest = rows["distance"].replace(math.inf, math.nan).max()
    says = (
        f"Published: <b>{escape(first['published'])}</b>; {len(rows)} analyses, from "
        f"{format_distance(first['distance'])} to {format_distance(farthest)} away ({escape(first['measure'])})."
    )
    picture = ""
    if rows["conf_low"].notna().any():
        alone = nearest_by_estimate(rows)
        says += f" By the estimate alone the nearest is {escape(alone.recomputed)}: {escape(analysis_in_words(alone))}."
        picture = (
            f"<figure>{picture_of_ratios(rows)}<figcaption>The 24 nearest analyses, nearest on top; band and red line: "
            "as published. Full: by patient, open: by lesion row.</figcaption></figure>"
        )
    return (
        f"<div data-item><h3>{escape(first['quantity'])}</h3><p>{says}</p>{picture}<table><thead><tr>"
        '<th class="number">Rank</th><th>Recomputed</th><th>Analysis</th><th class="number">Distance</th></tr></thead>'
        f"<tbody>{cells}</tbody></table></div>"
    )


def format_distance(value: float) -> str:
    """A distance in three digits; where a rate is beyond all follow-up there is none."""
    return f"{value:.3g}" if math.isfinite(value) else "not reached"


def _error_rates(error_rates: pd.DataFrame | None) -> str:
    if error_rates is None or error_rates.empty:
        return ""
    rows = "".join(
        f'<tr><td>{escape(row.kind)}</td><td class="number">{row.tried}</td><td class="number">{row.flagged}</td>'
        f'<td class="number">{100 * row.rate:.1f}%</td></tr>'
        for row in each_row(error_rates)
    )
    return (
        "<p>How often it errs: fabricated papers that are true of a drawn cohort, checked as they are (any finding is "
        "a false alarm) and with one number changed (any finding is a detection). A mean or a rate that nothing else "
        'in a paper limits cannot be caught.</p><table><thead><tr><th>Changed</th><th class="number">Tried</th>'
        f'<th class="number">Flagged</th><th class="number">Rate</th></tr></thead><tbody>{rows}</tbody></table>'
    )
