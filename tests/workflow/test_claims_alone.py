"""A paper entered as claims only is audited by name, whichever study is configured."""

import pandas as pd

from whole_run import Run, copy_repository


def test_a_paper_without_a_study_is_audited(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    folder = here.folder / "results" / "mitort1"
    said = here.snakemake("--cores", "1", "results/mitort1/audit/audit.html")
    assert "1 of 1" in said
    assert set(pd.read_csv(folder / "audit" / "claims.csv")["verdict"]) == {"needs data"}
    assert "MITO-RT1" in (folder / "audit" / "audit.html").read_text(encoding="utf-8")
    assert len(pd.read_csv(folder / "audit" / "findings.csv"))
    own = here.snakemake("--cores", "1", "--dry-run", "results/pumch2022/audit/audit.html")
    assert "rule audit:" in own  # the configured study's is held against its estimates
    assert "audit_paper" not in own.replace("audit_paper.py", "")


def test_a_paper_named_as_the_study_says_how_it_is_audited(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    said = here.snakemake("--cores", "1", "--config", "study=yahara2013", check=False)
    assert "snakemake --cores 1 results/yahara2013/audit/audit.html" in said
    assert "Traceback" not in said
    here.snakemake("--cores", "1", "results/yahara2013/audit/audit.html")
    findings = pd.read_csv(here.folder / "results/yahara2013/audit/findings.csv")
    assert findings.loc[findings["severity"] == "slip", "says"].tolist() == ["22 of 27 is 81.48%, not 82%."]


def test_a_mistake_in_the_claims_is_told_in_words(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    claims = here.folder / "studies/mitort1/published/claims.yaml"
    claims.write_text(claims.read_text(encoding="utf-8").replace("291", "29l"), encoding="utf-8")
    said = here.snakemake("--cores", "1", "results/mitort1/audit/audit.html", check=False)
    assert "29l" in said
    assert "Traceback" not in said


def test_the_error_rates_are_measured_when_they_are_asked_for(tmp_path):
    here = Run(copy_repository(tmp_path / "oligomet"))
    (here.folder / "docs/audit_error_rates.csv").touch()
    assert "rule audit_error_rates:" not in here.snakemake("--cores", "1", "--dry-run")
    code = here.folder / "workflow/oligomet/audit/error_rates.py"
    code.write_text(
        code.read_text(encoding="utf-8").replace("PAPERS, CHANGES, SEED = 400,", "PAPERS, CHANGES, SEED = 3,"),
        encoding="utf-8",
    )
    here.snakemake("--cores", "1", "audit_error_rates")
    rates = pd.read_csv(here.folder / "docs/audit_error_rates.csv").set_index("kind")
    assert rates.loc["unchanged", ["tried", "flagged", "papers"]].tolist() == [3, 0, 3]
