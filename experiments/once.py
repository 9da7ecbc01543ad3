"""The control that changes the story: normalize once, before the first step, and never again.

At step 0 every hidden layer of a network with batch norm gets the statistics of the training
images; batch norm is then folded into W and b (`bncore.folding`), and what remains is a plain
network with a better start. It trains without batch norm, beside the plain network and the one
that keeps batch norm. How much of batch norm's lead does the start explain?

Sources of the idea: Mishkin & Matas 2015, arXiv 1511.06422; Krähenbühl et al. 2015,
arXiv 1511.06856.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.network import Network
from experiments.reporting import Progress, ShouldStop

EVIDENCE = "once"
ARMS = ("plain", "once", "bn")
EVERY = 20  # steps from one look to the next
SEEDS = range(5)

# Of the arm "bn".
SETTINGS: dict[str, RunConfig] = {
    "figure1": RunConfig(
        dataset="mnist",
        depth=3,
        width=100,
        activation="sigmoid",
        init="normal",
        init_scale=0.1,
        batch_size=60,
        lr=0.1,
        steps=300,
    ),
    "five": RunConfig(
        dataset="mnist",
        depth=5,
        width=100,
        activation="sigmoid",
        init="xavier",
        batch_size=60,
        lr=0.5,
        steps=1000,
    ),
    "deep": RunConfig(
        dataset="mnist", depth=8, width=64, init="normal", init_scale=0.02, steps=1000
    ),
}


@dataclass(frozen=True, eq=False)
class Once:
    """A arms in the order of ARMS × S seeds, T looks. Fewer T where a run was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set, batch norm with exact statistics
    loss: np.ndarray  # (A, S, T - 1) mean over the mini-batches since the look before
    spread: (
        np.ndarray
    )  # (A, S, L) sd of what enters each hidden activation at step 0, mean of units
    complete: bool


def normalized_once(network: Network, x: np.ndarray) -> Network:
    """A plain network that computes at x (..., m, inputs) what one with batch norm does there.

    `network` is left as it was.
    """
    raise NotImplementedError


def one_seed(
    seed: int,
    setting: str = "figure1",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Once:
    """Train the three arms side by side, S = 1; "figure1" in about a second.

    They share split, batches and the W that they are made from. `progress(done, of)` and
    `should_stop()` are called about a hundred times; stopped, it returns what it has.
    """
    raise NotImplementedError


@cache
def load(setting: str) -> Once:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    raise NotImplementedError


def numbers(found: Once) -> dict[str, np.ndarray]:
    """(S,) each: "accuracy.<arm>" at the end, and "share" of bn's lead over plain that once has."""
    raise NotImplementedError


CLAIMS: dict[str, Callable[[Once], bool]] = {}


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Train everything: arrays for assets/evidence/once.npz, and what came out."""
    raise NotImplementedError
