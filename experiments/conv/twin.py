"""A small convolutional network beside its twin without batch norm.

"own": each at its own best learning rate. "same": both at the rate 0.1, with which the lecture's
networks train. The parameters of one trained network ship, too: what its channels show of an image
is looked at (`experiments.conv.channel`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments.conv.net import (
    CHANNELS,
    Arms,
    Kind,
    arms_of,
    compared,
    each_at_its_best,
    started,
    stored,
)
from experiments.evidence import Arrays, Evidence
from experiments.reporting import Progress, ShouldStop

ARMS = ("bn", "plain")
SEEDS = range(6)
EVERY = 10  # steps between two looks
CONFIG = RunConfig(depth=2, width=CHANNELS[1], steps=300)
SAME = 0.1
RATES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
KINDS = {
    "bn": Kind(CONFIG, started, RATES),
    "plain": Kind(CONFIG.twin(), started, RATES),
}
SETTINGS = ("own", "same")


@dataclass(frozen=True, eq=False)
class Twins:
    """What ships."""

    own: Arms
    same: Arms
    params: np.ndarray  # (P,) of a network with batch norm, trained at its best rate with seed 0
    running: np.ndarray  # its running statistics


def load() -> Twins:
    """What shipped; trains nothing."""
    return EVIDENCE.shipped


def of(setting: str) -> Arms:
    """The shipped arms of a setting."""
    return {"own": load().own, "same": load().same}[setting]


def one_seed(
    seed: int,
    setting: str,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Arms:
    """Both side by side, S = 1, at the rates of the setting; two or three seconds."""
    rates = of(setting).rate.tolist()
    return compared(list(KINDS.values()), rates, (seed,), EVERY, progress, should_stop)


# What it is shown for.


def _it_leads(found: Twins) -> bool:
    """At its own best rate it ends ahead, with every seed."""
    bn, plain = found.own.last
    return bool((bn > plain + 0.01).all())


def _far_at_one_rate(found: Twins) -> bool:
    """At the same small rate it is far ahead halfway, in the mean."""
    bn, plain = found.same.accuracy[..., len(found.same.step) // 2].mean(axis=1)
    return bool(bn > plain + 0.2)


CLAIMS: dict[str, Callable[[Twins], bool]] = {
    "it_leads": _it_leads,
    "far_at_one_rate": _far_at_one_rate,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Both settings, and one network."""
    own, about = each_at_its_best(KINDS, SEEDS, EVERY)
    same = compared(list(KINDS.values()), [SAME, SAME], SEEDS, EVERY)
    kept = KINDS["bn"].arm(float(own.rate[0]), (0,))
    for _ in kept.train((CONFIG.steps,)):
        pass
    arrays = stored(own, "own") | stored(same, "same")
    network = {"params": kept.network.params[0], "running": kept.network.running[0]}
    return arrays | network, {"own": about, "same": _told(same)}


def _told(found: Arms) -> Mapping[str, Any]:
    return {arm: {"mean": float(found.mean[a])} for a, arm in enumerate(ARMS)}


def read(arrays: Arrays) -> Twins:
    """What ships."""
    return Twins(
        arms_of(arrays, "own"), arms_of(arrays, "same"), arrays["params"], arrays["running"]
    )


def _settings(seeds: Sequence[int]) -> dict[str, Any]:
    return {
        "config": CONFIG.to_dict(),
        "channels": list(CHANNELS),
        "seeds": list(seeds),
        "rates": list(RATES),
    }


EVIDENCE = Evidence("conv_twin", _settings(SEEDS), measure_all, CLAIMS, read)
