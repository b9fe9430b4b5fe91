"""Write the raw exports of the synthetic hospital anew, byte for byte the same from the same seed."""

from common import generator, log_errors

from pathlib import Path

import pandas as pd

from oligomet.study import read_study
from oligomet.synthetic.hospital import export, export_centres
from oligomet.tables import write_csv

log_errors(snakemake)
study = read_study(snakemake.input.study)  # whole: a centre's exports are those of a study of its own
cohort, words = generator(snakemake, "cohort", "words")
folder = Path(snakemake.input.study).parent
write = export_centres if any(source.files for source in study.sources.values()) else export
write(cohort.generate(study), study, words.WORDS, folder / "raw")
if hasattr(cohort, "truth"):  # of a generator that follows a model: what the estimates should come to, for tests
    write_csv(pd.DataFrame(cohort.truth(study).items(), columns=["name", "value"]), folder / "truth/truth.csv")
