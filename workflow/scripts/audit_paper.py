"""What a paper alone tells: each published number held against the others, as tables and as a page."""

from common import log_errors

from pathlib import Path

import pandas as pd

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.page import render_audit
from oligomet.audit.tokens import coverage_of_text
from oligomet.tables import write_csv

log_errors(snakemake)
paper = read_claims(snakemake.input.claims)
findings = run_checks(paper)
verdicts = judge(paper, findings)
write_csv(verdicts, snakemake.output.claims)
write_csv(findings, snakemake.output.findings)
left = coverage_of_text(paper, snakemake.input.claims)
page = render_audit(paper, verdicts, findings, error_rates=pd.read_csv(snakemake.input.errors), not_entered=left)
Path(snakemake.output.page).write_text(page, encoding="utf-8")
