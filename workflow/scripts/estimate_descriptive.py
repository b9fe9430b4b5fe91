"""Descriptives of the patients and the irradiated lesions."""

from oligomet.estimates.descriptive import estimate_descriptive

from common import begin
from oligomet.tables import read, write

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("patients", "lesions", "responses")]
write(estimate_descriptive(*tables, study), snakemake.output[0], "estimates")
