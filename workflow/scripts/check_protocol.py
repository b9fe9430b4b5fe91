"""What the records say of the protocol: tables by centre, and a page for the monitor."""

from common import begin

from pathlib import Path

from oligomet.protocol.centres import count_accrual, count_exclusions, summarise_centres
from oligomet.protocol.deviations import find_deviations
from oligomet.protocol.due_scans import find_due_scans
from oligomet.protocol.monitor_page import render_page
from oligomet.protocol.queries import raise_queries
from oligomet.tables import read, write

study = begin(snakemake)
names = ("screened", "quarantine", "possible_events", "patients", "lesions", "measurements", "follow_up", "responses")
given = {name: read(snakemake.input[name], variables=study.variables) for name in names}
screened, lesions, measurements = given["screened"], given["lesions"], given["measurements"]
due_scans = find_due_scans(given["patients"], measurements, given["follow_up"], study.imaging_schedule)
deviations = find_deviations(lesions, measurements, study)
queries = raise_queries(given["quarantine"], given["possible_events"], deviations, due_scans, screened)
tables = {
    "due_scans": due_scans,
    "deviations": deviations,
    "queries": queries,
    "exclusions": count_exclusions(screened, study),
    "centres": summarise_centres(screened, lesions, given["responses"], due_scans, deviations, queries),
    "accrual": count_accrual(lesions, study),
}
for name, table in tables.items():
    write(table, snakemake.output[name])
Path(snakemake.output.page).write_text(render_page(tables, study), encoding="utf-8")
