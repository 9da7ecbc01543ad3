"""The arms of the lesson on rivals: one network, under each normalizer or under none.

All arms of a config share data, initial weights and batch order; `start` gives `experiments.rates`
the networks before their first step. Layer, group and RMS norm and DyT are `bncore.normalizers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.network import Network
from experiments.descent import initial

ARMS = ("none", "batch", "layer", "group", "rms", "dyt")


def of_arm(config: RunConfig, arm: str) -> RunConfig:
    """The config with or without a place for a normalizer."""
    return replace(config, norm="none" if arm == "none" else "before")


def start(arm: str) -> Callable[[Sequence[RunConfig]], Network]:
    """The networks of `of_arm` configs before their first step, all runs in front."""

    def networks(configs: Sequence[RunConfig]) -> Network:
        if arm in ("none", "batch"):
            return initial(configs)
        usual = initial(configs[:1])
        network = Network(**(usual.settings | {"normalizer": arm, "runs": (len(configs),)}))
        first, scale = configs[0].init, configs[0].init_scale
        network.initialize(first, scale, [stream(one, WEIGHTS) for one in configs])
        return network

    return networks
