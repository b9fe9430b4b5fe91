"""The copies of a notebook, executed for the readers of their pages and for the paper that embeds them."""

from common import begin

from oligomet.displays.results import seeing_only
from oligomet.displays.style import drawn_for
from oligomet.journal import FigureStyle
from oligomet.notebooks import execute

study = begin(snakemake)
notice = study.synthetic.notice if study.synthetic else ""
copies = zip(
    snakemake.output.notebooks,
    snakemake.output.pages,
    snakemake.params.parameters,
    snakemake.log.notebooks,
    strict=True,
)
with seeing_only(list(snakemake.params.decisions)), drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    for notebook, page, parameters, log in copies:
        execute(snakemake.input.source, notebook, page, parameters, log, notice)
