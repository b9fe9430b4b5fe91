"""What the outcomes stage makes of a cohort, in one call, as the scripts of its rules make it table by table."""

import pandas as pd

from oligomet.outcomes.characteristics import derive_lesions, derive_patients, derive_toxicities
from oligomet.outcomes.endpoints import derive_recensored, derive_times, find_set_aside
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free, find_scans
from oligomet.outcomes.recist import assess_responses
from oligomet.study import Study


def derive_outcomes(
    cohort: dict[str, pd.DataFrame], study: Study, responses: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """The tables of outcomes/, by name; with `responses` if they are not those that the imaging has."""
    imaged = cohort["lesions"], cohort["measurements"]
    if responses is None:
        responses = assess_responses(*imaged, study.response)
    events, scans = collect_events(cohort, responses, study), find_scans(*imaged, study.response)
    followed = cohort["patients"], cohort["lesions"], events, scans, study
    patients = derive_patients(cohort, responses, study)
    return {
        "responses": responses,
        "events": events,
        "times": add_last_free(derive_times(*followed), *imaged),
        "set_aside": find_set_aside(*followed),
        "recensored": derive_recensored(*followed, study.robustness.censoring if study.robustness else {}),
        "patients": patients,
        "lesions": derive_lesions(cohort, patients, responses, study),
        "toxicities": derive_toxicities(cohort, study),
    }
