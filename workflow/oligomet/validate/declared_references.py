"""Names in study.yaml that refer to what other sections declare: factors, endpoints, variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oligomet.validate.problems import did_you_mean
from oligomet.variables import NUMBERS, columns_of

if TYPE_CHECKING:
    from oligomet.columns import Column
    from oligomet.display_declarations import Table
    from oligomet.study import Study

    Of = dict[str, dict[str, Column]]  # patient and lesion: the columns that the outcomes have of one


def check_references(study: Study) -> list[str]:
    """Factors, endpoints and variables that are named and not declared, or are of others than they are asked of."""
    of = {unit: columns_of(f"outcomes/{unit}s", study.variables) for unit in ("patient", "lesion")}
    variables = {**of["patient"], **of["lesion"]}
    problems = [
        f"factors.{name}.variable: {factor.variable} is no column of outcomes/patients or outcomes/lesions."
        f"{did_you_mean(factor.variable, variables)} A column of your own is declared under variables."
        for name, factor in study.factors.items()
        if factor.variable not in variables
    ]
    problems += [
        f"factors.{name}.reference: {factor.reference} is not one of its groups ({', '.join(factor.levels)})"
        for name, factor in study.factors.items()
        if factor.reference_level not in factor.levels
    ]

    def known(names: list[str], where: str, among: dict, what: str) -> list[str]:
        return [
            f"{where}: {name} is not a declared {what}.{did_you_mean(name, among)}"
            for name in names
            if name not in among
        ]

    problems += [
        f"factors.{name}.groups: Unknown is kept for rows without a value; name the group otherwise"
        for name, factor in study.factors.items()
        if "Unknown" in factor.groups
    ]
    described = [(f"analyses.describe.{unit}", unit, names) for unit, names in study.analyses.describe.items()]
    shown = [(f"tables.{name}.variables", table.unit, table.variables) for name, table in study.tables.items()]
    for where, unit, names in [*described, *shown]:
        if unit is not None:
            numbers = {key for key, column in of[unit].items() if column.kind in NUMBERS}
            problems += [f"{where}: {name} is no number in outcomes/{unit}s" for name in names if name not in numbers]
    problems += _unit_problems(study, of)
    for part in ("compare", "multivariable"):
        for endpoint, names in getattr(study.analyses, part).items():
            problems += known([endpoint], f"analyses.{part}", study.endpoints, "endpoint")
            problems += known(names, f"analyses.{part}.{endpoint}", study.factors, "factor")
    for outcome, names in study.analyses.logistic.items():
        problems += known([outcome, *names], f"analyses.logistic.{outcome}", study.factors, "factor")
    robustness = study.robustness
    for part in ("headline", "prespecified", "continuous") if robustness else ():
        for endpoint, names in getattr(robustness, part).items():
            problems += known([endpoint], f"robustness.{part}", study.endpoints, "endpoint")
            problems += known(names, f"robustness.{part}.{endpoint}", study.factors, "factor")
    if robustness:
        problems += known(robustness.response_factors, "robustness.response_factors", study.factors, "factor")
        problems += known(
            [*robustness.per_lesion, *robustness.per_lesion.values()],
            "robustness.per_lesion",
            study.endpoints,
            "endpoint",
        )
        problems += known(list(robustness.censoring), "robustness.censoring", study.endpoints, "endpoint")
        problems += [
            f"robustness.censoring.{name}: expected the events that censor it"
            for name, events in robustness.censoring.items()
            if not events
        ]
    if robustness and (dose := robustness.dose_response):
        problems += known([dose.endpoint], "robustness.dose_response", study.endpoints, "endpoint")
        problems += known([dose.factor, *dose.adjust], "robustness.dose_response", study.factors, "factor")
    for name, table in study.tables.items():
        problems += known([*table.factors, *table.evaluable_only], f"tables.{name}", study.factors, "factor")
        problems += known([table.endpoint] if table.endpoint else [], f"tables.{name}", study.endpoints, "endpoint")
        problems += _by_problems(study, of, f"tables.{name}.by", table)
    for name, figure in study.figures.items():
        problems += known(
            [panel for panel in figure.panels if panel != "all"], f"figures.{name}", study.factors, "factor"
        )
        problems += known([figure.endpoint] if figure.endpoint else [], f"figures.{name}", study.endpoints, "endpoint")
    return problems


def _unit_problems(study: Study, of: Of) -> list[str]:
    """Factors of lesions that are asked of patients, and of patients in a table of lesions."""
    asked = [
        (f"{section}.{part}.{endpoint}", study.endpoints[endpoint].per, names)
        for section, part in (
            ("analyses", "compare"),
            ("analyses", "multivariable"),
            ("robustness", "headline"),
            ("robustness", "prespecified"),
            ("robustness", "continuous"),
        )
        for endpoint, names in getattr(getattr(study, section), part, {}).items()
        if endpoint in study.endpoints
    ]
    asked += [
        (f"figures.{name}.panels", study.endpoints[figure.endpoint].per, figure.panels)
        for name, figure in study.figures.items()
        if figure.endpoint in study.endpoints
    ]
    of_patients = [entry for entry in asked if entry[1] == "patient"]  # an endpoint per lesion takes both
    tables = [
        (f"tables.{name}.factors", table.unit, table.factors) for name, table in study.tables.items() if table.unit
    ]
    return [
        f"{where}: {name} is no factor of a {unit}"
        for where, unit, names in [*of_patients, *tables]
        for name in names
        if name in study.factors
        and study.factors[name].variable in {**of["patient"], **of["lesion"]}
        and study.factors[name].variable not in of[unit]
    ]


def _by_problems(study: Study, of: Of, where: str, table: Table) -> list[str]:
    """Whether the subjects of a table can be divided as it says."""
    if table.by is None:
        return []
    if table.unit is None:
        return [f"{where}: only a table with a unit, patient or lesion, has groups"]
    if table.by not in study.factors:
        return [f"{where}: {table.by} is not a declared factor"]
    if study.factors[table.by].variable not in of[table.unit]:
        return [f"{where}: {table.by} is no factor of a {table.unit}"]
    return []
