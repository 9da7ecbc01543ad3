"""Normalized once: what shipped, what is claimed of it, and a part of it re-run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from bncore.data import load as load_data
from experiments import evidence
from experiments.descent import initial
from experiments.why import once
from experiments.why.once import ARMS, CLAIMS, SETTINGS, Once, load, normalized_once, numbers


@pytest.fixture
def shipped() -> dict[str, Once]:
    return {setting: load(setting) for setting in SETTINGS}


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_shipped_is_of_these_settings(setting: str) -> None:
    found, about = load(setting), evidence.about("once")[setting]
    config = SETTINGS[setting]
    assert RunConfig(**about["config"]) == config and about["seeds"] == list(found.seeds)
    assert len(found.seeds) >= 5 and found.step[-1] == config.steps
    assert found.accuracy.shape == (3, len(found.seeds), len(found.step))
    assert found.spread.shape == (3, len(found.seeds), config.depth)
    for name, stated in about["outcome"].items():
        assert numbers(found)[name].mean() == pytest.approx(stated["mean"], rel=1e-4)


@pytest.mark.parametrize(
    ("claim", "arm", "by"),
    [
        ("in_the_end_the_start_is_most_of_it", "once", "plain"),
        ("in_the_end_the_start_is_most_of_it", "plain", "bn"),
        ("on_the_way_it_is_slower", "once", "bn"),
    ],
)
def test_the_claim_falls_when_the_effect_is_gone(claim: str, arm: str, by: str, shipped) -> None:
    rows = [ARMS.index(by if name == arm else name) for name in ARMS]
    as_if = {
        name: replace(each, accuracy=each.accuracy[rows] + np.array([0, 0, 1e-6])[:, None, None])
        for name, each in shipped.items()
    }
    assert not CLAIMS[claim](as_if)


def test_the_end_says_less_than_the_way() -> None:
    """Two networks that come to the same, one of them in four times as many steps."""
    step = np.arange(0, 101, 10)
    plain, bn = np.full(11, 0.1), np.array([0.1, *[0.9] * 10])
    slow = np.array([0.1, *[0.5] * 3, *[0.9] * 7])
    accuracy = np.stack([plain, slow, bn])[:, None]
    found = Once(np.arange(1), step, accuracy, accuracy, accuracy, complete=True)
    n = {name: float(values[0]) for name, values in numbers(found).items()}
    assert n["share"] == pytest.approx(1) and n["slower"] == pytest.approx(4)
    assert n["share_whole"] == pytest.approx(1 - 0.4 * 30 / (0.8 * 95))
    assert n["steps.plain"] == 100  # all of them where it is not reached


def test_it_is_looked_at_often_where_the_curves_are_steep() -> None:
    looks = once.looks(1000)
    assert looks[:3] == (0, 5, 10) and looks[-2:] == (980, 1000)
    assert sorted(set(looks)) == list(looks) and {195, 200, 220} <= set(looks)
    assert once.looks(160)[-2:] == (155, 160)


def test_the_start_is_what_was_repaired(shipped) -> None:
    """The plain network's units hardly tell images apart; normalized, they do as in batch norm."""
    for found in shipped.values():
        plain, repaired, bn = found.spread
        assert plain[:, -1].max() < 0.05
        np.testing.assert_allclose(repaired, bn, atol=0.01)


def test_what_lasts_of_batch_norm_is_seen_where_it_is_deep(shipped) -> None:
    n = numbers(shipped["deep"])
    assert (n["accuracy.bn"] - n["accuracy.once"] > 0.015).all()


def test_the_first_look_at_a_level(shipped) -> None:
    found = shipped["figure1"]
    plain, repaired, bn = found.steps_to(0.8)
    assert np.isnan(plain).all() and (bn < repaired).all() and repaired.max() <= 300
    at = list(found.step).index(int(repaired[0]))
    assert found.accuracy[1, 0, at] >= 0.8 > found.accuracy[1, 0, :at].max()


# How it is made


def test_normalized_once_computes_what_batch_norm_does() -> None:
    configs = [RunConfig(depth=4, width=16, activation="tanh", seed=seed) for seed in (0, 1)]
    network = initial(configs)
    x = np.stack([load_data("digits", seed).x_train[:300] for seed in (0, 1)])
    plain = normalized_once(network, x)
    np.testing.assert_allclose(plain.forward(x), network.forward(x), atol=1e-4)
    assert plain.norm == "none" and not plain.gamma
    assert (network.running_mean[0] == 0).all()  # left as it was
    np.testing.assert_allclose(plain.z[2].std(axis=1), 1, atol=1e-3)


def test_the_arms_start_from_the_same_weights() -> None:
    networks = once.starts([SETTINGS["figure1"]])
    assert list(networks) == list(ARMS)
    np.testing.assert_array_equal(networks["plain"].W[1], networks["bn"].W[1])
    ratio = networks["once"].W[1] / networks["bn"].W[1]  # only each column's length changed
    np.testing.assert_allclose(ratio, ratio[:, :1] + np.zeros_like(ratio), rtol=1e-4)


# A part of it once more


@pytest.fixture(scope="module")
def short() -> Once:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(once, "SETTINGS", {n: replace(c, steps=160) for n, c in SETTINGS.items()})
        return once.one_seed(0)


def test_a_rerun_is_what_shipped_and_shows_the_same(short: Once) -> None:
    """Within what other matrix kernels make of it."""
    there = load("figure1")
    assert np.abs(short.accuracy[:, 0] - there.accuracy[:, 0, :33]).max() < 0.08
    assert np.abs(short.loss[:, 0] - there.loss[:, 0, :32]).max() < 0.2
    np.testing.assert_allclose(short.spread[:, 0], there.spread[:, 0], rtol=0.01)
    plain, repaired, bn = short.accuracy[:, 0, -1]
    assert plain < 0.3 and repaired > 0.7 and bn > 0.8


def test_one_can_watch_it_and_stop_it() -> None:
    said: list[tuple[int, int]] = []
    found = once.one_seed(1, "figure1", lambda *now: said.append(now), lambda: len(said) >= 8)
    assert not found.complete and list(found.step) == [0, 5, 10, 15, 20] and said[-1] == (24, 300)
