"""Adapted RECIST 1.1 of each irradiated lesion, first assessment and best response."""

from common import begin

from oligomet.outcomes.recist import assess_responses
from oligomet.tables import read, write

study = begin(snakemake)
lesions, measurements = (read(snakemake.input[name], variables=study.variables) for name in ("lesions", "measurements"))
responses = assess_responses(lesions, measurements, study.response)
write(responses, snakemake.output.responses)
