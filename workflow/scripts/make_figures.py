"""The figures of the paper, each as SVG, PNG and PDF."""

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
folder = Path(snakemake.output[0]).parent
with drawn_for(FigureStyle(**snakemake.params.drawn_for)):
    for name in study.figures:
        save_figure(build_figure(name, book, study), folder / name)
