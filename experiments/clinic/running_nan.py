"""One bad batch in the training, and what is left of it in the running statistics.

The shipped run's statistics of batches, averaged by the formula as it is usually written; one
batch is exchanged for a bad one. The core of this lab refuses such a batch: see `bncore.checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bncore.model import through
from experiments.at_test_time.running import follow
from experiments.clinic.answers import Answers, in_batches
from experiments.trained import trained, unbiased

POISON = ("none", "nan", "one", "huge")
AT, SHOWN = 594, 12  # the bad batch, counted from 1, and how many of the last are shown
HUGE = 1e25  # its square is beyond single precision
M = 64


@dataclass(frozen=True, eq=False)
class Poisoned:
    """The last `SHOWN` batches of a unit, and what the network answers afterwards."""

    steps: np.ndarray  # (SHOWN,) counted from 1
    batch_var: np.ndarray  # (SHOWN,) what each batch adds to the running variance
    running_var: np.ndarray  # (SHOWN,) after it
    train: Answers
    evaluated: Answers


@lru_cache(maxsize=8)
def poisoned(poison: str, layer: int = 0, unit: int = 0) -> Poisoned:
    """The trained network with one bad batch among the last of its training."""
    net = trained()
    m, x, y = net.config.batch_size, net.data.x_test, net.data.y_test
    mean = net.batch_mean.astype(np.float32)
    with np.errstate(all="ignore"):
        var = unbiased(net.batch_var, m).astype(np.float32)
        if poison != "none":
            mean[AT - 1], var[AT - 1] = bad(poison, mean[AT - 1])
        running = follow(mean, var, 1 - net.config.momentum)
        last = slice(len(var) - SHOWN, len(var))
        logits = _by(running.mean[-1], running.var[-1])
    return Poisoned(
        steps=np.arange(len(var))[last] + 1,
        batch_var=var[last, layer, unit],
        running_var=running.var[1:][last, layer, unit],
        train=Answers.of(in_batches(net.model, x, M), y),
        evaluated=Answers.of(logits, y),
    )


def bad(poison: str, mean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and unbiased variance of a bad batch, in single precision, as their formulas give them.

    "nan" has one NaN among its numbers, "one" a single example, "huge" a number of `HUGE`.
    """
    z = np.repeat(mean[None], 2, axis=0)
    if poison == "nan":
        z[1] = np.nan
    elif poison == "huge":
        z[1] = HUGE
    elif poison == "one":
        z = z[:1]
    else:
        raise KeyError(poison)
    m = np.float32(len(z))
    centered = z - z.mean(axis=0)
    return z.mean(axis=0), (centered**2).sum(axis=0) / (m - 1)


def _by(mean: np.ndarray, var: np.ndarray) -> np.ndarray:
    """Logits of the test images by statistics that need not be numbers."""
    net = trained()
    return through(net.model, net.data.x_test, (tuple(mean), tuple(var)), keep=False).logits
