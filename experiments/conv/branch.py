"""Residual networks: how large the trunk becomes with depth, and what each branch adds to it.

A block adds a branch to a trunk, t ← t + W relu(BN(t)), or without batch norm t + W relu(t). At
the start, with He's weights, a branch without batch norm is about as large as the trunk that it is
made from, so that the trunk's variance doubles with every block. A branch that begins with batch
norm is as large in every block, and the trunk grows by the same each time: in block l its share is
about 1/(l + 1), and the deeper the network, the nearer is each block to doing nothing. De & Smith
hold that to be what batch norm brings to deep residual networks, and have the same without it: a
learned number before each branch that begins at 0 ("SkipInit").

Trained here: dense residual networks on the 8×8 digits, 32 hidden layers, no convolutions.

Source: De & Smith 2020, arXiv 2002.10444.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from bncore import data
from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.network import Network
from experiments.conv.net import Arms, Kind, arms_of, each_at_its_best, stored
from experiments.evidence import Arrays, Evidence

# --- at the start ---

BLOCKS, WIDTH, IMAGES = 50, 128, 256


@dataclass(frozen=True, eq=False)
class Growth:
    """Of a network at its start, an entry for each of its blocks (B,)."""

    trunk: np.ndarray  # (B + 1,) variance before the first block and behind each
    branch: np.ndarray  # (B,) variance of what each block adds

    @property
    def share(self) -> np.ndarray:
        """(B,) of the branch in the trunk behind it."""
        return self.branch / (self.branch + self.trunk[:-1])


@cache
def growth(norm: str, seed: int = 0, blocks: int = BLOCKS) -> Growth:
    """Over units and 256 images; `norm` is "before" or "none". About a tenth of a second.

    A seed draws the weights, and which images.
    """
    sizes = (64, *[WIDTH] * (blocks + 1), 10)
    network = Network(sizes, norm=norm, skip="sum", dtype=np.float64, seed=seed)
    x = data.load("digits", seed, np.float64).x_train[:IMAGES]
    z = np.stack(network.model().forward(x).z)  # the trunk
    return Growth(_variance(z), _variance(np.diff(z, axis=0)))


def _variance(z: np.ndarray) -> np.ndarray:
    """(L,) of all numbers around 0, (L, m, n): their mean square."""
    return np.square(z).mean(axis=(-2, -1))


# --- trained ---

ARMS = ("bn", "zero", "plain")
SEEDS = range(6)
EVERY = 10
CONFIG = RunConfig(depth=32, width=50, steps=300)
RATES = (0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
LOWER = (0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
TINY = tuple(10.0**-k for k in range(9, 3, -1))  # where the plain one still moves


def residual(skip: str, configs: Sequence[RunConfig]) -> Network:
    """Before the first step, a run for each config in front."""
    config = configs[0]
    network = Network(
        (64, *[config.width] * config.depth, 10),
        config.activation,
        config.norm,
        config.eps,
        config.momentum,
        runs=(len(configs),),
        skip=skip,
    )
    network.initialize(config.init, config.init_scale, [stream(one, WEIGHTS) for one in configs])
    return network


KINDS = {
    "bn": Kind(CONFIG, partial(residual, "sum"), RATES),
    "zero": Kind(CONFIG.twin(), partial(residual, "scaled"), LOWER),
    "plain": Kind(CONFIG.twin(), partial(residual, "sum"), TINY),
}


def load() -> Arms:
    """What shipped; trains nothing. Arms in the order of ARMS."""
    return EVIDENCE.shipped


def _plain_fails(found: Arms) -> bool:
    """The plain one is far behind at any rate."""
    bn, _, plain = found.last
    return bool((plain < bn - 0.3).all())


def _zero_trains(found: Arms) -> bool:
    """With numbers that begin at 0 and no batch norm most seeds come beyond nine in ten."""
    _, zero, plain = found.last
    return bool(np.median(zero) > 0.9 and zero.min() > plain.max())


def _less_surely(found: Arms) -> bool:
    """But their seeds differ far more than those with batch norm, and are behind in the mean."""
    bn, zero, _ = found.last
    return bool(np.ptp(zero) > 3 * np.ptp(bn) and zero.mean() < bn.mean())


def _at_smaller_rates(found: Arms) -> bool:
    """And with batch norm rates train that are several times as large."""
    assert found.usable is not None
    bn, zero, plain = found.usable
    return bool(bn > 3 * zero and plain == 0)


CLAIMS: dict[str, Callable[[Arms], bool]] = {
    "plain_fails": _plain_fails,
    "zero_trains": _zero_trains,
    "less_surely": _less_surely,
    "at_smaller_rates": _at_smaller_rates,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Each arm at its best rate."""
    found, about = each_at_its_best(KINDS, SEEDS, EVERY)
    return stored(found, "arms"), about


def read(arrays: Arrays) -> Arms:
    """What ships."""
    return arms_of(arrays, "arms")


EVIDENCE = Evidence(
    "conv_branch",
    {
        "config": CONFIG.to_dict(),
        "seeds": list(SEEDS),
        "rates": {name: list(kind.rates) for name, kind in KINDS.items()},
    },
    measure_all,
    CLAIMS,
    read,
)
