"""Every family of analyses but robustness, in one process: they read the same tables with the same libraries."""

from oligomet.estimates.analyses import estimate_analyses
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = {name: read(file) for name, file in snakemake.input.items() if name != "code"}
write_csv(estimate_analyses(tables, study), snakemake.output[0])
