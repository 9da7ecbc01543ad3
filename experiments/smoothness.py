"""How far a gradient can be trusted: the loss and the gradient a little further along it.

At θ with gradient g, on the mini-batch that g comes from, θ − ηg is tried for several η around the
learning rate, none of them the step that training then takes. Two things are kept: the range of
the loss over these η, and how far the gradient there is from g, relative to g. Small numbers: what
the gradient promised holds for a long step.

Source: Santurkar et al. 2018, arXiv 1805.11604, section 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.reporting import Progress, ShouldStop

EVIDENCE = "smoothness"
ARMS = ("plain", "bn")
ETAS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)  # in learning rates
EVERY = 5  # steps from one look to the next
SEEDS = range(5)

# Of the arm "bn".
SETTINGS: dict[str, RunConfig] = {
    "relu": RunConfig(depth=5, width=50, lr=0.2, steps=300),
    "sigmoid": RunConfig(depth=3, width=50, activation="sigmoid", init="xavier", lr=0.5, steps=300),
}


@dataclass(frozen=True, eq=False)
class Smoothness:
    """A arms in the order of ARMS × S seeds, T looks, E of ETAS. Fewer T where it was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,) 0, EVERY, ...
    eta: np.ndarray  # (E,) ETAS times the learning rate
    here: np.ndarray  # (A, S, T) the loss at θ
    along: np.ndarray  # (A, S, T, E) the loss at θ − ηg
    change: np.ndarray  # (A, S, T, E) |g(θ − ηg) − g(θ)| / |g(θ)|
    accuracy: np.ndarray  # (A, S, T) on the test set
    complete: bool

    @property
    def loss_range(self) -> np.ndarray:
        """(A, S, T) largest less least of `along`."""
        return self.along.max(axis=-1) - self.along.min(axis=-1)

    @property
    def largest_change(self) -> np.ndarray:
        """(A, S, T) over η."""
        return self.change.max(axis=-1)


def one_seed(
    seed: int,
    setting: str = "relu",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Smoothness:
    """Train both arms, S = 1, in about a second; they share split, initial W and batches.

    `progress(done, of)` and `should_stop()` are called about a hundred times; stopped, it returns
    what it has.
    """
    raise NotImplementedError


@cache
def load(setting: str = "relu") -> Smoothness:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    raise NotImplementedError


def numbers(found: Smoothness) -> dict[str, np.ndarray]:
    """(S,) each: "loss_range.<arm>", "change.<arm>", medians over the looks."""
    raise NotImplementedError


CLAIMS: dict[str, Callable[[Smoothness], bool]] = {}


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train everything: arrays for assets/evidence/smoothness.npz, and what came out."""
    raise NotImplementedError
