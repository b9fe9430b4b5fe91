"""Published series and their random-effects summaries."""

from oligomet.estimates.literature import estimate_literature
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
write_csv(estimate_literature(read(snakemake.input.literature), study), snakemake.output[0])
