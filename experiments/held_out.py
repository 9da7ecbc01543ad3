"""A rate is chosen by images that nobody learns from, and that judge nothing afterwards.

The test images say in the end how good a network is. Whoever also picked its learning rate by them
would report the luck of the pick with it, so a part of the training images is held out for that:
one learns from the others, and the held-out ones say which rate is best. Other seeds do it than
those that are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from bncore.config import RunConfig
from bncore.data import load, shares
from bncore.network import Network
from experiments.descent import initial
from experiments.side_by_side import KNOWN, Arm, train

PART = 0.2  # of the training images

Start = Callable[[Sequence[RunConfig]], Network]


def split(config: RunConfig) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers of the training images: those that a run learns from, and those held out."""
    labels = load(config.dataset, config.seed).y_train
    kept = shares(labels, round((1 - PART) * len(labels)))
    return kept, np.setdiff1d(np.arange(len(labels)), kept)


def accuracies(
    config: RunConfig, rates: Sequence[float], seeds: Sequence[int], start: Start = initial
) -> np.ndarray:
    """(R, S) on the held-out images after the last step; a run that broke down guesses."""
    configs = [replace(config, lr=lr, seed=seed) for lr in rates for seed in seeds]
    parts = [split(one) for one in configs]
    configs = [
        replace(one, n_train=len(kept)) for one, (kept, _) in zip(configs, parts, strict=True)
    ]
    arm = Arm(configs, start(configs))
    data = [load(one.dataset, one.seed, one.dtype) for one in configs]
    arm.known = _of(data, "x_train", [kept[:KNOWN] for kept, _ in parts])
    arm.x, arm.y = (_of(data, name, [out for _, out in parts]) for name in ("x_train", "y_train"))
    return train([arm], (config.steps,)).accuracy[0, :, 0].reshape(len(rates), len(seeds))


def _of(data: Sequence[object], name: str, rows: Sequence[np.ndarray]) -> np.ndarray:
    return np.stack([getattr(one, name)[some] for one, some in zip(data, rows, strict=True)])


def best(rates: Sequence[float], accuracy: np.ndarray) -> float:
    """The rate that is best in the mean over the seeds; of equal ones the lowest."""
    return float(rates[int(accuracy.mean(axis=-1).argmax())])
