"""PASS, or what differs from the results that are committed as expected."""

from common import begin

import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from oligomet.verify.expectation import verify

begin(snakemake)
log, said = Path(snakemake.log[0]), StringIO()
with redirect_stdout(said):
    failed = verify(Path(snakemake.input.study).with_name("expected"), log.parents[1])
if not failed:
    print(said.getvalue(), end="")
    sys.exit()
log.with_suffix(".said").write_text(said.getvalue(), encoding="utf-8")  # which the Snakefile says last of all
sys.exit(1)
