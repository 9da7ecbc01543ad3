"""What claims of several groups train."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.training import train_together
from experiments import presets
from experiments.claims.grading import FIVE
from experiments.claims.scope import Scope
from experiments.network import placement
from experiments.pair import Pair, train_pair
from experiments.trained import REGIMES


def shipped() -> Scope:
    """Of the network that ships trained, and of pairs trained as it was, with other seeds."""
    return Scope.of([REGIMES["slow"]])


def final(configs: Sequence[RunConfig], records: int = 3) -> np.ndarray:
    """(S,) test accuracy of runs trained side by side, mean of so many last records.

    Of a run that diverged its last record.
    """
    traces = train_together([replace(one, probe=1, units=1) for one in configs])
    last = [t.accuracy[-records:] if t.diverged_at is None else t.accuracy[-1:] for t in traces]
    return np.array([accuracies.mean() for accuracies in last])


@lru_cache(maxsize=len(FIVE))
def figure1(seed: int) -> Pair:
    """The setting of the paper's Figure 1, trained with this seed; 1500 steps."""
    return train_pair(replace(presets.PRESETS["figure1"], seed=seed))


def best_of_placement(norm: str, activation: str, dataset: str, seeds: Sequence[int]) -> Any:
    """The runs of `placement` at the rate that is best on a validation split, by other seeds."""
    found = placement.over_seeds(dataset)
    cell = placement.ACTIVATIONS.index(activation), placement.NORMS.index(norm)
    rate = float(found.rates[found.best[cell]])
    return [placement.config(activation, norm, rate, seed, dataset) for seed in seeds]
