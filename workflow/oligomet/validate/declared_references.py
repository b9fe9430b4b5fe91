"""Names in study.yaml that refer to what other sections declare: factors, endpoints, variables, words, sites."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from oligomet.trial_declarations import ALL
from oligomet.validate.problems import did_you_mean
from oligomet.variables import NUMBERS, columns_of

if TYPE_CHECKING:
    from oligomet.declarations import Unit
    from oligomet.study import Study

    Reference = tuple[str, Iterable[str], Collection[str], str]  # where, names, what there is, what any other name is

NO_ENDPOINT, NO_FACTOR, NO_SITE = "not a declared endpoint", "not a declared factor", "not a declared site"
NO_COLUMN = "no column of outcomes/patients or outcomes/lesions, and not declared under variables"
NO_MODALITY = "no word of terms.modality"


def check_references(study: Study) -> Iterator[str]:
    """Lines 'place: what is wrong': names that nothing declares, or that are of others than they are asked of."""
    for where, names, there, otherwise in _references(study):
        for name in dict.fromkeys(names):
            if name not in there:
                yield f"{where}: {name} is {otherwise}.{did_you_mean(name, there)}"
    for name, factor in study.factors.items():
        if "Unknown" in factor.groups:
            yield f"factors.{name}.groups: Unknown is kept for rows without a value; name the group otherwise"
    for name, table in study.tables.items():
        if table.by is not None and table.unit is None:
            yield f"tables.{name}.by: only a table with a unit, patient or lesion, has groups"
    for name, events in study.robustness.censoring.items() if study.robustness else ():
        if not events:
            yield f"robustness.censoring.{name}: expected the events that censor it"


def _references(study: Study) -> Iterator[Reference]:
    yield from _of_factors(study)
    yield from _of_analyses(study)
    yield from _of_displays(study)
    yield from _of_a_trial(study)
    systems, columns = study.terms.get("toxicity", {}), columns_of("outcomes/toxicities", study.variables)
    for name, endpoint in study.endpoints.items():
        if rule := endpoint.toxicity:
            yield f"endpoints.{name}.toxicity.systems", rule.systems, systems, "not under terms.toxicity"
            where = f"endpoints.{name}.toxicity.where"
            yield where, rule.where, columns, "no column of toxicities, and not under variables"


def _of_factors(study: Study) -> Iterator[Reference]:
    variables = {**columns_of("outcomes/patients", study.variables), **columns_of("outcomes/lesions", study.variables)}
    for name, factor in study.factors.items():
        yield f"factors.{name}.variable", [factor.variable], variables, NO_COLUMN
        its_groups = f"not one of its groups ({', '.join(factor.levels)})"
        yield f"factors.{name}.reference", [factor.reference_level], factor.levels, its_groups


def _of_analyses(study: Study) -> Iterator[Reference]:
    endpoints, factors, analyses, robustness = study.endpoints, study.factors, study.analyses, study.robustness
    compared = {f"analyses.{part}": getattr(analyses, part) for part in ("compare", "multivariable")}
    if robustness:
        parts = ("headline", "prespecified", "continuous")
        compared |= {f"robustness.{part}": getattr(robustness, part) for part in parts}
        yield "robustness.response_factors", robustness.response_factors, factors, NO_FACTOR
        per_lesion = [*robustness.per_lesion, *robustness.per_lesion.values()]
        yield "robustness.per_lesion", per_lesion, endpoints, NO_ENDPOINT
        yield "robustness.censoring", robustness.censoring, endpoints, NO_ENDPOINT
        if dose := robustness.dose_response:
            yield "robustness.dose_response", [dose.endpoint], endpoints, NO_ENDPOINT
            yield "robustness.dose_response", [dose.factor, *dose.adjust], factors, NO_FACTOR
    for where, by_endpoint in compared.items():
        yield where, by_endpoint, endpoints, NO_ENDPOINT
        for endpoint, names in by_endpoint.items():
            yield f"{where}.{endpoint}", names, factors, NO_FACTOR
            if _is_per_patient(study, endpoint):  # one per lesion takes both
                yield _of_unit(study, f"{where}.{endpoint}", names, "patient")
    for outcome, names in analyses.logistic.items():
        yield f"analyses.logistic.{outcome}", [outcome, *names], factors, NO_FACTOR
    for unit, names in analyses.describe.items():
        yield f"analyses.describe.{unit}", names, _numbers(study, unit), f"no number in outcomes/{unit}s"


def _of_displays(study: Study) -> Iterator[Reference]:
    for name, table in study.tables.items():
        where = f"tables.{name}"
        yield where, [*table.factors, *table.evaluable_only], study.factors, NO_FACTOR
        yield where, [table.endpoint] if table.endpoint else [], study.endpoints, NO_ENDPOINT
        if table.unit:
            by = [table.by] if table.by else []
            yield f"{where}.by", by, study.factors, NO_FACTOR
            yield _of_unit(study, f"{where}.factors", table.factors, table.unit)
            yield _of_unit(study, f"{where}.by", by, table.unit)
            numbers = _numbers(study, table.unit)
            yield f"{where}.variables", table.variables, numbers, f"no number in outcomes/{table.unit}s"
    for name, figure in study.figures.items():
        where, panels = f"figures.{name}", [panel for panel in figure.panels if panel != "all"]
        yield where, panels, study.factors, NO_FACTOR
        if figure.endpoint:
            yield where, [figure.endpoint], study.endpoints, NO_ENDPOINT
            if _is_per_patient(study, figure.endpoint):
                yield _of_unit(study, f"{where}.panels", panels, "patient")


def _is_per_patient(study: Study, endpoint: str) -> bool:
    return endpoint in study.endpoints and study.endpoints[endpoint].per == "patient"


def _of_unit(study: Study, where: str, names: Iterable[str], unit: Unit) -> Reference:
    """Of the factors that are named and declared, those of lesions asked of patients, or the other way round."""
    of = {one: columns_of(f"outcomes/{one}s", study.variables) for one in ("patient", "lesion")}
    every = {**of["patient"], **of["lesion"]}
    known = [name for name in names if name in study.factors and study.factors[name].variable in every]
    fit = [name for name, factor in study.factors.items() if factor.variable in of[unit]]
    return where, known, fit, f"no factor of a {unit}"


def _numbers(study: Study, unit: str) -> list[str]:
    columns = columns_of(f"outcomes/{unit}s", study.variables)
    return [name for name, column in columns.items() if column.kind in NUMBERS]


def _of_a_trial(study: Study) -> Iterator[Reference]:
    response, protocol, prediction = study.complete_response, study.protocol, study.prediction
    modalities = study.terms.get("modality", {})
    for where, asked in (("complete_response", response), ("protocol.imaging", protocol and protocol.imaging)):
        if asked:
            yield f"{where}.modalities", asked.modalities, modalities, NO_MODALITY
            yield f"{where}.modalities_at", asked.modalities_at, study.sites, NO_SITE
            for site, names in asked.modalities_at.items():
                yield f"{where}.modalities_at.{site}", names, modalities, NO_MODALITY
    if protocol and protocol.accrual and protocol.accrual.by:
        yield "protocol.accrual.by", [protocol.accrual.by], study.factors, NO_FACTOR
    if response:
        strata = [response.strata] if response.strata else []
        yield "complete_response.strata", strata, study.factors, NO_FACTOR
        yield _of_unit(study, "complete_response.strata", strata, "lesion")
        if not strata or response.strata in study.factors:
            groups = [ALL, *(level for name in strata for level in study.factors[name].levels)]
            yield "complete_response.hypotheses", response.hypotheses, groups, f"none of {', '.join(groups)}"
        if study.sample_size:
            planned, said = study.sample_size.planned, "no hypothesis of complete_response"
            yield "sample_size.planned", planned, response.hypotheses, said
    for part in ("competing", "landmark") if study.secondary else ():
        for endpoint, names in getattr(study.secondary, part).items():
            where = f"secondary.{part}.{endpoint}"
            yield where, [endpoint], study.endpoints, NO_ENDPOINT
            yield where, names if endpoint in study.endpoints else [], study.factors, NO_FACTOR
    if study.radiomics and (source := study.sources.get("image_features")):
        files = [str(part.file) for part in source.parts]
        yield "radiomics.images", study.radiomics.images, files, "no file of sources.image_features"
    if prediction:
        there = {**columns_of("outcomes/patients", study.variables), **columns_of("outcomes/lesions", study.variables)}
        named = [*prediction.base, *prediction.image_features, *prediction.comparator]
        yield "prediction", named, there, NO_COLUMN
