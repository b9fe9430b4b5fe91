"""The claims.yaml and tokens.csv of a paper, begun from its text; nothing that is there is touched."""

from common import log_errors

from pathlib import Path

from oligomet.audit.claims_template import write_template
from oligomet.declarations import ConfigurationError

log_errors(snakemake)
paper, text = snakemake.params.paper, Path(snakemake.params.text)
folder = Path("studies", paper, "published")
if not paper or not text.is_file():
    raise ConfigurationError("Say what from: snakemake claims_template --config paper=mystudy text=paper.txt")
if (folder / "claims.yaml").exists():
    raise ConfigurationError(f"{folder}/claims.yaml is there already; nothing was written.")
folder.mkdir(parents=True, exist_ok=True)
for name, content in zip(("claims.yaml", "tokens.csv"), write_template(text.read_text("utf-8"), paper), strict=True):
    (folder / name).write_text(content, encoding="utf-8")
