"""Who is in a model, and an indicator for each of its contrasts: what every regression of factors starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.factor_levels import UNKNOWN, assign, subjects

if TYPE_CHECKING:
    from oligomet.declarations import Factor
    from oligomet.study import Study


@dataclass(frozen=True)
class Contrast:
    """A group of a factor against its reference, as rows of the estimates name it."""

    factor: str
    group: str
    reference: str

    @property
    def where(self) -> dict[str, str]:
        """The columns of a row of the estimates."""
        return vars(self)

    def __str__(self) -> str:
        return f"{self.factor}: {self.group} vs {self.reference}"


@dataclass(frozen=True)
class Design:
    """Subjects of whom every factor of a model is known, and an indicator for each of its contrasts.

    Attributes
    ----------
    frame
        A row a subject, as `followed` gives it.
    indicators
        (n, contrasts) 0 or 1, on the index of `frame`; a column is named as its contrast reads.
    contrasts
        What each column is.
    """

    frame: pd.DataFrame
    indicators: pd.DataFrame
    contrasts: dict[str, Contrast]

    @property
    def cluster(self) -> pd.Series:
        return self.frame["patient_id"]

    def clusters(self, unit: str) -> pd.Series | None:
        """Whom rows belong to where these are lesions: those of a patient are not independent."""
        return self.cluster if unit == "lesion" else None

    @property
    def each_patient_once(self) -> pd.Series:
        """(n,) One over how many rows of the design are of the same patient."""
        return 1 / self.cluster.groupby(self.cluster).transform("size")

    @property
    def n(self) -> int:
        """Subjects; one whose follow-up is split counts once."""
        return self.frame["subject_id"].nunique() if "subject_id" in self.frame else len(self.frame)

    @property
    def events(self) -> int:
        return int(self.frame["event"].sum())

    @property
    def followed(self) -> tuple[pd.Series, pd.Series]:
        return self.frame["months"], self.frame["event"]

    @property
    def cause(self) -> pd.Series:
        return cause_of(self.frame)

    def level(self, factor: str) -> pd.Series:
        """(n,) Each subject's group of a factor."""
        columns = self.columns(factor)
        level = pd.Series(self.contrasts[columns[0]].reference, self.frame.index)
        for column in columns:
            level[self.indicators[column] == 1] = self.contrasts[column].group
        return level

    def columns(self, factor: str) -> list[str]:
        return [column for column, contrast in self.contrasts.items() if contrast.factor == factor]

    def rows(self, chosen: pd.Series) -> Design:
        """The subjects of a mask on the index of `frame`."""
        return replace(self, frame=self.frame[chosen], indicators=self.indicators[chosen])

    def leaving_out(self, columns: list[str]) -> Design:
        """Without these columns, and the subjects whom they indicate."""
        some = self.rows(~self.indicators[columns].any(axis=1))
        return replace(some, indicators=some.indicators.drop(columns=columns))


def followed(
    endpoint: str, unit: str, times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame
) -> pd.DataFrame:
    """`groups.subjects` with competing, days, free_days and start_date of the endpoint beside months and event."""
    of_endpoint = times[times["endpoint"] == endpoint].set_index("subject_id")
    columns = [name for name in ("competing", "days", "free_days", "start_date") if name in of_endpoint]
    frame = subjects(endpoint, unit, times, patients, lesions)
    return frame.drop(columns=columns, errors="ignore").join(of_endpoint[columns])


def cause_of(frame: pd.DataFrame) -> pd.Series:
    """(n,) 0 censored, 1 the event, 2 a competing one, of a frame of `followed`."""
    return frame["event"].astype(int).mask(frame["competing"] == 1, 2)


def each_endpoint(
    named: Mapping[str, list[str]], times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> Iterator[tuple[dict, pd.DataFrame, list[str]]]:
    """Of each endpoint of which factors are named: the columns of its rows, who is followed for it, the factors."""
    for endpoint, names in named.items():
        unit = study.endpoints[endpoint].per
        where = {"endpoint": endpoint, "unit": unit, "population": "all"}
        yield where, followed(endpoint, unit, times, patients, lesions), names


def contrasts_of(factors: dict[str, Factor]) -> list[Contrast]:
    """Every compared group of every factor but its reference, against that."""
    return [
        Contrast(name, group, factor.reference_level)
        for name, factor in factors.items()
        for group in factor.levels
        if group != factor.reference_level
    ]


def without_ratio(of: Design, word: str, everyone: bool = False) -> dict[str, str]:
    """The columns of a design that have no finite hazard or odds ratio, and why.

    A group in which nothing happened has the ratio 0, which no interval describes. With that ratio its subjects weigh
    nothing beside the others, so that the other columns' estimates are those without them.

    Parameters
    ----------
    word
        What did not happen, e.g. 'events'.
    everyone
        It happening to everyone in a group is as bad: the odds ratio is infinite.
    """
    n, events = of.indicators.sum(), of.indicators[of.frame["event"] == 1].sum()
    reasons = {}
    for column in of.contrasts:
        if n[column] == 0:
            reasons[column] = "nobody at this level"
        elif events[column] == 0:
            reasons[column] = f"no {word} at this level"
        elif everyone and events[column] == n[column]:
            reasons[column] = f"a {word} throughout this level"
    return reasons


def design(frame: pd.DataFrame, factors: dict[str, Factor]) -> Design:
    """The subjects and indicators of a model with these factors."""
    levels = {name: assign(frame, factor) for name, factor in factors.items()}
    known = pd.concat([level != UNKNOWN for level in levels.values()], axis=1).all(axis=1)
    contrasts = contrasts_of(factors)
    indicators = {str(at): (levels[at.factor] == at.group).astype(float) for at in contrasts}
    return Design(frame[known], pd.DataFrame(indicators, index=frame.index)[known], {str(at): at for at in contrasts})


def chosen(study: Study, names: Iterable[str]) -> dict[str, Factor]:
    """Declared factors by name."""
    return {name: study.factors[name] for name in names}
