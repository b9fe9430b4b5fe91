"""Patients with toxicity, by phase, system and grade."""

from oligomet.estimates.toxicity import estimate_toxicity
from oligomet.tables import read, write

from common import begin

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("toxicities", "patients")]
write(estimate_toxicity(*tables, study), snakemake.output[0], "estimates")
