"""What sets up a REDCap registry for the study, and what study.yaml then says of its exports."""

from common import begin

from pathlib import Path

import yaml

from oligomet.extract.redcap import make_dictionary, registry_sources
from oligomet.variables import columns_of

study = begin(snakemake)
columns = {role: columns_of(role, study.variables) for role in study.sources}
keys = {role: source.key for role, source in study.sources.items()}
Path(snakemake.output.dictionary).write_text(make_dictionary(columns, study.terms), encoding="utf-8")
sources = yaml.safe_dump({"sources": registry_sources(columns, keys, study.terms)}, sort_keys=False, allow_unicode=True)
Path(snakemake.output.sources).write_text(sources, encoding="utf-8")
