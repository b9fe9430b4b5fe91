"""The raw exports as verbatim text, a table a source, with file, sheet and row."""

from common import begin

from pathlib import Path

from oligomet.extract.readers import extract_sources
from oligomet.tables import write_csv

study = begin(snakemake)
raw = Path(snakemake.params.study).with_name("raw")
for role, rows in extract_sources(study, raw).items():
    write_csv(rows, snakemake.output[role])
