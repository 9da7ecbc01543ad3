"""The loss along its gradient: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from bncore.batches import Feed
from experiments import evidence
from experiments.descent import initial
from experiments.why import smoothness
from experiments.why.smoothness import (
    ARMS,
    CLAIMS,
    ETAS,
    SETTINGS,
    Smoothness,
    Tries,
    load,
    numbers,
)


@pytest.fixture
def shipped() -> dict[str, Smoothness]:
    return {setting: load(setting) for setting in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_shipped_is_of_these_settings(setting: str) -> None:
    found, about = load(setting), evidence.about("smoothness")[setting]
    assert RunConfig(**about["config"]) == SETTINGS[setting]
    assert list(found.seeds) == about["seeds"] and len(found.seeds) >= 5
    assert found.along.shape == (2, len(found.seeds), len(found.step), len(ETAS))
    np.testing.assert_allclose(found.eta, np.array(ETAS) * SETTINGS[setting].lr)
    for name, stated in about["outcome"].items():
        assert numbers(found)[name].mean() == pytest.approx(stated["mean"], rel=1e-4)


def test_the_claim_falls_where_the_arms_are_alike(shipped) -> None:
    alike = {
        setting: replace(each, along=each.along[[1, 1]], change=each.change[[1, 1]])
        for setting, each in shipped.items()
    }
    assert not CLAIMS["smoother"](alike)


def test_a_plateau_is_one_only_where_nothing_is_learned(shipped) -> None:
    rough = shipped | {"sigmoid": shipped["relu"]}
    assert not CLAIMS["a_plateau_is_smooth_too"](rough)
    learned = replace(shipped["sigmoid"], accuracy=shipped["sigmoid"].accuracy[[1, 1]])
    assert not CLAIMS["a_plateau_is_smooth_too"](shipped | {"sigmoid": learned})


# How it is measured

RUN = RunConfig(depth=2, width=12, activation="tanh", dtype="float64", lr=0.1, steps=30)


def test_what_is_tried_is_a_step_along_the_gradient() -> None:
    network, tries = initial([RUN]), Tries([RUN])
    kept = network.params.copy()
    tries.look(network)
    np.testing.assert_array_equal(network.params, kept)  # training goes on as if not looked at

    feed = Feed([RUN], (1,))
    feed.next()
    loss, g = network.gradient(feed.x, feed.targets).copy(), network.grads.copy()
    np.testing.assert_allclose(tries.here[0], loss)
    network.params[...] -= 3 * 0.1 * g
    there = network.gradient(feed.x, feed.targets)
    at = ETAS.index(3.0)
    np.testing.assert_allclose(tries.along[0][:, at], there)
    change = np.linalg.norm(network.grads - g) / np.linalg.norm(g)
    np.testing.assert_allclose(tries.change[0][:, at], change)


def test_each_look_takes_the_mini_batch_that_comes_next() -> None:
    network, tries, feed = initial([RUN]), Tries([RUN]), Feed([RUN], (1,))
    tries.look(network)
    tries.look(network)
    for _ in range(smoothness.EVERY + 1):
        feed.next()
    np.testing.assert_array_equal(tries.feed.x, feed.x)


def test_a_range_is_from_the_least_to_the_largest() -> None:
    empty = np.zeros((2, 1, 1))
    along = np.array([[[[3.0, 1, 2]]], [[[5, 5, 5]]]])
    found = Smoothness(empty, empty, empty, empty, along, 2 * along, empty, True)
    np.testing.assert_array_equal(found.loss_range[:, 0, 0], [2, 0])
    np.testing.assert_array_equal(found.largest_change[:, 0, 0], [6, 10])


# A part of it once more


def test_a_rerun_is_what_shipped_and_shows_the_same() -> None:
    """The first looks, before other matrix kernels can make much of it."""
    there, said = load("relu"), []
    found = smoothness.one_seed(0, "relu", lambda *now: said.append(now), lambda: len(said) >= 34)
    assert not found.complete and list(found.step) == list(range(0, 110, 10))
    np.testing.assert_allclose(found.here[:, 0, :2], there.here[:, 0, :2], rtol=0.3)
    np.testing.assert_allclose(found.along[1, 0, 0], there.along[1, 0, 0], rtol=0.05)
    n = numbers(found)
    assert n["loss_range.plain"][0] > 3 * n["loss_range.bn"][0]
    assert n["change.plain"][0] > 2.5 * n["change.bn"][0]
    assert set(n) == {f"{name}.{arm}" for name in ("loss_range", "change") for arm in ARMS}
