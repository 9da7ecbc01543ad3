"""Weights averaged over a training, and which statistics they are used with.

The weights of the hasty training at its last moments, one as heavy as the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from experiments.at_test_time.running import Followed, follow
from experiments.clinic.answers import Answers
from experiments.trained import exact_statistics, trained, unbiased

REGIME = "fast"
COUNTS = (2, 3, 5, 8, 11)
STATISTICS = ("last", "mean", "new")


@dataclass(frozen=True, eq=False)
class Averaged:
    """The mean of the last `count` weights that were kept, by each of `STATISTICS`."""

    steps: tuple[int, ...]  # when they were kept
    last: Answers  # running statistics of the last of them
    mean: Answers  # the mean of the running statistics at these steps
    new: Answers  # measured on the training images
    alone: Answers  # the last weights, not averaged, by their own running statistics


@lru_cache(maxsize=8)
def averaged(count: int) -> Averaged:
    """The last `count` weights, as they are kept."""
    net, running = trained(REGIME), _running()
    steps = net.snapshots[-count:]
    network = net.network.copy()
    network.params[...] = net.params[-count:].mean(axis=0)
    model, x, y = network.model(), net.data.x_test, net.data.y_test

    def by(statistics: tuple[np.ndarray, np.ndarray]) -> Answers:
        return Answers.of(model.forward(x, statistics, keep=False).logits, y)

    kept = running.mean[-1], running.var[-1]
    alone = net.model.forward(x, kept, keep=False).logits
    return Averaged(
        tuple(map(int, steps)),
        by(kept),
        by((running.mean[steps].mean(axis=0), running.var[steps].mean(axis=0))),
        by(exact_statistics(model, net.data.x_train)),
        Answers.of(alone, y),
    )


@cache
def _running() -> Followed:
    """What PyTorch's layer kept of the run."""
    net = trained(REGIME)
    var = unbiased(net.batch_var, net.config.batch_size)
    return follow(net.batch_mean, var, 1 - net.config.momentum)
