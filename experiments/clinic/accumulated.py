"""Gradients of parts of a batch, added up: without batch norm that of the whole, with it another.

Each part is normalized by its own statistics, on one device after the other or on several.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bncore.losses import one_hot
from bncore.network import Network
from bncore.training import Run
from experiments.trained import REGIMES, trained

M = 64
PARTS = (1, 2, 4, 8, 16, 32)
STEPS = 100  # of training, before the gradients are taken: at its end they are all but 0
SHOWN = 400  # entries of a gradient that a picture shows


@dataclass(frozen=True, eq=False)
class Gradients:
    """Of one batch of M in one network: of the whole, and the mean over its parts, (P,) each."""

    whole: np.ndarray
    parts: np.ndarray

    @property
    def off(self) -> float:
        """How long their difference is, in lengths of the whole one."""
        return float(np.linalg.norm(self.parts - self.whole) / np.linalg.norm(self.whole))

    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """(SHOWN,) of each, of all W, drawn once; in units of the whole one's spread."""
        rows = np.random.default_rng(0).choice(len(self.whole), SHOWN, replace=False)
        return self.whole[rows] / self.whole.std(), self.parts[rows] / self.whole.std()


@lru_cache(maxsize=16)
def accumulated(parts: int) -> dict[str, Gradients]:
    """With batch norm ("bn") and without ("plain"), in so many parts of M/parts images."""
    return {arm: _gradients(network.copy(), parts) for arm, network in _networks().items()}


@lru_cache(maxsize=1)
def _networks() -> dict[str, Network]:
    """Both after the same `STEPS` steps of training."""
    net, plain = trained(), Run(REGIMES["slow"].twin())
    plain.advance(STEPS)
    return {"bn": net.at(list(net.snapshots).index(STEPS)), "plain": plain.network}


def _gradients(network: Network, parts: int) -> Gradients:
    data = trained().data
    x, targets = data.x_train[:M], one_hot(data.y_train[:M], data.n_classes)
    network.gradient(x, targets)
    whole = network.flat_dW.astype(float)
    total = np.zeros_like(whole)
    for part in np.split(np.arange(M), parts):
        network.gradient(x[part], targets[part])
        total += network.flat_dW / parts
    return Gradients(whole, total)
