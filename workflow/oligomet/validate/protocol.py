"""What `protocol` of study.yaml asks of the other sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.validate.problems import did_you_mean

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
    modalities = [("imaging.modalities", protocol.imaging.modalities)]
    modalities += [(f"imaging.modalities_at.{site}", names) for site, names in protocol.imaging.modalities_at.items()]
    known = study.terms.get("modality", {})
    problems += [
        f"protocol.{where}: {name} is not under terms.modality.{did_you_mean(name, known)}"
        for where, names in modalities
        for name in names
        if name not in known
    ]
    problems += [
        f"protocol.imaging.modalities_at: {site} is not a declared site.{did_you_mean(site, study.sites)}"
        for site in protocol.imaging.modalities_at
        if site not in study.sites
    ]
    accrual = protocol.accrual
    if accrual and accrual.by:
        levels = study.factors[accrual.by].levels if accrual.by in study.factors else None
        if levels is None:
            problems.append(f"protocol.accrual.by: {accrual.by} is not a declared factor")
        elif set(accrual.planned) != set(levels):
            problems.append(f"protocol.accrual.planned: expected {', '.join(levels)}, a number for each")
    return problems
