"""Survival curves read off figures, against the rates, medians, tests and hazard ratios of the text.

The subjects' times are reconstructed (`oligomet.audit.curves`). In the trials that Guyot et al. reconstructed, rates
came out within 2 points, medians within the steps of the curve, hazard ratios within a few percent where numbers at
risk were printed: more than that is allowed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import Place
from oligomet.audit.curves import Curve, reconstruct
from oligomet.audit.findings import Finding, held
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import canonical_endpoint
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods.logrank import logrank

POINTS = 2.0  # by which a rate read off a figure can be off, in percentage points
LOG_RATIO, DEVIATIONS = 0.1, 0.5  # by which a log hazard ratio, and the standard normal deviate of a p, can be off


@dataclass(frozen=True)
class Reconstruction:
    """A curve of the paper with the times and events that were reconstructed from it."""

    endpoint: str
    place: Place
    curve: Curve
    months: np.ndarray
    event: np.ndarray


def reconstructions(paper: Paper) -> list[Reconstruction]:
    """The paper's curves, each with its subjects."""
    found = []
    for declared, curve in paper.curves:
        place = declared.in_ or paper.declared.endpoints[declared.endpoint].of, tuple(sorted(declared.of.items()))
        endpoint = canonical_endpoint(paper, declared.endpoint)
        events = [
            claim.value
            for claim in paper.select(kind="events", population=place[0], group=place[1])
            if canonical_endpoint(paper, claim.endpoint) == endpoint
        ]
        times = reconstruct(curve, int(events[0]) if events else None)
        found.append(Reconstruction(endpoint, place, curve, *times))
    return found


def check_curves_and_text(paper: Paper) -> Iterator[Finding]:
    """Rates and medians of the text, and how many there are, against the curve of the figure."""
    for drawn in reconstructions(paper):
        total = paper.counted(drawn.place)
        if total is not None and total.value != drawn.curve.at_risk[0]:
            says = f"The figure starts with {drawn.curve.at_risk[0]}, the text has {total.printed}."
            off = abs(total.value - drawn.curve.at_risk[0])
            yield Finding("inconsistent", (total,), says, (), off, "subjects")
        curve = kaplan_meier(drawn.months, drawn.event)
        for rate in paper.select(kind="rate", population=drawn.place[0], group=drawn.place[1]):
            if rate.time is None or rate.time > drawn.curve.months[-1] or not _of(paper, rate, drawn):
                continue
            around = curve.at([max(0.0, rate.time - 0.5), rate.time, rate.time + 0.5])["survival"].dropna() * 100
            if len(around):
                yield _against_the_figure(rate, Interval(around.min(), around.max()).widened(POINTS), "%")
        for median in paper.select(kind="median", population=drawn.place[0], group=drawn.place[1]):
            if _of(paper, median, drawn):
                percent = np.minimum.accumulate(drawn.curve.percent)
                before = np.asarray(drawn.curve.months)[percent > 50 + POINTS]
                after = np.asarray(drawn.curve.months)[percent < 50 - POINTS]
                bounds = Interval(before.max(initial=0.0), after.min(initial=math.inf)).widened(0.5)
                yield _against_the_figure(median, bounds, " months")


def _of(paper: Paper, claim: Claim, drawn: Reconstruction) -> bool:
    return claim.endpoint is not None and canonical_endpoint(paper, claim.endpoint) == drawn.endpoint


def _against_the_figure(claim: Claim, bounds: Interval, unit: str) -> Finding:
    words = f"The figure has {bounds}{unit}, allowing for how it is read"
    measure = "percentage points" if claim.kind == "rate" else "months"
    return held((claim,), bounds, words, (), measure, "inconsistent", printed=f"{claim.printed}{unit}")


def check_curves_and_comparisons(paper: Paper) -> Iterator[Finding]:
    """Hazard ratios and log-rank tests of the text against the two curves of the figure."""
    drawn = {(each.endpoint, each.place): each for each in reconstructions(paper)}
    for claim in [*paper.select(kind="hazard_ratio"), *paper.select(kind="p_value")]:
        if claim.factor is None or claim.model == "multivariable" or claim.variable or claim.endpoint is None:
            continue
        levels = claim.contrast[1:] if claim.contrast else paper.declared.factors[claim.factor].top_levels
        if claim.kind == "p_value" and claim.contrast:
            continue
        endpoint = canonical_endpoint(paper, claim.endpoint)
        groups = [
            drawn[endpoint, (claim.population, ((claim.factor, level),))]
            for level in levels
            if (endpoint, (claim.population, ((claim.factor, level),))) in drawn
        ]
        if len(groups) != 2 or len(levels) != 2 or not all(each.event.any() for each in groups):
            continue
        months, event = (np.concatenate([getattr(each, name) for each in groups]) for name in ("months", "event"))
        drawn_have = "The figure's curves have"
        first = np.repeat([1.0, 0.0], [len(each.months) for each in groups])
        if claim.kind == "hazard_ratio":
            try:
                ratio = float(cox(pd.DataFrame({"first": first}), months, event).table.iloc[0]["estimate"])
            except Undefined:
                continue
            found = Interval(ratio / math.exp(LOG_RATIO), ratio * math.exp(LOG_RATIO))
            inverse = found.holds(1 / claim.value if claim.value else math.inf)
            words, repair = (
                f"{drawn_have} a hazard ratio of about {ratio:.2f}",
                "the two groups the other way round" * inverse,
            )
            yield held((claim,), found, words, (), "hazard ratio", "inconsistent", repair)
        else:
            p = logrank(months, event, first).p_value
            deviate = float(-ndtri(max(p, 1e-300) / 2))
            ends = (claim.interval.high, claim.interval.low)
            printed = [float(-ndtri(min(1.0, max(end, 1e-300)) / 2)) for end in ends]
            bounds, words = (
                Interval(deviate, deviate).widened(DEVIATIONS),
                f"{drawn_have} a log-rank p of about {p:.2g}",
            )
            yield held((claim,), bounds, words, (), "standard errors", "inconsistent", found=Interval(*printed))


CHECKS = (check_curves_and_text, check_curves_and_comparisons)
