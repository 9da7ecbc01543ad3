"""What batch norm learns when each mini-batch holds one class, if it is given time.

At first nothing: what the images of a batch have in common is subtracted ("sorted1" of
`small_batches`). In the end the training loss does fall. What the network has found, though, shows
only in a batch of one class, from how its images differ among themselves; in a mixed batch, or by
running statistics, it knows no digit from another.

`load` reads assets/evidence/one_class.npz and trains nothing; `tools/build_evidence.py` made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.data import Dataset
from bncore.data import load as load_data
from bncore.network import Network
from bncore.training import Run
from experiments import evidence
from experiments.noise.small_batches import PRESETS
from experiments.trained import accuracy

SEEDS = range(5)
STEPS = (600, 1800, 6000)


@dataclass(frozen=True, eq=False)
class Evidence:
    """After each of STEPS (K,) with each of SEEDS (S,): accuracies on the test set."""

    loss: np.ndarray  # (K, S) in training, mean of the last 50 mini-batches
    in_class: np.ndarray  # (K, S) the test images of each class as a batch, by its own statistics
    mixed: np.ndarray  # (K, S) the whole test set as a batch, by its own statistics
    running: np.ndarray  # (K, S) by running statistics


def load() -> Evidence:
    """What shipped."""
    return EVIDENCE.shipped


def asked(network: Network, data: Dataset) -> tuple[float, float, float]:
    """Accuracy (in_class, mixed, running) on the test set."""
    x, y = data.x_test, data.y_test
    model = network.model()
    of_class = [float(accuracy(model.forward(x[y == c]).logits, y[y == c])) for c in np.unique(y)]
    mixed = float(accuracy(model.forward(x).logits, y))
    return float(np.mean(of_class)), mixed, float(accuracy(network.predict(x), y))


def follow(seed: int, steps: tuple[int, ...] = STEPS) -> Iterator[tuple[float, ...]]:
    """Train "sorted1"; (loss, in_class, mixed, running) after each of `steps`."""
    config = replace(PRESETS["sorted1"], steps=steps[-1], record_every=steps[-1], seed=seed)
    run, data = Run(config), load_data(config.dataset, seed)
    for step in steps:
        run.advance(step - run.step)
        yield float(run.trace().loss[-50:].mean()), *asked(run.network, data)


def _only_in_class(found: Evidence) -> bool:
    """In the end it does well in batches of one class, and nowhere else."""
    known = (found.loss[-1] < 0.2).all() and (found.in_class[-1] > 0.6).all()
    return bool(known and (found.mixed < 0.2).all() and (found.running < 0.2).all())


CLAIMS: dict[str, Callable[[Evidence], bool]] = {"only_in_class": _only_in_class}


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    table = np.array([list(follow(seed)) for seed in SEEDS])  # (S, K, 4)
    names = ("loss", "in_class", "mixed", "running")
    arrays = {name: table[:, :, i].T for i, name in enumerate(names)}
    return arrays, {"mean": {name: a.mean(axis=1).tolist() for name, a in arrays.items()}}


def read(arrays: evidence.Arrays) -> Evidence:
    """What ships."""
    return Evidence(**arrays)


EVIDENCE = evidence.Evidence(
    "one_class",
    {"config": PRESETS["sorted1"].to_dict(), "seeds": list(SEEDS), "steps": list(STEPS)},
    measure_all,
    CLAIMS,
    read,
)
