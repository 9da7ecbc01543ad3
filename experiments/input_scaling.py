"""Does batch norm in the hidden layers replace the scaling of the inputs?

Wine: 13 features between .1 and 1700, three cultivars; 13-32-32-3, ReLU, SGD, 300 steps of 32.
Each arm at the best of seven learning rates; picked and judged by the same test wines, for every
arm alike. The same split, initial weights and batches for all arms of a seed.

"Batch norm on the input" normalizes every feature by the mini-batch, and by running averages in
testing. It has no γ and β of its own: the layer above can scale and shift by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

EVIDENCE = "input_scaling"
ARMS = ("raw", "raw_hidden", "raw_input", "raw_both", "scaled", "scaled_hidden")
RATES = (1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.3, 1.0)
SEEDS = range(8)
STEPS = 300


@dataclass(frozen=True, eq=False)
class Measured:
    """One seed: A arms × R learning rates."""

    accuracy: np.ndarray  # (A, R) on the test wines at the end; a run that broke down: by chance
    best_lr: np.ndarray  # (A,)
    at_best: np.ndarray  # (A,) accuracy at this seed's best learning rate


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """S seeds × A arms × R learning rates."""

    seeds: np.ndarray  # (S,)
    rates: np.ndarray  # (R,)
    accuracy: np.ndarray  # (S, A, R)

    @property
    def best_lr(self) -> np.ndarray:
        """(A,) the learning rate that is best in the mean over the seeds."""
        raise NotImplementedError

    @property
    def at_best(self) -> np.ndarray:
        """(S, A) accuracy at that rate."""
        raise NotImplementedError


def one_seed(seed: int) -> Measured:
    """Trains all arms at all rates."""
    raise NotImplementedError


@cache
def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    raise NotImplementedError


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays for assets/evidence/input_scaling.npz, and what came out."""
    raise NotImplementedError
