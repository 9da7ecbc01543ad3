"""Weight decay on W, on γ and β, or on all of them.

The digits, 64-50-50-50-10, SGD: decay λ adds λ times a parameter to its gradient.

`load` reads assets/evidence/clinic_decay.npz and trains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from bncore.batches import Feed
from bncore.config import RunConfig
from bncore.data import load as load_data
from bncore.descent import descend
from bncore.network import Network
from bncore.optimizers import SGD
from bncore.training import initial_network
from experiments.evidence import Arrays, Evidence
from experiments.trained import REGIMES, accuracy

DECAYS = (0.0, 0.001, 0.01, 0.03, 0.1)
ON = ("W", "affine", "both")
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Decayed:
    """For each of ON (A,), DECAYS (D,) and SEEDS (S,); without decay all of ON are the same."""

    accuracy: np.ndarray  # (A, D, S) on the test set
    gamma: np.ndarray  # (A, D, S) mean |γ| over all units
    W: np.ndarray  # (A, D, S) length of all W

    def of(self, on: str, decay: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Accuracy, |γ| and length, (S,) each."""
        at = ON.index(on), DECAYS.index(decay)
        return self.accuracy[at], self.gamma[at], self.W[at]


def config(seed: int) -> RunConfig:
    """One run."""
    return replace(REGIMES["slow"], seed=seed)


def one(on: str, decay: float, seed: int) -> Network:
    """Trains one network, in half a second."""
    made = config(seed)
    feed = Feed((made,), ())
    network = initial_network((made,), feed, ())
    batches = islice(feed, made.steps)
    optimizer = SGD(network.params, made.lr)
    of_W = decay if on in ("W", "both") else 0.0
    for _ in descend(network, batches, optimizer, weight_decay=of_W):
        if on in ("affine", "both"):
            for parameters, slopes in (
                (network.gamma, network.dgamma),
                (network.beta, network.dbeta),
            ):
                for parameter, slope in zip(parameters, slopes, strict=True):
                    slope += decay * parameter
    return network


def load() -> Decayed:
    """What shipped."""
    return EVIDENCE.shipped


def measured(network: Network, seed: int) -> tuple[float, float, float]:
    """Accuracy on the test set, mean |γ|, length of W."""
    data = load_data(config(seed).dataset, seed, network.dtype)
    right = float(accuracy(network.predict(data.x_test), data.y_test))
    return right, float(np.abs(network.gamma).mean()), float(np.linalg.norm(network.flat_W))


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    plain = [measured(one("W", 0.0, seed), seed) for seed in SEEDS]
    found = np.array(
        [
            [
                [measured(one(on, decay, seed), seed) for seed in SEEDS] if decay else plain
                for decay in DECAYS
            ]
            for on in ON
        ]
    )
    arrays = {name: found[..., i] for i, name in enumerate(("accuracy", "gamma", "W"))}
    return arrays, {"mean": {name: array.mean(axis=2).tolist() for name, array in arrays.items()}}


def _shrinks_gamma_and_no_more(found: Decayed) -> bool:
    """On γ and β at .01: γ is far smaller, and accuracy is not."""
    accuracy, gamma, _ = found.of("affine", 0.01)
    plain, plain_gamma, _ = found.of("affine", 0.0)
    return bool((gamma < 0.8 * plain_gamma).all() and abs((accuracy - plain).mean()) < 0.01)


EVIDENCE = Evidence(
    "clinic_decay",
    {"config": config(0).to_dict(), "decays": list(DECAYS), "on": list(ON), "seeds": list(SEEDS)},
    measure_all,
    {"it shrinks gamma and no more": _shrinks_gamma_and_no_more},
    lambda arrays: Decayed(**arrays),
)
