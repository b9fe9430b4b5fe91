"""Numbers as they are printed, in tables, figures and prose alike: the one place that rounds.

Rounding is half up on the decimal value (0.285 -> 0.29), as SPSS and the published tables have it, not half to even on
the binary one. A missing value prints as `MISSING`, a limit that was not reached as `NOT_REACHED`; a minus is one.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

MISSING = "—"
NOT_REACHED = "not reached"
EN_DASH = "–"
Number = float | Decimal | None


class Withheld(float):
    """A number that orders as it is and is shown as a sign, for it is of few people or would tell a number that is."""

    sign: str

    def __new__(cls, value: float, sign: str) -> Withheld:
        withheld = super().__new__(cls, value)
        withheld.sign = sign
        return withheld

    def __str__(self) -> str:
        return self.sign

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return self.sign


def _absent(x: Any) -> bool:
    return bool(pd.isna(x)) or x in (float("inf"), float("-inf"))


def rounded(x: float | Decimal, digits: int = 0) -> Decimal:
    """`x` rounded half up; noise beyond the 12 significant digits that the results keep is dropped first."""
    return Decimal(format(float(x), ".12g")).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def number(x: Number, digits: int | None = 0) -> str:
    """A number with fixed decimals: number(3.105, 2) -> '3.11'; -0.0004 to two digits is '0.00', not '−0.00'.

    With `digits` None, up to two decimals and none that is nought: 68.04, 12.3, 28.
    """
    if isinstance(x, Withheld):
        return x.sign
    if x is None or _absent(x):
        return MISSING
    if digits is None:
        digits = len(f"{rounded(x, 2).normalize():f}".partition(".")[2])
    value = rounded(x, digits)
    return f"{value if value else abs(value):,}".replace("-", "−")


def count(n: Number) -> str:
    """A count with thousands marked: count(1204) -> '1,204'."""
    return number(n, 0)


def percent(x: Number, digits: int = 1, sign: str = "%") -> str:
    """A proportion between 0 and 1 in per cent: percent(0.3408) -> '34.1%'; sign='' under a heading that says %."""
    return MISSING if _absent(x) or isinstance(x, Withheld) else number(_hundredfold(x), digits) + sign


def _hundredfold(x: Number) -> Decimal | None:
    return None if x is None or _absent(x) else Decimal(format(float(x), ".12g")) * 100


def p_value(p: float, digits: int = 3) -> str:
    """A p value: '0.035', '< 0.001', '> 0.999'; never 0 or 1."""
    if _absent(p):
        return MISSING
    least = Decimal(1).scaleb(-digits)
    if Decimal(float(p)) < least:
        return f"< {least}"
    if Decimal(float(p)) > 1 - least:
        return f"> {1 - least}"
    return str(rounded(p, digits))


def p_text(p: float) -> str:
    """A p value in a sentence: 'p = 0.035', 'p < 0.001'."""
    if _absent(p):
        return "p not estimable"
    text = p_value(p)
    return f"p {text}" if text[0] in "<>" else f"p = {text}"


def range_(low: Number, high: Number, digits: int | None = 0) -> str:
    """A range with an en dash: '1–99'; with 'to' where a sign would meet the dash: '−0.3 to 0.5'."""
    ends = [NOT_REACHED if _absent(end) else number(end, digits) for end in (low, high)]
    return (" to " if "−" in "".join(ends) or NOT_REACHED in ends else EN_DASH).join(ends)


def estimate_ci(estimate: Number, low: Number, high: Number, digits: int | None = 2) -> str:
    """An estimate with its interval: '0.60 (0.41–0.88)'; without limits, the estimate alone."""
    if _absent(estimate):
        return MISSING
    interval = "" if _absent(low) and _absent(high) else f" ({range_(low, high, digits)})"
    return number(estimate, digits) + interval


def percent_ci(estimate: Number, low: Number, high: Number, digits: int = 1, sign: str = "%") -> str:
    """A proportion with its interval in per cent: '34.1% (27.2–41.5)'."""
    if _absent(estimate) or isinstance(estimate, Withheld):
        return MISSING
    without = (_absent(low) and _absent(high)) or low == high  # of no width: nobody has had the event yet
    interval = "" if without else f" ({range_(_hundredfold(low), _hundredfold(high), digits)})"
    return percent(estimate, digits, sign) + interval


def lower(label: str) -> str:
    """A label within a sentence: 'Metastatic lesions' becomes 'metastatic lesions'; 'GTV diameter' stays as it is."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
