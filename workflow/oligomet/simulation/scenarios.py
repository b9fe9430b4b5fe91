"""The scenarios of the simulation. The rules read them at every start, so nothing heavy is imported here."""

from __future__ import annotations

from dataclasses import dataclass

FRAILTIES = (0, 0.5, 1, 2)  # variances


@dataclass(frozen=True)
class Scenario:
    """One truth: how many `lesions` each patient has (study | one to five) and the variance of the frailty; or, for the
    guarantee time, the `window` of an assessment (first | best)."""

    lesions: str | None = None
    frailty: float | None = None
    window: str | None = None


SCENARIOS = {
    **{
        f"{lesions.replace(' ', '_')}_{frailty:g}": Scenario(lesions, frailty)
        for lesions in ("study", "one to five")
        for frailty in FRAILTIES
    },
    **{f"guarantee_{window}": Scenario(window=window) for window in ("first", "best")},
}
