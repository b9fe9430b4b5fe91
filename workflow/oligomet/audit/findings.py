"""What a check finds: the finding and its severities, below all checks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.printed import Interval

Severity = Literal["impossible", "inconsistent", "ambiguous", "slip", "sound"]
SEVERITIES: tuple[Severity, ...] = ("impossible", "inconsistent", "ambiguous", "slip", "sound")
GRAVE: tuple[Severity, ...] = SEVERITIES[:2]
POINTS = "percentage points"


@dataclass(frozen=True)
class Finding:
    """What one check says of some claims.

    Attributes
    ----------
    severity
        impossible: no data give these numbers, given those they are held against. inconsistent: two statements differ,
        or data could give them only under circumstances that the paper speaks against. ambiguous: it depends on what
        is not stated, or on how the paper was read when it was entered. slip: the last digits are wrong, and what they
        stand for is clear. sound: checked, and nothing is wrong.
    claims
        The claims that cannot stand as printed (or, if sound, that were checked).
    against
        The claims they were held against.
    says
        The arithmetic, in one sentence.
    size, measure
        How far off, beyond all rounding, and of what.
    repair
        Changes that were tried and with which the check comes out sound; empty if none of those tried does.
    """

    severity: Severity
    claims: tuple[Claim, ...]
    says: str
    against: tuple[Claim, ...] = ()
    size: float = math.nan
    measure: str = ""
    repair: str = ""


Findings = Iterator[Finding]
Check = Callable[[Paper], Findings]


def judged(
    claims: Claim | Iterable[Claim], off: float, fine: str, wrong: str, against: Claim | Iterable[Claim] = (),
    measure: str = "", severity: Severity = "impossible", repair: str = "", together: bool = False,
) -> Finding:  # fmt: skip
    """Sound, in the words `fine`, where nothing is off; else of a severity, in the words `wrong`.

    Parameters
    ----------
    off
        How far off the claims are; not a number where that has no measure.
    together
        Where they are off, those that they are held against cannot stand either.
    """
    claims, against = _several(claims), _several(against)
    if off <= 0:
        return Finding("sound", claims, fine, against)
    return Finding(
        severity, claims + against * together, wrong, against[:0] if together else against, off, measure, repair
    )


def held(
    claims: Claim | Iterable[Claim], bounds: Interval, words: str, against: Claim | Iterable[Claim] = (),
    measure: str = "", severity: Severity = "impossible", repair: str = "", found: Interval | None = None,
    printed: str = "",
) -> Finding:  # fmt: skip
    """What comes of holding claims against bounds: sound where what the first can mean meets them.

    `words` tell the bounds; where they are missed, ', not ...' follows, with `printed` or else the first claim. `found`
    is held against them where it is not the first claim's own interval.
    """
    claims = _several(claims)
    wrong = f"{words}, not {printed or claims[0].printed}."
    return judged(
        claims, bounds.apart(found or claims[0].interval), f"{words}.", wrong, against, measure, severity, repair
    )


def _several(claims: Claim | Iterable[Claim]) -> tuple[Claim, ...]:
    return (claims,) if isinstance(claims, Claim) else tuple(claims)


def each_row(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, as tuples whose columns are attributes of whatever type they have."""
    return frame.itertuples()
