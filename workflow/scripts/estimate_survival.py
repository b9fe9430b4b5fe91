"""Kaplan-Meier rates, medians, curves and log-rank tests of every endpoint."""

from oligomet.estimates.survival import estimate_survival
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("times", "patients", "lesions")]
write_csv(estimate_survival(*tables, study), snakemake.output[0])
