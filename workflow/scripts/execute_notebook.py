"""A notebook, executed for the readers of its page and for the paper that embeds it."""

from oligomet.displays import figures, individuals, supplements, tables  # noqa: F401
from oligomet.displays.notebook import Results  # noqa: F401  what every notebook imports, and so rests on
from oligomet.notebooks import execute

from common import begin

study = begin(snakemake)
endpoint = snakemake.wildcards.notebook.partition("_")[2]
execute(
    snakemake.input.source,
    snakemake.output.notebook,
    snakemake.output.page,
    {
        "study": snakemake.params.study,
        "results": snakemake.params.results,
        **({"endpoint": endpoint} if endpoint else {}),
    },
    snakemake.log.notebook,
    study.synthetic.notice if study.synthetic else "",
)
