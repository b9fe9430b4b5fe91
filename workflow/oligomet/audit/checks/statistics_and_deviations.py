"""Test statistics against their p values, and standard deviations against the means and ranges beside them.

statcheck (Nuijten et al. 2016, Behav Res Methods 48:1205) recomputes p from statistic and degrees of freedom; GRIMMER
(Anaya 2016, PeerJ Preprints 4:e2400) asks whether whole numbers can have a mean and a standard deviation together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from scipy.special import chdtrc, fdtrc, ndtr, stdtr

from oligomet.audit.claims import Paper
from oligomet.audit.findings import Finding, Severity, held
from oligomet.audit.printed import Interval

USUAL_LEVEL = 0.05
GRIMMER_TELLS = 1000  # values: of more, every printed mean and standard deviation is some sample's


def p_of(test: str, statistic: float, df: tuple[float, ...]) -> float:
    """The p value of a test statistic, two-sided where that can be: of t, r and z.

    t with 28 degrees of freedom at 2.20 has a p of 0.036, F with 2 and 56 at 3.12 one of 0.052.

    Parameters
    ----------
    test
        t, F, r (a correlation, with n - 2 degrees of freedom), chi2, Q (of heterogeneity, a chi-square) or z.
    df
        As `claims_format.DEGREES_OF_FREEDOM` says how many.
    """
    if test == "r":
        if abs(statistic) >= 1:
            return 0.0
        test, statistic = "t", statistic * math.sqrt(df[0] / (1 - statistic**2))
    if test == "t":
        return float(2 * stdtr(df[0], -abs(statistic)))
    if test == "z":
        return float(2 * ndtr(-abs(statistic)))
    return float(fdtrc(*df, max(0, statistic)) if test == "F" else chdtrc(df[0], max(0, statistic)))


def p_within(test: str, statistic: Interval, df: tuple[float, ...]) -> Interval:
    """Bounds of the p value over all that print as this statistic."""
    ends = [abs(end) for end in (statistic.low, statistic.high)]
    least = 0.0 if statistic.holds(0) else min(ends)
    low = p_of(test, max(ends), df) if math.isfinite(max(ends)) else 0.0
    return Interval(low, p_of(test, least, df) if math.isfinite(least) else 0.0)


def check_test_statistics(paper: Paper) -> Iterator[Finding]:
    """A p value against its test statistic and degrees of freedom; whether the decision is the same."""
    stated = paper.setting("significance_level")
    level = stated.value if stated is not None else USUAL_LEVEL
    for statistic in paper.select(kind="statistic"):
        test = statistic.test or ""
        found = p_within(test, statistic.interval, statistic.df)
        of = f"{test}({', '.join(f'{each:g}' for each in statistic.df)})" if statistic.df else test
        for p in paper.select(kind="p_value", section=statistic.section, row=statistic.row, test=statistic.test):
            if (p.factor, p.variable, p.endpoint, p.place, p.by) != (
                statistic.factor, statistic.variable, statistic.endpoint, statistic.place, statistic.by,
            ):  # fmt: skip
                continue
            words = f"{of} = {statistic.printed} has a p of {found}"
            if found.meets(p.interval):
                yield Finding("sound", (p,), f"{words}.", (statistic,))
                continue
            other = (found.high < level) != (p.interval.low < level) and not found.holds(level)
            one_sided = test in "trz" and found.times(0.5).meets(p.interval)
            says = f"{words}, not {p.printed}" + f": that changes the decision at {level:g}" * other + "."
            repair = "a one-sided test" if one_sided else ""
            off = abs(found.gap(p.interval))
            slip = not other and off < 10.0**-p.decimals
            severity: Severity = "ambiguous" if one_sided else "slip" if slip else "inconsistent"
            yield Finding(severity, (p,), says, (statistic,), off, "p", repair)


def widest_sd(mean: Interval, low: float, high: float, n: float) -> float:
    """The largest standard deviation of n values with a mean and within limits: n / (n - 1) (m - a) (b - m), rooted.

    Bhatia and Davis 2000, Am Math Mon 107:353. 142 ages with a mean of 56 within 21 to 79 cannot exceed 28.5 years.
    """
    middle = min(max((low + high) / 2, mean.low), mean.high)
    return math.sqrt(max(0.0, (middle - low) * (high - middle)) * n / (n - 1)) if n > 1 else 0.0


def narrowest_sd(mean: Interval, low: float, high: float, n: int) -> float:
    """The least standard deviation of n values with a mean, of which one is `low` and one is `high`.

    The others lie together where they bring the mean about (the lower bound of SPRITE's samples). 142 ages with a mean
    of 56 within 21 to 79 cannot have less than 3.5 years.
    """
    if n < 3:
        return abs(high - low) / math.sqrt(2) if n == 2 else 0.0
    spreads = []
    for middle in (mean.low, mean.high, min(max((low + high) / 2, mean.low), mean.high)):
        others = min(max((n * middle - low - high) / (n - 2), low), high)
        average = (low + high + (n - 2) * others) / n
        squares = (low - average) ** 2 + (high - average) ** 2 + (n - 2) * (others - average) ** 2
        spreads.append(math.sqrt(squares / (n - 1)))
    return min(spreads)


def sd_of_share(share: Interval, n: int) -> Interval:
    """Bounds of the standard deviation of n zeros and ones with a mean (DEBIT, Heathers and Brown 2019).

    40 values with a mean of 0.25 have one of 0.439.
    """
    ends = [math.sqrt(max(0.0, m * (1 - m)) * n / (n - 1)) for m in (share.low, share.high)]
    return Interval(min(ends), math.sqrt(n / (n - 1)) / 2 if share.holds(0.5) else max(ends))


def whole_numbers_have(mean: Interval, sd: Interval, n: int) -> bool:
    """Whether n whole numbers can have this mean and standard deviation (GRIMMER).

    Their sum S and the sum of their squares Q are whole, of the same parity, and (n - 1) sd^2 = Q - S^2 / n.
    """
    for total in range(math.ceil(mean.low * n - 1e-9), math.floor(mean.high * n + 1e-9) + 1):
        least, most = (max(0.0, end) ** 2 * (n - 1) + total**2 / n for end in (sd.low, sd.high))
        first = math.ceil(least - 1e-6)
        first += (first - total) % 2
        if first <= most + 1e-6:
            return True
    return False


def check_standard_deviations(paper: Paper) -> Iterator[Finding]:
    """A standard deviation against the range and the mean of its variable; of whole numbers also by GRIMMER."""
    for sd in paper.select(kind="sd"):
        total = paper.counted(sd.place)
        where = {"variable": sd.variable, "endpoint": sd.endpoint, "population": sd.population, "group": sd.group}
        mean, low, high = (
            next(iter(paper.select(kind=kind, **where)), None) for kind in ("mean", "minimum", "maximum")
        )
        if total is None or total.value < 2:
            continue
        n = int(total.value)
        if low and high and math.isfinite(low.interval.low) and math.isfinite(high.interval.high):
            limits = low.interval.low, high.interval.high
            most = widest_sd(mean.interval if mean else Interval(*limits), *limits, n)
            against = tuple(claim for claim in (mean, low, high, total) if claim is not None)
            least = (
                narrowest_sd(mean.interval, low.interval.high, high.interval.low, n)
                if mean and low.relation == high.relation == "="
                else 0.0
            )
            bounds = Interval(least * (1 - 1e-9), most * (1 + 1e-9))
            values = f"Values from {low.printed} to {high.printed}"
            words = f"{values} have a standard deviation of {least:.4g} to {most:.4g}"
            yield held((sd,), bounds, words, against)
        if mean is not None and paper.variable_of(sd).binary and Interval(0, 1).meets(mean.interval):
            bounds = sd_of_share(mean.interval.within(0, 1), n)
            words = f"Zeros and ones of mean {mean.printed} have a standard deviation of {bounds}"
            yield held((sd,), bounds, words, (mean, total))
        if (
            mean is not None
            and paper.variable_of(sd).integer
            and n <= GRIMMER_TELLS
            and sd.relation == mean.relation == "="
        ):
            if whole_numbers_have(mean.interval, sd.interval, n):
                yield Finding(
                    "sound", (sd,), f"{n} whole numbers can have a mean of {mean.printed} with it.", (mean, total)
                )
            else:
                says = f"No {n} whole numbers have a mean of {mean.printed} and a standard deviation of {sd.printed}."
                yield Finding("impossible", (sd, mean), says, (total,))


def check_standard_errors(paper: Paper) -> Iterator[Finding]:
    """A standard error against the standard deviation and the number of values: SD/√n."""
    for error in paper.select(kind="se"):
        total = paper.counted(error.place)
        same = paper.select(kind="sd", variable=error.variable, population=error.population, group=error.group)
        if total is None or total.value < 1 or not same:
            continue
        bounds = same[0].interval.times(1 / math.sqrt(total.value))
        words = f"{same[0].printed}/√{total.printed} is {bounds}"
        repair = "'standard deviation' in place of 'standard error'" * same[0].interval.meets(error.interval)
        yield held((error,), bounds, words, (same[0], total), "", "inconsistent", repair)


def check_quartiles(paper: Paper) -> Iterator[Finding]:
    """Least ≤ lower quartile ≤ median ≤ upper quartile ≤ most."""
    order = ("minimum", "q1", "median", "q3", "maximum")
    for quartile in [*paper.select(kind="q1"), *paper.select(kind="q3")]:
        of = {name: getattr(quartile, name) for name in ("variable", "endpoint", "population", "group")}
        at = order.index(quartile.kind)
        for kind in order:
            for other in paper.select(kind=kind, **of):
                low, high = (other, quartile) if order.index(kind) < at else (quartile, other)
                if kind != quartile.kind:
                    words = f"{low.kind} {low.printed}, {high.kind} {high.printed}"
                    bounds = Interval(low.interval.low, math.inf)
                    yield held((quartile,), bounds, words, (other,), found=high.interval, printed="in this order")


CHECKS = (check_test_statistics, check_standard_deviations, check_standard_errors, check_quartiles)
