"""How far one distribution is from another, given a sample of each."""

from __future__ import annotations

import numpy as np


def wasserstein1(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The mean distance that probability must travel from sample a to sample b.

    Samples stand on axis -1, of equal or different size; other axes broadcast. For equal sizes
    this is the mean of |sort(a) - sort(b)|. In the units of a and b.
    """
    a, b = np.sort(a, axis=-1), np.sort(b, axis=-1)
    if a.shape[-1] == b.shape[-1]:
        return np.abs(a - b).mean(axis=-1)
    # the quantile functions are steps; compare them on the finer grid that holds both
    edges = np.union1d(_steps(a.shape[-1]), _steps(b.shape[-1]))
    middle = (edges[1:] + edges[:-1]) / 2
    distance = np.abs(_quantile(a, middle) - _quantile(b, middle))
    return (distance * np.diff(edges)).sum(axis=-1)


def ks(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Kolmogorov-Smirnov: the largest gap between the two distribution functions, 0 to 1.

    Samples stand on axis -1; other axes broadcast.
    """
    a, b = np.asarray(a), np.asarray(b)
    lead = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    a, b = (np.broadcast_to(x, (*lead, x.shape[-1])) for x in (a, b))
    both = np.concatenate([a, b], axis=-1)
    order = both.argsort(axis=-1)
    steps = np.r_[np.full(a.shape[-1], 1 / a.shape[-1]), np.full(b.shape[-1], -1 / b.shape[-1])]
    gap = np.abs(steps[order].cumsum(axis=-1))
    ordered = np.take_along_axis(both, order, axis=-1)
    last_of_ties = np.ones(gap.shape, bool)  # between equal numbers there is no gap to see
    last_of_ties[..., :-1] = ordered[..., 1:] != ordered[..., :-1]
    return np.where(last_of_ties, gap, 0).max(axis=-1)


def _steps(size: int) -> np.ndarray:
    return np.arange(size + 1) / size


def _quantile(ordered: np.ndarray, share: np.ndarray) -> np.ndarray:
    size = ordered.shape[-1]
    return ordered[..., np.minimum((share * size).astype(int), size - 1)]
