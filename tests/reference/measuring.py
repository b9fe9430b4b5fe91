"""How an answer of a library is held against R's for the random cohorts, and its source searched for a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from random_agreement import cohorts, reference

LIBRARIES = ("lifelines", "statsmodels", "firthmodels")


def against_r(
    estimate: Callable[[pd.DataFrame], np.ndarray], method: str, quantity: str, largest: int = 1000
) -> pd.DataFrame:
    """A row a cohort (of `largest` rows at most) in which R has an answer: ours and theirs where they are furthest from
    each other, apart (relative to R's)."""
    rows = {}
    for name, d in cohorts().items():
        theirs = reference()["cohorts"][name][method].get(quantity)
        if theirs is None or len(d) > largest:
            continue
        theirs = np.atleast_1d(np.array(theirs, float))
        ours = np.asarray(estimate(d), float)[: len(theirs)]
        known = ~np.isnan(theirs)
        ours, theirs = ours[known], theirs[known]
        apart = np.abs(ours - theirs) / np.where(theirs != 0, np.abs(theirs), 1.0)
        furthest = np.argmax(np.where(np.isnan(apart), -1, apart))
        rows[name] = (ours[furthest], theirs[furthest], np.inf if np.isnan(apart).all() else apart[furthest])
    return pd.DataFrame.from_dict(rows, orient="index", columns=["ours", "theirs", "apart"])


def off(found: pd.DataFrame, most: bool = True) -> str:
    """How many cohorts differ from R by more than a millionth, and the most telling of them."""
    count = (found["apart"] > 1e-6).sum()
    worst = found.loc[(found["ours"] - found["theirs"]).abs().idxmax()]
    told = f" (at worst {worst['ours']:.3g} for {worst['theirs']:.3g})" if count and most else ""
    return f"{count} of {len(found)} cohorts{told}"


@cache
def source(library: str) -> str:
    folder = Path(find_spec(library).origin).parent
    files = [file for file in folder.rglob("*.py") if "tests" not in file.relative_to(folder).parts]
    text = "\n".join(file.read_text(errors="ignore") for file in files).lower()
    assert "likelihood" in text, f"no source of {library} found"
    return text


def mentions(*words: str) -> list[str]:
    """The libraries whose source, tests aside, has one of the words."""
    return [library for library in LIBRARIES if any(word in source(library) for word in words)]


def tenths(d: pd.DataFrame) -> np.ndarray:
    return np.unique(np.quantile(d["time"], np.arange(1, 11) / 10, method="inverted_cdf"))
