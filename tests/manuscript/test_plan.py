"""The analysis plan: made of the declarations alone, known by its hash, and what deviates from a frozen one."""

import datetime as dt
import re

import pypdf
import pytest
import yaml
from small_paper import ROOT
from told import edited

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.plan import declared_plan, find_deviations, hash_of, write_plan

FOLDERS = [ROOT / "studies" / "pumch2022" / "manuscript", ROOT / "manuscript"]
OPTIONS = {"engine": "pandoc", "journal": "discover-oncology"}
DAY = dt.date(2026, 2, 3)


def planned(folder, study, frozen=None):
    folder.mkdir()
    write_plan(folder, FOLDERS, study, DAY, frozen or folder / "none.yaml", OPTIONS)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "plan.pdf").pages)
    return yaml.safe_load((folder / "plan.yaml").read_text(encoding="utf-8")), re.sub(r"\s+", " ", text)


def test_a_plan_says_its_day_and_hash_and_knows_no_result(tmp_path, study):
    plan, text = planned(tmp_path / "plan", study)
    assert plan["sha256"] == hash_of(declared_plan(study)) and len(plan["sha256"]) == 64
    assert plan["made"] == "2026-02-03" and "2026-02-03" in text and plan["sha256"] in text.replace(" ", "")
    assert "log-rank test" in text and "Overall survival by response" in text
    assert "Deviations" not in text and "patients screened" not in text


def test_what_changed_since_it_was_frozen_is_listed(tmp_path, study):
    planned(tmp_path / "first", study)
    frozen = tmp_path / "first" / "plan.yaml"
    _, same = planned(tmp_path / "same", study, frozen)
    assert "Nothing has changed since then." in same
    changed = edited(tmp_path, ("ties: breslow", "ties: efron"))
    _, text = planned(tmp_path / "second", changed, frozen)
    assert "analyses.ties breslow efron" in text


def test_a_frozen_plan_that_was_edited_is_refused(tmp_path, study):
    planned(tmp_path / "first", study)
    frozen = tmp_path / "first" / "plan.yaml"
    frozen.write_text(frozen.read_text(encoding="utf-8").replace("ties: breslow", "ties: efron"), encoding="utf-8")
    with pytest.raises(ManuscriptError, match="a frozen plan is not edited"):
        planned(tmp_path / "second", study, frozen)


def test_how_exports_are_read_is_no_deviation(study):
    other = study.model_copy(update={"sources": {}, "terms": {}})
    assert find_deviations(declared_plan(study), declared_plan(other)) == []
    assert hash_of(declared_plan(study)) == hash_of(declared_plan(other))
