"""Write the raw exports of the synthetic hospital anew, byte for byte the same from the same seed."""

from pathlib import Path

from oligomet.synthetic.cohort import generate
from oligomet.synthetic.hospital import export

from common import begin

study = begin(snakemake)
export(generate(study), study, Path(snakemake.params.study).with_name("raw"))
