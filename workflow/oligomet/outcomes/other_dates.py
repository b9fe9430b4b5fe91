"""The times as they would be if dates without a day were taken to be the first, or the last, that they may be."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.build import build_cohort
from oligomet.outcomes.endpoints import derive_times
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free, find_scans
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import TABLES, conform
from oligomet.study import Study

EXTREMES = ("first", "last")


def derive_other_dates(extracted: dict[str, pd.DataFrame], study: Study, key: str) -> pd.DataFrame:
    """outcomes/times by each other rule that `parsing.partial_dates` could have declared (outcomes/other_dates).

    The records are cleaned anew, as a date decides of eligibility and responses as well.

    Parameters
    ----------
    extracted, key
        As for `cohort.build.build_cohort`.
    study
        The whole study.
    """
    tables = []
    for rule in EXTREMES:
        otherwise = study.model_copy(update={"parsing": study.parsing.model_copy(update={"partial_dates": rule})})
        cohort = build_cohort(extracted, otherwise, key)
        lesions, measurements = cohort["lesions"], cohort["measurements"]
        responses = assess_responses(lesions, measurements, study.response)
        events = collect_events(cohort, responses, study)
        scans = find_scans(lesions, measurements, study.response)
        times = derive_times(cohort["patients"], lesions, events, scans, study)
        tables.append(add_last_free(times, lesions, measurements).assign(partial_dates=rule))
    return conform(pd.concat(tables, ignore_index=True), TABLES["outcomes/other_dates"])
