"""Adapted RECIST 1.1 of each irradiated lesion, first assessment and best response."""

from oligomet.outcomes.recist import assess_responses
from oligomet.tables import read, write

from common import begin

study = begin(snakemake)
responses = assess_responses(read(snakemake.input.lesions), read(snakemake.input.measurements), study.response)
write(responses, snakemake.output.responses)
