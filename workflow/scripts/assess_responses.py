"""Adapted RECIST 1.1 of each irradiated lesion, first assessment and best response."""

from common import begin

from oligomet.outcomes.recist import assess_responses
from oligomet.tables import read, write

study = begin(snakemake)
responses = assess_responses(read(snakemake.input.lesions), read(snakemake.input.measurements), study.response)
write(responses, snakemake.output.responses)
