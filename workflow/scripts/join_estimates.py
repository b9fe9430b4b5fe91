"""The parts, joined and checked: the one table that displays, notebooks, manuscript and audit read."""

from common import begin

import pandas as pd

from oligomet.tables import read, write

begin(snakemake)
parts = [read(part, "estimates") for part in snakemake.input.parts]
write(pd.concat(parts, ignore_index=True), snakemake.output.estimates)
