"""PASS, or what differs from the results that are committed as expected."""

from common import begin

import sys
from pathlib import Path

from oligomet.verify.expectation import verify

begin(snakemake)
results = Path(snakemake.log[0]).parents[1]
sys.exit(verify(Path(snakemake.params.study).with_name("expected"), results))
