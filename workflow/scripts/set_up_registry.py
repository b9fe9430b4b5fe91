"""What sets up a REDCap registry for the study, and what study.yaml then says of its exports."""

from common import begin

from pathlib import Path

import yaml

from oligomet.extract.redcap import make_dictionary, registry_sources
from oligomet.schemas import SOURCES

study = begin(snakemake)
keys = {role: study.sources[role].key for role in SOURCES}
Path(snakemake.output.dictionary).write_text(make_dictionary(SOURCES, study.terms), encoding="utf-8")
sources = yaml.safe_dump({"sources": registry_sources(SOURCES, keys)}, sort_keys=False, allow_unicode=True)
Path(snakemake.output.sources).write_text(sources, encoding="utf-8")
