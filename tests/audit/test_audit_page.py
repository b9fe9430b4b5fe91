"""The page and the appendix; where Chromium is installed, the page's filter, search and sort are used in it."""

import html
import json
import re
import shutil
import subprocess

import pandas as pd
import pytest
import small_cohort
from paper_of import paper

from oligomet.audit.appendix import write_appendix
from oligomet.audit.claim_verdicts import judge
from oligomet.audit.consistency import run_checks
from oligomet.audit.defects import coverage, merge_findings, worst_defects
from oligomet.audit.page import render_audit
from oligomet.audit.reanalyses import reanalyse
from oligomet.book import Book
from oligomet.schemas import TABLES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ERROR_RATES = pd.DataFrame({"kind": ["count", "unchanged"], "tried": [9, 5], "flagged": [8, 0], "rate": [8 / 9, 0.0]})


@pytest.fixture(scope="module")
def parts():
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    claims = paper(
        {"of": "patients", "count": 142},
        {"of": {"arm": "A"}, "count": 67, "percentage": 47.2},
        {"of": {"arm": "B"}, "count": 75, "percentage": 58.2},
        {"endpoint": "OS", "contrast": contrast, "model": "univariable", "hazard_ratio": 0.6, "low": 0.4, "high": 0.9,
         "p_value": "0.010"},
        {"endpoint": "OS", "rate": 67.1},
    )  # fmt: skip
    findings = run_checks(claims)
    drawn = small_cohort.draw()
    count = {"analysis": "description", "unit": "patient", "population": "all", "statistic": "count", "estimate": 142}
    book = Book(pd.DataFrame([{**count, "method": "count"}], columns=list(TABLES["estimates"])))
    reanalyses = reanalyse(claims, **drawn, study=small_cohort.STUDY)
    return claims, judge(claims, findings, book), findings, reanalyses, small_cohort.STUDY


@pytest.fixture(scope="module")
def page(parts):
    return render_audit(*parts, error_rates=ERROR_RATES)


def test_the_page_needs_nothing_else(page):
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "$" not in page


def test_every_claim_has_a_row_and_a_square(parts, page):
    for claim in parts[1]["id"]:
        assert f'<tr id="{claim}"' in page
        assert f'<a href="#{claim}" class="square">' in page


def test_findings_are_told_with_their_repair(page):
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert "75 of 142 is 52.82%, not 58.2%." in text
    assert "two digits swapped: 52.8%" in text


def test_synthetic_results_say_so(parts):
    study = type(parts[-1])(**{**vars(parts[-1]), "synthetic": type(parts[-1])(notice="All made up.")})
    assert "All made up." in render_audit(*parts[:-1], study)
    assert "calibration worked" in render_audit(*parts[:-1], study)
    assert "calibration worked" in write_appendix(*parts[:-1], study)


def test_the_appendix_tells_the_same(parts):
    text = write_appendix(*parts, error_rates=ERROR_RATES)
    assert "75 of 142 is 52.82%, not 58.2%." in text
    for label in ("verdicts", "analyses", "errors"):
        assert f"{{#tbl-audit-{label}}}" in text
        assert f"@tbl-audit-{label}" in text
    table = text.split("\n\n")[1].splitlines()
    assert len({line.count("|") for line in table}) == 1


def test_one_finding_in_several_places_is_told_once(parts):
    findings = parts[2]
    again = pd.concat([findings, findings.assign(finding=findings["finding"] + "b")])
    assert len(merge_findings(again)) == len(merge_findings(findings))


def test_the_worst_comes_first_and_what_comes_of_it_is_not_told_again():
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    ratio = {"endpoint": "OS", "contrast": contrast, "hazard_ratio": "0.60", "low": "0.40", "high": "0.90"}
    claims = paper(
        {"of": "patients", "count": 142},
        {"of": {"arm": "A"}, "count": 67, "percentage": 58.2},
        {"setting": "significance_level", "value": 0.05},
        {"endpoint": "OS", "of": {"arm": "A"}, "rate": {12: 60.0, 24: 70.0}},
        Abstract=[{**ratio, "p_value": "0.30", "called": "significant"}],
    )
    findings = run_checks(claims)
    grouped = merge_findings(findings)
    worst = worst_defects(claims, grouped)
    assert worst.iloc[0]["section"] == "Abstract"
    assert {"wald_p", "significance"} <= set(grouped.loc[grouped["severity"] == "inconsistent", "check"])
    assert len({"wald_p", "significance"} & set(worst["check"])) == 1  # one p value, one cause
    assert list(worst["check"])[1:] == ["monotony", "percentages"]
    states = coverage(claims, findings)
    assert states["text.1.arm-a.percentage"] == "defect"
    assert states["text.0.patients.count"] == "checked"
    assert states["text.1.arm-a.count"] == "checked"
    assert coverage(paper({"variable": "age", "mean": 56}), run_checks(paper())).tolist() == ["never checked"]


USE = """
<script>
addEventListener("load", () => {
  const section = document.querySelector("table[data-sortable]").closest("section");
  const shown = () => [...section.querySelectorAll("tbody tr")].filter(row => !row.hidden);
  const rows = () => shown().map(row => row.cells[2].textContent);
  const log = {};
  const search = section.querySelector("input"), verdict = section.querySelector("select[data-by=verdict]");
  search.value = "arm: b percentage"; search.dispatchEvent(new Event("input")); log.searched = rows();
  search.value = ""; search.dispatchEvent(new Event("input"));
  verdict.value = "impossible"; verdict.dispatchEvent(new Event("change")); log.filtered = rows();
  verdict.value = ""; verdict.dispatchEvent(new Event("change"));
  const heading = section.querySelectorAll("th button")[2];
  heading.click(); log.ascending = rows(); heading.click(); log.descending = rows();
  document.body.innerHTML = "<pre id=log>" + JSON.stringify(log) + "</pre>";
});
</script>
"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_filter_search_and_sort_work_in_a_browser(page, tmp_path):
    file = tmp_path / "audit.html"
    file.write_text(page.replace("</body>", USE + "</body>"), encoding="utf-8")
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        file.as_uri(),
    ]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    log = json.loads(html.unescape(re.search(r'<pre id="log">(.*?)</pre>', shown)[1]))
    assert log["searched"] == ["58.2"]
    assert log["filtered"] == ["58.2"]
    assert log["ascending"] == ["0.010", "0.4", "0.6", "0.9", "47.2", "58.2", "67", "67.1", "75", "142"]
    assert log["descending"] == log["ascending"][::-1]
