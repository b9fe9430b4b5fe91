"""The declarations of a study (study.yaml) and of a run (config.yaml), checked as wholes.

`read_study` and `check_config` report all mistakes at once, in words.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from oligomet.collected import collects, problems, take_out
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
    Privacy,
    Response,
    Site,
    Synthetic,
    Table,
    Toxicity,
)
from oligomet.follow_up_declarations import CrossChecks, ImagingSchedule
from oligomet.privacy import problems as undone
from oligomet.robustness_declarations import Robustness
from oligomet.schemas import SOURCES, TABLES
from oligomet.source_declarations import Source
from oligomet.usual import LANGUAGES, complete, unknown_languages
from oligomet.validate.contradictions import (
    check_eligibility,
    check_endpoints,
    check_factors,
    check_figures,
    check_parsing,
)
from oligomet.validate.document import Document, read_document
from oligomet.validate.problems import Problem, did_you_mean, told
from oligomet.validate.types import check_types

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
    parsing: Parsing = Parsing()
    privacy: Privacy = Privacy()
    sources: dict[Literal[tuple(SOURCES)], Source]  # type: ignore[valid-type]  # words that are known when it runs
    not_collected: list[str] = Field([])  # roles and columns that `sources` so declares
    terms: dict[str, dict[str, list[str]]]
    sites: dict[str, Site]
    eligibility: list[Eligibility] = Field([])
    deaths_set_aside: list[str] = Field([])  # raw rows, file:row
    deaths_without_date: Literal["undecided", "last_contact", "set_aside"] = "undecided"
    cross_checks: CrossChecks = CrossChecks()
    courses: Courses = Courses()
    dose: Dose = Dose()
    response: Response = Response()
    per_patient: PerPatient = PerPatient()
    platinum_free_interval: PlatinumFreeInterval = PlatinumFreeInterval()
    toxicity: Toxicity
    imaging_schedule: ImagingSchedule | None = None
    endpoints: dict[str, Endpoint]
    factors: dict[str, Factor] = Field({})
    analyses: Analyses = Analyses()
    robustness: Robustness | None = None
    tables: dict[str, Table] = Field({})
    figures: dict[str, Figure] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _group_for_each_site(cls, raw: Any) -> Any:
        """`groups: sites` stands for one group a site, in the order and under the labels of `sites`."""
        raw = complete(raw)
        if isinstance(raw, dict) and isinstance(raw.get("sources"), dict) and isinstance(raw.get("terms", {}), dict):
            raw = take_out(raw)
            raw["terms"] = {**cls._terms_not_asked_of(raw), **(raw.get("terms") or {})}
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

    @staticmethod
    def _terms_not_asked_of(raw: dict) -> dict[str, dict]:
        """Empty vocabularies for the columns that are not collected."""
        return {
            column.terms: {}
            for role, columns in SOURCES.items()
            for name, column in columns.items()
            if column.terms and not collects(raw["not_collected"], f"{role}.{name}")
        }

    def contradictions(self) -> list[str]:
        """What does not agree within the declarations: lines 'place: what is wrong'."""
        return [
            *self._source_problems(),
            *self._reference_problems(),
            *problems(self),
            *undone(self),
            *check_parsing(self.parsing, self.data_cut),
            *check_eligibility(self.eligibility, self.terms),
            *check_factors(self.factors, self.terms),
            *check_endpoints(self.endpoints, self.imaging_schedule is not None),
            *check_figures(self.figures, self.endpoints),
        ]

    def collects(self, name: str) -> bool:
        """Whether a role ('toxicities') or a column ('patients.kps') is collected."""
        return collects(self.not_collected, name)

    def _source_problems(self) -> list[str]:
        problems = [
            f"sources: {role} is not declared; declare it 'not collected' if there is no such record"
            for role in SOURCES
            if role not in self.sources and self.collects(role)
        ]
        with_centre = [role for role, source in self.sources.items() if "centre" in source.columns]
        if with_centre:
            problems += [
                f"sources.{role}.columns: centre is missing; record numbers are the centre's own, and others have it"
                for role in self.sources
                if role not in with_centre
            ]
        for role, source in self.sources.items():
            problems += [
                f"sources.{role}.columns: {name} is missing"
                for name in SOURCES[role]
                if name not in source.columns and self.collects(f"{role}.{name}")
            ]
            problems += [
                f"sources.{role}.columns: {name} is not a column of {role}; it has {', '.join(SOURCES[role])}"
                for name in source.columns
                if name not in SOURCES[role] and name != "centre" and (role, name) != ("follow_up", "death_date")
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
            return [
                f"{where}: {name} is not a declared {what}.{did_you_mean(name, among)}"
                for name in names
                if name not in among
            ]

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
        problems += self._unit_problems()
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

    def _unit_problems(self) -> list[str]:
        """Factors of lesions that are asked of patients, and of patients in a table of lesions."""
        asked = [
            (f"{section}.{part}.{endpoint}", self.endpoints[endpoint].per, names)
            for section, part in (
                ("analyses", "compare"),
                ("analyses", "multivariable"),
                ("robustness", "headline"),
                ("robustness", "prespecified"),
                ("robustness", "continuous"),
            )
            for endpoint, names in getattr(getattr(self, section), part, {}).items()
            if endpoint in self.endpoints
        ]
        asked += [
            (f"figures.{name}.panels", self.endpoints[figure.endpoint].per, figure.panels)
            for name, figure in self.figures.items()
            if figure.endpoint in self.endpoints
        ]
        of_patients = [entry for entry in asked if entry[1] == "patient"]  # an endpoint per lesion takes both
        tables = [
            (f"tables.{name}.factors", table.unit, table.factors) for name, table in self.tables.items() if table.unit
        ]
        return [
            f"{where}: {name} is no factor of a {unit}"
            for where, unit, names in [*of_patients, *tables]
            for name in names
            if name in self.factors
            and self.factors[name].variable in {*TABLES["outcomes/patients"], *TABLES["outcomes/lesions"]}
            and self.factors[name].variable not in TABLES[f"outcomes/{unit}s"]
        ]

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


class Manuscript(Declaration):
    engine: Literal["auto", "quarto", "pandoc"] = "auto"


class Simulation(Declaration):
    replicates: int = Field(1000, ge=2)
    seed: int = 2022


class Config(Declaration):
    study: str
    journal: str = "discover-oncology"
    manuscript: Manuscript = Manuscript()
    simulation: Simulation = Simulation()


def declared_in(path: str | Path, name: str | None = None) -> tuple[Study | None, list[Problem]]:
    """The study declared in a file, and everything that is wrong with it; `name` is what it has to be called.

    Where a field is wrong, the study has a stand-in for it; it is None where the file cannot be read at all.
    """
    document = read_document(Path(path))
    if document.values is None:
        return None, document.problems
    study, problems = check_types(Study, document)
    told_before = {problem.place for problem in document.problems}
    problems = [*document.problems, *(problem for problem in problems if problem.place not in told_before)]
    if study is None:
        return None, problems
    for language in unknown_languages(document.values):
        said = f"{language} is no language of the shipped words; there are {', '.join(LANGUAGES)}"
        problems.append(Problem(document.file, said, place="terms", line=document.line(("terms",))))
    broken = {problem.place for problem in problems}
    lost = [f"is not a declared {section[:-1]}" for section in ("endpoints", "factors") if section in broken]
    for line in study.contradictions():
        place, _, said = line.partition(": ")
        follows = any(f"{place}.".startswith(f"{wrong}.") for wrong in broken) or any(words in said for words in lost)
        if not follows:
            at = document.line(document.path(place, said))
            problems.append(Problem(document.file, said, place=place, line=at))
    if name is not None and study.study != name and "study" not in broken:
        said = f"expected {name}, the name of its folder; it has {study.study}"
        problems.append(Problem(document.file, said, place="study", line=document.line(("study",))))
    return study, problems


def read_study(path: str | Path, name: str | None = None) -> Study:
    """The study declared in `path`.

    Parameters
    ----------
    path
        A study.yaml.
    name
        What the study has to be called, which is what its folder is called; not checked if not given.

    Raises
    ------
    ConfigurationError
        All mistakes at once, each with the file, the line and the place in it.
    """
    study, found = declared_in(path, name)
    if found or study is None:
        raise ConfigurationError(told(found))
    return study


def check_config(options: dict, file: str = "config.yaml") -> Config:
    """The options of a run, with whatever the command line changed; mistakes as in `read_study`."""
    config, problems = check_types(Config, Document(file, options))
    if problems:
        raise ConfigurationError(told(problems))
    return config
