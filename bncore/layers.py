"""The stages of a network for one batch size; batch norm over a whole batch is in `kernels`.

A stage holds views of the network's parameters and gradients, and its own buffers; `forward`
takes the output of the stage before, `backward` the gradient from the stage behind. What they
return is a buffer, overwritten by the next call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from bncore.activations import Activation
from bncore.kernels import BatchNormKernel, product
from bncore.normalizers import normalized, normalized_back


class Stage(Protocol):
    """One step on the way from x to the logits."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The stage's output for its input."""

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """The gradient of the input, from that of the output; parameter gradients on the way."""


class Dense:
    """z = x W + b, with x (..., m, inputs), W (..., inputs, units), b (..., 1, units) or None."""

    def __init__(
        self,
        W: np.ndarray,
        dW: np.ndarray,
        b: np.ndarray | None,
        db: np.ndarray | None,
        z: np.ndarray,
        first: bool = False,
    ) -> None:
        *lead, inputs, _ = W.shape
        m = z.shape[-2]
        self.W, self.dW, self.b, self.db = W, dW, b, db
        self.W_T = W.swapaxes(-1, -2)
        self.product = product(lead)
        self.ones = np.ones((1, m), W.dtype)
        self.z = z  # the buffer of what comes out, (..., m, units)
        self.dx = np.empty((*lead, m, inputs), W.dtype)
        self.first = first  # nobody asks for the gradient of the data

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The pre-activations."""
        self.x_T = x.swapaxes(-1, -2)
        self.product(x, self.W, self.z)
        if self.b is not None:
            self.z += self.b
        return self.z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """dW = x^T dz, db = sum of dz over the batch, dx = dz W^T."""
        self.product(self.x_T, dz, self.dW)
        if self.db is not None:
            self.product(self.ones, dz, self.db)
        if not self.first:
            self.product(dz, self.W_T, self.dx)
        return self.dx


class Activate:
    """a = g(z), element by element."""

    def __init__(self, g: Activation, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.g = g
        self.a = np.empty(shape, dtype)
        self.dz = np.empty(shape, dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The activations."""
        return self.g.forward(x, out=self.a)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dz = da * g'(z), with g' from the activations."""
        self.g.slope(self.a, out=self.dz)
        self.dz *= dy
        return self.dz


class NormInGroups:
    """Batch norm by the statistics of groups of g examples: each group is one more run.

    x (..., m, n) is seen as (..., m/g, g, n), and goes through the kernel so. gamma and beta are
    shared by the groups, and gather gradients from all; mean and var are averages over groups.

    Source: "ghost batch normalization" in Hoffer, Hubara & Soudry 2017, arXiv 1705.08741.
    """

    def __init__(
        self,
        m: int,
        g: int,
        eps: float,
        gamma: np.ndarray,
        beta: np.ndarray,
        dgamma: np.ndarray,
        dbeta: np.ndarray,
        mean: np.ndarray,
        var: np.ndarray,
    ) -> None:
        *lead, _, n = gamma.shape
        self.together, self.apart = (*lead, m, n), (*lead, m // g, g, n)
        self.dgamma, self.dbeta, self.mean, self.var = dgamma, dbeta, mean, var
        self.of_groups = np.empty((4, *lead, m // g, 1, n), gamma.dtype)
        shared = [
            np.broadcast_to(p[..., None, :, :], self.of_groups[0].shape) for p in (gamma, beta)
        ]
        self.kernel = BatchNormKernel(g, eps, *shared, *self.of_groups)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Like the kernel's."""
        y = self.kernel.forward(x.reshape(self.apart))
        self.kernel.mean.mean(axis=-3, out=self.mean)
        self.kernel.var.mean(axis=-3, out=self.var)
        return y.reshape(self.together)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Like the kernel's."""
        dx = self.kernel.backward(dy.reshape(self.apart))
        self.kernel.dgamma.sum(axis=-3, out=self.dgamma)
        self.kernel.dbeta.sum(axis=-3, out=self.dbeta)
        return dx.reshape(self.together)


class NormEach:
    """A rival of batch norm (`normalizers`): it looks at one example at a time, or at one number.

    gamma and beta (..., 1, n) and their gradients; DyT has alpha and dalpha (..., 1, 1) as well.
    Written to be read: it makes new arrays, where the kernel of batch norm has buffers.
    """

    def __init__(
        self,
        normalizer: str,
        eps: float,
        gamma: np.ndarray,
        beta: np.ndarray,
        *grads: np.ndarray,
        alpha: np.ndarray | None = None,
    ) -> None:
        self.normalizer, self.eps = normalizer, eps
        self.gamma, self.beta, self.alpha, self.grads = gamma, beta, alpha, grads

    def forward(self, x: np.ndarray) -> np.ndarray:
        """z_tilde."""
        self.x = x
        y, self.kept = normalized(self.normalizer, x, self.gamma, self.beta, self.eps, self.alpha)
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dx; gradients of gamma, beta and alpha on the way."""
        dx, *found = normalized_back(self.normalizer, dy, self.x, self.kept, self.gamma, self.alpha)
        for grad, value in zip(self.grads, found, strict=True):
            grad[...] = value
        return dx


class Drop:
    """Inverted dropout: each number is kept with probability `keep`, and then divided by it.

    Source: Srivastava et al. 2014, JMLR 15, section 10 (scaling in training, none in testing).
    """

    def __init__(self, keep: float, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self.keep = keep
        self.factors, self.y, self.dx = np.empty((3, *shape), dtype)

    def draw(self, rngs: Sequence[np.random.Generator]) -> None:
        """New factors 0 or 1/keep, with a generator for each run."""
        by_run = self.factors.reshape(-1, *self.factors.shape[-2:])
        for factors, rng in zip(by_run, rngs, strict=True):
            np.less(rng.random(factors.shape, np.float32), self.keep, out=factors)
        self.factors *= 1 / self.keep

    def forward(self, x: np.ndarray) -> np.ndarray:
        """x times the factors drawn last."""
        return np.multiply(x, self.factors, self.y)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy times the same."""
        return np.multiply(dy, self.factors, self.dx)


class Jolt:
    """y = factor x + offset, with one factor and one offset for each unit and the whole batch.

    For experiments that take away what batch norm brings: distributions that stay where they are.
    Source: after Santurkar et al. 2018, arXiv 1805.11604, section 2.1.
    """

    def __init__(
        self, offset: float, factor: float, shape: tuple[int, ...], dtype: np.dtype
    ) -> None:
        *lead, _, n = shape
        self.largest = offset, factor
        self.offset = np.zeros((*lead, 1, n), dtype)
        self.factor = np.ones((*lead, 1, n), dtype)
        self.y, self.dx = np.empty((2, *shape), dtype)

    def draw(self, rngs: Sequence[np.random.Generator]) -> None:
        """New ones, even in -offset..offset and in 1..factor, with a generator for each run."""
        offset, factor = self.largest
        n = self.offset.shape[-1]
        by_run = self.offset.reshape(-1, n), self.factor.reshape(-1, n)
        for offsets, factors, rng in zip(*by_run, rngs, strict=True):
            offsets[:] = rng.uniform(-offset, offset, n)
            factors[:] = rng.uniform(1, factor, n)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """By the factors and offsets drawn last."""
        np.multiply(x, self.factor, self.y)
        self.y += self.offset
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """dy times the factors."""
        return np.multiply(dy, self.factor, self.dx)
