"""Cox models, one factor at a time and together."""

from oligomet.estimates.regression import estimate_regression
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("times", "patients", "lesions")]
write_csv(estimate_regression(*tables, study), snakemake.output[0])
