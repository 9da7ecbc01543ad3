"""How large the gradient of each layer's W is before the first step, by depth and by scale.

Without batch norm a sigmoid's gradient vanishes on its way down, and a ReLU's is at the mercy of
the initial weights: half of He's, and every layer halves it, twice, and every layer doubles it.
What a layer does to the way down it does to the way up as well, so that the gradients of all W,
products of both, are equally small or large: to compare one layer with another shows nothing of it,
the norms themselves do. Batch norm divides the scale out. In deep ReLU networks it makes a growth
of its own: the gradient gets larger layer by layer toward the input, whatever the scale (Yang et
al. 2019, arXiv 1902.08129).

Nothing is trained: 256 MNIST images forward and back once, in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.losses import one_hot
from experiments.descent import initial

ACTIVATIONS = ("sigmoid", "tanh", "relu")
INITS = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
SCALES = {"half": 0.5, "usual": 1.0, "twice": 2.0}  # what all initial weights are multiplied by
NORMS = ("none", "before")
ARMS = ("plain", "bn")  # the same by the names that they have elsewhere
WIDTH = 100
IMAGES = 256
DEPTHS = (2, 50)  # least and most
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Flow:
    """C scales in the order that was asked for × N of NORMS, L hidden layers."""

    layer: np.ndarray  # (L + 1,) 1 is next to the input, L + 1 the output layer
    gradient: np.ndarray  # (C, N, L + 1) norm of dL/dW

    @property
    def factor(self) -> np.ndarray:
        """(C, N) by which it grows from layer to layer toward the input, W hidden to hidden."""
        inner = np.log(self.gradient[..., 1:-1])
        return np.exp((inner[..., 0] - inner[..., -1]) / max(inner.shape[-1] - 1, 1))

    @property
    def largest(self) -> np.ndarray:
        """(C, N) the norm in the layer where it is largest, of W hidden to hidden."""
        return self.gradient[..., 1:-1].max(axis=-1)


def flow(
    activation: str, seed: int = 0, depth: int = 20, scales: Sequence[float] = (*SCALES.values(),)
) -> Flow:
    """The networks of one activation with this seed; about .1 s at depth 20."""
    data = load("mnist", seed, np.float64)
    x, targets = data.x_train[None, :IMAGES], one_hot(data.y_train[None, :IMAGES], 10, np.float64)
    found = [
        [_gradients(config(activation, norm, seed, depth, scale), x, targets) for norm in NORMS]
        for scale in scales
    ]
    return Flow(np.arange(1, depth + 2), np.array(found))


def config(
    activation: str, norm: str, seed: int, depth: int, scale: float = SCALES["usual"]
) -> RunConfig:
    """One network; the same seed gives it the same W with batch norm and without."""
    return RunConfig(
        dataset="mnist",
        depth=depth,
        width=WIDTH,
        activation=activation,
        init=INITS[activation],
        init_scale=scale,
        norm=norm,
        seed=seed,
        dtype="float64",
    )


def _gradients(config: RunConfig, x: np.ndarray, targets: np.ndarray) -> list[float]:
    network = initial([config])
    network.gradient(x, targets)
    return [float(np.linalg.norm(dW)) for dW in network.dW]


def numbers(found: Flow) -> dict[str, float]:
    """Of all SCALES, by name: "factor.<scale>.<arm>" and "largest.<scale>.<arm>"."""
    return {
        f"{name}.{scale}.{arm}": float(getattr(found, name)[c, n])
        for name in ("factor", "largest")
        for c, scale in enumerate(SCALES)
        for n, arm in enumerate(ARMS)
    }
