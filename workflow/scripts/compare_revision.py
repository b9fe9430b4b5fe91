"""What moved since an earlier run: the list of it, and the documents with the changes marked."""

from common import begin

import io
import shutil
import subprocess
from pathlib import Path

from oligomet.book import Book
from oligomet.data_cuts.changes import find_changed_numbers
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.cross_references import refer_across
from oligomet.manuscript.engines import render
from oligomet.manuscript.revision import find_changed_passages, find_moved_cells, find_moved_numbers, mark_changes
from oligomet.manuscript.staging import stage_alone
from oligomet.tables import read, read_verbatim, write_csv

study = begin(snakemake)
given, asked, folder = snakemake.input, snakemake.params, Path(snakemake.output.folder)
folder.mkdir(parents=True, exist_ok=True)


def earlier(file: str) -> str | None:
    """The text of a file of the earlier results, in their folder or among those committed, if it is there."""
    path = Path(asked.before, file)
    if Path(asked.before).is_dir():
        return path.read_text(encoding="utf-8") if path.is_file() else None
    command = ["git", "show", f"{asked.before}:./{asked.expected}/{file}"]
    shown = subprocess.run(command, capture_output=True, encoding="utf-8")
    return shown.stdout if shown.returncode == 0 else None


old = earlier("estimates/estimates.csv")
if old is None:
    raise LookupError(
        f"before={asked.before} is no folder of results with estimates/estimates.csv, and no commit of this repository "
        f"with {asked.expected}/estimates/estimates.csv. Copy results/{study.study} before you change something."
    )
estimates = [read(file, "estimates", study.variables) for file in (io.StringIO(old), given.estimates)]
changed = find_changed_numbers(*estimates)
write_csv(changed, folder / "numbers.csv")
books = [withhold_small_cells(Book(frame), study.privacy.smallest_cell) for frame in estimates]
values = read_verbatim(asked.values)
numbers = find_moved_numbers(*books, study)
numbers = numbers[numbers["name"].isin(values.loc[values["in_paper"] == "1", "name"])]
tables = {Path(file).stem: read_verbatim(file) for file in given.tables}
were = {name: read_verbatim(io.StringIO(text)) for name in tables if (text := earlier(f"tables/{name}.csv"))}

now = {document: Path(given.project, f"{document}.qmd").read_text(encoding="utf-8") for document in DOCUMENTS}
marked = {
    document: mark_changes(was, text, study.data_cut)
    for document, text in now.items()
    if (was := earlier(f"manuscript/project/{document}.qmd"))
}
passages = {
    DOCUMENTS[document]: [
        one._replace(text=refer_across({**now, "revision": one.text})["revision"])
        for one in find_changed_passages(text)
    ]
    for document, text in marked.items()
}

if marked:
    shutil.copytree(given.project, folder / "project", dirs_exist_ok=True)
    for document, text in marked.items():
        (folder / "project" / f"{document}.qmd").write_text(text, encoding="utf-8")
        file = render(folder / "project", asked.engine, ("docx",), document)["docx"]
        shutil.copy2(file, folder / f"{document}.docx")
counts = {change: int((changed["change"] == change).sum()) for change in ("changed", "added", "gone")}
stage_alone(
    "revision",
    folder / "project",
    [Path(path) for path in asked.folders],
    study,
    asked.journal,
    "revision",
    revision={
        "before": asked.before,
        "estimates": counts,
        "numbers": numbers.to_dict("records"),
        "cells": find_moved_cells(were, tables).fillna("").to_dict("records") if were else [],
        "texts": passages,
    },
)
for file in render(folder / "project", asked.engine, ("html", "docx"), "revision").values():
    shutil.copy2(file, folder / file.name)
shutil.rmtree(folder / "project")
