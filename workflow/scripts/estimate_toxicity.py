"""Patients with toxicity, by phase, system and grade."""

from oligomet.estimates.toxicity import estimate_toxicity
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("toxicities", "patients")]
write_csv(estimate_toxicity(*tables, study), snakemake.output[0])
