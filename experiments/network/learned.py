"""γ and β while the little network learns them: one unit's four steps after every few mini-batches.

The network trains on its mini-batches as the lecture's loop has it, by RMSprop. What is looked at
is always the same: one hidden unit on all training examples, taken as one batch, so that nothing
moves in the picture but what training has moved.

    >>> found = replay()
    >>> found.gamma[0].tolist(), found.beta[0].tolist()
    ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bncore.model import deviation
from bncore.optimizers import OPTIMIZERS
from experiments.network import little, loop

OPTIMIZER, ACTIVATION, SEED = "rmsprop", "relu", 1
M, EPOCHS, EVERY = 6, 20, 4  # examples in a mini-batch; mini-batches between two looks
LAYER, UNITS = 2, 3
UNIT = 3  # that is shown first, from 1
SEEDS = range(5)  # whose γ and β are listed at the end


@dataclass(frozen=True, eq=False)
class Replay:
    """What was seen after `step` mini-batches, T looks at U units on N examples."""

    step: np.ndarray  # (T,)
    z: np.ndarray  # (T, N, U)
    gamma: np.ndarray  # (T, U)
    beta: np.ndarray  # (T, U)
    eps: float

    @property
    def mean(self) -> np.ndarray:
        """μ of z over the examples, (T, U)."""
        return self.z.mean(axis=1)

    @property
    def std(self) -> np.ndarray:
        """√(σ² + ε), (T, U)."""
        return deviation(self.z.var(axis=1), self.eps)


@lru_cache(maxsize=8)
def replay(seed: int = SEED) -> Replay:
    """A run of the little network, looked at from its start to its end."""
    lr = OPTIMIZERS[OPTIMIZER].lr
    network = little.start(seed, M, ACTIVATION, "before", OPTIMIZER, lr)
    x = little.examples("moons", seed).x
    looks = []
    for _ in range(EPOCHS * network.settings.batches // EVERY):
        looks.append(_look(network, x))
        network = little.advance(network, EVERY)
    looks.append(_look(network, x))
    step, z, gamma, beta = (np.array(each) for each in zip(*looks, strict=True))
    return Replay(step, z, gamma, beta, network.settings.eps)


def _look(network: little.Little, x: np.ndarray) -> tuple[int, np.ndarray, np.ndarray, np.ndarray]:
    """z of layer LAYER for all examples, and its γ and β."""
    net = network.net
    a, _, _ = loop.forward_before(x, net)
    return network.step, a[LAYER - 1] @ net.W[LAYER], net.gamma[LAYER], net.beta[LAYER]
