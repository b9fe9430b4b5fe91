"""A paper entered as claims only is audited by name, whichever study is configured."""

import pandas as pd

from whole_run import Run, copy_repository


def test_a_paper_without_a_study_is_audited(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    folder = here.folder / "results" / "mitort1"
    said = here.snakemake("--cores", "1", "results/mitort1/audit/audit.html")
    assert "1 of 1 steps (100%) done" in said
    assert set(pd.read_csv(folder / "audit" / "claims.csv")["verdict"]) == {"needs data"}
    assert "MITO-RT1" in (folder / "audit" / "audit.html").read_text(encoding="utf-8")
    assert len(pd.read_csv(folder / "audit" / "findings.csv"))
    own = here.snakemake("--cores", "1", "--dry-run", "results/pumch2022/audit/audit.html")
    assert "rule audit:" in own  # the configured study's is held against its estimates
    assert "audit_paper" not in own.replace("audit_paper.py", "")


def test_a_mistake_in_the_claims_is_told_in_words(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    claims = here.folder / "studies/mitort1/published/claims.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("291", "29l"), encoding="utf-8")
    said = here.snakemake("--cores", "1", "results/mitort1/audit/audit.html", check=False)
    assert "29l" in said
    assert "Traceback" not in said
