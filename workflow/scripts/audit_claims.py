"""A verdict on every published number, as tables, as a page for reviewers and as the paper's appendix."""

from common import begin

from pathlib import Path

import pandas as pd

from oligomet.audit.appendix import write_appendix
from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.page import render_audit
from oligomet.audit.tokens import coverage_of_text
from oligomet.book import Book
from oligomet.tables import read, write_csv

study = begin(snakemake)
paper = read_claims(snakemake.input.claims, study)
findings = run_checks(paper)
verdicts = judge(paper, findings, Book(read(snakemake.input.estimates)), study)
reanalyses = pd.read_csv(snakemake.input.reanalyses)
write_csv(verdicts, snakemake.output.claims)
write_csv(findings, snakemake.output.findings)
told = (paper, verdicts, findings, reanalyses, study, pd.read_csv(snakemake.input.errors))
page = render_audit(*told, coverage_of_text(paper, snakemake.input.claims))
Path(snakemake.output.page).write_text(page, encoding="utf-8")
Path(snakemake.output.appendix).write_text(write_appendix(*told), encoding="utf-8")
