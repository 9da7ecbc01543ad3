"""Batch norm folded into the weights: the same answers, and what it saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import median
from time import perf_counter

import numpy as np

from bncore.folding import fold
from bncore.network import Network
from experiments.trained import accuracy, trained

CALLS = 20  # predictions in one measurement of time


@dataclass(frozen=True, eq=False)
class Folded:
    """The trained network beside itself with batch norm folded away, on the test set."""

    max_error: float  # largest |difference| of a logit
    max_logit: float  # largest |logit|, to compare it with
    agree: float  # share of images that both call the same digit
    accuracy: float
    folded_accuracy: float
    parameters: int  # numbers needed to predict: parameters and running statistics
    folded_parameters: int


@cache
def folded() -> Network:
    """The trained network without batch norm. Shared: only to be asked for `predict`."""
    return fold(trained().network)


def compare() -> Folded:
    """Both on all test images."""
    net = trained()
    x, y = net.data.x_test, net.data.y_test
    one, other = net.network.predict(x), folded().predict(x)
    return Folded(
        max_error=float(np.abs(one - other).max()),
        max_logit=float(np.abs(one).max()),
        agree=float((one.argmax(axis=-1) == other.argmax(axis=-1)).mean()),
        accuracy=float(accuracy(one, y)),
        folded_accuracy=float(accuracy(other, y)),
        parameters=net.network.params.size + net.network.running.size,
        folded_parameters=folded().params.size,
    )


def time_ratio(repeats: int = 15) -> float:
    """Time of a prediction folded / with batch norm, one image at a time, measured here and now.

    The two take turns, and the median of `repeats` ratios of neighbours is taken, so that whatever
    else the machine does weighs on both.
    """
    net = trained()
    x = net.data.x_test[:1]
    with_bn, without = net.network.predict, folded().predict
    return median(_seconds(without, x) / _seconds(with_bn, x) for _ in range(repeats + 1))


def _seconds(predict: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> float:
    start = perf_counter()
    for _ in range(CALLS):
        predict(x)
    return perf_counter() - start
