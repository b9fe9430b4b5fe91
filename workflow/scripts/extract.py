"""The raw exports as verbatim text, with file, sheet and row, if nothing is wrong that stops a run."""

from common import log_errors, log_to

import os
import sys
from pathlib import Path

from oligomet.tables import write_csv
from oligomet.validate.data import check_study
from oligomet.validate.report import as_table

log_errors(snakemake)
log_to(snakemake.log[0])
found = check_study(Path(snakemake.input.study), snakemake.params.name)
write_csv(as_table(found.problems), snakemake.log.problems)
if found.stops:
    sys.exit(1)  # what is wrong is told by the Snakefile, last of all
os.umask(0o077)  # record numbers stand in these tables: they are for the one who runs this
for role, rows in found.extracted.items():
    write_csv(rows, snakemake.output[role])
