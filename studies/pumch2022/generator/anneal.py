"""Simulated annealing: from a start, by small random changes, to a state that leaves no loss."""

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
    restarts: int = 0,
    enough: float = 0.0,
    hot: float = 0.3,
    cold: float = 0.003,
) -> State:
    """The best state found in `steps` proposals, and as many again for each restart; a loss that is `enough` ends it.

    A worse state is taken with the probability exp(-increase / temperature); the temperature falls geometrically from
    `hot` to `cold`, in units of the loss (Kirkpatrick 1983, Science 220:671). `propose` returns a new state.
    """
    best, lowest = start, loss(start)
    for _ in range(1 + restarts):
        state, value = start, loss(start)
        for step in range(steps):
            if lowest <= enough:
                return best
            candidate = propose(state)
            found = loss(candidate)
            if found <= value or rng.random() < exp((value - found) / (hot * (cold / hot) ** (step / steps))):
                state, value = candidate, found
                if value < lowest - 1e-9:
                    best, lowest = state, value
    return best
