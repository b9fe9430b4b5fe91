"""The sizes of the declared design, and the chunks of its operating characteristics as one table and one figure."""

from common import begin

from pathlib import Path

import pandas as pd

from oligomet.design.operating_characteristics import add_up
from oligomet.design.sizes import sizes
from oligomet.displays.design_displays import coverage_table, operating_figure, sizes_table
from oligomet.displays.shown_table import render_html
from oligomet.displays.style import drawn_for, save_figure
from oligomet.journal import FigureStyle
from oligomet.tables import write_csv

study = begin(snakemake)
found = sizes(study.sample_size, study.complete_response)
write_csv(found, snakemake.output.sizes)
Path(snakemake.output.page).write_text(render_html(sizes_table(found, study)), encoding="utf-8")
together = add_up([pd.read_csv(chunk) for chunk in snakemake.input.chunks])
write_csv(together, snakemake.output.operating_characteristics)
Path(snakemake.output.coverage).write_text(render_html(coverage_table(together, study)), encoding="utf-8")
with drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    save_figure(operating_figure(together, study), Path(snakemake.output.figure[0]).with_suffix(""))
