"""Batch normalization for training: the sums of `batchnorm`, arranged to be fast.

Nothing is checked and nothing is allocated after construction. Batch means go through BLAS, as
a product with a row of 1/m; every result is written into a buffer that is made once per batch
size. Tested equal to `batchnorm`, which is the version to read.

Here gamma, beta, mean and var are rows (..., 1, n): they meet a batch without reshaping.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from bncore.checks import epsilon


def product(lead: Sequence[int]) -> Callable[..., np.ndarray]:
    """The matrix product for arrays with these run axes in front.

    `np.dot` starts faster, and only `np.matmul` takes run axes; on matrices they agree.
    """
    return np.matmul if lead else np.dot


class BatchNormKernel:
    """Forward and backward for batches of one shape (..., m, n).

    The last argument of each call below is where its result goes.
    """

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, eps: float) -> None:
        *lead, m, n = shape
        # as arrays, since every ufunc would convert a Python number anew
        self.m, self.eps = np.array(m, dtype), np.array(epsilon(eps, dtype), dtype)
        self.average = partial(product(lead), np.full((1, m), 1 / m, dtype))  # over the batch
        self.x_centered = np.empty(shape, dtype)
        self.y = np.empty(shape, dtype)
        self.scale = np.empty(shape, dtype)
        self.shift, self.inv_std = np.empty((2, *lead, 1, n), dtype)

    def forward(
        self, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, var: np.ndarray
    ) -> np.ndarray:
        """y, a buffer that the next call overwrites; the batch's statistics go to mean, var."""
        x_centered, y, shift, inv_std = self.x_centered, self.y, self.shift, self.inv_std
        first = x[..., :1, :]
        np.subtract(x, first, x_centered)  # exact where x is near row 0: see `batchnorm.center`
        self.average(x_centered, shift)
        x_centered -= shift
        np.add(first, shift, mean)

        np.multiply(x_centered, x_centered, y)
        self.average(y, var)
        np.add(var, self.eps, inv_std)
        np.sqrt(inv_std, inv_std)
        np.reciprocal(inv_std, inv_std)

        np.multiply(gamma, inv_std, shift)
        np.copyto(self.scale, shift)  # spread, since it is used twice and rows multiply slowly
        np.multiply(x_centered, self.scale, y)
        y += beta
        return y

    def backward(self, dy: np.ndarray, dgamma: np.ndarray, dbeta: np.ndarray) -> np.ndarray:
        """dx, in the buffer of y, which has served; gradients of gamma, beta go to dgamma, dbeta.

        dx = scale * (dy - mean(dy) - x_centered * mean(dy * x_centered) / (var + eps))
        """
        x_centered, dx, shift, inv_std = self.x_centered, self.y, self.shift, self.inv_std
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
