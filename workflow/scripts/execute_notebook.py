"""A notebook, executed for the readers of its page and for the paper that embeds it."""

from oligomet.notebooks import execute

from common import begin

study = begin(snakemake)
parameters = {"study": snakemake.params.study, "results": snakemake.params.results}
endpoint = snakemake.wildcards.notebook.partition("_")[2]
if endpoint:
    parameters["endpoint"] = endpoint
execute(
    snakemake.input.source,
    snakemake.output.notebook,
    snakemake.output.page,
    parameters,
    snakemake.log.notebook,
    study.synthetic.notice if study.synthetic else "",
)
