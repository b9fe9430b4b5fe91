"""What the analyses of robustness share: who is followed, the indicators of factors, and the rows of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.groups import UNKNOWN, assign, subjects
from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.methods.cox import CoxFit, cox
from oligomet.estimates.methods_python_lacks.frailty import FrailtyFit, cox_frailty

if TYPE_CHECKING:
    from oligomet.declarations import Factor
    from oligomet.study import Study

RATIOS = ("hazard_ratio", "subdistribution_hazard_ratio", "odds_ratio")  # what the methods' tables call an estimate
INDEPENDENT, BY_PATIENT = "lesions taken as independent", "variance by patient"
EACH_ONCE = f"each patient counted once, {BY_PATIENT}"


@dataclass(frozen=True)
class Design:
    """Subjects of whom every factor of a model is known, and an indicator for each of its contrasts.

    Attributes
    ----------
    frame
        A row a subject, as `followed` gives it.
    indicators
        (n, contrasts) 0 or 1, on the index of `frame`; a column is named '<factor>: <level> vs <reference>'.
    contrasts
        Column -> factor and contrast.
    """

    frame: pd.DataFrame
    indicators: pd.DataFrame
    contrasts: dict[str, tuple[str, str]]

    @property
    def cluster(self) -> pd.Series:
        return self.frame["patient_id"]

    @property
    def each_patient_once(self) -> pd.Series:
        """(n,) One over how many rows of the design are of the same patient."""
        return 1 / self.cluster.groupby(self.cluster).transform("size")

    @property
    def n(self) -> int:
        """Subjects; one whose follow-up is split counts once."""
        return self.frame["subject_id"].nunique() if "subject_id" in self.frame else len(self.frame)

    @property
    def followed(self) -> tuple[pd.Series, pd.Series]:
        return self.frame["months"], self.frame["event"]

    @property
    def cause(self) -> pd.Series:
        """0 censored, 1 the event, 2 a competing one."""
        return self.frame["event"].astype(int).mask(self.frame["competing"] == 1, 2)

    def columns(self, factor: str) -> list[str]:
        return [column for column, (name, _) in self.contrasts.items() if name == factor]

    def rows(self, chosen: pd.Series) -> Design:
        """The subjects of a mask on the index of `frame`."""
        return replace(self, frame=self.frame[chosen], indicators=self.indicators[chosen])


def followed(
    endpoint: str, unit: str, times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame
) -> pd.DataFrame:
    """`groups.subjects` with competing, days, free_days and start_date of the endpoint beside months and event."""
    of_endpoint = times[times["endpoint"] == endpoint].set_index("subject_id")
    columns = [name for name in ("competing", "days", "free_days", "start_date") if name in of_endpoint]
    frame = subjects(endpoint, unit, times, patients, lesions)
    return frame.drop(columns=columns, errors="ignore").join(of_endpoint[columns])


def design(frame: pd.DataFrame, factors: dict[str, Factor]) -> Design:
    """The subjects and indicators of a model with these factors."""
    levels = {name: assign(frame, factor) for name, factor in factors.items()}
    known = pd.concat([level != UNKNOWN for level in levels.values()], axis=1).all(axis=1)
    contrasts = {
        f"{name}: {level} vs {factor.reference_level}": (name, level)
        for name, factor in factors.items()
        for level in factor.levels
        if level != factor.reference_level
    }
    indicators = {column: (levels[name] == level).astype(float) for column, (name, level) in contrasts.items()}
    return Design(
        frame[known],
        pd.DataFrame(indicators, index=frame.index)[known],
        {column: (name, column.removeprefix(f"{name}: ")) for column, (name, _) in contrasts.items()},
    )


def chosen(study: Study, names: Iterable[str]) -> dict[str, Factor]:
    """Declared factors by name."""
    return {name: study.factors[name] for name in names}


def ratio_rows(
    fit: Callable[[], pd.DataFrame],
    of: Design,
    where: dict,
    statistic: str,
    method: str,
    factors: Iterable[str] | None = None,
) -> list[dict]:
    """A row for each contrast (of `factors`, if not of all); with the reason where the fit is undefined.

    Parameters
    ----------
    fit
        Gives a table of coefficients as the methods do, by the columns of the design.
    """
    row = {**where, "statistic": statistic, "method": method}
    row |= {"n": of.n, "events": int(of.frame["event"].sum())}
    wanted = {column: at for column, at in of.contrasts.items() if factors is None or at[0] in factors}
    try:
        table = fit()
    except Undefined as reason:
        return [{**row, "factor": name, "level": level, "reason": str(reason)} for name, level in wanted.values()]
    table = table.rename(columns=dict.fromkeys(RATIOS, "estimate"))[["estimate", "conf_low", "conf_high", "p_value"]]
    return [{**row, "factor": name, "level": level, **table.loc[column]} for column, (name, level) in wanted.items()]


def test_row(test: Callable[[], object], where: dict, method: str) -> dict:
    """A row for a chi-square test, or for the reason why there is none."""
    row = {**where, "statistic": "chi_square", "method": method}
    try:
        found = test()
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {**row, "estimate": found.chi_square, "p_value": found.p_value}


def number_row(number: Callable[[], object], where: dict) -> dict:
    """A row for an estimate with its interval and p, or for the reason why there is none."""
    try:
        found = vars(number())
    except Undefined as reason:
        return {**where, "reason": str(reason)}
    return {**where, **{name: found.get(name) for name in ("estimate", "conf_low", "conf_high", "p_value")}}


def with_each_patient_once(of: Design, **options) -> CoxFit:
    """The Cox model of a design in which the lesions of a patient weigh one together."""
    return cox(of.indicators, *of.followed, cluster=of.cluster, weights=of.each_patient_once, **options)


def with_frailty(of: Design, **options) -> FrailtyFit:
    """The Cox model of a design with a frailty shared by the lesions of a patient."""
    with np.errstate(over="ignore"):  # of a step too far, which the fit takes back
        return cox_frailty(of.indicators, *of.followed, of.cluster, **options)


def wald(study: Study, ties: str | None = None) -> str:
    """'Breslow ties, 95 % Wald interval'."""
    return f"{(ties or study.analyses.ties).title()} ties, {100 * study.analyses.confidence:g} % Wald interval"
