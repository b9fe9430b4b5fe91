"""The paper and its supplement: their Quarto project with every number filled in, as HTML, PDF and DOCX."""

from common import begin

import sys
from pathlib import Path

from oligomet.audit.claims_reader import read_claims
from oligomet.book import Book
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.engines import render_all
from oligomet.manuscript.published import PublishedAnalysis
from oligomet.manuscript.staging import abstract_words, stage
from oligomet.tables import read, read_verbatim

study = begin(snakemake)
given, project = snakemake.input, snakemake.output.project
published = [
    PublishedAnalysis(read_claims(claims, study), read_verbatim(verdicts), study)
    for claims, verdicts in zip(given.claims, given.verdicts, strict=True)
]
typed = stage(
    project,
    map(Path, snakemake.params.folders),
    given.notebooks,
    withhold_small_cells(Book(read(given.estimates)), study.privacy.smallest_cell),
    study,
    published=next(iter(published), None),
    appendix="".join(Path(part).read_text(encoding="utf-8") for part in given.appendix),
    journal=snakemake.params.journal,
    values_csv=snakemake.log.values,
)
for place in typed:
    print(f"{place}\n  A number was typed, so the paper does not say that none was.", file=sys.stderr)
journal, most = snakemake.params.asked
if (words := abstract_words(Path(project, "paper.qmd").read_text(encoding="utf-8"))) > most:
    print(f"The abstract has {words} words; {journal} takes {most}.", file=sys.stderr)
render_all(project, DOCUMENTS, snakemake.params.engine)
