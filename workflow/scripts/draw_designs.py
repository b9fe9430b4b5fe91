"""A chunk of the replicates of every scenario of the declared design; progress goes to the terminal."""

from common import begin

import sys
from functools import partial

from oligomet.design.operating_characteristics import count, scenarios
from oligomet.design.sizes import planned_lesions, significance_of
from oligomet.tables import write_csv

study = begin(snakemake)
declared, response = study.sample_size, study.complete_response
wanted = scenarios(declared, response, planned_lesions(declared, response))
chunk, chunks = int(snakemake.wildcards.chunk), snakemake.params.chunks
levels = significance_of(response), study.analyses.confidence
report = partial(print, file=sys.stderr, flush=True)
write_csv(count(wanted, declared.replicates, declared.seed, *levels, chunk, chunks, report), snakemake.output.chunk)
