"""Batch normalization for training: the sums of `batchnorm`, arranged to be fast.

Nothing is checked and nothing is allocated after construction. Batch means go through BLAS, as
a product with a row of 1/m; every result is written into a buffer that is made once per batch
size. Tested equal to `batchnorm`, which is the version to read.

Here gamma, beta, mean and var are rows (..., 1, n): they meet a batch without reshaping.
"""

from __future__ import annotations

import numpy as np

from bncore.checks import epsilon


class BatchNormKernel:
    """Forward and backward for batches of one shape (..., m, n)."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, eps: float) -> None:
        *lead, m, n = shape
        self.m = m
        self.eps = epsilon(eps, dtype)
        self.average = np.full((1, m), 1 / m, dtype)  # average @ x is the batch mean
        self.x_centered = np.empty(shape, dtype)
        self.y = np.empty(shape, dtype)
        self.dx = np.empty(shape, dtype)
        self.shift, self.inv_std, self.scale = (np.empty((*lead, 1, n), dtype) for _ in range(3))

    def forward(
        self, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: np.ndarray, var: np.ndarray
    ) -> np.ndarray:
        """y, a buffer that the next call overwrites; the batch's statistics go to mean, var."""
        x_centered, y = self.x_centered, self.y
        first = x[..., :1, :]
        np.subtract(x, first, out=x_centered)  # exact where x is near row 0: see `center`
        np.matmul(self.average, x_centered, out=self.shift)
        x_centered -= self.shift
        np.add(first, self.shift, out=mean)
        np.multiply(x_centered, x_centered, out=y)
        np.matmul(self.average, y, out=var)
        np.add(var, self.eps, out=self.inv_std)
        np.sqrt(self.inv_std, out=self.inv_std)
        np.reciprocal(self.inv_std, out=self.inv_std)
        np.multiply(gamma, self.inv_std, out=self.scale)
        np.multiply(x_centered, self.scale, out=y)
        y += beta
        return y

    def backward(self, dy: np.ndarray, dgamma: np.ndarray, dbeta: np.ndarray) -> np.ndarray:
        """dx, a buffer; the gradients of gamma and beta go to dgamma, dbeta.

        dx = scale * (dy - mean(dy) - x_centered * mean(dy * x_centered) / (var + eps))
        """
        dx = self.dx
        np.multiply(dy, self.x_centered, out=dx)
        np.matmul(self.average, dx, out=dgamma)
        np.matmul(self.average, dy, out=dbeta)
        dgamma *= self.inv_std  # now mean(dy * x_norm)
        np.multiply(dgamma, self.inv_std, out=self.shift)
        np.multiply(self.x_centered, self.shift, out=dx)
        np.subtract(dy, dx, out=dx)
        dx -= dbeta
        dx *= self.scale
        dgamma *= self.m
        dbeta *= self.m
        return dx
