"""Who and what went on to the analysis, and what did not."""

from oligomet.estimates.flow import estimate_flow
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("screened", "quarantine", "accounting")]
write_csv(estimate_flow(*tables, study), snakemake.output[0])
