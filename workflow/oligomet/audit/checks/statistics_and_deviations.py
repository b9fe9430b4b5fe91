"""Test statistics against their p values, and standard deviations against the means and ranges beside them.

statcheck (Nuijten et al. 2016, Behav Res Methods 48:1205) recomputes p from statistic and degrees of freedom; GRIMMER
(Anaya 2016, PeerJ Preprints 4:e2400) asks whether whole numbers can have a mean and a standard deviation together.
"""

from __future__ import annotations

import math

from scipy.stats import chi2, f, norm, t

from oligomet.audit.claims import Paper
from oligomet.audit.findings import Finding, Findings, Severity, held, judged
from oligomet.audit.printed import Interval

GRIMMER_TELLS = 1000  # values: of more, every printed mean and standard deviation is some sample's
ORDER = ("minimum", "q1", "median", "q3", "maximum")


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
    of = {"t": t, "z": norm, "F": f}.get(test, chi2)
    return float(2 * of.sf(abs(statistic), *df) if test in "tz" else of.sf(max(0, statistic), *df))


def p_within(test: str, statistic: Interval, df: tuple[float, ...]) -> Interval:
    """Bounds of the p value over all that print as this statistic."""
    return statistic.magnitude().through(lambda end: p_of(test, end, df))


def check_test_statistics(paper: Paper) -> Findings:
    """A p value against its test statistic and degrees of freedom; whether the decision is the same."""
    level = paper.significance
    same = ("section", "row", "test", "factor", "variable", "endpoint", "place", "by")
    for statistic in paper.select(kind="statistic"):
        test = statistic.test or ""
        found = p_within(test, statistic.interval, statistic.df)
        of = f"{test}({', '.join(f'{each:g}' for each in statistic.df)})" if statistic.df else test
        for p in paper.select(kind="p_value", **{name: getattr(statistic, name) for name in same}):
            off = found.apart(p.interval)
            other = (found.high < level) != (p.interval.low < level) and not found.holds(level)
            one_sided = test in "trz" and found.times(0.5).meets(p.interval)
            slip = not other and off < 10.0**-p.decimals
            severity: Severity = "ambiguous" if one_sided else "slip" if slip else "inconsistent"
            words = f"{of} = {statistic.printed} has a p of {found}"
            wrong = f"{words}, not {p.printed}" + f": that changes the decision at {level:g}" * other + "."
            yield judged(p, off, f"{words}.", wrong, statistic, "p", severity, "a one-sided test" * one_sided)


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


def check_standard_deviations(paper: Paper) -> Findings:
    """A standard deviation against the range and the mean of its variable; of whole numbers also by GRIMMER."""
    for sd in paper.select(kind="sd"):
        total = paper.counted(sd.place)
        where = {"variable": sd.variable, "endpoint": sd.endpoint, "place": sd.place}
        mean, low, high = (paper.first(kind=kind, **where) for kind in ("mean", "minimum", "maximum"))
        if total is None or total.value < 2:
            continue
        n = int(total.value)
        if low and high and math.isfinite(low.interval.low) and math.isfinite(high.interval.high):
            limits = low.interval.low, high.interval.high
            most, least = widest_sd(mean.interval if mean else Interval(*limits), *limits, n), 0.0
            if mean and low.relation == high.relation == "=":
                least = narrowest_sd(mean.interval, low.interval.high, high.interval.low, n)
            words = (
                f"Values from {low.printed} to {high.printed} have a standard deviation of {least:.4g} to {most:.4g}"
            )
            against = [claim for claim in (mean, low, high, total) if claim is not None]
            yield held(sd, Interval(least * (1 - 1e-9), most * (1 + 1e-9)), words, against)
        if mean is not None and paper.variable_of(sd).binary and Interval(0, 1).meets(mean.interval):
            bounds = sd_of_share(mean.interval.within(0, 1), n)
            words = f"Zeros and ones of mean {mean.printed} have a standard deviation of {bounds}"
            yield held(sd, bounds, words, (mean, total))
        whole = paper.variable_of(sd).integer and n <= GRIMMER_TELLS
        if mean is not None and whole and sd.relation == mean.relation == "=":
            fine = f"{n} whole numbers can have a mean of {mean.printed} with it."
            wrong = f"No {n} whole numbers have a mean of {mean.printed} and a standard deviation of {sd.printed}."
            if whole_numbers_have(mean.interval, sd.interval, n):
                yield Finding("sound", (sd,), fine, (mean, total))
            else:
                yield Finding("impossible", (sd, mean), wrong, (total,))


def check_standard_errors(paper: Paper) -> Findings:
    """A standard error against the standard deviation and the number of values: SD/√n."""
    for error in paper.select(kind="se"):
        total = paper.counted(error.place)
        sd = paper.first(kind="sd", variable=error.variable, place=error.place)
        if total is not None and total.value >= 1 and sd is not None:
            bounds = sd.interval.times(1 / math.sqrt(total.value))
            words = f"{sd.printed}/√{total.printed} is {bounds}"
            repair = "'standard deviation' in place of 'standard error'" * sd.interval.meets(error.interval)
            yield held(error, bounds, words, (sd, total), "", "inconsistent", repair)


def check_quartiles(paper: Paper) -> Findings:
    """Least ≤ lower quartile ≤ median ≤ upper quartile ≤ most."""
    for quartile in paper.select(kind=("q1", "q3")):
        of = {name: getattr(quartile, name) for name in ("variable", "endpoint", "place")}
        for other in paper.select(kind=[kind for kind in ORDER if kind != quartile.kind], **of):
            low, high = sorted((other, quartile), key=lambda claim: ORDER.index(claim.kind))
            words, bounds = (
                f"{low.kind} {low.printed}, {high.kind} {high.printed}",
                Interval(low.interval.low, math.inf),
            )
            yield held(quartile, bounds, words, other, found=high.interval, printed="in this order")


CHECKS = (check_test_statistics, check_standard_deviations, check_standard_errors, check_quartiles)
