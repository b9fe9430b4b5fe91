"""Who and what went on to the analysis, and what did not."""

from oligomet.estimates.flow import estimate_flow

from common import begin
from oligomet.tables import read, write

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("screened", "quarantine", "accounting")]
write(estimate_flow(*tables, study), snakemake.output[0], "estimates")
