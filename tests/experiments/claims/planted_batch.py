"""Networks that do without the batch, and places that cannot learn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bncore.config import RunConfig
from bncore.data import Dataset, load
from bncore.layers import Drop
from bncore.training import Run
from experiments.at_test_time import companions
from experiments.claims import batch
from experiments.network import placement
from experiments.noise import beside_dropout
from experiments.pair import Pair, train_pair
from experiments.trained import trained
from tests.experiments.claims.planted_speed import DEAD, SHORT
from tests.experiments.claims.planting import Planted

the_places = placement.config


def dead_behind_the_activation(patch: pytest.MonkeyPatch) -> None:
    """What is said to have batch norm after the activation has none, and learns nothing."""

    def config(activation: str, norm: str, lr: float, seed: int, dataset: str) -> RunConfig:
        changes = SHORT | (DEAD if norm == "after" else {})
        return replace(the_places(activation, "before", lr, seed, "digits"), **changes)

    patch.setattr(placement, "config", config)


def both_plain(patch: pytest.MonkeyPatch) -> None:
    """No arm has a batch whose size could matter."""

    def pair(config: RunConfig) -> Pair:
        plain = train_pair(replace(config, steps=300)).plain
        return Pair(plain, plain)

    patch.setattr(batch, "train_pair", pair)


def without_statistics(patch: pytest.MonkeyPatch) -> None:
    """The network that answers in company has no batch norm."""
    net = trained()
    none = np.empty((0, net.config.width))
    plain = replace(net, network=net.plain, exact_mean=none, exact_var=none)
    patch.setattr(companions, "trained", lambda: plain)


def as_the_unbiased_sees_it(patch: pytest.MonkeyPatch) -> None:
    """Batches of two, and an image is what the network with the unbiased variance takes it for."""
    trained_last: list[Run] = []

    class Remembered(Run):
        def __init__(self, config: RunConfig) -> None:
            super().__init__(config)
            trained_last[:] = [self]

    def data(name: str, seed: int) -> Dataset:
        there = load(name, seed)
        seen = trained_last[0].network.predict(there.x_test).argmax(axis=1)
        return there._replace(y_test=seen)

    def of_two(seed: int) -> RunConfig:
        return RunConfig(batch_size=2, lr=0.0125, steps=200, record_every=200, seed=seed)

    patch.setattr(batch, "Run", Remembered)
    patch.setattr(batch, "load", data)
    patch.setattr(batch, "_of_eights", of_two)


def dropped_out(patch: pytest.MonkeyPatch) -> None:
    """What the batch is said to do to an image is what dropout does, at about its usual size."""

    def masked(z: np.ndarray, pair: np.ndarray, m: int, rng: Any, eps: float) -> np.ndarray:
        drop = Drop(0.85, (beside_dropout.DRAWS, 2 * z.shape[1]), np.dtype(float))
        drop.draw([rng])
        t = beside_dropout._normed(z[None], eps)[0][pair]
        return drop.factors.reshape(-1, *t.shape) * t

    patch.setattr(beside_dropout, "DRAWS", 100)
    patch.setattr(beside_dropout, "PAIRS", 2)
    patch.setattr(beside_dropout, "_in_batches", masked)


PLANTED: dict[str, Planted] = {
    "before_best": Planted(dead_behind_the_activation, "clear"),
    "like_dropout": Planted(dropped_out, "clear"),
    "any_batch": Planted(both_plain, "clear"),
    "own_batch": Planted(without_statistics, "clear"),
    "unbiased_better": Planted(as_the_unbiased_sees_it, "clear"),
}
