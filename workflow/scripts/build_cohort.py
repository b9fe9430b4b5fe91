"""Clean tables of the eligible patients; everything else in quarantine with its reason."""

from common import begin

import sys

from oligomet.cohort.build import build_cohort
from oligomet.cohort.possible_events import tell
from oligomet.tables import read_verbatim, write

study = begin(snakemake)
extracted = {role: read_verbatim(snakemake.input[role]) for role in study.sources}
tables = build_cohort(extracted, study)
for name, table in tables.items():
    write(table, snakemake.output[name])
print(tell(tables["possible_events"]), end="", file=sys.stderr)
