"""The raw exports as verbatim text, a table a source, with file, sheet and row."""

from common import begin, log_to

import os
from pathlib import Path

from oligomet.extract.readers import extract_sources
from oligomet.tables import write_csv

study = begin(snakemake)
log_to(snakemake.log[0])
os.umask(0o077)  # record numbers stand in these tables: they are for the one who runs this
raw = Path(snakemake.params.study).with_name("raw")
for role, rows in extract_sources(study, raw).items():
    write_csv(rows, snakemake.output[role])
