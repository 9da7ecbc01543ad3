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
from experiments.network import placement, scale
from experiments.noise import beside_dropout, regularize
from experiments.trained import trained
from experiments.why import limits
from tests.experiments.claims.planted_speed import DEAD, SHORT
from tests.experiments.claims.planting import Planted

the_places, the_groups = placement.config, regularize.config


def dead_behind_the_activation(patch: pytest.MonkeyPatch) -> None:
    """What is said to have batch norm after the activation has none, and learns nothing."""

    def config(activation: str, norm: str, lr: float, seed: int, dataset: str) -> RunConfig:
        changes = SHORT | (DEAD if norm == "after" else {})
        return replace(the_places(activation, "before", lr, seed, "digits"), **changes)

    patch.setattr(placement, "config", config)


def both_plain(patch: pytest.MonkeyPatch) -> None:
    """No arm has a batch whose size could matter."""

    def run(case: str, arm: str) -> RunConfig:
        return replace(limits.AT_BEST[case].twin(), lr=0.03, steps=300)

    patch.setattr(limits, "run", run)


def noise_lets_learn(patch: pytest.MonkeyPatch) -> None:
    """Only the arm with groups of 8 has weights that a gradient gets through."""

    def config(setting: str, arm: str) -> RunConfig:
        start = {} if arm == "g8" else {"norm": "none", "init_scale": 0.01}
        return replace(the_groups(setting, "g8"), steps=60, **start)

    patch.setattr(regularize, "config", config)


def without_batch_norm(patch: pytest.MonkeyPatch) -> None:
    """No batch norm, few images and much too large weights: there decay makes for a simpler one."""

    def plain(**settings: Any) -> RunConfig:
        return RunConfig(**settings | {"norm": "none"})

    def long(lr: float, decay: float, seed: int) -> RunConfig:
        few = {"n_train": 60, "batch_size": 32, "init_scale": 3.0, "steps": 300}
        return plain(**few, lr=0.03, weight_decay=10 * decay, record_every=300, seed=seed)

    patch.setattr(scale, "RunConfig", plain)
    patch.setattr(scale, "long", long)


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
    "regularizes": Planted(noise_lets_learn, "clear", seeds=2),
    "decay_regularizes": Planted(without_batch_norm, "clear"),
    "like_dropout": Planted(dropped_out, "clear"),
    "any_batch": Planted(both_plain, "clear"),
    "own_batch": Planted(without_statistics, "clear"),
    "unbiased_better": Planted(as_the_unbiased_sees_it, "clear"),
}
