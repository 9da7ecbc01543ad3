"""Batches of one class, for longer: what is learned there holds only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig, data
from experiments import evidence
from experiments.noise import one_class
from experiments.noise.one_class import CLAIMS, SEEDS, STEPS, load
from experiments.noise.small_batches import PRESETS
from experiments.trained import trained


def test_what_shipped_is_of_these_settings() -> None:
    found, about = load(), evidence.about("one_class")
    assert RunConfig(**about["config"]) == PRESETS["sorted1"]
    assert about["steps"] == list(STEPS) and about["seeds"] == list(SEEDS)
    for name, means in about["mean"].items():
        assert getattr(found, name).shape == (len(STEPS), len(SEEDS))
        np.testing.assert_allclose(getattr(found, name).mean(axis=1), means, rtol=1e-5)


def test_what_it_is_shown_for_is_so() -> None:
    assert CLAIMS["only_in_class"](load())


def test_the_loss_falls_and_the_test_does_not_follow() -> None:
    found = load()
    assert (np.diff(found.loss, axis=0) < -0.5).all()
    assert (np.diff(found.in_class, axis=0) > 0.1).all()
    assert found.running.max() < 0.2 and found.mixed.max() < 0.2


@pytest.mark.parametrize("name", ["mixed", "running"])
def test_the_claim_falls_where_the_network_knows_them_elsewhere_too(name: str) -> None:
    found = load()
    assert not CLAIMS["only_in_class"](replace(found, **{name: found.in_class}))


def test_a_network_of_shuffled_batches_is_the_other_way_round() -> None:
    in_class, mixed, running = one_class.asked(trained().network, data.load("digits", 0))
    assert mixed > 0.95 and running > 0.95 and in_class < 0.5


def test_a_rerun_shows_the_same() -> None:
    shipped = load()
    for seed in (0, 1):
        loss, in_class, mixed, running = zip(*one_class.follow(seed, STEPS[:2]), strict=True)
        assert loss[0] > 2 and loss[1] < 1.4
        np.testing.assert_allclose(loss, shipped.loss[:2, seed], atol=0.3)
        np.testing.assert_allclose(in_class, shipped.in_class[:2, seed], atol=0.15)
        assert max(mixed + running) < 0.2
