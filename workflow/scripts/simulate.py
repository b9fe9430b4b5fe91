"""The performance of intervals and tests in one scenario of the simulation; progress goes to the terminal."""

from common import begin

import sys
from functools import partial

from oligomet.simulation.performance import simulate
from oligomet.simulation.truth import describe_setting
from oligomet.tables import read, write_csv

study = begin(snakemake)
setting = describe_setting(
    *(read(snakemake.input[name], variables=study.variables) for name in ("times", "patients", "lesions")), study
)
report = partial(print, file=sys.stderr, flush=True)
performance = simulate(snakemake.wildcards.scenario, setting, **snakemake.params.simulation, report=report)
write_csv(performance, snakemake.output.performance)
