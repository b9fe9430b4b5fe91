"""The analyses that should have been run, beside those that were."""

from oligomet.estimates.robustness import estimate_robustness
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("times", "patients", "lesions", "responses", "recensored")]
write_csv(estimate_robustness(*tables, study), snakemake.output[0])
