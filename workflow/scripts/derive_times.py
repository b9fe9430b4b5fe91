"""Dated events, and the time to every declared endpoint: a row per subject and endpoint."""

from common import begin, read_cohort

import sys

from oligomet.cohort.possible_events import refuse_undecided
from oligomet.outcomes.endpoints import derive_recensored, derive_times, find_set_aside
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free, find_scans
from oligomet.tables import read, write

study = begin(snakemake)
refuse_undecided(read(snakemake.input.possible_events))
cohort = read_cohort(snakemake, study)
events = collect_events(cohort, read(snakemake.input.responses), study)
scans = find_scans(cohort["lesions"], cohort["measurements"], study.response)
followed = cohort["patients"], cohort["lesions"], events, scans, study
times = add_last_free(derive_times(*followed), cohort["lesions"], cohort["measurements"])
censoring = snakemake.params.decisions.get("robustness.censoring", {})
write(events, snakemake.output.events)
write(times, snakemake.output.times)
aside = find_set_aside(*followed)
write(aside, snakemake.output.set_aside)
for (endpoint, reason), count in aside.groupby(["endpoint", "reason"]).size().items():
    print(f"{endpoint}: {count} set aside ({reason}), see {snakemake.output.set_aside}", file=sys.stderr)
write(derive_recensored(*followed, censoring), snakemake.output.recensored)
