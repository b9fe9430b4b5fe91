"""Dated events, and the time to every declared endpoint: a row per subject and endpoint."""

from common import begin, read_cohort

from oligomet.outcomes.endpoints import derive_recensored, derive_times
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free
from oligomet.tables import read, write

study = begin(snakemake)
cohort = read_cohort(snakemake)
subjects = cohort["patients"], cohort["lesions"]
events = collect_events(cohort, read(snakemake.input.responses), study)
times = add_last_free(derive_times(*subjects, events, study), cohort["lesions"], cohort["measurements"])
censoring = snakemake.params.decisions.get("robustness.censoring", {})
write(events, snakemake.output.events)
write(times, snakemake.output.times)
write(derive_recensored(*subjects, events, study, censoring), snakemake.output.recensored)
