"""A notebook, executed for the readers of its page and for the paper that embeds it."""

from common import begin

import os
from pathlib import Path

from oligomet.displays.results import seeing_only
from oligomet.displays.style import drawn_for
from oligomet.journal import FigureStyle
from oligomet.notebooks import execute

study = begin(snakemake)
# Notebooks are told the study, and where its files are in this run.
os.environ["OLIGOMET_RESULTS"] = str(Path(snakemake.input.estimates).parents[2])
os.environ["OLIGOMET_STUDIES"] = str(Path(snakemake.input.study).parents[1])
with seeing_only(list(snakemake.params.decisions)), drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    execute(
        snakemake.input.source,
        snakemake.output.notebook,
        snakemake.output.page,
        snakemake.params.parameters,
        snakemake.log.notebook,
        study.synthetic.notice if study.synthetic else "",
    )
