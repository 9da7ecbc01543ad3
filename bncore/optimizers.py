"""Optimizers over one flat parameter buffer.

All weights, biases, gammas and betas of a network stand in one array, so that an update is a
handful of vector operations whatever the number of layers. `params` and `grads` are (P,) for
one network, or (R, P) for R networks that train side by side; `lr` is a number or (R, 1).

To add one: a class with `__init__(params, lr)` and `update(params, grads)`, and a `Method` in
`OPTIMIZERS`. The constants are the usual defaults; momentum and RMSprop are written as in
PyTorch (velocity = beta velocity + gradient, without a factor 1 - beta).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

Rate = float | np.ndarray


class Optimizer(Protocol):
    """Remembers what it needs between updates, and changes `params` in place."""

    def __init__(self, params: np.ndarray, lr: Rate) -> None: ...

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """One step against the gradients."""


class SGD:
    """params -= lr * grads."""

    def __init__(self, params: np.ndarray, lr: Rate) -> None:
        self.lr = lr
        self.step = np.empty_like(params)

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """One step against the gradients."""
        np.multiply(grads, self.lr, out=self.step)
        params -= self.step


class Momentum:
    """velocity = .9 velocity + grads; params -= lr * velocity."""

    beta = 0.9

    def __init__(self, params: np.ndarray, lr: Rate) -> None:
        self.lr = lr
        self.velocity = np.zeros_like(params)
        self.step = np.empty_like(params)

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """One step along the velocity."""
        self.velocity *= self.beta
        self.velocity += grads
        np.multiply(self.velocity, self.lr, out=self.step)
        params -= self.step


class RMSprop:
    """square = .9 square + .1 grads^2; params -= lr * grads / (sqrt(square) + 1e-8)."""

    beta = 0.9
    eps = 1e-8

    def __init__(self, params: np.ndarray, lr: Rate) -> None:
        self.lr = lr
        self.square = np.zeros_like(params)
        self.step = np.empty_like(params)

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """One step, each gradient divided by its own recent size."""
        step = self.step
        np.multiply(grads, grads, out=step)
        step *= 1 - self.beta
        self.square *= self.beta
        self.square += step
        np.sqrt(self.square, out=step)
        step += self.eps
        np.divide(grads, step, out=step)
        step *= self.lr
        params -= step


class Adam:
    """Kingma & Ba 2015: momentum over RMSprop, both corrected for their start at zero.

    first and second are kept as plain sums (first = .9 first + grads, without the factor .1);
    the missing factors and the bias correction are numbers, and go into the step size and eps.
    """

    beta1 = 0.9
    beta2 = 0.999
    eps = 1e-8

    def __init__(self, params: np.ndarray, lr: Rate) -> None:
        self.lr = lr
        self.t = 0
        self.first = np.zeros_like(params)
        self.second = np.zeros_like(params)
        self.step = np.empty_like(params)

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """lr * m_hat / (sqrt(v_hat) + eps), m_hat and v_hat being first and second, rescaled."""
        self.t += 1
        first, second, step = self.first, self.second, self.step
        first *= self.beta1
        first += grads
        np.multiply(grads, grads, out=step)
        second *= self.beta2
        second += step

        m_factor = (1 - self.beta1) / (1 - self.beta1**self.t)
        v_factor = ((1 - self.beta2) / (1 - self.beta2**self.t)) ** 0.5
        np.sqrt(second, out=step)
        step += self.eps / v_factor
        np.divide(first, step, out=step)
        step *= self.lr * (m_factor / v_factor)
        params -= step


@dataclass(frozen=True)
class Method:
    """An optimizer and what those who offer it must know; call it as its class to make one."""

    kind: type[Optimizer]
    lr: float = 0.01  # at which a small network with batch norm gets on well
    lowest: float | None = None  # of the three decades of rates it is compared at, if it is

    def __call__(self, params: np.ndarray, lr: Rate) -> Optimizer:
        return self.kind(params, lr)


OPTIMIZERS: dict[str, Method] = {
    "sgd": Method(SGD, lr=0.1, lowest=0.032),
    "momentum": Method(Momentum, lr=0.02, lowest=0.0032),
    "rmsprop": Method(RMSprop, lr=0.01, lowest=0.00032),
    "adam": Method(Adam, lr=0.02, lowest=0.00032),
}
