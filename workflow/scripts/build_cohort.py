"""Clean tables of the eligible patients; everything else in quarantine with its reason."""

from common import begin

import os
import sys
from pathlib import Path

from oligomet.cohort.build import build_cohort
from oligomet.cohort.possible_events import tell
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.key import find_key
from oligomet.tables import read_verbatim, write

study = begin(snakemake)
os.umask(0o077)  # records of patients, some as they were typed: for the one who runs this
extracted = {role: read_verbatim(snakemake.input[role]) for role in study.sources}
key = PUBLIC_KEY if snakemake.params.synthetic else find_key(Path(snakemake.input.study).parent)
tables = build_cohort(extracted, study, key)
for name, table in tables.items():
    write(table, snakemake.output[name], variables=study.variables)
print(tell(tables["possible_events"]), end="", file=sys.stderr)
if found := int((tables["findings"]["dismissed"] == 0).sum()):
    print(f"Contradict another value, and are analysed: {found}, see {snakemake.output.findings}", file=sys.stderr)
