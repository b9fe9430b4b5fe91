"""Survival curves read off figures, against the rates, medians, tests and hazard ratios of the text.

The subjects' times are reconstructed (`oligomet.audit.curves`). In the trials that Guyot et al. reconstructed, rates
came out within 2 points, medians within the steps of the curve, hazard ratios within a few percent where numbers at
risk were printed: more than that is allowed here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oligomet.audit.checks.hazard_ratios_and_p_values import deviates
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import Place
from oligomet.audit.curves import Curve, reconstruct
from oligomet.audit.findings import POINTS, Finding, Findings, held
from oligomet.audit.printed import Interval
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods.logrank import logrank

OFF = 2.0  # percentage points by which a rate read off a figure can be off
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
        of = paper.declared.endpoints[declared.endpoint]
        place = declared.in_ or of.of, tuple(sorted(declared.of.items()))
        endpoint = of.same_as or declared.endpoint
        events = paper.first(kind="events", place=place, followed=endpoint)
        found.append(Reconstruction(endpoint, place, curve, *reconstruct(curve, int(events.value) if events else None)))
    return found


def check_curves_and_text(paper: Paper) -> Findings:
    """Rates and medians of the text, and how many there are, against the curve of the figure."""
    for drawn in reconstructions(paper):
        of = {"place": drawn.place, "followed": drawn.endpoint}
        at_start, months = drawn.curve.at_risk[0], drawn.curve.months
        total = paper.counted(drawn.place)
        if total is not None and total.value != at_start:
            says = f"The figure starts with {at_start}, the text has {total.printed}."
            yield Finding("inconsistent", (total,), says, (), abs(total.value - at_start), "subjects")
        curve = kaplan_meier(drawn.months, drawn.event)
        for rate in paper.select(kind="rate", **of):
            if rate.time is None or rate.time > months[-1]:
                continue
            around = curve.at([max(0.0, rate.time - 0.5), rate.time, rate.time + 0.5])["survival"].dropna() * 100
            if len(around):
                yield _against_the_figure(rate, Interval(around.min(), around.max()).widened(OFF), "%")
        percent, at = np.minimum.accumulate(drawn.curve.percent), np.asarray(months)
        before, after = at[percent > 50 + OFF].max(initial=0.0), at[percent < 50 - OFF].min(initial=math.inf)
        for median in paper.select(kind="median", **of):
            yield _against_the_figure(median, Interval(before, after).widened(0.5), " months")


def _against_the_figure(claim: Claim, bounds: Interval, unit: str) -> Finding:
    words = f"The figure has {bounds}{unit}, allowing for how it is read"
    measure = POINTS if claim.kind == "rate" else "months"
    return held(claim, bounds, words, (), measure, "inconsistent", printed=f"{claim.printed}{unit}")


def check_curves_and_comparisons(paper: Paper) -> Findings:
    """Hazard ratios and log-rank tests of the text against the two curves of the figure."""
    drawn = {(each.endpoint, each.place): each for each in reconstructions(paper)}
    for claim in paper.select(kind=("hazard_ratio", "p_value"), variable=None):
        adjusted = claim.model == "multivariable" or (claim.kind == "p_value" and claim.contrast)
        if claim.factor is None or claim.endpoint is None or adjusted:
            continue
        levels = claim.contrast[1:] if claim.contrast else paper.declared.factors[claim.factor].top_levels
        places = [(claim.followed, (claim.population, ((claim.factor, level),))) for level in levels]
        groups = [drawn[place] for place in places if place in drawn]
        if len(groups) != 2 or len(levels) != 2 or not all(each.event.any() for each in groups):
            continue
        months, event = (np.concatenate([getattr(each, name) for each in groups]) for name in ("months", "event"))
        first = np.repeat([1.0, 0.0], [len(each.months) for each in groups])
        if claim.kind == "p_value":
            p = logrank(months, event, first).p_value
            words, bounds = f"a log-rank p of about {p:.2g}", deviates(Interval.at(p)).widened(DEVIATIONS)
            measure, found, repair = "standard errors", deviates(claim.interval), ""
        else:
            try:
                ratio = float(cox(pd.DataFrame({"first": first}), months, event).table.iloc[0]["estimate"])
            except Undefined:
                continue
            words = f"a hazard ratio of about {ratio:.2f}"
            bounds = Interval(ratio / math.exp(LOG_RATIO), ratio * math.exp(LOG_RATIO))
            inverse = bounds.holds(1 / claim.value if claim.value else math.inf)
            measure, found, repair = "hazard ratio", claim.interval, "the two groups the other way round" * inverse
        words = f"The figure's curves have {words}"
        yield held(claim, bounds, words, (), measure, "inconsistent", repair, found)


CHECKS = (check_curves_and_text, check_curves_and_comparisons)
