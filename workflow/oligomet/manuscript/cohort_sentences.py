"""The sentences on the patients, their lesions and what befell them, for whatever a study describes and records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.manuscript.configured import factors_of, several, slug, tells_literature, variables_of
from oligomet.manuscript.methods import lower, var
from oligomet.manuscript.sentences import MADE_OF
from oligomet.manuscript.values import Sentence, Value
from oligomet.tables import rows

if TYPE_CHECKING:
    from oligomet.declarations import Factor
    from oligomet.study import Study

PHRASES = {  # of a described variable, where its meaning in the schemas is not how a sentence would put it
    "age_years": ("age was", "years"),
    "since_last_treatment_months": ("the interval since the last systemic therapy was", "months"),
    "platinum_free_interval_months": ("the platinum-free interval was", "months"),
    "metastases": ("the number of metastases was", ""),
    "irradiated_lesions": ("the number of irradiated lesions was", ""),
    "gtv_diameter_cm": ("the gross tumour had a diameter of", "cm"),
    "bed10_gy": ("the biologically effective dose was", "Gy"),
    "fractions": ("the number of fractions was", ""),
    "fraction_gy": ("the dose per fraction was", "Gy"),
}
MAJORITY = {"histology": "had {level}", "figo_stage": "were in FIGO stage {level}"}
REASONS = {
    "not_eligible": "patients who were not eligible",
    "superseded": "rows corrected by a later one",
    "duplicate": "copies",
    "orphan": "rows that belong to nobody",
    "unreadable": "unreadable cells",
    "unknown_term": "unknown terms",
    "missing": "missing cells",
    "out_of_range": "values out of range",
    "impossible_date": "impossible dates",
    "inconsistent": "contradictions",
}
TREATED = {
    "surgery": "surgery",
    "chemotherapy": "chemotherapy",
    "immunotherapy": "immunotherapy",
    "targeted_therapy": "targeted therapy",
}


def write_cohort_sentences(estimates: pd.DataFrame, study: Study) -> dict[str, Value]:
    """Sentences by key, and the totals that they add."""
    totals = _totals(estimates, study)
    texts = {
        "sentences.origin": _origin(study),
        "sentences.records": _records(study),
        "sentences.quarantine": _quarantine(estimates),
        "sentences.patients": f"{_characteristics(estimates, study)} {_described(study, 'patient')}".strip(),
        "sentences.follow_up": _follow_up(study),
        "sentences.lesions": f"{_sites(estimates, study)} {_described(study, 'lesion')}".strip(),
        "sentences.sites": _responding_sites(estimates, study),
        "sentences.toxicity": _toxicity(study),
        "sentences.severe": _severe(estimates),
        "sentences.literature": _literature(estimates, study),
        "sentences.against_literature": _against_literature(estimates, study),
        "sentences.conclusion": _conclusion(study),
    }
    return totals | {key: Sentence(key, text, MADE_OF) for key, text in texts.items()}


def _records(study: Study) -> str:
    return several([f"{role.replace('_', '-')} {var(f'records.{role}.raw')}" for role in study.sources])


def _totals(estimates: pd.DataFrame, study: Study) -> dict[str, Value]:
    """Rows of all exports together, and the entries of the quarantine by kind."""
    counted = rows(estimates, analysis="flow", unit="row", statistic="count")
    sums = counted.groupby("level", sort=False)["estimate"].sum()
    source = "estimates: analysis flow, unit row, level {}, statistic count, the sum over the exports"
    return {
        f"records.{level}": Value(f"records.{level}", formats.count(number), source.format(level))
        for level, number in sums.items()
    }


def _quarantine(estimates: pd.DataFrame) -> str:
    """What became of the rows, and why they were set aside, the most frequent reason first."""
    counted = rows(estimates, analysis="flow", unit="row", statistic="count")
    sums = counted.groupby("level", sort=False)["estimate"].sum().sort_values(ascending=False, kind="stable")
    reasons = [f"{REASONS[kind]} ({var(f'records.{kind}')})" for kind in sums.index if kind in REASONS]
    return (
        f"Of the exports' {var('records.raw')} rows, {var('records.analysed')} went into the analysis and "
        f"{var('records.quarantined')} into quarantine"
        + (f"; the entries there are of {several(reasons)}." if reasons else ".")
    )


def _origin(study: Study) -> str:
    if study.synthetic:
        return (
            "The cohort is **synthetic**: it carries published results and shows what the workflow does, not what "
            "radiotherapy does."
        )
    return "The exports hold the records of patients and stay with the department."


def _described(study: Study, unit: str) -> str:
    """A clause for each described variable: mean, standard deviation, median and range."""
    clauses = []
    for name in variables_of(study, unit):
        if name == "days_to_first_assessment" or name not in PHRASES:
            continue
        phrase, measure = PHRASES[name]
        key = f"{unit}s.{name}"
        clauses.append(
            f"{phrase} {var(f'{key}.mean')} {measure}".rstrip()
            + f" (median {var(f'{key}.median')}, range {var(f'{key}.min')} to {var(f'{key}.max')})"
        )
    return f"On average, {'; '.join(clauses)}." if clauses else ""


def _largest(estimates: pd.DataFrame, unit: str, name: str, factor: Factor) -> list[str]:
    """The levels of a factor that are compared, the largest first."""
    found = rows(estimates, analysis="description", unit=unit, population="all", factor=name, statistic="proportion")
    counts = found.set_index("level")["events"]
    return sorted(factor.levels, key=lambda level: -counts[level])


def _characteristics(estimates: pd.DataFrame, study: Study) -> str:
    """Who most of the patients were, and what they had been treated with."""
    declared = factors_of(study, "patient")
    most = []
    for variable, phrase in MAJORITY.items():
        name = next((name for name, factor in declared.items() if factor.variable == variable), None)
        if name:
            level = _largest(estimates, "patient", name, declared[name])[0]
            words = var(f"factors.{name}.levels.{slug(level)}") if re.search(r"\d", level) else lower(level)
            most.append(f"{var(f'patients.{name}.{slug(level)}.share')} {phrase.format(level=words)}")
    before = [
        f"{var(f'patients.{name}.{slug(level)}.share')} {TREATED[factor.variable]}"
        for name, factor in declared.items()
        if factor.variable in TREATED
        for level, group in factor.groups.items()
        if group.is_ == 1
    ]
    text = f"Of the patients, {several(most)}." if most else ""
    return f"{text} Before radiotherapy, {several(before).replace('}} ', '}} had had ', 1)}." if before else text


def _site_factor(study: Study) -> tuple[str, Factor] | None:
    return next(((name, factor) for name, factor in study.factors.items() if factor.variable == "site"), None)


def _sites(estimates: pd.DataFrame, study: Study) -> str:
    """Where most lesions lay."""
    found = _site_factor(study)
    if not found:
        return ""
    name, factor = found
    most = _largest(estimates, "lesion", name, factor)[:3]
    named = [f"{lower(level)} ({var(f'lesions.{name}.{slug(level)}.n')})" for level in most]
    return f"The most frequent sites were {several(named)}."


def _responding_sites(estimates: pd.DataFrame, study: Study) -> str:
    """Where complete responses were seen, and where not."""
    found = _site_factor(study)
    if not found:
        return ""
    name, factor = found
    where = {"analysis": "response", "endpoint": "first", "unit": "lesion", "population": "evaluable"}
    complete = rows(estimates, **where, factor=name, statistic="CR").set_index("level")
    assessed = complete.loc[[level for level in factor.levels if level in complete.index]].query("n > 0")
    some = assessed[assessed["events"] > 0].sort_values("estimate", ascending=False, kind="stable").index
    none = [lower(level) for level in assessed.index[assessed["events"] == 0]]
    if some.empty:
        return "No lesion responded completely."
    keys = {level: f"response.first.lesion.{name}.{slug(level)}.CR" for level in some}
    seen = [f"{lower(level)} ({var(f'{key}.n')} of {var(f'{key}.of')})" for level, key in keys.items()]
    return f"Complete responses were seen at the sites {several(seen)}" + (
        f", and at none of {several(none)}." if none else "."
    )


def _toxicity(study: Study) -> str:
    """Systems by phase."""
    systems = [
        f"{system.replace('_', ' ')} toxicity was acute in {var(f'toxicity.{system}.acute.n')} and late in "
        f"{var(f'toxicity.{system}.late.n')} patients"
        for system in study.terms["toxicity"]
    ]
    text = "; ".join(systems)
    return f"{text[:1].upper()}{text[1:]}."


def _severe(estimates: pd.DataFrame) -> str:
    severe = rows(estimates, analysis="toxicity", factor="grade", level="≥ 3", statistic="proportion").iloc[0]["events"]
    if severe == 0:
        return "No toxicity of grade three or above was recorded."
    return f"Toxicity of grade three or above was recorded in {var('toxicity.grade.from_3.n')} patients."


def _literature(estimates: pd.DataFrame, study: Study) -> str:
    """The summaries of the series of ovarian cancer, and of the mixed ones, where there are studies to summarise."""
    if not tells_literature(study):
        return "None is declared."
    outcomes = {"complete_response": "a complete response per lesion", "local_control_24": "local control at two years"}
    clauses = []
    for series, what in (("ovarian", "ovarian cancer"), ("mixed", "mixed gynaecological cancers")):
        for outcome, words in outcomes.items():
            where = {"analysis": "literature", "population": series, "factor": outcome, "level": "pooled"}
            pooled = rows(estimates, **where, statistic="proportion")
            if len(pooled) and pooled["estimate"].notna().all():
                key = f"literature.{series}.{outcome}"
                clauses.append(
                    f"{words} of {var(f'{key}.pooled')} in {var(f'{key}.studies')} series of {what} "
                    f"({var(f'{key}.lesions')} lesions)"
                )
    return f"Random-effects summaries give {several(clauses)}." if clauses else "They were not summarised."


def _against_literature(estimates: pd.DataFrame, study: Study) -> str:
    """The complete responses beside those of published series, if there are such."""
    series = {"analysis": "literature", "population": "ovarian", "factor": "complete_response", "level": "pooled"}
    pooled = rows(estimates, **series, statistic="proportion")["estimate"]
    where = {"analysis": "response", "endpoint": "first", "unit": "lesion", "population": "evaluable", "factor": None}
    here = rows(estimates, **where, statistic="CR")["estimate"]
    if not tells_literature(study) or pooled.empty or pooled.isna().any():
        return "There is no series with which the complete responses could be compared."
    often = "less" if here.iloc[0] < pooled.iloc[0] else "more"
    return (
        f"Complete responses were {often} frequent than in the published series of ovarian cancer that count by lesion "
        f"({var('response.first.lesion.CR.percent')} against {var('literature.ovarian.complete_response.pooled')}). "
        "The series differ from this one, and among themselves, in technique, dose and sites, and in when the response "
        "was read; the comparison places the result and explains nothing."
    )


def headline_endpoint(study: Study) -> str:
    """The endpoint whose only event is death, or the first of the patients' endpoints."""
    of_patients = {name: endpoint for name, endpoint in study.endpoints.items() if endpoint.per == "patient"}
    survival = [name for name, endpoint in of_patients.items() if endpoint.events == ["death"]]
    return (survival or list(of_patients))[0]


def _follow_up(study: Study) -> str:
    headline = headline_endpoint(study)
    return (
        f"Median follow-up, for {lower(study.endpoints[headline].label)}, was {var(f'endpoints.{headline}.follow_up')}."
    )


def _conclusion(study: Study) -> str:
    """What was found, in one breath, and how far it may be believed."""
    headline = headline_endpoint(study)
    time = study.analyses.rates_at_months[-1]
    rate, at = var(f"endpoints.{headline}.at_{time:g}.rate"), var(f"analyses.time.at_{time:g}")
    found = (
        f"disease control in {var('response.first.lesion.DCR.percent')} of the evaluable lesions at the first "
        f"assessment and {lower(study.endpoints[headline].label)} of {rate} at {at} months"
    )
    if study.synthetic:
        return (
            "From untidy records to the printed page the workflow leaves no step out of sight. On the synthetic "
            f"cohort it arrives at {found}. These figures repeat what went into the cohort; they are no evidence for "
            "or against the treatment."
        )
    return f"Radiotherapy was followed by {found}; without a comparison group this describes, and proves nothing."
