"""The declarations of a study (study.yaml) and of a run (config.yaml), checked as wholes.

`read_study` and `check_config` report all mistakes at once, in words.
"""

from __future__ import annotations

import datetime as dt
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
    Factor,
    Months,
    Parsing,
    PerPatient,
    PlatinumFreeInterval,
    Privacy,
    Response,
    Site,
    Synthetic,
    Toxicity,
)
from oligomet.display_declarations import Figure, Table
from oligomet.eligibility_declarations import Eligibility
from oligomet.follow_up_declarations import CrossChecks, Endpoint, ImagingSchedule
from oligomet.privacy import problems as undone
from oligomet.protocol_declarations import Protocol
from oligomet.robustness_declarations import Robustness
from oligomet.schemas import ALL_SOURCES, SOURCES
from oligomet.source_declarations import Source
from oligomet.trial_declarations import CompleteResponse, Prediction, Radiomics, SampleSize, Secondary
from oligomet.usual import LANGUAGES, complete, unknown_languages
from oligomet.validate.contradictions import (
    check_displays,
    check_eligibility,
    check_endpoints,
    check_factors,
    check_parsing,
)
from oligomet.validate.declared_references import check_references
from oligomet.validate.document import Document, read_document
from oligomet.validate.own_variables import check_coded_response, check_parts, check_variables
from oligomet.validate.problems import Problem, told
from oligomet.validate.protocol import check_protocol
from oligomet.validate.source_columns import check_sources
from oligomet.validate.trial import check_trial
from oligomet.validate.types import check_types
from oligomet.variables import Variable, unfold


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
    sources: dict[Literal[tuple(ALL_SOURCES)], Source]  # type: ignore[valid-type]  # words that are known when it runs
    not_collected: list[str] = Field([])  # roles and columns that `sources` so declares
    terms: dict[str, dict[str, list[str]]]
    sites: dict[str, Site]
    variables: dict[str, Variable] = Field({})
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
    protocol: Protocol | None = None
    factors: dict[str, Factor] = Field({})
    analyses: Analyses = Analyses()
    robustness: Robustness | None = None
    complete_response: CompleteResponse | None = None
    secondary: Secondary | None = None
    sample_size: SampleSize | None = None
    prediction: Prediction | None = None
    radiomics: Radiomics | None = None
    tables: dict[str, Table] = Field({})
    figures: dict[str, Figure] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _group_for_each_site(cls, raw: Any) -> Any:
        """`groups: sites` stands for one group a site, in the order and under the labels of `sites`."""
        raw = complete(raw)
        if isinstance(raw, dict) and isinstance(raw.get("sources"), dict) and isinstance(raw.get("terms", {}), dict):
            raw = take_out(unfold(raw))
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
            *check_sources(self),
            *check_variables(self),
            *check_coded_response(self),
            *check_parts(self),
            *check_references(self),
            *check_protocol(self),
            *problems(self),
            *undone(self),
            *check_parsing(self.parsing, self.data_cut),
            *check_eligibility(self.eligibility, self.variables, self.terms),
            *check_factors(self.factors, self.variables, self.terms),
            *check_endpoints(self.endpoints, self.imaging_schedule is not None),
            *check_displays(self.tables, self.figures, self.endpoints, self.analyses.compare),
            *check_trial(self),
        ]

    @property
    def has_other_dates(self) -> bool:
        """Whether a date without a day is given one, so that there are others that it might have."""
        return self.parsing.partial_dates != "quarantine"

    def collects(self, name: str) -> bool:
        """Whether a role ('toxicities') or a column ('patients.kps') is collected."""
        return collects(self.not_collected, name)


class Manuscript(Declaration):
    engine: Literal["auto", "quarto", "pandoc"] = "auto"


class Simulation(Declaration):
    replicates: int = Field(1000, ge=2)
    seed: int = 2022
    chunks: int = Field(1, ge=1)


class Chunked(Declaration):
    chunks: int = Field(4, ge=1)


class Config(Declaration):
    study: str
    results: str = Field("results", min_length=1)  # the folder of the results, those of a study in one of its name
    journal: str = "discover-oncology"
    earlier: dt.date | None = None  # the data cut that data_cuts compares with
    before: str = ""  # earlier results, a folder or a commit, that revision compares with
    paper: str = ""  # what claims_template begins, and
    text: str = ""  # from what text
    manuscript: Manuscript = Manuscript()
    simulation: Simulation = Simulation()
    design: Chunked = Chunked()


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
