"""What the methods say in a chunk of the replicates of a scenario; progress goes to the terminal."""

from common import begin

import sys
from functools import partial

from oligomet.simulation.performance import ask_methods
from oligomet.simulation.truth import describe_setting
from oligomet.tables import read, write_csv

study = begin(snakemake)
setting = describe_setting(
    *(read(snakemake.input[name], variables=study.variables) for name in ("times", "patients", "lesions")), study
)
report = partial(print, file=sys.stderr, flush=True)
scenario, chunk = snakemake.wildcards.scenario, int(snakemake.wildcards.chunk)
write_csv(
    ask_methods(scenario, setting, chunk=chunk, **snakemake.params.simulation, report=report), snakemake.output[0]
)
