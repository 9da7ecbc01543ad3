"""How large the gradient of each layer's W is before the first step, by depth.

Without batch norm a sigmoid's gradient vanishes on its way down. Batch norm repairs that, and in
deep ReLU networks makes what it is said to cure: the gradient grows layer by layer toward the
input (Yang et al. 2019, arXiv 1902.08129).

Nothing is trained: 256 MNIST images forward and back once, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.losses import one_hot
from experiments.descent import initial

ACTIVATIONS = ("sigmoid", "tanh", "relu")
INITS = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
NORMS = ("none", "before")
WIDTH = 100
IMAGES = 256
DEPTHS = (2, 50)  # least and most
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Flow:
    """C activations in the order of ACTIVATIONS × N of NORMS, L hidden layers."""

    layer: np.ndarray  # (L + 1,) 1 is next to the input, L + 1 the output layer
    gradient: np.ndarray  # (C, N, L + 1) norm of dL/dW

    @property
    def factor(self) -> np.ndarray:
        """(C, N) by which it grows from layer to layer toward the input, W hidden to hidden."""
        inner = np.log(self.gradient[..., 1:-1])
        return np.exp((inner[..., 0] - inner[..., -1]) / max(inner.shape[-1] - 1, 1))

    @property
    def ratio(self) -> np.ndarray:
        """(C, N) gradient of the second layer, the first from hidden to hidden, over the last."""
        return self.gradient[..., 1] / self.gradient[..., -2]


def flow(seed: int = 0, depth: int = 20) -> Flow:
    """The six networks with this seed; about .1 s at depth 20."""
    data = load("mnist", seed, np.float64)
    x, targets = data.x_train[None, :IMAGES], one_hot(data.y_train[None, :IMAGES], 10, np.float64)
    found = [
        [_gradients(config(activation, norm, seed, depth), x, targets) for norm in NORMS]
        for activation in ACTIVATIONS
    ]
    return Flow(np.arange(1, depth + 2), np.array(found))


def config(activation: str, norm: str, seed: int, depth: int) -> RunConfig:
    """One network; the same seed gives it the same W with batch norm and without."""
    return RunConfig(
        dataset="mnist",
        depth=depth,
        width=WIDTH,
        activation=activation,
        init=INITS[activation],
        norm=norm,
        seed=seed,
        dtype="float64",
    )


def _gradients(config: RunConfig, x: np.ndarray, targets: np.ndarray) -> list[float]:
    network = initial([config])
    network.gradient(x, targets)
    return [float(np.linalg.norm(dW)) for dW in network.dW]


def one_seed(seed: int) -> Flow:
    """At depth 50."""
    return flow(seed, DEPTHS[1])


def numbers(found: Flow) -> dict[str, float]:
    """By name: "factor.<activation>.<norm>" and "ratio.<activation>.<norm>"."""
    return {
        f"{name}.{activation}.{norm}": float(getattr(found, name)[c, n])
        for name in ("factor", "ratio")
        for c, activation in enumerate(ACTIVATIONS)
        for n, norm in enumerate(NORMS)
    }
