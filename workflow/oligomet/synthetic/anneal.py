"""Simulated annealing: from a start, by small random changes, to a state with no loss left."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import TypeVar

import numpy as np

State = TypeVar("State")


def anneal(
    start: State,
    propose: Callable[[State], State],
    loss: Callable[[State], float],
    rng: np.random.Generator,
    steps: int,
    hot: float = 0.5,
    cold: float = 0.02,
) -> tuple[State, float]:
    """The best state found in at most `steps` proposals, and its loss; the search ends early at loss 0.

    A worse state is taken with probability exp(-increase / temperature); the temperature falls geometrically from `hot` to
    `cold`, both in units of the loss (Kirkpatrick 1983, Science 220:671). `propose` returns a new state and leaves the old one.
    """
    state, value = start, loss(start)
    best, lowest = state, value
    for step in range(steps):
        if lowest <= 0:
            break
        temperature = hot * (cold / hot) ** (step / steps)
        candidate = propose(state)
        found = loss(candidate)
        if found <= value or rng.random() < exp((value - found) / temperature):
            state, value = candidate, found
            if value < lowest - 1e-9:
                best, lowest = state, value
    return best, lowest
