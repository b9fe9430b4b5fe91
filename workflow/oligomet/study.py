"""The declarations of a study (study.yaml) and of a run (config.yaml), checked as wholes.

`read_study` and `check_config` report all mistakes at once, in words.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from functools import reduce
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from oligomet.declarations import (
    Analyses,
    ConfigurationError,
    Courses,
    Declaration,
    Design,
    Dose,
    Eligibility,
    Endpoint,
    Factor,
    Figure,
    Months,
    Parsing,
    PerPatient,
    PlatinumFreeInterval,
    Response,
    Robustness,
    Site,
    Synthetic,
    Table,
    Toxicity,
)
from oligomet.schemas import SOURCES, TABLES
from oligomet.source_declarations import Source

# The keys of these sources are no decision: everything else is joined by them.
_JOINED_BY = {
    "patients": ["patient_id"],
    "lesions": ["patient_id", "lesion_number"],
    "plans": ["patient_id", "lesion_number"],
}


class Study(Declaration):
    study: str
    title: str
    subject: str
    department: str
    data_cut: dt.date
    design: Design
    synthetic: Synthetic | None = None
    months: Months = Months()
    parsing: Parsing
    pseudonym_salt: str
    sources: dict[Literal[tuple(SOURCES)], Source]  # type: ignore[valid-type]  # words that are known when it runs
    terms: dict[str, dict[str, list[str]]]
    sites: dict[str, Site]
    eligibility: list[Eligibility]
    deaths_set_aside: list[str] = Field([])  # raw rows, file:row
    courses: Courses = Courses()
    dose: Dose = Dose()
    response: Response
    per_patient: PerPatient = PerPatient()
    platinum_free_interval: PlatinumFreeInterval = PlatinumFreeInterval()
    toxicity: Toxicity
    endpoints: dict[str, Endpoint]
    factors: dict[str, Factor]
    analyses: Analyses
    robustness: Robustness | None = None
    tables: dict[str, Table]
    figures: dict[str, Figure]

    @model_validator(mode="before")
    @classmethod
    def _group_for_each_site(cls, raw: Any) -> Any:
        """`groups: sites` stands for one group a site, in the order and under the labels of `sites`."""
        if (
            not isinstance(raw, dict)
            or not isinstance(raw.get("sites"), dict)
            or not isinstance(raw.get("factors"), dict)
        ):
            return raw
        groups: dict[str, dict] = {}
        for code, site in raw["sites"].items():
            if isinstance(site, dict) and "label" in site:
                groups.setdefault(site["label"], {"is": []})["is"].append(code)
        factors = {
            name: {**factor, "groups": groups}
            if isinstance(factor, dict) and factor.get("groups") == "sites"
            else factor
            for name, factor in raw["factors"].items()
        }
        return {**raw, "factors": factors}

    @model_validator(mode="after")
    def _names_agree(self) -> Study:
        problems = [*self._source_problems(), *self._reference_problems()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _source_problems(self) -> list[str]:
        problems = [f"sources: {role} is not declared" for role in SOURCES if role not in self.sources]
        for role, source in self.sources.items():
            problems += [
                f"sources.{role}.columns: {name} is missing" for name in SOURCES[role] if name not in source.columns
            ]
            problems += [
                f"sources.{role}.columns: {name} is not a column of {role}; it has {', '.join(SOURCES[role])}"
                for name in source.columns
                if name not in SOURCES[role]
            ]
            problems += [
                f"sources.{role}.key: {name} is not one of its columns"
                for name in source.key
                if name not in SOURCES[role]
            ]
            joined_by = _JOINED_BY.get(role, source.key)
            besides = {"start_date"} if role == "plans" else set()  # a lesion can be irradiated again
            if set(source.key) - besides != set(joined_by) - besides or "patient_id" not in source.key:
                expected = ", ".join(joined_by) if role in _JOINED_BY else "patient_id among others"
                problems.append(f"sources.{role}.key: expected {expected}; it has {', '.join(source.key)}")
            problems += [
                f"sources.{role}.identifying: {column.header} is read as {name}; it cannot be both"
                for name, column in source.columns.items()
                if column.header in source.identifying
            ]
            for name, column in SOURCES[role].items():
                if column.terms and column.terms not in self.terms:
                    problems.append(f"terms.{column.terms} is missing; sources.{role}.columns.{name} needs it")
        for vocabulary, codes in self.terms.items():
            for code, patterns in codes.items():
                for pattern in patterns:
                    try:
                        re.compile(pattern)
                    except re.error as error:
                        problems.append(f"terms.{vocabulary}.{code}: {pattern!r} is not a regular expression ({error})")
        problems += [
            f"sites: {code} is a term but has no site" for code in self.terms.get("site", {}) if code not in self.sites
        ]
        return problems

    def _reference_problems(self) -> list[str]:
        variables = {*TABLES["outcomes/patients"], *TABLES["outcomes/lesions"]}
        problems = [
            f"factors.{name}.variable: {factor.variable} is no column of outcomes/patients or outcomes/lesions"
            for name, factor in self.factors.items()
            if factor.variable not in variables
        ]
        problems += [
            f"factors.{name}.reference: {factor.reference} is not one of its groups ({', '.join(factor.levels)})"
            for name, factor in self.factors.items()
            if factor.reference_level not in factor.levels
        ]

        def known(names: list[str], where: str, among: dict, what: str) -> list[str]:
            return [f"{where}: {name} is not a declared {what}" for name in names if name not in among]

        problems += [
            f"factors.{name}.groups: Unknown is kept for rows without a value; name the group otherwise"
            for name, factor in self.factors.items()
            if "Unknown" in factor.groups
        ]
        described = [(f"analyses.describe.{unit}", unit, names) for unit, names in self.analyses.describe.items()]
        shown = [(f"tables.{name}.variables", table.unit, table.variables) for name, table in self.tables.items()]
        for where, unit, names in [*described, *(entry for entry in shown if entry[1])]:
            numbers = {
                key
                for key, column in TABLES[f"outcomes/{unit}s"].items()
                if column.kind in ("integer", "number", "length_cm", "dose_gy")
            }
            problems += [f"{where}: {name} is no number in outcomes/{unit}s" for name in names if name not in numbers]
        for part in ("compare", "multivariable"):
            for endpoint, names in getattr(self.analyses, part).items():
                problems += known([endpoint], f"analyses.{part}", self.endpoints, "endpoint")
                problems += known(names, f"analyses.{part}.{endpoint}", self.factors, "factor")
        for outcome, names in self.analyses.logistic.items():
            problems += known([outcome, *names], f"analyses.logistic.{outcome}", self.factors, "factor")
        robustness = self.robustness
        for part in ("headline", "prespecified", "continuous") if robustness else ():
            for endpoint, names in getattr(robustness, part).items():
                problems += known([endpoint], f"robustness.{part}", self.endpoints, "endpoint")
                problems += known(names, f"robustness.{part}.{endpoint}", self.factors, "factor")
        if robustness:
            problems += known(robustness.response_factors, "robustness.response_factors", self.factors, "factor")
            problems += known(
                [*robustness.per_lesion, *robustness.per_lesion.values()],
                "robustness.per_lesion",
                self.endpoints,
                "endpoint",
            )
            problems += known(list(robustness.censoring), "robustness.censoring", self.endpoints, "endpoint")
            problems += [
                f"robustness.censoring.{name}: expected the events that censor it"
                for name, events in robustness.censoring.items()
                if not events
            ]
        if robustness and (dose := robustness.dose_response):
            problems += known([dose.endpoint], "robustness.dose_response", self.endpoints, "endpoint")
            problems += known([dose.factor, *dose.adjust], "robustness.dose_response", self.factors, "factor")
        for name, table in self.tables.items():
            problems += known([*table.factors, *table.evaluable_only], f"tables.{name}", self.factors, "factor")
            problems += known([table.endpoint] if table.endpoint else [], f"tables.{name}", self.endpoints, "endpoint")
            problems += self._by_problems(f"tables.{name}.by", table)
        for name, figure in self.figures.items():
            problems += known(
                [panel for panel in figure.panels if panel != "all"], f"figures.{name}", self.factors, "factor"
            )
            problems += known(
                [figure.endpoint] if figure.endpoint else [], f"figures.{name}", self.endpoints, "endpoint"
            )
        return problems

    def _by_problems(self, where: str, table: Table) -> list[str]:
        """Whether the subjects of a table can be divided as it says."""
        if table.by is None:
            return []
        if table.unit is None:
            return [f"{where}: only a table with a unit, patient or lesion, has groups"]
        if table.by not in self.factors:
            return [f"{where}: {table.by} is not a declared factor"]
        if self.factors[table.by].variable not in TABLES[f"outcomes/{table.unit}s"]:
            return [f"{where}: {table.by} is no factor of a {table.unit}"]
        return []


class Sections:
    """A study of which only some sections may be looked at.

    A rule names the sections that it depends on, and reruns when one of them changes. Its script sees no others, so
    that a decision can never be used without being tracked. 'analyses.ties' and 'figures.figure5' name parts of one.
    """

    def __init__(self, declaration: Declaration, names: list[str]):
        self._declaration, self._names = declaration, names

    def __getattr__(self, section: str) -> Any:
        if section.startswith("__"):
            raise AttributeError(section)
        value = getattr(self._declaration, section)
        parts = [rest for name in self._names for first, _, rest in [name.partition(".")] if first == section]
        if not parts:
            raise AttributeError(f"the rule does not declare that it depends on '{section}' of study.yaml")
        if "" in parts:
            return value
        return {part: value[part] for part in parts} if isinstance(value, dict) else Sections(value, parts)

    def __dir__(self) -> list[str]:
        return self._names

    def values(self) -> dict[str, Any]:
        """What stands in these sections, as plain data: a rule's parameter, so that a change reruns the rule."""
        sections = {name.partition(".")[0] for name in self._names}
        plain = self._declaration.model_dump(mode="json", by_alias=True, include=sections)
        return {name: reduce(operator.getitem, name.split("."), plain) for name in self._names}


class Manuscript(Declaration):
    engine: Literal["auto", "quarto", "pandoc"] = "auto"


class Simulation(Declaration):
    replicates: int = Field(1000, ge=2)
    seed: int = 2022


class Config(Declaration):
    study: str
    manuscript: Manuscript = Manuscript()
    simulation: Simulation = Simulation()


def _checked(model: type[Declaration], raw: Any, file: str) -> Any:
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{file}: expected 'name: value' lines, found {type(raw).__name__}")
    try:
        return model.model_validate(raw)
    except ValidationError as problems:
        lines = []
        for problem in problems.errors():
            where = ".".join(str(part) for part in problem["loc"])
            said = problem["msg"].removeprefix("Value error, ")
            found = "" if problem["type"] in ("missing", "value_error") else f" (found: {problem['input']!r})"
            lines += [f"{file}: {where + ': ' if where else ''}{line}{found}" for line in said.split("\n")]
        raise ConfigurationError("\n".join(lines)) from None


def _load(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)  # the safe one, ten times faster
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not readable as YAML: {error}") from None


def read_study(path: str | Path) -> Study:
    """The study declared in `path`.

    Raises
    ------
    ConfigurationError
        All mistakes at once, each with the file and the place in it.
    """
    return _checked(Study, _load(Path(path)), str(path))


def check_config(options: dict, file: str = "config.yaml") -> Config:
    """The options of a run, with whatever the command line changed; mistakes as in `read_study`."""
    return _checked(Config, options, file)
