"""PASS, or what differs from the results that are committed as expected."""

import sys

from oligomet.audit.expectation import verify

from common import begin

begin(snakemake)
sys.exit(verify(snakemake.params.expected, snakemake.params.results))
