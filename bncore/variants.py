"""Batch normalization done wrong on purpose, to be shown beside the right one.

Each takes the arguments of `batch_norm_forward` and returns the same pair, so that a page can
put the two side by side. `cache.std` is what z - mean was divided by, and results may be NaN or
infinite: that is then the point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bncore import checks
from bncore.batchnorm import Cache, center, quiet, row


@quiet
def without_eps(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 0.0
) -> tuple[np.ndarray, Cache]:
    """eps = 0 whatever was given: a constant unit becomes 0/0."""
    z = checks.batch(z)
    z_centered, mean = center(z)
    var = (z_centered**2).mean(axis=-2)
    return _finish(z, z_centered, mean, var, np.sqrt(var), gamma, beta, 0.0)


@quiet
def divide_by_variance(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, Cache]:
    """var + eps without the square root: the outcome depends on the unit of measurement."""
    z = checks.batch(z)
    eps = checks.epsilon(eps, z.dtype)
    z_centered, mean = center(z)
    var = (z_centered**2).mean(axis=-2)
    return _finish(z, z_centered, mean, var, var + eps, gamma, beta, eps)


@quiet
def unbiased_variance(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, Cache]:
    """1/(m-1) instead of 1/m: z_norm shrinks by sqrt((m-1)/m), and m = 1 is 0/0."""
    z = checks.batch(z)
    eps = checks.epsilon(eps, z.dtype)
    z_centered, mean = center(z)
    var = (z_centered**2).sum(axis=-2) / np.asarray(z.shape[-2] - 1, z.dtype)
    return _finish(z, z_centered, mean, var, np.sqrt(var + eps), gamma, beta, eps)


@quiet
def pooled_units(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, Cache]:
    """One mean and one variance for all units together: each unit keeps its own offset."""
    z = checks.batch(z)
    eps = checks.epsilon(eps, z.dtype)
    *lead, _, n = z.shape
    numbers = z.reshape(*lead, -1, 1)  # all units as if they were one
    centered, pooled_mean = center(numbers)
    mean = np.broadcast_to(pooled_mean, (*lead, n))
    var = np.broadcast_to((centered**2).mean(axis=-2), (*lead, n))
    return _finish(z, centered.reshape(z.shape), mean, var, np.sqrt(var + eps), gamma, beta, eps)


def _finish(
    z: np.ndarray,
    z_centered: np.ndarray,
    mean: np.ndarray,
    var: np.ndarray,
    divisor: np.ndarray,
    gamma: ArrayLike,
    beta: ArrayLike,
    eps: float,
) -> tuple[np.ndarray, Cache]:
    gamma, beta = checks.per_unit(gamma, "gamma", z), checks.per_unit(beta, "beta", z)
    z_norm = z_centered / row(divisor)
    z_tilde = row(gamma) * z_norm + row(beta)
    return z_tilde, Cache(z_centered, mean, var, divisor, z_norm, gamma, eps)


VARIANTS = {
    "without_eps": without_eps,
    "divide_by_variance": divide_by_variance,
    "unbiased_variance": unbiased_variance,
    "pooled_units": pooled_units,
}
