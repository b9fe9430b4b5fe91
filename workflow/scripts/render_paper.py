"""The paper: its Quarto project with every value filled in, rendered to HTML, PDF and DOCX."""

from common import begin

from os.path import commonpath
from pathlib import Path

from oligomet.manuscript.engines import render
from oligomet.manuscript.staging import stage
from oligomet.tables import read, read_verbatim

study = begin(snakemake)
project = snakemake.output.project
stage(
    project,
    commonpath(snakemake.input.manuscript),
    snakemake.input.notebooks,
    read(snakemake.input.estimates),
    study,
    claims=next(map(read_verbatim, snakemake.input.claims), None),
    parts={Path(part).stem: Path(part).read_text(encoding="utf-8") for part in snakemake.input.parts},
    values_csv=snakemake.output.values,
)
render(project, snakemake.params.engine, directory=Path(project).parent)
