"""Write the raw exports of the synthetic hospital anew, byte for byte the same from the same seed."""

from common import begin, generator

from pathlib import Path

from oligomet.synthetic.hospital import export

study = begin(snakemake)
cohort, words = generator(snakemake, "cohort", "words")
export(cohort.generate(study), study, words.WORDS, Path(snakemake.params.study).with_name("raw"))
