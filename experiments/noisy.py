"""Batch norm with its calm taken away: noise after it, drawn anew for each unit and step.

If batch norm trained faster because distributions stay where they are, distributions that jump
more than those of the plain network should train as slowly as that. Here each hidden unit's
z_tilde is multiplied by a factor between 1 and 2, and an offset between −2 and 2 is added: one
factor and one offset for the whole batch, others in the next step. The same is done to the plain
network's z.

Source: Santurkar et al. 2018, arXiv 1805.11604, section 2.1, on a small fully connected network.
Theirs draws noise for every example from a distribution that changes each step; ours is that change
alone.

The noise is training's: accuracy is measured without it, with exact statistics.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.reporting import Progress, ShouldStop

EVIDENCE = "noisy"
ARMS = ("plain", "noisy_plain", "bn", "noisy_bn")
EVERY = 20  # steps from one look to the next
OFFSET, FACTOR = 2.0, 2.0  # the largest; the least are −2 and 1
PERCENTILES = (15, 50, 85)
SEEDS = range(5)

# Of the arm "bn". MNIST; "three" is that of the paper on batch norm, "five" is dead without it.
SETTINGS: dict[str, RunConfig] = {
    "three": RunConfig(
        dataset="mnist",
        depth=3,
        width=100,
        activation="sigmoid",
        init="normal",
        init_scale=0.1,
        batch_size=60,
        lr=0.5,
        steps=500,
    ),
    "five": RunConfig(
        dataset="mnist",
        depth=5,
        width=100,
        activation="sigmoid",
        init="xavier",
        batch_size=60,
        lr=0.5,
        steps=500,
    ),
}


@dataclass(frozen=True, eq=False)
class Noisy:
    """A arms in the order of ARMS × S seeds, T looks. Fewer T where a run was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,) 0, EVERY, 2 EVERY, ...
    accuracy: np.ndarray  # (A, S, T) on the test set
    loss: np.ndarray  # (A, S, T - 1) mean over the mini-batches since the look before
    shift: np.ndarray  # (A, S, T - 1) Wasserstein-1 since the look before, in sd; see `measure`
    percentiles: np.ndarray  # (A, S, T, 3) of what enters the activation of one unit, layer L
    complete: bool


def one_seed(
    seed: int,
    setting: str = "three",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Noisy:
    """Train the four arms side by side, S = 1, in a second or two.

    They share split, initial W and batches, the noisy ones the noise. `progress(done, of)` and
    `should_stop()` are called about a hundred times; stopped, it returns what it has.
    """
    raise NotImplementedError


@cache
def load(setting: str = "three") -> Noisy:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    raise NotImplementedError


def numbers(found: Noisy, step: int = 300) -> dict[str, np.ndarray]:
    """(S,) each: "accuracy.<arm>" at that step, "shift.<arm>" mean per EVERY steps up to there."""
    raise NotImplementedError


CLAIMS: dict[str, Callable[[Noisy], bool]] = {}


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train everything: arrays for assets/evidence/noisy.npz, and what came out."""
    raise NotImplementedError
