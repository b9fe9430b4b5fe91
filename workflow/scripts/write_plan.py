"""The statistical analysis plan, and what has changed since it was frozen."""

from common import log_errors

import datetime as dt
from pathlib import Path

from oligomet.manuscript.plan import write_plan
from oligomet.study import read_study

log_errors(snakemake)
write_plan(
    Path(snakemake.output[0]).parent,
    [Path(folder) for folder in snakemake.params.folders],
    read_study(snakemake.input.declared),  # all of it: every declaration is part of the plan
    dt.date.today(),
    Path(snakemake.params.frozen),
    snakemake.params.options,
)
