"""Toxicity: how many patients had it, by phase, system and grade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import share, tabulate

if TYPE_CHECKING:
    from oligomet.study import Study

GRADES = range(1, 6)


def estimate_toxicity(toxicities: pd.DataFrame, patients: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Proportions of patients with toxicity. A patient is counted once in each row, with the worst grade.

    Parameters
    ----------
    toxicities, patients
        The tables of those names of the outcomes stage: a row an event, and the denominator.
    study
        Its `analyses` and the vocabulary `terms.toxicity` are used: a system without any event has its rows, too. Where
        it collects no toxicities there are no rows: nothing was found, for nobody looked.

    Returns
    -------
    Rows of `estimates`, analysis toxicity:

    - factor phase: none, any, acute, late, both;
    - factor <system>: any, acute, late; with a grade, where that is the worst of the system in the phase;
    - factor grade: 1 to 5, patients with an event of that grade, and ≥ 3;
    - factor worst_grade: 0 (no toxicity) to 5, which add up to all patients.
    """
    if not study.collects("toxicities"):
        return tabulate([])
    worst = toxicities.groupby("patient_id")["grade"].max().reindex(patients["patient_id"], fill_value=0)
    phases = {phase: _who(toxicities[toxicities["phase"] == phase]) for phase in ("acute", "late")}
    anyone = _who(toxicities)
    counts: dict[tuple[str, str | None, str | None], int] = {  # by factor, phase and grade
        ("phase", "none", None): int((worst == 0).sum()),
        ("phase", "any", None): len(anyone),
        **{("phase", phase, None): len(who) for phase, who in phases.items()},
        ("phase", "both", None): len(phases["acute"] & phases["late"]),
    }
    for system in study.terms["toxicity"]:
        events = toxicities[toxicities["toxicity"] == system]
        counts[system, "any", None] = len(_who(events))
        for phase in phases:
            grades = events[events["phase"] == phase].groupby("patient_id")["grade"].max()
            counts[system, phase, None] = len(grades)
            counts.update({(system, phase, f"{grade}"): int((grades == grade).sum()) for grade in GRADES})
    counts.update(
        {("grade", None, f"{grade}"): len(_who(toxicities[toxicities["grade"] == grade])) for grade in GRADES}
    )
    counts["grade", None, "≥ 3"] = int((worst >= 3).sum())
    counts.update({("worst_grade", None, f"{grade}"): int((worst == grade).sum()) for grade in (0, *GRADES)})
    return tabulate(
        share(
            count, len(patients), study.analyses,
            analysis="toxicity", unit="patient", population="all", factor=factor, group=phase, grade=grade,
        )
        for (factor, phase, grade), count in counts.items()
    )  # fmt: skip


def _who(toxicities: pd.DataFrame) -> set[str]:
    return set(toxicities["patient_id"])
