"""The folder of a new study; nothing that is there is touched."""

from common import log_errors

from pathlib import Path

from oligomet.new_study.layout import lay_out

log_errors(snakemake)
folder = Path(snakemake.params.folder)
folder.mkdir(parents=True)  # an error if somebody else has just made it
for place, text in lay_out(folder.name).items():
    file = folder / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
