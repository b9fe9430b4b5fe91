"""PASS, or what differs from the results that are committed as expected."""

from common import begin

from pathlib import Path

from oligomet.verify.expectation import verify

begin(snakemake)
passed, said = verify(Path(snakemake.input.study).with_name("expected"), Path(snakemake.log[0]).parents[1])
if not passed:
    raise ValueError(said)  # which the Snakefile says last of all
print(said)
