"""Batch norm behind dropout: training measures a variance that eval() does not meet.

Inverted dropout keeps a number with probability p and divides it by p. The mean stays; the mean
square is divided by p, and so a unit that adds up many dropped numbers varies more in training.
The digits, 64-50-50-50-10, with dropout at the end of each hidden layer: layers 2 and 3 have it in
front of them, layer 1 has not.

`load` reads assets/evidence/clinic_dropout.npz and trains nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import load as load_data
from bncore.training import Run
from experiments.evidence import Arrays, Evidence
from experiments.trained import REGIMES, accuracy, exact_statistics

KEEP = (1.0, 0.9, 0.8, 0.5)
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Shift:
    """For each of KEEP (K,) and of SEEDS (S,)."""

    ratio: np.ndarray  # (K, S, L) running variance over that of eval(), median over units
    running: np.ndarray  # (K, S) test accuracy by running statistics
    renewed: np.ndarray  # (K, S) by statistics measured without dropout

    def gain(self, keep: float) -> np.ndarray:
        """(S,) what new statistics bring."""
        at = KEEP.index(keep)
        return self.renewed[at] - self.running[at]


def config(keep: float, seed: int) -> RunConfig:
    """One run."""
    return replace(REGIMES["slow"], keep=keep, seed=seed)


def one(keep: float, seed: int) -> tuple[np.ndarray, float, float]:
    """Trains one network, in half a second: ratio (L,), and both accuracies."""
    run = Run(config(keep, seed))
    run.advance(run.config.steps)
    network, data = run.network, load_data(run.config.dataset, seed, run.config.dtype)
    model = network.model()
    new = exact_statistics(model, data.x_train)
    ratio = np.median(np.stack(model.running_var) / new[1], axis=-1)
    logits = network.predict(data.x_test), model.forward(data.x_test, new).logits
    running, renewed = (float(accuracy(each, data.y_test)) for each in logits)
    return ratio, running, renewed


def load() -> Shift:
    """What shipped."""
    return EVIDENCE.shipped


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = [[one(keep, seed) for seed in SEEDS] for keep in KEEP]
    names = ("ratio", "running", "renewed")
    arrays = {
        name: np.array([[each[i] for each in row] for row in found]) for i, name in enumerate(names)
    }
    return arrays, {"mean": {name: array.mean(axis=1).tolist() for name, array in arrays.items()}}


def _too_large_behind_dropout(found: Shift) -> bool:
    """In the layers that have dropout in front, the more is dropped, and in the first one not."""
    behind = found.ratio[..., 1:].mean(axis=(1, 2))
    first = found.ratio[..., 0].mean(axis=1)
    return bool((np.diff(behind) > 0.03).all() and (np.abs(first - 1) < 0.05).all())


EVIDENCE = Evidence(
    "clinic_dropout",
    {"config": config(1.0, 0).to_dict(), "keep": list(KEEP), "seeds": list(SEEDS)},
    measure_all,
    {"too large behind dropout": _too_large_behind_dropout},
    lambda arrays: Shift(**arrays),
)
