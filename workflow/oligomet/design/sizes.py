"""The sizes of a declared study: exact designs of each hypothesis, beside what is planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.design.stages import Stages, of_size, one_stage, simon
from oligomet.estimates.methods.inference import Undefined

if TYPE_CHECKING:
    from oligomet.trial_declarations import CompleteResponse, Hypothesis, SampleSize

SHARED = ("bonferroni", "holm")  # rules under which the significance of a hypothesis may be its share of the whole


def significance_of(response: CompleteResponse) -> float:
    """What each hypothesis is tested at, one-sided: the whole, or the smallest share that the rule may leave to it."""
    shared = len(response.hypotheses) if response.multiplicity in SHARED else 1
    return response.one_sided_significance / shared


def planned_lesions(declared: SampleSize, response: CompleteResponse) -> dict[str, int]:
    """Lesions of each hypothesis: as declared, or as one exact stage needs.

    Raises
    ------
    Undefined
        As `one_stage`.
    """
    return {
        name: declared.planned.get(name)
        or one_stage(rates.null_rate, rates.target_rate, significance_of(response), declared.power).n
        for name, rates in response.hypotheses.items()
    }


def sizes(declared: SampleSize, response: CompleteResponse) -> pd.DataFrame:
    """A row a hypothesis and a design: hypothesis, null_rate, target_rate, why, design, n, reject_from, first_n,
    stop_at, significance and power (attained), stopped_early, expected_n; reason, where there is no such design."""
    rows = [
        {"hypothesis": name, **rates.model_dump(), **found}
        for name, rates in response.hypotheses.items()
        for found in _designs(rates, significance_of(response), declared.power, declared.planned.get(name))
    ]
    columns = ["hypothesis", "null_rate", "target_rate", "why", "design", *Stages.__annotations__, "reason"]
    whole = dict.fromkeys(("n", "reject_from", "first_n", "stop_at"), "Int64")
    return pd.DataFrame(rows).reindex(columns=columns).astype(whole)


def _designs(rates: Hypothesis, significance: float, power: float, planned: int | None) -> Iterator[dict]:
    asked = rates.null_rate, rates.target_rate, significance
    finders: dict[tuple[str, ...], Callable[[], tuple[Stages, ...]]] = {
        ("one exact stage",): lambda: (one_stage(*asked, power),),
        ("Simon, optimal", "Simon, minimax"): lambda: simon(*asked, power),
    }
    if planned:
        finders["as planned",] = lambda: (of_size(planned, *asked),)
    for names, find in finders.items():
        try:
            yield from ({"design": name, **vars(found)} for name, found in zip(names, find(), strict=True))
        except Undefined as reason:
            yield from ({"design": name, "reason": str(reason)} for name in names)
