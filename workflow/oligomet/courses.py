"""Courses of radiotherapy: which irradiation belongs together, and from which course a patient is followed.

Retreatment is ordinary in oligometastatic disease. A baseline, a response and a lesion's failure belong to a lesion
in one course; a later course neither undoes what happened before it nor moves time zero.
"""

from __future__ import annotations

import pandas as pd

from oligomet.declarations import Courses


def number_courses(irradiated: pd.DataFrame, by: list[str], courses: Courses) -> pd.Series:
    """The number of the course to which each irradiation belongs, from 1, on the index of `irradiated`.

    A course is new if its first fraction is more than `courses.new_after_days` after every last fraction before it.

    Parameters
    ----------
    irradiated
        A row an irradiated lesion, with start_date and end_date.
    by
        The columns that say whose courses these are: the patient, or a lesion of the patient. An irradiation without
        a first fraction is of the last course.
    """
    ordered = irradiated.sort_values("start_date", kind="stable")
    whose = [ordered[name] for name in by]
    end = ordered["end_date"].where(ordered["end_date"] >= ordered["start_date"], ordered["start_date"])
    last = end.groupby(whose, dropna=False).cummax().groupby(whose, dropna=False).shift()
    new = (ordered["start_date"] - last).dt.days > courses.new_after_days
    return (new.astype(int).groupby(whose, dropna=False).cumsum() + 1).reindex(irradiated.index)


def index_course(lesions: pd.DataFrame, courses: Courses) -> pd.DataFrame:
    """The rows of the course from which each patient is followed: `courses.starts` of those that she had.

    Parameters
    ----------
    lesions
        Any table with patient_id and course, a row a lesion in a course.
    """
    numbers = lesions["course"].groupby(lesions["patient_id"])
    return lesions[lesions["course"] == numbers.transform("min" if courses.starts == "first" else "max")]


def irradiated_again(lesions: pd.DataFrame) -> pd.Series:
    """The first fraction of the next irradiation of the same lesion, empty where there was none."""
    ordered = lesions.sort_values("start_date", kind="stable")
    return ordered["start_date"].groupby(ordered["imaged_id"]).shift(-1).reindex(lesions.index)
