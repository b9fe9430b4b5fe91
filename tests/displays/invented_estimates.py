"""Estimates that conform to the declarations of a study and mean nothing: what a display is given."""

import numpy as np
import pandas as pd

from oligomet.book import Book, Entry
from oligomet.schemas import TABLES, conform

SITES = {  # CR, PR, SD, PD of a few sites; the others have no evaluable lesion
    "Intracranial": (0, 0, 3, 10),
    "Neck": (10, 9, 8, 11),
    "Retroperitoneal lymphatic drainage area": (10, 11, 10, 17),
    "Vaginal stump": (0, 6, 4, 17),
    "Others": (0, 0, 1, 3),
}


def changed(book, where, **values):
    """The book with other values in the entries that answer, of which there must be some."""
    answers = set(map(id, book.some(**where)))
    assert answers, where
    return Book([Entry({**vars(one), **values}) if id(one) in answers else one for one in book])


def invent(study, patients=142, lesions=189, seed=1):
    """Every row that the displays of `study` ask for, from a cohort of random times and labels."""
    random = np.random.default_rng(seed)
    rows = [
        *_flow(study, patients),
        *_descriptions(study, patients, lesions, random),
        *_comparisons(study, patients),
        *_responses(lesions),
        *_toxicities(patients),
        *_literature(),
    ]
    for endpoint, declared in study.endpoints.items():
        n = patients if declared.per == "patient" else lesions
        months = np.ceil(np.minimum(random.exponential(25, n), random.uniform(12, 100, n)))
        event = random.random(n) < 0.7
        rows += _survival(study, endpoint, declared.per, None, None, months, event)
        for factor in study.analyses.compare.get(endpoint, []):
            levels = study.factors[factor].levels
            label = random.choice(levels, n)
            for level in levels:
                who = label == level
                rows += _survival(
                    study, endpoint, declared.per, factor, level, months[who] + levels.index(level), event[who]
                )
            rows += _models(study, endpoint, declared.per, factor, random)
    return conform(pd.DataFrame(rows), TABLES["estimates"])


def _row(analysis, unit, statistic, population="all", method="invented", **values):
    where = {"analysis": analysis, "unit": unit, "population": population}
    return {**where, "statistic": statistic, "method": method, **values}


def _share(events, n):
    half = 0.1
    p = events / n if n else np.nan
    return {"estimate": p, "conf_low": max(p - half, 0), "conf_high": min(p + half, 1), "events": events, "n": n}


def _flow(study, patients):
    excluded = {rule.id: 3 * i for i, rule in enumerate(study.eligibility)}
    left_out = sum(excluded.values())
    counts = {"screened": patients + left_out, **excluded, "excluded": left_out, "analysed": patients}
    rows = [
        _row("flow", "patient", "count", "screened", factor="eligibility", group=group, estimate=n)
        for group, n in counts.items()
    ]
    for role in study.sources:
        counts = {"raw": 500, "analysed": 460, "quarantined": 40, "duplicate": 25, "unreadable": 15}
        rows += [
            _row("flow", "row", "count", "screened", factor=role, group=group, estimate=n)
            for group, n in counts.items()
        ]
    return rows


def _descriptions(study, patients, lesions, random):
    rows = []
    for unit, n in (("patient", patients), ("lesion", lesions)):
        rows += [
            _row("description", unit, "count", population, estimate=size, n=size)
            for population, size in (("all", n), ("evaluable", n - 10))
        ]
        for name, factor in study.factors.items():
            split = random.multinomial(n, np.ones(len(factor.groups)) / len(factor.groups))
            for group, events in zip(factor.groups, split, strict=True):
                rows.append(_row("description", unit, "proportion", factor=name, group=group, **_share(int(events), n)))
                rows.append(
                    _row("description", unit, "proportion", "evaluable", factor=name, group=group,
                         **_share(int(events) // 2, n // 2))
                )  # fmt: skip
        rows.append(_row("description", unit, "proportion", factor="gtv", group="Unknown", **_share(10, n)))
        for variable in study.analyses.describe.get(unit, []):
            values = {"mean": 3.1, "sd": 1.2, "median": 3.0, "q1": 2.0, "q3": 4.0, "min": 1.0, "max": 12.3}
            rows += [
                _row("description", unit, name, factor=variable, estimate=value, n=n) for name, value in values.items()
            ]
    return rows


def _comparisons(study, n):
    rows = []
    for declared in (table for table in study.tables.values() if table.by):
        levels = study.factors[declared.by].levels
        where = {"analysis": "comparison", "unit": declared.unit, "by": declared.by}
        size = n // len(levels)
        rows += [_row(**where, statistic="count", by_group=one, estimate=size, n=size) for one in levels]
        for name in declared.factors:
            where["population"] = "evaluable" if name in declared.evaluable_only else "all"
            rows += [
                _row(statistic="proportion", **where, factor=name, group=group, by_group=one, **_share(7, size))
                for group in [*study.factors[name].groups, *(["Unknown"] if name == "gtv" else [])]
                for one in levels
            ]
            test = {"estimate": 1.5, "p_value": 0.2214, "n": n, "method": "Pearson's chi-square test"}
            rows.append(_row(statistic="chi_square", **where, factor=name, **test))
        where["population"] = "all"
        for name in declared.variables:
            values = {"mean": 3.1, "sd": 1.2, "median": 3.0, "q1": 2.0, "q3": 4.0, "min": 1.0, "max": 12.3}
            rows += [
                _row(statistic=key, **where, factor=name, by_group=one, estimate=value, n=size)
                for one in levels
                for key, value in values.items()
            ]
            test = {"estimate": 512, "p_value": 0.0004, "n": n, "method": "Mann-Whitney U test"}
            rows.append(_row(statistic="u", **where, factor=name, **test))
    return rows


def _response_rows(counts, unit, endpoint, **where):
    cr, pr, sd, pd_, ne = counts
    evaluable = cr + pr + sd + pd_
    shown = {"CR": cr, "PR": pr, "SD": sd, "PD": pd_, "ORR": cr + pr, "DCR": cr + pr + sd}
    rows = [
        _row("response", unit, name, "evaluable", endpoint=endpoint, **where,
             **(_share(events, evaluable) if evaluable else {"events": events, "n": 0, "reason": "nobody evaluable"}))
        for name, events in shown.items()
    ]  # fmt: skip
    everybody = {**shown, "NE": ne}
    return rows + [
        _row("response", unit, name, "all", endpoint=endpoint, **where, **_share(events, evaluable + ne))
        for name, events in everybody.items()
    ]


def _responses(lesions):
    rows = []
    for endpoint in ("first", "best"):
        for site, counts in SITES.items():
            rows += _response_rows((*counts, 1), "lesion", endpoint, factor="site", group=site)
        rows += _response_rows((0, 0, 0, 0, 9), "lesion", endpoint, factor="site", group="Bone")
        totals = tuple(sum(part) for part in zip(*SITES.values(), strict=True))
        rows += _response_rows((*totals, 14), "lesion", endpoint)
        rows += _response_rows((20, 36, 38, 38, 10), "patient", endpoint)
    return rows


def _toxicities(patients):
    return [
        _row("toxicity", "patient", "proportion", factor="phase", group=phase, **_share(n, patients))
        for phase, n in (("acute", 25), ("late", 20), ("none", 98))
    ]


def _literature():
    rows = []
    for population, factor, studies in (
        ("ovarian", "complete_response", {"MACCHIA2020_MITO_RT1": (291, 446), "IFTODE2018": (26, 44)}),
        ("mixed", "complete_response", {"LALISCIA2017": (45, 70), "MESKO2017": (8, 47)}),
        ("ovarian", "local_control_24", {"MACCHIA2020_MITO_RT1": (365, 446)}),
    ):
        shares = [_share(*counts) for counts in studies.values()]
        pooled = {"estimate": 0.6, "conf_low": 0.4, "conf_high": 0.8, "n": sum(s["n"] for s in shares)}
        rows += [
            _row("literature", "study", "proportion", population, factor=factor, group=one, **share)
            for one, share in zip([*studies, "pooled"], [*shares, pooled], strict=True)
        ]
        rows += [
            _row("literature", "study", name, population, factor=factor, group="pooled", **values)
            for name, values in {
                "i2": {"estimate": 0.84},
                "tau2": {"estimate": 0.2},
                "prediction": {"conf_low": 0.2, "conf_high": 0.9},
            }.items()
        ]
    return rows


def _survival(study, endpoint, unit, factor, group, months, event):
    """Kaplan-Meier steps with intervals of an arbitrary width, and the summaries read off them."""
    where = {"endpoint": endpoint, "factor": factor, "group": group}
    rows, surviving, steps = [], 1.0, []
    rows.append(_row("curve", unit, "survival", **where, time_months=0, estimate=1.0, conf_low=1.0, conf_high=1.0,
                     n=len(months), events=0))  # fmt: skip
    for time in np.unique(months):
        at_risk, deaths = int((months >= time).sum()), int((event & (months == time)).sum())
        lost = int((~event & (months == time)).sum())
        if deaths:
            surviving *= 1 - deaths / at_risk
            half = 0.1 * np.sqrt(len(months) / at_risk) / np.sqrt(10)
            limits = {"conf_low": max(surviving - half, 0), "conf_high": min(surviving + half, 1)}
            steps.append((time, surviving, limits))
            rows.append(_row("curve", unit, "survival", **where, time_months=time, estimate=surviving, **limits,
                             n=at_risk, events=deaths))  # fmt: skip
        if lost:
            rows.append(_row("curve", unit, "censored", **where, time_months=time, estimate=surviving, n=at_risk,
                             events=lost))  # fmt: skip
    rows += [
        _row("curve", unit, "at_risk", **where, time_months=time, n=int((months >= time).sum()))
        for time in range(0, int(months.max()) + 1, 12)
    ]
    for time in study.analyses.rates_at_months:
        before = [step for step in steps if step[0] <= time]
        _, rate, limits = before[-1] if before else (0, 1.0, {"conf_low": 1.0, "conf_high": 1.0})
        rows.append(_row("survival", unit, "survival", **where, time_months=time, estimate=rate, **limits,
                         n=int((months >= time).sum()), events=int((event & (months <= time)).sum())))  # fmt: skip
    half = next((time for time, rate, _ in steps if rate <= 0.5), None)
    reached = {"estimate": half, "conf_low": half - 2, "conf_high": half + 3} if half else {"reason": "not reached"}
    rows.append(_row("survival", unit, "median", **where, **reached, n=len(months), events=int(event.sum())))
    rows += [
        _row("survival", unit, name, **where, estimate=value, n=len(months))
        for name, value in (("min", months.min()), ("max", months.max()))
    ]
    if factor is None:
        rows.append(_row("survival", unit, "follow_up_median", **where, estimate=50, conf_low=45, n=len(months)))
    return rows


def _models(study, endpoint, unit, factor, random):
    where = {"endpoint": endpoint, "factor": factor}
    rows = [_row("logrank", unit, "chi_square", **where, estimate=4.2, p_value=random.random() / 10)]
    analyses = ["cox_univariable"]
    if factor in study.analyses.multivariable.get(endpoint, []):
        analyses.append("cox_multivariable")
    declared = study.factors[factor]
    for analysis in analyses:
        for group in declared.levels:
            if group == declared.reference_level:
                continue
            hazard = float(np.exp(random.normal(0, 0.5)))
            rows.append(
                _row(analysis, unit, "hazard_ratio", **where, group=group, reference=declared.reference_level,
                     estimate=hazard, conf_low=hazard * 0.7, conf_high=hazard * 1.5, p_value=random.random(), n=142,
                     events=100)
            )  # fmt: skip
        rows.append(_row(analysis, unit, "likelihood_ratio", **where, estimate=3.0, p_value=random.random()))
    return rows
