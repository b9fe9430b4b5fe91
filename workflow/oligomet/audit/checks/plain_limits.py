"""What no number of its kind can be: a share above all, a p above 1, a part above its whole, a day before another."""

from __future__ import annotations

from itertools import pairwise

from oligomet.audit.claims import Paper
from oligomet.audit.findings import POINTS, Finding, Findings, judged
from oligomet.audit.printed import Interval

MOST_OF_A_KIND = {"rate": 100.0, "percentage": 100.0, "p_value": 1.0}
IN_ORDER = ("accrual_start", "accrual_end", "data_cut")


def check_shares(paper: Paper) -> Findings:
    """Percentages lie between 0 and 100, p values between 0 and 1."""
    for claim in paper.select(kind=tuple(MOST_OF_A_KIND)):
        if off := Interval(0, MOST_OF_A_KIND[claim.kind]).apart(claim.interval):
            p = claim.kind == "p_value"
            says = f"{claim.printed} is no p value." if p else f"{claim.printed}% is not a share."
            yield Finding("impossible", (claim,), says, (), off, "p" if p else POINTS)


def check_parts(paper: Paper) -> Findings:
    """No level of a factor holds more than there are of those that it divides."""
    for claim in paper.select(kind="count", endpoint=None, variable=None):
        for factor, _ in claim.group:
            place = paper.divided(claim, factor)
            whole = paper.counted(place, claim.section)
            if whole is not None and claim.interval.low > whole.value:
                says = f"{claim.printed} cannot be among {whole.value:g} {paper.describe(place)}."
                yield Finding("impossible", (claim,), says, (whole,), claim.value - whole.value, "subjects")


def check_dates(paper: Paper) -> Findings:
    """The first patient comes before the last, and both before the data are closed."""
    dates = [claim for name in IN_ORDER if (claim := paper.setting(name)) is not None and claim.stated]
    for earlier, later in pairwise(dates):
        fine = f"{earlier.printed} comes before {later.printed}."
        wrong = f"{earlier.says}, {earlier.printed}, is after {later.says.lower()}, {later.printed}."
        off = earlier.interval.low - later.interval.high
        yield judged(later, off, fine, wrong, earlier, "days", together=True)


CHECKS = (check_shares, check_parts, check_dates)
