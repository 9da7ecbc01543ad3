"""Batch normalization as one writes it on a whiteboard, every intermediate by its own name.

Rows are examples and columns are units: `z` is (m, n), or (..., m, n) with independent runs in
front; statistics, gamma and beta are (n,) or (..., n). Every argument is checked (`checks`), no
argument is changed, and z's dtype decides the dtype of all results. `kernels` holds the fast
form of the same sums, and the layer, `BatchNorm`, computes by it what stands here.

    >>> import numpy as np
    >>> z = np.array([[1.0], [3.0]])
    >>> z_tilde, cache = batch_norm_forward(z, gamma=np.ones(1), beta=np.zeros(1))
    >>> cache.mean, cache.var
    (array([2.]), array([1.]))
    >>> z_tilde.ravel().round(4)
    array([-1.,  1.])

Source: Ioffe & Szegedy 2015, arXiv 1502.03167, Algorithm 1 and section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from bncore import checks
from bncore.conventions import CONVENTIONS
from bncore.errors import InputError
from bncore.kernels import PreciseAverage, TallKernel, kernel_for

Gradients = tuple[np.ndarray, np.ndarray, np.ndarray]  # dz, dgamma, dbeta

quiet = np.errstate(all="ignore")  # what overflows is refused with an InputError instead


class Cache(NamedTuple):
    """What the forward pass leaves for the backward pass, and for whoever wants to look."""

    z_centered: np.ndarray  # z - mean, like z
    mean: np.ndarray  # (..., n)
    var: np.ndarray  # (..., n), biased: divided by m
    std: np.ndarray  # (..., n), sqrt(var + eps)
    z_norm: np.ndarray  # like z
    gamma: np.ndarray
    eps: float


@quiet
def batch_norm_forward(
    z: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, Cache]:
    """Normalize each unit over the batch, then scale by gamma and shift by beta.

    z (..., m, n); gamma and beta (n,) or (..., n). Returns z_tilde, like z, and the cache.
    Raises InputError for wrong shapes, an empty batch, NaN or infinity, values whose squares
    overflow, and an eps that is not finite and > 0.
    """
    z = checks.batch(z)
    gamma, beta = checks.per_unit(gamma, "gamma", z), checks.per_unit(beta, "beta", z)
    eps = checks.epsilon(eps, z.dtype)

    z_centered, mean = center(z)
    var = (z_centered**2).mean(axis=-2, dtype=np.float64).astype(z.dtype)
    std = np.sqrt(var + eps)
    z_norm = z_centered / row(std)
    z_tilde = row(gamma) * z_norm + row(beta)

    checks.results(var=var, std=std, z_tilde=z_tilde)
    return z_tilde, Cache(z_centered, mean, var, std, z_norm, gamma, eps)


@quiet
def batch_norm_backward(
    dz_tilde: ArrayLike, cache: Cache
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradient's way back through `batch_norm_forward`, along its three paths.

    dz_tilde is dL/dz_tilde, of z's shape. Returns dz like z, dgamma and dbeta (..., n).
    """
    dz_tilde = checks.like(dz_tilde, "dz_tilde", cache.z_norm)
    z_norm, std = cache.z_norm, row(cache.std)
    m = z_norm.shape[-2]

    dbeta = dz_tilde.sum(axis=-2)
    dgamma = (dz_tilde * z_norm).sum(axis=-2)

    dz_norm = dz_tilde * row(cache.gamma)
    dstd = -(dz_norm * z_norm).sum(axis=-2, keepdims=True) / std
    dmean = -dz_norm.sum(axis=-2, keepdims=True) / std
    # z acts on z_norm directly, through the variance, and through the mean
    dz = dz_norm / std + dstd * z_norm / m + dmean / m

    checks.results(dz=dz, dgamma=dgamma, dbeta=dbeta)
    return dz, dgamma, dbeta


@quiet
def batch_norm_inference(
    z: ArrayLike,
    mean: ArrayLike,
    var: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    eps: float = 1e-5,
) -> np.ndarray:
    """The same four steps with statistics from elsewhere, one example at a time if need be."""
    z = checks.batch(z)
    mean, var = checks.per_unit(mean, "mean", z), checks.variance(var, "var", z)
    gamma, beta = checks.per_unit(gamma, "gamma", z), checks.per_unit(beta, "beta", z)
    eps = checks.epsilon(eps, z.dtype)

    std = np.sqrt(var + eps)
    z_norm = (z - row(mean)) / row(std)
    z_tilde = row(gamma) * z_norm + row(beta)

    checks.results(std=std, z_tilde=z_tilde)
    return z_tilde


def center(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """z - mean, and the mean (..., n).

    Row 0 is subtracted before averaging: numbers near 10000 that differ by .01 keep their
    digits (float32 errs by 1e-7 in z_norm instead of .1), and a constant unit gives exactly 0.
    Sums run in float64, since every addition of a float32 sum rounds.
    """
    first = z[..., :1, :]
    z_shifted = z - first
    mean_shifted = z_shifted.mean(axis=-2, keepdims=True, dtype=np.float64).astype(z.dtype)
    return z_shifted - mean_shifted, (first + mean_shifted)[..., 0, :]


def row(per_unit: np.ndarray) -> np.ndarray:
    """(..., n) as (..., 1, n), so that it meets every example of its run."""
    return per_unit[..., None, :]


class BatchNorm:
    """A batch-norm layer: gamma, beta, and the running statistics used when not training.

    `gamma`, `beta`, `running_mean`, `running_var` are writable (n,) arrays; with runs in front
    of z the running statistics take the same axes, (..., n). `momentum` weighs the new batch.

    Under `convention` (see `conventions`) "pytorch", running_var gathers the unbiased variance
    m/(m-1) var, although var itself normalizes. One example says nothing about the variance: a
    batch of one normalizes to 0, and leaves running_var alone where the convention is unbiased.
    Nor is it counted there: under "paper" the first batch that has a variance is the whole average
    of variances, and the 1 that running_var begins with is never part of it.

        >>> bn = BatchNorm(2)
        >>> bn(np.array([[1.0, 5.0], [3.0, 5.0]])).round(3)
        array([[-1.,  0.],
               [ 1.,  0.]])
        >>> bn.running_mean.round(3)
        array([0.2, 0.5])
    """

    def __init__(
        self,
        n: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        dtype: DTypeLike = np.float64,
        *,
        convention: str = "pytorch",
    ) -> None:
        self.n, self.dtype = _units(n), checks.float_dtype(dtype)
        self.eps = checks.epsilon(eps, self.dtype)
        self.momentum = checks.weight(momentum)
        self.convention = _known(convention)
        self.gamma, self.beta = np.ones(self.n, self.dtype), np.zeros(self.n, self.dtype)
        self.running_mean, self.running_var = self.beta.copy(), self.gamma.copy()
        self.batches = 0  # training batches seen
        self.variances = 0  # those of them that had the variance that is kept
        self._by_kernel: ByKernel | None = None  # for batches of the shape seen last
        self._way_back: Callable[[ArrayLike], Gradients] | None = None

    @classmethod
    def under(cls, convention: str, n: int, dtype: DTypeLike = np.float64) -> BatchNorm:
        """A layer with the default eps and momentum of a named convention."""
        rule = CONVENTIONS[_known(convention)]
        return cls(n, rule.eps or 1e-5, rule.new_weight, dtype, convention=convention)

    def __repr__(self) -> str:
        settings = f"eps={self.eps!r}, momentum={self.momentum!r}, dtype={self.dtype.name!r}"
        return f"BatchNorm({self.n}, {settings}, convention={self.convention!r})"

    def __call__(self, z: ArrayLike, training: bool = True) -> np.ndarray:
        """See `forward`."""
        return self.forward(z, training)

    @quiet
    def forward(self, z: ArrayLike, training: bool = True) -> np.ndarray:
        """z_tilde, like z (m, n): by z's own statistics in training, else by the running ones.

        Training moves the running statistics.
        """
        self._way_back = None  # nothing to go back through, until a training pass has succeeded
        z = checks.batch(z, units=self.n)
        if not training:
            running = self.running_mean, self.running_var
            return batch_norm_inference(z, *running, self.gamma, self.beta, self.eps)
        z_tilde, mean, var, way_back = self._normalize(z)
        self._track(z, mean, var)
        self._way_back = way_back
        return z_tilde

    def backward(self, dz_tilde: ArrayLike) -> Gradients:
        """(dz, dgamma, dbeta) of the last forward pass, which must have been a training one."""
        if self._way_back is None:
            raise RuntimeError("backward needs a forward pass with training=True before it")
        return self._way_back(dz_tilde)

    def _normalize(
        self, z: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, Callable[[ArrayLike], Gradients]]:
        """z_tilde, mean, var, and the way back: `batch_norm_forward`, faster."""
        by = self._by_kernel
        if by is None or (by.shape, by.dtype) != (z.shape, z.dtype):
            by = self._by_kernel = ByKernel(z.shape, z.dtype)
        found = by.forward(z, self.gamma, self.beta, self.eps)
        if found is not None:
            return *found, by.backward
        z_tilde, cache = batch_norm_forward(z, self.gamma, self.beta, self.eps)  # or it refuses
        return z_tilde, cache.mean, cache.var, partial(batch_norm_backward, cache=cache)

    def _track(self, z: np.ndarray, mean: np.ndarray, var: np.ndarray) -> None:
        rule = CONVENTIONS[_known(self.convention)]
        old_mean = checks.per_unit(self.running_mean, "running_mean", z, self.dtype)
        old_var = checks.variance(self.running_var, "running_var", z, self.dtype)
        m, momentum = z.shape[-2], checks.weight(self.momentum)
        new_var = rule.variance(var, old_var, m)
        batches = self.batches + 1
        variances = self.variances + rule.measures_variance(m)
        new, new_of_var = (rule.step(momentum, max(count, 1)) for count in (batches, variances))

        mean = ((1 - new) * old_mean + new * mean).astype(self.dtype)
        var = ((1 - new_of_var) * old_var + new_of_var * new_var).astype(self.dtype)
        checks.results(running_mean=mean, running_var=var)
        self.running_mean, self.running_var = mean, var
        self.batches, self.variances = batches, variances


class ByKernel:
    """The whiteboard's two functions for batches of one shape, computed by the kernel.

    What is checked is whether shapes fit and results are finite: where they are not, the whiteboard
    is asked, which says what it refuses, or has a number where the kernel's order of factors has
    none.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.shape, self.dtype = shape, dtype
        *lead, m, n = shape
        self.rows = (n,), (*lead, n)  # shapes that gamma and beta may have
        self.kernel = kernel_for(m, 1.0, *np.empty((6, *lead, 1, n), dtype))
        self.kernel.y = np.empty(shape, dtype)  # by itself, since it is given away
        if dtype == np.float32 and not isinstance(self.kernel, TallKernel):
            self.kernel.average = PreciseAverage(shape, dtype)
        self.eps = 1.0

    def forward(
        self, z: np.ndarray, gamma: ArrayLike, beta: ArrayLike, eps: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """z_tilde, mean and var; None where the whiteboard is to be asked. z has been checked."""
        kernel = self.kernel
        gamma, beta = checks.floats(gamma, "gamma"), checks.floats(beta, "beta")
        if not (gamma.shape in self.rows and beta.shape in self.rows):
            return None
        kernel.gamma[...], kernel.beta[...] = row(gamma), row(beta)
        self.eps = kernel.eps[...] = checks.epsilon(eps, z.dtype)
        y = kernel.forward(z)
        # a var of infinity would make z_tilde 0
        if not (checks.sums_squares(y) and checks.sums_squares(kernel.var)):
            return None
        return self._given_away(), kernel.mean[..., 0, :].copy(), kernel.var[..., 0, :].copy()

    @quiet
    def backward(self, dz_tilde: ArrayLike) -> Gradients:
        """dz, dgamma and dbeta for the last `forward`."""
        kernel = self.kernel
        dz_tilde = checks.like(dz_tilde, "dz_tilde", kernel.x_centered)
        dz = kernel.backward(dz_tilde)
        if not all(map(checks.sums_squares, (dz, kernel.dgamma, kernel.dbeta))):
            return batch_norm_backward(dz_tilde, self._cache())
        rows = kernel.dgamma[..., 0, :].copy(), kernel.dbeta[..., 0, :].copy()
        return self._given_away(), *rows

    def _given_away(self) -> np.ndarray:
        """The kernel's result, which from now on is the caller's: no copy, but a new buffer."""
        result, self.kernel.y = self.kernel.y, np.empty(self.shape, self.dtype)
        return result

    def _cache(self) -> Cache:
        """What the whiteboard would have kept."""
        kernel = self.kernel
        mean, var, gamma = (each[..., 0, :] for each in (kernel.mean, kernel.var, kernel.gamma))
        std = np.sqrt(var + kernel.eps)
        z_norm = kernel.x_centered / row(std)
        return Cache(kernel.x_centered, mean, var, std, z_norm, gamma, self.eps)


def _units(n: Any) -> int:
    count = checks.number(n)
    if not (count >= 1 and count.is_integer()):
        raise InputError("shape", {"field": "n", "expected": "a whole number >= 1", "got": n})
    return int(count)


def _known(convention: str) -> str:
    if not isinstance(convention, str) or convention not in CONVENTIONS:
        fields = {"field": "convention", "expected": tuple(CONVENTIONS), "got": convention}
        raise InputError("config", fields)
    return convention
