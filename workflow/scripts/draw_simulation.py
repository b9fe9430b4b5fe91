"""The chunks of the simulation's scenarios as one table and one figure."""

from common import begin

from pathlib import Path

import pandas as pd

from oligomet.displays.simulation_figure import simulation_figure
from oligomet.displays.style import drawn_for, save_figure
from oligomet.journal import FigureStyle
from oligomet.simulation.performance import judge
from oligomet.tables import write_csv

study = begin(snakemake)
promised = study.analyses.significance, study.analyses.confidence
judged = [
    judge(name, pd.concat(map(pd.read_csv, snakemake.input[name]), ignore_index=True), *promised)
    for name in snakemake.params.scenarios
]
coverage = pd.DataFrame([row for scenario in judged for row in scenario.to_dict("records")])
write_csv(coverage, snakemake.output.coverage)
with drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    save_figure(simulation_figure(coverage, study), Path(snakemake.output.figure[0]).with_suffix(""))
