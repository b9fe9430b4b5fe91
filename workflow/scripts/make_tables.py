"""The tables of the paper, for machines (CSV) and for readers (HTML)."""

from common import begin

from pathlib import Path

from oligomet.book import Book
from oligomet.displays.declared_tables import build_table
from oligomet.displays.shown_table import render_html
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.tables import read, write_csv

study = begin(snakemake)
literature = read(file) if (file := snakemake.input.get("literature")) else None
book = withhold_small_cells(Book(read(snakemake.input.estimates)), study.privacy.smallest_cell)
folder = Path(snakemake.output[0]).parent
for number, name in enumerate(study.tables, 1):
    table = build_table(name, book, study, literature)
    write_csv(table.frame, folder / f"{name}.csv")
    (folder / f"{name}.html").write_text(render_html(table, str(number)), encoding="utf-8")
