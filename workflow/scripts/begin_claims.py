"""The claims.yaml and tokens.csv of a paper, begun from its text."""

from common import log_errors

from pathlib import Path

from oligomet.audit.claims_template import write_template

log_errors(snakemake)
text, folder = Path(snakemake.params.text), Path(snakemake.params.folder)
folder.mkdir(parents=True, exist_ok=True)
written = write_template(text.read_text(encoding="utf-8"), snakemake.params.paper)
for name, content in zip(("claims.yaml", "tokens.csv"), written, strict=True):
    (folder / name).write_text(content, encoding="utf-8")
