"""The parts of the estimates, a job each: families of analyses that read the same tables with the same libraries.

This module imports none of them: a workflow that has nothing to do must start at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from oligomet.study import Study

FOLLOWED = ("times", "patients", "lesions")
OF_TABLES = tuple(f"tables.*.{name}" for name in ("by", "evaluable_only", "factors", "series", "unit", "variables"))
OF_FIGURES = ("figures.*.endpoint", "figures.*.incidence")


@dataclass(frozen=True)
class Part:
    """Families by the name of their module, whose function estimate_<name> takes tables of these names and the study.

    `decisions` are the sections of study.yaml that they see, `needs` those without which there is no such part.
    """

    families: dict[str, tuple[str, ...]]
    decisions: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def reads(self) -> list[str]:
        """The tables of all families, each once."""
        return list(dict.fromkeys(name for names in self.families.values() for name in names))

    @property
    def modules(self) -> list[str]:
        return [f"oligomet.estimates.{family}" for family in self.families]

    def estimate(self, tables: dict[str, pd.DataFrame], study: Study) -> list[pd.DataFrame]:
        """The rows of each family, in their order; a family whose tables the study does not have gives none.

        Parameters
        ----------
        tables
            Those that `reads` names, as far as the study has them.
        """
        there = {family: names for family, names in self.families.items() if all(name in tables for name in names)}
        modules = [import_module(f"oligomet.estimates.{family}") for family in there]
        functions = [getattr(module, f"estimate_{module.__name__.rpartition('.')[2]}") for module in modules]
        return [
            family(*(tables[name] for name in names), study)
            for family, names in zip(functions, there.values(), strict=True)
        ]


def parts_of(study: Study) -> list[str]:
    """The parts that a study declares."""
    return [name for name, part in PARTS.items() if all(getattr(study, section) for section in part.needs)]


PARTS = {
    "analyses": Part(
        {
            "flow": ("screened", "screened_lesions", "quarantine", "accounting", "findings"),
            "descriptive": ("patients", "lesions", "responses"),
            "comparison": ("patients", "lesions"),
            "response": ("lesions", "patients", "responses"),
            "survival": FOLLOWED,
            "incidence": FOLLOWED,
            "regression": FOLLOWED,
            "toxicity": ("toxicities", "patients"),
            "set_aside": ("possible_events", "set_aside"),
            "literature": ("literature",),
        },
        ("analyses", "eligibility", "endpoints", "factors", *OF_TABLES, *OF_FIGURES, "not_collected", "terms.toxicity"),
    ),
    "partial_dates": Part(
        {"partial_dates": ("quarantine", "times", "other_dates", "patients", "lesions")},
        ("analyses", "endpoints", "factors", "not_collected"),
        ("has_other_dates",),
    ),
    "robustness": Part(
        {"robustness": (*FOLLOWED, "responses", "recensored")},
        ("analyses", "endpoints", "factors", "months", "robustness"),
        ("robustness",),
    ),
    "conclusions": Part(
        {"robustness.conclusions": (*FOLLOWED, "responses", "recensored")},
        ("analyses", "endpoints", "factors", "months", "robustness"),
        ("robustness",),
    ),
    "complete_response": Part(
        {"complete_response": ("complete_responses", "lesions")},
        ("analyses", "complete_response", "factors"),
        ("complete_response",),
    ),
    "secondary": Part(
        {"secondary": (*FOLLOWED, "responses")},
        ("analyses", "endpoints", "factors", "months", "secondary"),
        ("secondary",),
    ),
    "prediction": Part(
        {"prediction": ("complete_responses", "lesions", "patients")},
        ("analyses", "complete_response", "factors", "prediction"),
        ("complete_response", "prediction"),
    ),
    "compliance": Part(
        {"compliance": ("centres", "deviations", "accrual")},
        ("protocol",),
        ("protocol",),
    ),
}
