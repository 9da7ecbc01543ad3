"""The bowl of the output layer, one floor above the inputs: its shape, and descent in it.

With a square loss the bowl over the weights of one output unit is a quadratic whose Hessian is the
second-moment matrix of what the last hidden layer hands on (`experiments.why.spectrum`). Along an
eigenvector gradient descent goes its own way, whatever happens along the others: each step
multiplies what is left by 1 − lr λ. So the plane of two eigenvectors is never left, and what is
drawn there is descent itself: the steepest direction of all, and the middle one by rank.

A start with the same loss everywhere: half of it along each of the two directions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bncore.data import load
from experiments.why import spectrum

CLOSE = 0.01  # of the first loss
ENOUGH = 1e9  # times the first loss: it diverges, and need not be followed any further


@dataclass(frozen=True, eq=False)
class Bowl:
    """λw²/2 along two directions; the loss is counted from the lowest."""

    middle: float  # λ of the direction in the middle of the ranks
    steepest: float  # λ of the steepest
    directions: np.ndarray  # (n, 2) the two of them, in the weights of the unit

    @property
    def start(self) -> np.ndarray:
        """(2,) along the middle and the steepest direction: a loss of 1, half of it from each."""
        return np.array([-1 / np.sqrt(self.middle), 1 / np.sqrt(self.steepest)])

    @property
    def axis_ratio(self) -> float:
        """Of the lines of equal loss: longest by shortest."""
        return float(np.sqrt(self.steepest / self.middle))

    @property
    def lr_limit(self) -> float:
        """Beyond it descent diverges."""
        return 2 / self.steepest


@dataclass(frozen=True, eq=False)
class Descent:
    """T steps; where it diverges T may be less than asked."""

    w: np.ndarray  # (T + 1, 2) along the middle and the steepest direction
    loss: np.ndarray  # (T + 1,) above the lowest
    diverged: bool
    steps_to_close: int | None  # until 1 % of the first loss is left; None: not in these steps


def handed_on(activation: str, norm: str, seed: int) -> np.ndarray:
    """(m, n) what the last hidden layer gives for MNIST's images, before any training."""
    x = load("mnist", seed, np.float64).x_train[: spectrum.IMAGES]
    return spectrum.last_hidden(x, spectrum.weights(activation, seed), activation, norm)


def bowl(activation: str, norm: str, seed: int) -> Bowl:
    """Of three hidden layers with this seed's weights; `norm` none or before. Some .05 s."""
    a = handed_on(activation, norm, seed)
    values, vectors = np.linalg.eigh(a.T @ a / len(a))
    at = [len(values) // 2, len(values) - 1]
    return Bowl(float(values[at[0]]), float(values[at[1]]), vectors[:, at])


def descent(here: Bowl, lr: float, steps: int) -> Descent:
    """From its start."""
    curvature, t = np.array([here.middle, here.steepest]), np.arange(steps + 1)[:, None]
    with np.errstate(over="ignore"):
        w = here.start * (1 - lr * curvature) ** t
        loss = (curvature * w**2).sum(axis=1) / 2
    far = np.flatnonzero(~(loss <= ENOUGH))
    w, loss = (each[: far[0] + 1] if len(far) else each for each in (w, loss))
    close = np.flatnonzero(loss <= CLOSE * loss[0])
    return Descent(
        w=w,
        loss=loss,
        diverged=bool(loss[-1] > loss[0]),
        steps_to_close=int(close[0]) if len(close) else None,
    )
