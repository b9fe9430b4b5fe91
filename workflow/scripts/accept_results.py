"""The results at hand become what is expected."""

from common import begin

from pathlib import Path

from oligomet.verify.expectation import accept

begin(snakemake)
results = Path(snakemake.log[0]).parents[1]
accept(results, Path(snakemake.input.study).with_name("expected"))
