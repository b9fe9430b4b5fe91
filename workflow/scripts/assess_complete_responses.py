"""Complete response of each irradiated lesion, by every judge and estimand."""

from common import begin

from oligomet.outcomes.complete_response import assess_complete_responses
from oligomet.tables import read, write

study = begin(snakemake)
tables = [read(snakemake.input[name]) for name in ("lesions", "measurements", "therapies", "events")]
declared = study.complete_response, study.response, study.months
write(assess_complete_responses(*tables, *declared), snakemake.output.complete_responses)
