"""What no number of its kind can be: a share above all, a p above 1, a part above its whole, a day before another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import Finding
from oligomet.audit.printed import Interval
from oligomet.audit.wording import describe_place

MOST_OF_A_KIND = {"rate": 100.0, "percentage": 100.0, "p_value": 1.0}
IN_ORDER = ("accrual_start", "accrual_end", "data_cut")


def check_shares(paper: Paper) -> Iterator[Finding]:
    """Percentages lie between 0 and 100, p values between 0 and 1."""
    for kind, most in MOST_OF_A_KIND.items():
        for claim in paper.select(kind=kind):
            if not Interval(0, most).meets(claim.interval):
                off = abs(Interval(0, most).gap(claim.interval))
                says = f"{claim.printed} is no p value." if kind == "p_value" else f"{claim.printed}% is not a share."
                measure = "p" if kind == "p_value" else "percentage points"
                yield Finding("impossible", (claim,), says, (), off, measure)


def check_parts(paper: Paper) -> Iterator[Finding]:
    """No level of a factor holds more than there are of those that it divides."""
    for claim in paper.select(kind="count", endpoint=None, variable=None):
        for factor, _ in claim.group:
            rest = tuple(item for item in claim.group if item[0] != factor)
            population, base = paper.base(factor, claim.population)
            place = population, tuple(sorted({*rest, *base}))
            whole = paper.counted(place, claim.section)
            if whole is not None and claim.interval.low > whole.value:
                says = f"{claim.printed} cannot be among {whole.value:g} {describe_place(paper.declared, place)}."
                yield Finding("impossible", (claim,), says, (whole,), claim.value - whole.value, "subjects")


def check_dates(paper: Paper) -> Iterator[Finding]:
    """The first patient comes before the last, and both before the data are closed."""
    dates: list[Claim] = [claim for name in IN_ORDER if (claim := paper.setting(name)) is not None and claim.stated]
    for earlier, later in pairwise(dates):
        if earlier.interval.low > later.interval.high:
            says = f"{earlier.says}, {earlier.printed}, is after {later.says.lower()}, {later.printed}."
            off = earlier.interval.low - later.interval.high
            yield Finding("impossible", (earlier, later), says, (), off, "days")
        else:
            yield Finding("sound", (later,), f"{earlier.printed} comes before {later.printed}.", (earlier,))


CHECKS = (check_shares, check_parts, check_dates)
