"""What `protocol` of study.yaml asks of the other sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.collected import needs

if TYPE_CHECKING:
    from oligomet.study import Study


def check_protocol(study: Study) -> list[str]:
    """What is planned by a name that nothing else declares, or cannot be checked."""
    protocol = study.protocol
    if protocol is None:
        return []
    problems = [] if study.imaging_schedule else ["protocol: expected imaging_schedule, by which imaging is due"]
    if any("centre" not in source.columns for source in study.sources.values()):
        problems.append("protocol: expected a column centre in every source; what is open is told by centre")
    if study.privacy.shift_dates_days:
        problems.append("protocol: privacy.shift_dates_days moves the days that a centre would be asked about")
    if protocol.treatment and (missing := needs(study, "fractions")):
        problems.append(f"protocol.treatment: it rests on {' and '.join(missing)}, which is not collected")
    accrual = protocol.accrual
    if accrual and accrual.by:
        levels = study.factors[accrual.by].levels if accrual.by in study.factors else accrual.planned
        if set(accrual.planned) != set(levels):
            problems.append(f"protocol.accrual.planned: expected {', '.join(levels)}, a number for each")
    return problems
