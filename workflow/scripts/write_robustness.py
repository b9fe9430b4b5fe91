"""The paper's section on robustness."""

from common import begin

from pathlib import Path

from oligomet.manuscript.robustness import write_robustness
from oligomet.tables import read

study = begin(snakemake)
section = write_robustness(read(snakemake.input.estimates), study)
Path(snakemake.output[0]).write_text(section, encoding="utf-8")
