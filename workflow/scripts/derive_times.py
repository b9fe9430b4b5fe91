"""Dated events, and the time to every declared endpoint: a row per subject and endpoint."""

from oligomet.outcomes.endpoints import derive_times
from oligomet.outcomes.events import collect_events
from oligomet.tables import read, write

from common import begin, read_cohort

study = begin(snakemake)
cohort = read_cohort(snakemake)
events = collect_events(cohort, read(snakemake.input.responses), study)
write(events, snakemake.output.events)
write(derive_times(cohort["patients"], cohort["lesions"], events, study), snakemake.output.times)
