"""The folder that one uploads to a journal."""

from common import begin

from pathlib import Path

from oligomet.submission.folder import make_submission

study = begin(snakemake)
make_submission(
    Path(snakemake.output.folder),
    Path(snakemake.input.project),
    [Path(folder) for folder in snakemake.params.folders],
    snakemake.params.journal,
    study,
    [Path(file) for file in (snakemake.input.study, *snakemake.input.declared)],
    Path(snakemake.input.snakefile),
)
