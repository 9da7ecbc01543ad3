"""How large the gradient of each layer's W is before the first step, by depth.

Without batch norm a sigmoid's gradient vanishes on its way down. Batch norm repairs that, and in
deep ReLU networks makes what it is said to cure: the gradient grows layer by layer toward the
input (Yang et al. 2019, arXiv 1902.08129).

Nothing is trained: 256 MNIST images forward and back once, in float64.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACTIVATIONS = ("sigmoid", "tanh", "relu")
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
        """(C, N) that of the second layer (the first with W hidden to hidden) over the last hidden."""
        return self.gradient[..., 1] / self.gradient[..., -2]


def flow(seed: int = 0, depth: int = 20) -> Flow:
    """The six networks with this seed; about .1 s at depth 20."""
    raise NotImplementedError


def one_seed(seed: int) -> Flow:
    """At depth 50."""
    return flow(seed, DEPTHS[1])


def numbers(found: Flow) -> dict[str, float]:
    """ "factor.<activation>.<norm>" and "ratio.<activation>.<norm>"."""
    raise NotImplementedError
