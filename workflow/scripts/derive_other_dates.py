"""Times with the first and with the last day in place of the declared one, where a date had none."""

from common import log_errors

from pathlib import Path

from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.key import find_key
from oligomet.outcomes.other_dates import derive_other_dates
from oligomet.study import read_study
from oligomet.tables import read_verbatim, write

log_errors(snakemake)
study = read_study(snakemake.input.study)
key = PUBLIC_KEY if snakemake.params.synthetic else find_key(Path(snakemake.input.study).parent)
extracted = {role: read_verbatim(snakemake.input[role]) for role in study.sources}
write(derive_other_dates(extracted, study, key), snakemake.output.other_dates)
