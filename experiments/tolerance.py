"""Learning rate × depth: where a network still trains, plain, normalized once, and with batch norm.

The 8×8 digits, 50 ReLU units in each layer, He's initial weights, 300 steps. "once" is the control
of `experiments.once`: the start of batch norm without batch norm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.reporting import Progress, ShouldStop

EVIDENCE = "tolerance"
ARMS = ("plain", "once", "bn")
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
DEPTHS = (1, 2, 4, 8, 16, 24)
SEEDS = range(5)
STEPS = 300
GOOD = 0.9  # test accuracy of a usable learning rate
EVERY = 10  # steps from one look to the next, in a cell


@dataclass(frozen=True, eq=False)
class Tolerance:
    """A arms × D depths × R learning rates × S seeds; chance is .1. A run that broke down counts so."""

    depths: np.ndarray  # (D,)
    rates: np.ndarray  # (R,)
    seeds: np.ndarray  # (S,)
    accuracy: np.ndarray  # (A, D, R, S) on the test set at the end, exact statistics

    @property
    def largest(self) -> np.ndarray:
        """(A, D, S) the largest rate with GOOD accuracy; NaN if there is none."""
        good = np.where(self.accuracy >= GOOD, self.rates[:, None], -np.inf).max(axis=2)
        return np.where(good > 0, good, np.nan)


@dataclass(frozen=True, eq=False)
class Cell:
    """One depth, learning rate and seed, watched: A arms, T looks. Fewer T where it was stopped."""

    config: RunConfig  # of the arm "bn"
    step: np.ndarray  # (T,) 0, EVERY, ...
    accuracy: np.ndarray  # (A, T) on the test set
    loss: np.ndarray  # (A, T - 1) mean over the mini-batches since the look before; may be infinite
    complete: bool


def config(depth: int, lr: float, seed: int = 0) -> RunConfig:
    """Of the arm "bn"."""
    return RunConfig(depth=depth, width=50, lr=lr, steps=STEPS, seed=seed)


def cell(
    depth: int,
    lr: float,
    seed: int = 0,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Cell:
    """Train the three arms side by side; less than 2 s up to depth 16.

    `progress(done, of)` and `should_stop()` are called about a hundred times; stopped, it returns
    what it has.
    """
    raise NotImplementedError


def one_seed(seed: int, depths: tuple[int, ...] = (8,)) -> Tolerance:
    """All rates at these depths, S = 1."""
    raise NotImplementedError


@cache
def load() -> Tolerance:
    """What shipped; trains nothing."""
    raise NotImplementedError


def numbers(found: Tolerance, depth: int = 8) -> dict[str, np.ndarray]:
    """(S,) each: "largest.<arm>" usable rate, "best.<arm>" accuracy at the best rate."""
    raise NotImplementedError


CLAIMS: dict[str, Callable[[Tolerance], bool]] = {}


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train everything: arrays for assets/evidence/tolerance.npz, and what came out."""
    raise NotImplementedError
