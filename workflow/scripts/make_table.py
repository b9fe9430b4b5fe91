"""One table of the paper, for machines (CSV) and for readers (HTML)."""

from oligomet.displays.presentation import render_html
from oligomet.displays.tables import build_table
from oligomet.tables import read, write_csv

from common import begin

study = begin(snakemake)
name = snakemake.wildcards.table
table = build_table(name, read(snakemake.input.estimates), study, read(snakemake.input.literature))
write_csv(table.frame, snakemake.output.csv)
with open(snakemake.output.html, "w", encoding="utf-8") as page:
    page.write(render_html(table, name.removeprefix("table")))
