"""The analysis plan: made of the declarations alone, known by its hash, and what deviates from a frozen one."""

import datetime as dt
import re

import pypdf
import pytest
import yaml
from small_paper import ROOT
from told import edited

from oligomet.manuscript.engines import render
from oligomet.manuscript.plan import check_frozen, declared_plan, find_deviations, hash_of
from oligomet.manuscript.staging import stage_alone
from oligomet.templates import ManuscriptError

FOLDERS = [ROOT / "studies" / "pumch2022" / "manuscript", ROOT / "manuscript"]
DAY = dt.date(2026, 2, 3)


def planned(folder, study, frozen=None):
    """The words of the plan, and what is frozen of it."""
    plan = declared_plan(study)
    told = {
        "made": DAY,
        "hash": hash_of(plan),
        "frozen": frozen,
        "deviations": find_deviations(frozen["declared"], plan) if frozen else [],
    }
    stage_alone("plan", folder, FOLDERS, study, "discover-oncology", "statistical analysis plan", plan=told)
    pages = pypdf.PdfReader(render(folder, "pandoc", ("pdf",), "plan")["pdf"]).pages
    text = " ".join(page.extract_text() for page in pages)
    return {"made": DAY, "sha256": hash_of(plan), "declared": plan}, re.sub(r"\s+", " ", text)


def test_a_plan_says_its_day_and_hash_and_knows_no_result(tmp_path, study):
    plan, text = planned(tmp_path / "plan", study)
    assert len(plan["sha256"]) == 64
    assert "2026-02-03" in text and plan["sha256"] in text.replace(" ", "")
    assert "worded as they will stand in the paper" in text
    assert "log-rank test" in text and "Overall survival by response" in text
    assert "Deviations" not in text and "patients screened" not in text


def test_what_changed_since_it_was_frozen_is_listed(tmp_path, study):
    frozen, _ = planned(tmp_path / "first", study)
    _, same = planned(tmp_path / "same", study, frozen)
    assert "Nothing has changed since then." in same
    changed = edited(tmp_path, ("ties: breslow", "ties: efron"))
    _, text = planned(tmp_path / "second", changed, frozen)
    assert "analyses.ties breslow efron" in text


def test_a_frozen_plan_that_was_edited_is_refused(study):
    plan = declared_plan(study)
    written = yaml.safe_dump({"declared": plan, "sha256": hash_of(plan)}, sort_keys=False, allow_unicode=True)
    frozen = yaml.safe_load(written)
    check_frozen(frozen, "plan.yaml")
    other = study.model_copy(update={"analyses": study.analyses.model_copy(update={"ties": "efron"})})
    with pytest.raises(ManuscriptError, match=r"plan\.yaml: .* a frozen plan is not edited"):
        check_frozen({**frozen, "declared": declared_plan(other)}, "plan.yaml")


def test_how_exports_are_read_is_no_deviation(study):
    other = study.model_copy(update={"sources": {}, "terms": {}})
    assert find_deviations(declared_plan(study), declared_plan(other)) == []
    assert hash_of(declared_plan(study)) == hash_of(declared_plan(other))
