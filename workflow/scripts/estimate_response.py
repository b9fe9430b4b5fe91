"""Response rates, overall, by site and by every factor, with their intervals."""

from oligomet.estimates.response import estimate_response
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("lesions", "patients", "responses")]
write_csv(estimate_response(*tables, study), snakemake.output[0])
