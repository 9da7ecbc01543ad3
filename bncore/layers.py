"""The stages of a network for one batch size: dense and activation here, batch norm in `kernels`.

A stage holds views of the network's parameters and gradients, and its own buffers; `forward`
takes the output of the stage before, `backward` the gradient from the stage behind. What they
return is a buffer, overwritten by the next call.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from bncore.activations import Activation
from bncore.kernels import product


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
