"""How round is the bowl of the output layer? The same question as for inputs, one floor up.

For a linear layer on inputs a the second-moment matrix E[a aᵀ] is the Hessian of a square loss
over the weights of one of its units; with cross-entropy it is a factor of the Hessian. Its
eigenvalues say how unlike the directions are that descent has to move in.

Nothing is trained: weights as they are drawn, real images, three hidden layers. The 1 that b
multiplies is left out. Batch norm by the statistics of these images, γ = 1, β = 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ACTIVATIONS = ("sigmoid", "tanh", "relu")
NORMS = ("none", "before", "after")
IMAGES = 1000


@dataclass(frozen=True, eq=False)
class Spectra:
    """A activations × N placements × n units of the last hidden layer."""

    activations: tuple[str, ...]
    norms: tuple[str, ...]  # none, before, after the activation
    eigenvalues: np.ndarray  # (A, N, n) of the output layer's inputs, largest first
    to_median: np.ndarray  # (A, N) largest eigenvalue by the median one
    condition: np.ndarray  # (A, N) largest by smallest; infinite where a unit is dead
    share: np.ndarray  # (A, N) of the trace that the largest eigenvalue holds


def one_seed(seed: int, dataset: str = "mnist", depth: int = 3, width: int = 100) -> Spectra:
    """The seed draws split and weights, the same ones for all three placements. Some 50 ms."""
    raise NotImplementedError
