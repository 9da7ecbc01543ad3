"""The rivals of batch norm: the same four steps over other cells of the batch.

z is (m, n), examples × units, or (m, n, height, width) with a map behind each unit, which is then
called a channel. Who shares a mean and a spread is all that differs:

    batch       one unit of all examples, with all of its map
    layer       all units of one example
    group       a group of neighbouring units of one example
    instance    one channel of one example: the pixels of one map
    rms         as layer; but no mean is taken away, and z is divided by √(mean of z² + ε)

gamma and beta are (n,), one for each unit, whoever shares the statistics. `dyt_forward` is no
normalization at all, but a bend that takes its place.

    >>> z = np.array([[1.0, 3.0], [5.0, 7.0]])
    >>> layer_norm_forward(z, np.ones(2), np.zeros(2))[0].round(4)
    array([[-1.,  1.],
           [-1.,  1.]])
    >>> rms_norm_forward(z, np.ones(2), np.zeros(2))[0].round(4)
    array([[0.4472, 1.3416],
           [0.822 , 1.1508]])

The functions on top check what they are given, change nothing and are there to be read;
`standardize` and `standardize_back` are their sums, which a `Network` trains by as well.

Sources: layer norm, Ba, Kiros & Hinton 2016, arXiv 1607.06450; instance norm, Ulyanov, Vedaldi &
Lempitsky 2016, arXiv 1607.08022; group norm, Wu & He 2018, arXiv 1803.08494; RMS norm, Zhang &
Sennrich 2019, arXiv 1910.07467; DyT, Zhu, Chen, He, LeCun & Liu 2025, arXiv 2503.10622.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from bncore import checks
from bncore.errors import InputError

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]  # dz, dgamma, dbeta
quiet = np.errstate(all="ignore")  # what overflows is refused with an InputError instead

ALPHA = 0.5  # what DyT's α begins with in a network: section 4 of its paper
OWN, EXAMPLE = (2,), (0, 2)  # axes of cells (m, groups, k) that a set reaches over


class Over(NamedTuple):
    """Which cells share their statistics."""

    axes: tuple[int, ...]  # of the cells (m, groups, k)
    groups: int  # 0: as many as units
    centered: bool = True  # the mean is taken away


#: in a `Network` a layer has so many groups, five
OVER: dict[str, Over] = {
    "batch": Over(EXAMPLE, 0),
    "layer": Over(OWN, 1),
    "group": Over(OWN, 5),
    "instance": Over(OWN, 0),
    "rms": Over(OWN, 1, centered=False),
}
#: what a `Network` may have where batch norm sits; all but the first know nothing of other examples
NORMALIZERS = ("batch", "layer", "group", "rms", "dyt")


class Standardized(NamedTuple):
    """Cells over the sets that share them; statistics have an axis of 1 where a set reaches."""

    mean: np.ndarray  # 0 where none is taken away
    var: np.ndarray  # biased; the mean square where no mean is taken away
    std: np.ndarray  # √(var + eps)
    z_norm: np.ndarray


class NormCache(NamedTuple):
    """What the forward pass leaves for the backward pass, and for whoever wants to look."""

    over: Over
    cells: Standardized  # of z as (m, groups, k)
    z_norm: np.ndarray  # like z
    gamma: np.ndarray  # (n,)


class BendCache(NamedTuple):
    """The same of DyT."""

    z: np.ndarray
    bent: np.ndarray  # tanh(alpha z)
    gamma: np.ndarray
    alpha: float


# --- the four steps over any cells ---


def standardize(
    cells: np.ndarray, axes: tuple[int, ...], eps: float, centered: bool = True
) -> Standardized:
    """Steps one to three over `axes`. One cell is subtracted first, as in `batchnorm.center`."""
    dtype = cells.dtype
    if centered:
        among = [axis % cells.ndim for axis in axes]
        first = cells[tuple(slice(1 if a in among else None) for a in range(cells.ndim))]
        shifted = cells - first
        off = shifted.mean(axis=axes, keepdims=True, dtype=np.float64).astype(dtype)
        mean, z_centered = first + off, shifted - off
    else:
        z_centered = cells
        mean = np.zeros_like(cells.mean(axis=axes, keepdims=True))
    var = (z_centered**2).mean(axis=axes, keepdims=True, dtype=np.float64).astype(dtype)
    std = np.sqrt(var + dtype.type(eps))
    return Standardized(mean, var, std, z_centered / std)


def standardize_back(
    dz_norm: np.ndarray, cells: Standardized, axes: tuple[int, ...], centered: bool = True
) -> np.ndarray:
    """dz of the same: directly, through the spread, and through the mean where there is one."""
    along = (dz_norm * cells.z_norm).mean(axis=axes, keepdims=True)
    dz = dz_norm - along * cells.z_norm
    if centered:
        dz -= dz_norm.mean(axis=axes, keepdims=True)
    return dz / cells.std


# --- as on the whiteboard ---


def layer_norm_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, NormCache]:
    """Normalize each example over its units (and their maps), then scale and shift each unit.

    z (m, n) or (m, n, height, width); gamma and beta (n,). Returns z_tilde, like z, and the cache
    for `norm_backward`. Raises InputError for wrong shapes, an empty batch, NaN or infinity, what
    overflows, and an eps that is not finite and > 0. So do all of its neighbours.
    """
    return _forward(z, gamma, beta, eps, OVER["layer"])


def group_norm_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, groups: int, eps: float = 1e-5
) -> tuple[np.ndarray, NormCache]:
    """The same over each of so many groups of neighbouring units, which must come out even."""
    return _forward(z, gamma, beta, eps, OVER["group"]._replace(groups=groups))


def instance_norm_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, NormCache]:
    """The same over each map by itself; z must have maps, since a lone cell is its own mean."""
    z = checks.floats(z, "z")
    if z.ndim < 3:
        expected = "(m, channels, height, width)"
        raise InputError("shape", {"field": "z", "expected": expected, "got": z.shape})
    return _forward(z, gamma, beta, eps, OVER["instance"])


def rms_norm_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, NormCache]:
    """Divide each example by the root of its mean square: layer norm without the mean.

    The paper and most libraries have no beta; zeros stand for that.
    """
    return _forward(z, gamma, beta, eps, OVER["rms"])


def batch_norm_over_maps_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, NormCache]:
    """Batch norm, also of maps: each channel over all examples and all of its pixels."""
    return _forward(z, gamma, beta, eps, OVER["batch"])


@quiet
def norm_backward(dz_tilde: ArrayLike, cache: NormCache) -> Gradients:
    """The gradient's way back through any of them: dz like z, dgamma and dbeta (n,)."""
    dz_tilde = checks.like(dz_tilde, "dz_tilde", cache.z_norm)
    of_unit = tuple(axis for axis in range(dz_tilde.ndim) if axis != 1)

    dbeta = dz_tilde.sum(axis=of_unit)
    dgamma = (dz_tilde * cache.z_norm).sum(axis=of_unit)

    dz_norm = (dz_tilde * _by_unit(cache.gamma, dz_tilde)).reshape(cache.cells.z_norm.shape)
    dz = standardize_back(dz_norm, cache.cells, cache.over.axes, cache.over.centered)
    dz = dz.reshape(dz_tilde.shape)

    checks.results(dz=dz, dgamma=dgamma, dbeta=dbeta)
    return dz, dgamma, dbeta


@quiet
def dyt_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, alpha: float = ALPHA
) -> tuple[np.ndarray, BendCache]:
    """Dynamic tanh: gamma tanh(alpha z) + beta, number by number; nobody shares anything.

    z as in `layer_norm_forward`; alpha is one number, which a network learns.
    """
    z, gamma, beta = _checked(z, gamma, beta)
    alpha = checks.real(alpha, "alpha", -1e6, 1e6)
    bent = np.tanh(z.dtype.type(alpha) * z)
    z_tilde = _by_unit(gamma, z) * bent + _by_unit(beta, z)
    checks.results(z_tilde=z_tilde)
    return z_tilde, BendCache(z, bent, gamma, alpha)


@quiet
def dyt_backward(
    dz_tilde: ArrayLike, cache: BendCache
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """dz, dgamma, dbeta, and dalpha."""
    dz_tilde = checks.like(dz_tilde, "dz_tilde", cache.bent)
    of_unit = tuple(axis for axis in range(dz_tilde.ndim) if axis != 1)
    dbeta = dz_tilde.sum(axis=of_unit)
    dgamma = (dz_tilde * cache.bent).sum(axis=of_unit)
    dslope = dz_tilde * _by_unit(cache.gamma, dz_tilde) * (1 - cache.bent**2)  # of alpha z
    dz = dslope * dz_tilde.dtype.type(cache.alpha)
    checks.results(dz=dz, dgamma=dgamma, dbeta=dbeta)
    return dz, dgamma, dbeta, float((dslope * cache.z).sum())


@quiet
def _forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float, over: Over
) -> tuple[np.ndarray, NormCache]:
    z, gamma, beta = _checked(z, gamma, beta)
    eps = checks.epsilon(eps, z.dtype)
    m, n = z.shape[:2]
    groups = checks.whole(over.groups or n, "groups", 1, n)
    if n % groups:
        fields = {"field": "groups", "expected": f"a divisor of {n}", "got": groups}
        raise InputError("config", fields)

    cells = standardize(z.reshape(m, groups, -1), over.axes, eps, over.centered)
    z_norm = cells.z_norm.reshape(z.shape)
    z_tilde = _by_unit(gamma, z) * z_norm + _by_unit(beta, z)

    checks.results(var=cells.var, std=cells.std, z_tilde=z_tilde)
    return z_tilde, NormCache(over, cells, z_norm, gamma)


def _checked(z: Any, gamma: Any, beta: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    z = checks.batch(z)
    units = np.empty((1, z.shape[1]), z.dtype)  # what `per_unit` looks at: one axis of units
    return z, checks.per_unit(gamma, "gamma", units), checks.per_unit(beta, "beta", units)


def _by_unit(per_unit: np.ndarray, z: np.ndarray) -> np.ndarray:
    """(n,) so that it meets axis 1 of z."""
    return per_unit.reshape(-1, *[1] * (z.ndim - 2))


# --- as a network computes it, unchecked: z (..., m, n), with runs in front ---


def normalized(
    normalizer: str, z: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float, alpha: Any
) -> tuple[np.ndarray, Any]:
    """z_tilde, and what the way back needs. gamma and beta (..., 1, n), alpha (..., 1, 1)."""
    if normalizer == "dyt":
        bent = np.tanh(alpha * z)
        return gamma * bent + beta, bent
    over = OVER[normalizer]
    cells = standardize(z.reshape(*z.shape[:-1], over.groups, -1), (-1,), eps, over.centered)
    return gamma * cells.z_norm.reshape(z.shape) + beta, cells


def normalized_back(
    normalizer: str, dy: np.ndarray, z: np.ndarray, kept: Any, gamma: np.ndarray, alpha: Any
) -> tuple[np.ndarray, ...]:
    """dz, and (dgamma, dbeta) or, of DyT, (dgamma, dbeta, dalpha), in the shapes of those."""
    dbeta = dy.sum(axis=-2, keepdims=True)
    if normalizer == "dyt":
        dslope = dy * gamma * (1 - kept**2)
        dalpha = (dslope * z).sum(axis=(-2, -1), keepdims=True)
        return dslope * alpha, (dy * kept).sum(axis=-2, keepdims=True), dbeta, dalpha
    dgamma = (dy * kept.z_norm.reshape(z.shape)).sum(axis=-2, keepdims=True)
    dz_norm = (dy * gamma).reshape(kept.z_norm.shape)
    dz = standardize_back(dz_norm, kept, (-1,), OVER[normalizer].centered)
    return dz.reshape(z.shape), dgamma, dbeta
