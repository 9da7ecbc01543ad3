"""Where batch norm loses, gathered from all experiments: each case beside the plain network.

`cases` reads what shipped and trains nothing. One case is made here: "long", a sigmoid network on
MNIST that is trained until both arms are done. Batch norm is there far sooner, and ends no higher.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.reporting import Progress, ShouldStop

EVIDENCE = "limits"
ARMS = ("plain", "bn")
SEEDS = range(5)
LONG = RunConfig(
    dataset="mnist",
    depth=3,
    width=100,
    activation="sigmoid",
    init="normal",
    init_scale=0.1,
    batch_size=60,
    lr=0.5,
    steps=10_000,
)
CASES = ("one", "two", "one_class", "dimmed", "small_data", "slow_and_deep", "long")


@dataclass(frozen=True, eq=False)
class Case:
    """Test accuracy of S seeds, with batch norm and without."""

    lesson: str  # id of the lesson that shows it
    plain: np.ndarray  # (S,)
    bn: np.ndarray  # (S,)

    @property
    def behind(self) -> np.ndarray:
        """(S,) what batch norm loses, seed by seed."""
        return self.plain - self.bn


@dataclass(frozen=True, eq=False)
class Long:
    """A arms × S seeds, T looks, at steps that grow by a factor."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set, batch norm with exact statistics


def cases() -> dict[str, Case]:
    """By the ids in CASES."""
    raise NotImplementedError


@cache
def long() -> Long:
    """What shipped; trains nothing."""
    raise NotImplementedError


def one_seed(
    seed: int, progress: Progress | None = None, should_stop: ShouldStop | None = None
) -> Long:
    """Train both arms of "long", S = 1; about ten seconds. Stopped, it returns what it has."""
    raise NotImplementedError


def numbers(found: Long) -> dict[str, np.ndarray]:
    """(S,) each: "early.<arm>", "final.<arm>" accuracy, "ahead" = final plain less bn."""
    raise NotImplementedError


CLAIMS: dict[str, Callable[[Long], bool]] = {}


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train: arrays for assets/evidence/limits.npz, and what came out."""
    raise NotImplementedError
