"""One table of the paper, for machines (CSV) and for readers (HTML)."""

from common import begin

from oligomet.book import Book
from oligomet.displays.declared_tables import build_table
from oligomet.displays.shown_table import render_html
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.tables import read, write_csv

study = begin(snakemake)
name = snakemake.wildcards.table
literature = read(file) if (file := snakemake.input.get("literature")) else None
book = withhold_small_cells(Book(read(snakemake.input.estimates)), study.privacy.smallest_cell)
table = build_table(name, book, study, literature)
write_csv(table.frame, snakemake.output.csv)
with open(snakemake.output.html, "w", encoding="utf-8") as page:
    page.write(render_html(table, str(snakemake.params.number)))
