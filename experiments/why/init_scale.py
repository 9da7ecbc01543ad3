"""Initial weights a hundred times too small and too large, with batch norm and without.

Four ReLU layers on the digits, 300 steps, He's initial weights times a scale. No batch norm follows
the output layer: it takes its scale on to the logits, whatever happens in the layers below. So its
weights are spared ("hidden": those of the hidden layers alone are scaled), and scaled with the
others ("all"), which asks of batch norm what it does not claim. Each network at the rate that is
best on a validation split (`experiments.rates`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.network import Network
from experiments import rates
from experiments.descent import initial
from experiments.evidence import Arrays, Evidence
from experiments.side_by_side import Arm, train

NORMS = ("none", "before")
# What He's weights are multiplied by, and whether those of the output layer are, too.
STARTS: dict[str, tuple[float, str]] = {
    "tiny": (0.01, "hidden"),
    "he": (1.0, "hidden"),
    "huge": (100.0, "hidden"),
    "tiny_all": (0.01, "all"),
    "huge_all": (100.0, "all"),
}
RATES = (
    1e-10,
    1e-9,
    1e-8,
    1e-7,
    1e-6,
    1e-5,
    1e-4,
    1e-3,
    0.003,
    0.01,
    0.03,
    0.1,
    0.3,
    1.0,
    3.0,
    10.0,
)
CHOOSING = range(20, 25)  # the seeds that choose


@dataclass(frozen=True, eq=False)
class Choosing:
    """N of NORMS × I of STARTS × R of RATES × S seeds."""

    accuracy: np.ndarray  # (N, I, R, S) on validation images

    def rate(self, norm: str, start: str) -> float:
        """The best one."""
        of = self.accuracy[NORMS.index(norm), list(STARTS).index(start)]
        return rates.Search(np.array(RATES), of).best


def config(norm: str, start: str) -> RunConfig:
    """Without the rate, and without sparing the output layer."""
    return RunConfig(depth=4, steps=300, norm=norm, init_scale=STARTS[start][0])


def begin(start: str, configs: Sequence[RunConfig]) -> Network:
    """The networks before their first step."""
    network, (scale, of) = initial(configs), STARTS[start]
    if of == "hidden":
        network.W[-1] /= scale
    return network


def accuracy(norm: str, start: str, seeds: Sequence[int], lr: float | None = None) -> np.ndarray:
    """(S,) on the test images at the end, at the chosen rate or another."""
    lr = chosen().rate(norm, start) if lr is None else lr
    configs = [replace(config(norm, start), lr=lr, seed=seed) for seed in seeds]
    return train([Arm(configs, begin(start, configs))], (configs[0].steps,)).accuracy[0, :, 0]


def searched(norm: str, start: str) -> rates.Search:
    """Train it at all rates with the seeds that choose."""
    first = partial(begin, start)
    return rates.search(config(norm, start), rates=RATES, seeds=CHOOSING, start=first, settled=True)


def chosen() -> Choosing:
    """What shipped; trains nothing."""
    return EVIDENCE.shipped


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """The accuracies by which the rates are chosen, and the rates."""
    found = Choosing(
        np.array([[searched(norm, start).score for start in STARTS] for norm in NORMS])
    )
    best = {norm: {start: found.rate(norm, start) for start in STARTS} for norm in NORMS}
    return vars(found), {"outcome": {"rates": best}}


def read(arrays: Arrays) -> Choosing:
    """What ships."""
    return Choosing(**arrays)


def _finds_a_rate(found: Choosing) -> bool:
    """Both networks learn from He's weights, and no chosen rate there is at the end of the grid."""
    rates = [found.rate(norm, "he") for norm in NORMS]
    good = [held.mean(axis=-1).max() > 0.9 for held in found.accuracy[:, list(STARTS).index("he")]]
    return all(good) and all(RATES[0] < rate < RATES[-1] for rate in rates)


CLAIMS: dict[str, Callable[[Choosing], bool]] = {"finds_a_rate": _finds_a_rate}

EVIDENCE = Evidence(
    "init_scale",
    {
        "config": config("before", "he").to_dict(),
        "starts": {name: list(start) for name, start in STARTS.items()},
        "rates": list(RATES),
        "seeds": list(CHOOSING),
    },
    measure_all,
    CLAIMS,
    read,
)
