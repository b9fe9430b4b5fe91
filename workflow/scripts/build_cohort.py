"""Clean tables of the eligible patients; everything else in quarantine with its reason."""

from common import begin

from oligomet.cohort.build import build_cohort
from oligomet.tables import read_verbatim, write

study = begin(snakemake)
extracted = {role: read_verbatim(snakemake.input[role]) for role in study.sources}
for name, table in build_cohort(extracted, study).items():
    write(table, snakemake.output[name])
