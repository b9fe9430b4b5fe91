"""Descriptives of the patients and the irradiated lesions."""

from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("patients", "lesions", "responses")]
write_csv(estimate_descriptive(*tables, study), snakemake.output[0])
