"""The R scripts that compute the tables anew."""

from common import begin

from pathlib import Path

from oligomet.recheck.r_script import rechecked_tables, write_r_script

study = begin(snakemake)
for name, file in zip(rechecked_tables(study), snakemake.output, strict=True):
    Path(file).write_text(write_r_script(name, study), encoding="utf-8")
