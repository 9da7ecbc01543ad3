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

from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.data import DATASETS, load
from bncore.model import Model
from bncore.network import Network

ACTIVATIONS = ("sigmoid", "tanh", "relu")
NORMS = ("none", "before", "after")
INITS = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
WIDTHS = {"digits": 50, "mnist": 100}
EPS = 1e-5
IMAGES = 1000
ZERO = 1e-12  # times the largest eigenvalue: what rounding leaves of a zero


@dataclass(frozen=True, eq=False)
class Spectra:
    """A activations × N placements × n units of the last hidden layer."""

    activations: tuple[str, ...]
    norms: tuple[str, ...]  # none, before, after the activation
    eigenvalues: np.ndarray  # (A, N, n) of the output layer's inputs, largest first
    to_median: np.ndarray  # (A, N) largest eigenvalue by the median one
    condition: np.ndarray  # (A, N) largest by smallest; infinite where a unit is dead
    share: np.ndarray  # (A, N) of the trace that the largest eigenvalue holds


def one_seed(seed: int, dataset: str = "mnist", depth: int = 3) -> Spectra:
    """The seed draws split and weights, the same ones for all three placements.

    Some .1 s with MNIST's images, .02 s with the 8×8 digits.
    """
    x = load(dataset, seed, np.float64).x_train[:IMAGES]
    rows = []
    for activation in ACTIVATIONS:
        W = weights(activation, seed, dataset, depth)
        rows.append([spectrum(last_hidden(x, W, activation, norm)) for norm in NORMS])
    found = np.array(rows)
    largest, smallest = found[..., 0], found[..., -1]
    with np.errstate(divide="ignore"):
        condition = np.where(smallest > ZERO * largest, largest / smallest, np.inf)
    return Spectra(
        activations=ACTIVATIONS,
        norms=NORMS,
        eigenvalues=found,
        to_median=largest / np.median(found, axis=-1),
        condition=condition,
        share=largest / found.sum(axis=-1),
    )


def config(activation: str, dataset: str = "mnist", depth: int = 3) -> RunConfig:
    """Of the networks whose start this is."""
    return RunConfig(
        dataset=dataset,
        depth=depth,
        width=WIDTHS[dataset],
        activation=activation,
        init=INITS[activation],
        n_train=min(IMAGES, DATASETS[dataset].n_train),
    )


def spectrum(a: np.ndarray) -> np.ndarray:
    """(n,) eigenvalues, largest first, of the second-moment matrix of a (m, n)."""
    return np.linalg.eigvalsh(a.T @ a / len(a))[::-1]


def weights(activation: str, seed: int, dataset: str = "mnist", depth: int = 3) -> list[np.ndarray]:
    """W of each hidden layer, (inputs, units), as a run with this seed starts."""
    inputs, classes = load(dataset, seed).n_features, DATASETS[dataset].n_classes
    network = Network((inputs, *[WIDTHS[dataset]] * depth, classes), activation, dtype=np.float64)
    network.initialize(INITS[activation], 1.0, [stream(RunConfig(seed=seed), WEIGHTS)])
    return network.W[:-1]


def last_hidden(x: np.ndarray, W: list[np.ndarray], activation: str, norm: str) -> np.ndarray:
    """What the output layer gets, (m, n), for images x (m, pixels); b = 0, γ = 1, β = 0."""
    hidden = W if norm != "none" else []  # the layers that have batch norm
    model = Model(
        W=(*W, W[-1].T),  # the output layer's, which nobody asks
        b=(None,) * (len(W) + 1),
        gamma=tuple(np.ones(each.shape[1]) for each in hidden),
        beta=tuple(np.zeros(each.shape[1]) for each in hidden),
        eps=EPS,
        activation=activation,
        norm=norm,
    )
    return model.forward(x).a[-1]
