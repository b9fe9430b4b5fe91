"""A part of the estimates: its families of analyses, one after another in one process."""

from common import begin

import pandas as pd

from oligomet.estimates.parts import PARTS
from oligomet.tables import read, write_csv

study = begin(snakemake)
part = PARTS[snakemake.wildcards.part]
tables = {name: read(file, variables=study.variables) for name in part.reads if (file := snakemake.input.get(name))}
write_csv(pd.concat(part.estimate(tables, study), ignore_index=True), snakemake.output[0])
