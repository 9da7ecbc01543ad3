"""Do different inputs stay different? Rank and angles of a batch, layer by layer, before training.

A batch of images goes through a deep network at its start. Layer by layer the rows of a plain
ReLU network turn into one direction; with batch norm they do not. Two numbers tell it, both of
what a layer hands on, (m, n): how many directions the rows fill ("effective rank", between 1 and
the smaller of m and n), and the cosine of the angle between two of them, in the mean of all pairs.
With tanh and the same weights they do not collapse: it is no law of depth alone.

Sources: Daneshmand et al. 2020, arXiv 2003.01652, who prove it for linear networks; the effective
rank is that of Roy & Vetterli 2007, "The effective rank: a measure of effective dimensionality".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore import data
from bncore.network import Network

DEPTH, WIDTH, IMAGES = 50, 64, 64
ACTIVATIONS = ("relu", "tanh")


@dataclass(frozen=True, eq=False)
class Collapse:
    """An entry for each hidden layer (L,)."""

    rank: np.ndarray
    cosine: np.ndarray


@cache
def collapse(norm: str, activation: str = "relu", seed: int = 0) -> Collapse:
    """Of 64 training images of the digits; `norm` is "before" or "none". A seed draws both."""
    sizes = (64, *[WIDTH] * DEPTH, 10)
    network = Network(sizes, activation, norm, dtype=np.float64, seed=seed)
    x = data.load("digits", seed, np.float64).x_train[:IMAGES]
    layers = network.model().forward(x).a
    return Collapse(
        np.array([effective_rank(a) for a in layers]), np.array([mean_cosine(a) for a in layers])
    )


def effective_rank(a: np.ndarray) -> float:
    """exp of the entropy of the singular values of a (m, n), as shares of their sum.

    >>> round(effective_rank(np.eye(5)), 6), round(effective_rank(np.ones((5, 3))), 6)
    (5.0, 1.0)
    """
    values = np.linalg.svd(a, compute_uv=False)
    shares = values / values.sum()
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def mean_cosine(a: np.ndarray) -> float:
    """Of the angle between two rows of a (m, n), in the mean of all pairs of different rows."""
    unit = a / np.linalg.norm(a, axis=1, keepdims=True)
    m = len(a)
    return float((np.square(unit.sum(axis=0)).sum() - m) / (m * (m - 1)))
