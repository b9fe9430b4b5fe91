"""A figure of the paper, as SVG, PNG and PDF."""

from common import begin

from pathlib import Path

from oligomet.book import Book
from oligomet.displays.declared_figures import build_figure
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.displays.style import drawn_for, save_figure
from oligomet.journal import FigureStyle
from oligomet.tables import read

study = begin(snakemake)
book = withhold_small_cells(Book(read(snakemake.input.estimates)), study.privacy.smallest_cell)
with drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    save_figure(build_figure(snakemake.wildcards.figure, book, study), Path(snakemake.output[0]).with_suffix(""))
