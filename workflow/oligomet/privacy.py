"""What `privacy` of study.yaml asks of the other sections."""

from __future__ import annotations


def problems(study) -> list[str]:
    """What is declared and would undo what `privacy` declares."""
    if not study.privacy.shift_dates_days:
        return []
    dated = {f"endpoints.{name}.observed_until": it.observed_until for name, it in study.endpoints.items()}
    dated |= {f"endpoints.{name}.observed_before": it.observed_before for name, it in study.endpoints.items()}
    if study.robustness:
        dated |= {f"robustness.censoring.{name}": events for name, events in study.robustness.censoring.items()}
    return [
        f"{where}: data_cut, one day for all, would tell by how many days privacy.shift_dates_days moved a patient's"
        for where, events in dated.items()
        if "data_cut" in events
    ]
