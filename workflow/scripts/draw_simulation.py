"""The scenarios of the simulation as one table and one figure."""

from common import begin

from pathlib import Path

import pandas as pd

from oligomet.displays.simulation_figure import simulation_figure
from oligomet.displays.style import drawn_for, save_figure
from oligomet.journal import FigureStyle
from oligomet.tables import write_csv

study = begin(snakemake)
coverage = pd.concat([pd.read_csv(part) for part in snakemake.input.scenarios], ignore_index=True)
write_csv(coverage, snakemake.output.coverage)
with drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    save_figure(simulation_figure(coverage, study), Path(snakemake.output.figure[0]).with_suffix(""))
