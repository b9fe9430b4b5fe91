"""The page and the appendix; where Chromium is installed, the page's filter, search and sort are used in it."""

import html
import json
import re
import shutil
import subprocess

import pandas as pd
import pytest
import small_cohort
import yaml
from paper_of import DECLARED, paper

from oligomet.audit.appendix import write_appendix
from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import ALL_CHECKS, run_checks
from oligomet.audit.defects import coverage, merge_findings, worst_defects
from oligomet.audit.headlines import headline
from oligomet.audit.inspect_sr import DOMAINS, inspect_domains
from oligomet.audit.page import ASSETS, render_audit
from oligomet.audit.reanalyses import reanalyse
from oligomet.audit.reporting import reporting_items
from oligomet.book import Book
from oligomet.declarations import ConfigurationError
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
    assert not re.search(r"[{<][{%#]|[%#}][}>]", page.split("<body")[1].split("<script>")[0])  # no rest of a template


def test_every_claim_has_a_row_and_a_square(parts, page):
    for claim in parts[1]["id"]:
        assert f'<tr id="{claim}"' in page
        assert f'<a href="#{claim}" class="square ' in page


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


def told(*entries, **sections):
    claims = paper(*entries, **sections)
    findings = run_checks(claims)
    return claims, worst_defects(claims, merge_findings(findings)), findings


def test_a_defect_is_told_in_a_plain_sentence_before_its_arithmetic():
    lesions = [{"of": "lesions", "count": 189}, {"of": "patients", "count": 142}, {"of": "evaluable", "count": 179},
               {"of": {"response": "PD"}, "count": 80}, {"variable": "assessed", "maximum": 3}]  # fmt: skip
    claims, worst, findings = told(*lesions, Abstract=[{"endpoint": "LC", "rate": {12: 69.7}}])
    sentence = "Local control of 69.7% cannot be per lesion: 80 of 179 lesions had already progressed."
    assert sentence in set(worst["headline"])
    assert "touches a survival result in the abstract" in set(worst["touches"])
    assert sentence in render_audit(claims, judge(claims, findings), findings)
    rates = [
        {"endpoint": "OS", "of": {"arm": arm}, "time": 60, "rate": rate} for arm, rate in (("A", 72.3), ("B", 41.8))
    ]
    arms = [{"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 67}, {"of": {"arm": "B"}, "count": 75}]
    _, worst, _ = told(*arms, {"endpoint": "OS", "rate": {12: 67.1, 24: 52.6, 60: 30.3}}, **{"Table 4": rates})
    assert worst["headline"].iloc[0].startswith("What Table 4 prints as overall survival at 60 months is not that")


def test_every_check_has_a_plain_sentence():
    sentences = yaml.safe_load((ASSETS.parent / "headlines.yaml").read_text(encoding="utf-8"))
    assert set(sentences) == {*ALL_CHECKS, "otherwise"}
    claims = paper({"endpoint": "OS", "rate": {12: 60}}).claims
    told = {check: headline(paper(), check, claims, 2) for check in ALL_CHECKS}
    assert all(sentence.endswith(".") and "{" not in sentence for sentence in told.values()), told


def test_what_a_paper_lacks_depends_on_what_it_claims():
    def missing(*entries):
        return {item.what for item in reporting_items(paper(*entries)) if not item.stated}

    assert missing({"of": "patients", "count": 142}) == set()
    rates = {"endpoint": "OS", "rate": {12: 67.1}}
    assert missing(rates) == {
        "the median follow-up", "the closing date", "intervals of the survival rates", "numbers at risk",
    }  # fmt: skip
    whole = {**rates, "low": {12: 60}, "high": {12: 74}, "at_risk": {12: 80}}
    assert missing(whole, {"setting": "data_cut", "date": "2021-12-30"}) == {"the median follow-up"}
    by_response = {"endpoint": "OS", "factor": "control", "p_value": "0.01"}
    assert "a landmark, where survival is told by response" in missing(by_response)
    assert "a landmark, where survival is told by response" not in missing(
        by_response, {"setting": "landmark", "value": 3}
    )


def judged(findings, inspected=None):
    return {domain.name: domain.judged for domain in inspect_domains(findings, inspected or {})}


def test_the_domains_of_inspect_sr():
    _, _, findings = told({"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 67, "percentage": 58.2})
    assert judged(findings) == {
        "Post-publication notices": "not examined", "Conduct, governance and transparency": "not examined",
        "Text and figures": "not examined", "Results": "serious concerns",
    }  # fmt: skip
    dates = [{"setting": "accrual_start", "date": "2021-01"}, {"setting": "data_cut", "date": "2020-12-30"}]
    _, _, findings = told(*dates)
    assert judged(findings)["Conduct, governance and transparency"] == "serious concerns"


def test_what_nothing_speaks_to_is_said_plainly_and_a_reader_can_speak():
    claims, _, findings = told({"of": "patients", "count": 142}, {"of": "patients", "count": 142, "id": "again"})
    page = render_audit(claims, judge(claims, findings), findings)
    assert "not examined: 1.1 retraction, 1.2" in page
    results = inspect_domains(findings, {})[-1]
    assert [check.number for check in results.told["no concerns"]] == ["4.4"]
    assert len(results.told["not examined"]) == 10
    said = judged(findings, {"1.1": "serious concerns", "4.4": "some concerns"})
    assert (said["Post-publication notices"], said["Results"]) == ("serious concerns", "some concerns")
    declared = parse_claims({**DECLARED, "claims": {}, "inspected": {"1.1": "no concerns"}}).declared
    assert judged(findings, declared.inspected)["Post-publication notices"] == "no concerns"
    with pytest.raises(ConfigurationError, match=r"inspected\.5\.1: not one of 1"):
        parse_claims({**DECLARED, "claims": {}, "inspected": {"5.1": "no concerns"}})
    with pytest.raises(ConfigurationError, match=r"inspected\.1\.1: should be 'no concerns'"):
        parse_claims({**DECLARED, "claims": {}, "inspected": {"1.1": "none"}})


def test_every_check_that_inspect_sr_is_said_to_ask_for_is_one():
    named = [name for checks in DOMAINS.values() for check in checks.values() for name in check["ours"]]
    assert len(named) == len(set(named))
    assert set(named) <= set(ALL_CHECKS)
    assert [len(checks) for checks in DOMAINS.values()] == [3, 5, 2, 11]


def test_reproduction_comes_last_and_says_first_that_it_is_circular(parts):
    study = type(parts[-1])(**{**vars(parts[-1]), "synthetic": type(parts[-1])(notice="All made up.")})
    page = render_audit(*parts[:-1], study)
    after = page.index("Is it reproduced?")
    assert page.index("What to know first") < page.index("Every claim") < after
    assert page[after:].index("generated to carry the published numbers") < page[after:].index("recomputes")


@pytest.mark.skipif(CHROMIUM is None or shutil.which("pdfinfo") is None, reason="no Chromium, or no pdfinfo")
def test_a_minute_is_printed_on_two_pages_at_most(page, tmp_path):
    (tmp_path / "audit.html").write_text(page, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
               f"--print-to-pdf={tmp_path / 'audit.pdf'}", (tmp_path / "audit.html").as_uri()]  # fmt: skip
    subprocess.run(command, capture_output=True, timeout=60, check=True)
    said = subprocess.run(["pdfinfo", tmp_path / "audit.pdf"], capture_output=True, text=True, check=True).stdout
    assert int(re.search(r"Pages:\s+(\d+)", said)[1]) <= 2


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


def first_part(*entries, **sections):
    claims, _, findings = told(*entries, **sections)
    page = render_audit(claims, judge(claims, findings), findings)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.split("By domain")[0])).split())


def test_a_defect_is_told_with_its_place_and_its_numbers():
    rates = [{"endpoint": name, "of": {"arm": "A"}, "rate": {60: r}} for name, r in (("PFS", 64), ("LRFS", 42))]
    page = first_part({"of": {"arm": "A"}, "count": 33}, **{"Table 2": rates})
    assert "Progression-free survival of 64% is better than local-recurrence-free survival of 42%" in page
    assert "Table 2; touches a survival result" in page  # its row is 0, which is the caption
    assert "What it does not state" in page
    entries = [{"of": "patients", "count": 132}, {"of": {"arm": "A"}, "count": 23, "percentage": 81}]
    assert "81% is not the share that it is said to be. text, sentence 1; touches" in first_part(*entries)


def test_what_was_not_found_is_not_counted_and_slips_alone_are_told():
    page = first_part({"of": "patients", "count": 132}, {"of": {"arm": "A"}, "count": 23, "percentage": 18})
    assert "Told once each: 1 slip of the last digits." in page
    assert "No contradiction was found, but a slip of the last digits: 23 of 132 is 17.42%, not 18%." in page
    assert " 0 inconsistencies" not in page
    assert "What it does not state" not in page  # nothing that papers of its kind state
    both = first_part(
        {"of": "patients", "count": 132},
        {"of": {"arm": "A"}, "count": 23, "percentage": 18},
        {"of": {"arm": "B"}, "count": 109, "percentage": 28},
    )
    assert "1 finding that no data can satisfy and 1 slip of the last digits." in both
