"""Batch normalization for training: the sums of `batchnorm`, arranged to be fast.

Nothing is checked and nothing is allocated after construction. Batch means go through BLAS, as
a product with a row of 1/m; every result is written into a buffer that is made once per batch
size. Tested equal to `batchnorm`, which is the version to read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from bncore.checks import epsilon

CACHED = 8 * 2**20  # bytes of a batch that is still taken at once
SLICE = 2**19  # bytes of a taller one that are taken at a time: they stay in the processor's cache
FEW = 64  # rows that are summed at once in float32, and keep their digits
BLOCK = 16
Parts = Callable[[slice, np.ndarray], tuple[np.ndarray, ...]]  # of some rows; a buffer for one


def product(lead: Sequence[int]) -> Callable[..., np.ndarray]:
    """The matrix product for arrays with these run axes in front.

    `np.dot` starts faster, and only `np.matmul` takes run axes; on matrices they agree.
    """
    return np.matmul if lead else np.dot


class PreciseAverage:
    """(x, out): the mean over the batch (..., 1, n) of x (..., m, n), to the last digit or so.

    A float32 sum of many numbers loses one digit of seven on the way, and 1/m has an error of its
    own. Training does not mind; whoever asks one layer for z_tilde to 1e-6 does.
    """

    def __init__(self, shape: Sequence[int], dtype: np.dtype) -> None:
        self.total, self.m = Total(shape, dtype), np.array(shape[-2], dtype)

    def __call__(self, x: np.ndarray, out: np.ndarray) -> np.ndarray:
        return np.divide(self.total(x), self.m, out)


class Total:
    """The sum over the batch: blocks of rows are laid over each other, until few rows are left."""

    def __init__(self, shape: Sequence[int], dtype: np.dtype) -> None:
        *lead, m, n = shape
        self.product, self.few = product(lead), m <= FEW
        self.ones = np.ones((1, m if self.few else BLOCK), dtype)
        if not self.few:
            rows, rest = divmod(m, BLOCK)
            self.whole = m - rest
            self.blocks, self.laid = (*lead, BLOCK, rows * n), (*lead, rows, n)
            self.of_laid = Total(self.laid, dtype)
            self.of_rest = Total((*lead, rest, n), dtype)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        if self.few:
            return self.product(self.ones, x)
        laid = self.product(self.ones, x[..., : self.whole, :].reshape(self.blocks))
        return self.of_laid(laid.reshape(self.laid)) + self.of_rest(x[..., self.whole :, :])


class BatchNormKernel:
    """Forward and backward for batches of m, with x (..., m, n).

    gamma, beta, their gradients and the batch's mean and var are rows (..., 1, n), so that they
    meet a batch without reshaping: views of the network's buffers, read or written at each call.
    The last argument of each call below is where its result goes.
    """

    def __init__(
        self,
        m: int,
        eps: float,
        gamma: np.ndarray,
        beta: np.ndarray,
        dgamma: np.ndarray,
        dbeta: np.ndarray,
        mean: np.ndarray,
        var: np.ndarray,
    ) -> None:
        self.gamma, self.beta, self.dgamma, self.dbeta = gamma, beta, dgamma, dbeta
        self.mean, self.var = mean, var
        *lead, _, n = gamma.shape
        dtype = gamma.dtype
        # as arrays, since every ufunc would convert a Python number anew
        self.m, self.eps = np.array(m, dtype), np.array(epsilon(eps, dtype), dtype)
        self.average: Callable[[np.ndarray, np.ndarray], object] = partial(
            product(lead), np.full((1, m), 1 / m, dtype)
        )  # over the batch
        self.x_centered, self.scale, self.y = np.empty((3, *lead, m, n), dtype)
        self.shift, self.inv_std = np.empty((2, *lead, 1, n), dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """y, a buffer that the next call overwrites; the batch's statistics go to mean, var."""
        x_centered, y, shift, inv_std = self.x_centered, self.y, self.shift, self.inv_std
        first = x[..., :1, :]
        np.subtract(x, first, x_centered)  # exact where x is near row 0: see `batchnorm.center`
        self.average(x_centered, shift)
        x_centered -= shift
        np.add(first, shift, self.mean)

        np.multiply(x_centered, x_centered, y)
        self.average(y, self.var)
        self.invert(inv_std)

        np.multiply(self.gamma, inv_std, shift)
        np.copyto(self.scale, shift)  # spread, since it is used twice and rows multiply slowly
        np.multiply(x_centered, self.scale, y)
        y += self.beta
        return y

    def invert(self, inv_std: np.ndarray) -> None:
        """One over the standard deviation, with eps."""
        np.add(self.var, self.eps, inv_std)
        np.sqrt(inv_std, inv_std)
        np.reciprocal(inv_std, inv_std)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dx, in the buffer of y, which has served; gradients of gamma, beta go to dgamma, dbeta.

        dx = scale * (dy - mean(dy) - x_centered * mean(dy * x_centered) / (var + eps))
        """
        x_centered, dx, shift, inv_std = self.x_centered, self.y, self.shift, self.inv_std
        dgamma, dbeta = self.dgamma, self.dbeta
        np.multiply(dy, x_centered, dx)
        self.average(dx, dgamma)
        dgamma *= inv_std  # now mean(dy * x_norm)
        self.average(dy, dbeta)

        np.multiply(dgamma, inv_std, shift)
        np.multiply(x_centered, shift, dx)
        np.subtract(dy, dx, dx)
        dx -= dbeta
        dx *= self.scale

        dgamma *= self.m  # gamma and beta collect sums, not means
        dbeta *= self.m
        return dx


class TallKernel(BatchNormKernel):
    """The same for a batch that no cache holds, a few rows at a time.

    Such a batch takes as long as it is fetched from memory: each pass over it does all that can be
    done before its mean (or its gradient's sums) must be known. Sums go on in float64 from slice
    to slice.
    """

    def __init__(self, m: int, eps: float, gamma: np.ndarray, *rows: np.ndarray) -> None:
        self.gamma, (self.beta, self.dgamma, self.dbeta, self.mean, self.var) = gamma, rows
        n, dtype = gamma.shape[-1], gamma.dtype
        self.m, self.eps = np.array(m, dtype), np.array(epsilon(eps, dtype), dtype)
        few = max(1, SLICE // (n * dtype.itemsize))
        self.slices = [slice(start, min(start + few, m)) for start in range(0, m, few)]
        lengths = {each.stop - each.start for each in self.slices}
        self.totals = {length: Total((length, n), dtype) for length in lengths}
        self.x_centered, self.y = np.empty((2, m, n), dtype)
        self.part, self.spread, self.spread_shift = np.empty((3, few, n), dtype)
        self.inv_std = np.empty((1, n), dtype)

    def averages(self, parts: Parts, *outs: np.ndarray) -> None:
        """The means over the batch of the arrays that `parts` returns for each slice."""
        totals = np.zeros((len(outs), *outs[0].shape))
        for rows in self.slices:
            found = parts(rows, self.part[: rows.stop - rows.start])
            for total, part in zip(totals, found, strict=True):
                total += self.totals[len(part)](part)
        for total, out in zip(totals, outs, strict=True):
            np.divide(total, self.m, out, casting="same_kind")

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Like the kernel's."""
        x_centered, first, shift = self.x_centered, x[:1], np.empty_like(self.inv_std)

        def shifted(rows: slice, part: np.ndarray) -> tuple[np.ndarray, ...]:
            return (np.subtract(x[rows], first, part),)

        def squared(rows: slice, part: np.ndarray) -> tuple[np.ndarray, ...]:
            np.subtract(shifted(rows, part)[0], shift, x_centered[rows])
            return (np.multiply(x_centered[rows], x_centered[rows], part),)

        self.averages(shifted, shift)
        np.add(first, shift, self.mean)
        self.averages(squared, self.var)
        self.invert(self.inv_std)
        np.copyto(self.spread, self.gamma * self.inv_std)
        for rows in self.slices:
            y = self.y[rows]
            np.multiply(x_centered[rows], self.spread[: len(y)], y)
            y += self.beta
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Like the kernel's."""
        x_centered, dgamma, dbeta = self.x_centered, self.dgamma, self.dbeta
        self.averages(
            lambda rows, part: (np.multiply(dy[rows], x_centered[rows], part), dy[rows]),
            *(dgamma, dbeta),
        )
        dgamma *= self.inv_std
        np.copyto(self.spread_shift, dgamma * self.inv_std)
        for rows in self.slices:
            dx = self.y[rows]
            np.multiply(x_centered[rows], self.spread_shift[: len(dx)], dx)
            np.subtract(dy[rows], dx, dx)
            dx -= dbeta
            dx *= self.spread[: len(dx)]
        dgamma *= self.m
        dbeta *= self.m
        return self.y


def kernel_for(m: int, eps: float, gamma: np.ndarray, *rows: np.ndarray) -> BatchNormKernel:
    """The kernel that is fastest for a batch of m; its arguments are those of the kernel."""
    tall = gamma.ndim == 2 and m * gamma.nbytes > CACHED
    return (TallKernel if tall else BatchNormKernel)(m, eps, gamma, *rows)
