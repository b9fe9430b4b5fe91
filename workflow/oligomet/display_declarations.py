"""What study.yaml declares under `tables` and `figures`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from oligomet.declarations import Declaration


class Table(Declaration):
    title: str
    kind: Literal[
        "patient",
        "lesion",
        "factors",
        "response",
        "series",
        "complete_response",
        "estimands",
        "prediction",
        "coefficients",
        "compliance",
        "subgroup",
        "toxicity",
        "competing",
        "landmark",
    ]  # where it is not declared, it follows from unit, endpoint and file
    unit: Literal["patient", "lesion"] | None = None
    factors: list[str] = Field([])
    variables: list[str] = Field([])
    evaluable_only: list[str] = Field([])
    by: str | None = None
    endpoint: str | None = None
    file: str | None = None
    series: dict[str, str] = Field({})  # of published series: kind: its label, in their order
    notes: list[str] = Field([])  # what readers of this table must know besides

    @model_validator(mode="before")
    @classmethod
    def _is_of_a_kind(cls, declared: Any) -> Any:
        if not isinstance(declared, dict) or "kind" in declared:
            return declared
        kind = "series" if declared.get("file") else "factors" if declared.get("endpoint") else "response"
        return {**declared, "kind": declared.get("unit") or kind}


class Figure(Declaration):
    kind: Literal["flow", "response", "survival", "factors", "complete_response", "prediction"]
    title: str
    endpoint: str | None = None  # of curves, and of the factors' hazard ratios
    panels: list[str] = Field([])  # of curves: all, or a factor; of hazard ratios: the factors
    # Of curves, on request:
    risk_table: list[Literal["at_risk", "censored", "events"]] = Field(["at_risk"])  # under each panel
    tells: list[Literal["hazard_ratio", "medians"]] = Field([])  # above each panel
    incidence: bool = False  # beside Kaplan-Meier the cumulative incidence, of an endpoint with competing events
    while_followed: int = Field(1, ge=1)  # curves end where fewer are at risk
