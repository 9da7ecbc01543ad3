"""eval() far worse than train(): running statistics that have not arrived.

After t updates the start, mean 0 and variance 1, still has the weight (1 − momentum)^t.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from experiments.at_test_time.running import Followed, follow
from experiments.clinic.answers import Answers, in_batches
from experiments.trained import exact_statistics, trained, unbiased

UPDATES = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 400, 600)
MOMENTA = (0.001, 0.01, 0.1)  # what the new batch weighs
M = 64  # images in a batch of train(), when it is asked


@dataclass(frozen=True, eq=False)
class Late:
    """The network after so many updates, asked in both modes, and with new statistics."""

    train: Answers  # by the statistics of batches of M
    evaluated: Answers  # by running statistics
    renewed: Answers  # by those of the training images
    start_weight: float  # of mean 0 and variance 1 in the running statistics


def late(updates: int, momentum: float) -> Late:
    """The calm training stopped after `updates` mini-batches; KeyError if it was not kept there."""
    net = trained()
    index = {int(step): i for i, step in enumerate(net.snapshots)}[updates]
    model, x, y = net.at(index).model(), net.data.x_test, net.data.y_test
    running = _running(momentum)
    kept = running.mean[updates], running.var[updates]
    new = exact_statistics(model, net.data.x_train)
    return Late(
        train=Answers.of(in_batches(model, x, M), y),
        evaluated=Answers.of(model.forward(x, kept, keep=False).logits, y),
        renewed=Answers.of(model.forward(x, new, keep=False).logits, y),
        start_weight=float((1 - momentum) ** updates),
    )


@cache
def _running(momentum: float) -> Followed:
    """What PyTorch's layer would have kept of the run."""
    net = trained()
    var = unbiased(net.batch_var, net.config.batch_size)
    return follow(net.batch_mean, var, 1 - momentum)


def enough(momentum: float, share: float = 0.01) -> int:
    """After how many updates the start weighs less than `share`.

    >>> enough(0.1), enough(0.01)
    (44, 459)
    """
    return int(np.ceil(np.log(share) / np.log1p(-momentum)))
