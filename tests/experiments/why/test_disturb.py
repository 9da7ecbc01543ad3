"""Layer 2 disturbed: what ships, what is claimed of it, and that what cancels does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from experiments import evidence
from experiments.trained import REGIMES, trained
from experiments.why import disturb
from experiments.why.disturb import CLAIMS, KINDS, STRENGTHS, TYPICAL, WAYS, Disturbance, OverSeeds

PLAIN, BATCH, FROZEN = range(3)


def with_way(way: int, by: int) -> OverSeeds:
    """As if in one way it had been as in another."""
    found = disturb.over_seeds()
    rows = [by if each == way else each for each in range(len(WAYS))]
    return replace(found, accuracy=found.accuracy[..., rows, :], moved=found.moved[..., rows, :])


def test_what_shipped_is_of_these_settings() -> None:
    found, about = disturb.over_seeds(), evidence.about("disturb")
    assert RunConfig(**about["config"]) == REGIMES["slow"]
    assert list(found.seeds) == about["seeds"] and len(found.seeds) >= 5
    assert tuple(found.steps) == disturb.STEPS
    assert found.accuracy.shape == (2, 5, len(KINDS), len(WAYS), 7) == found.moved.shape
    for name, stated in about["outcome"].items():
        assert disturb.numbers(found)[name].mean() == pytest.approx(stated["mean"], 1e-4, 1e-9)


@pytest.mark.parametrize(
    "claim, way, by",
    [
        ("scale_and_offset_cancel", BATCH, FROZEN),
        ("scale_and_offset_cancel", PLAIN, BATCH),
        ("not_with_frozen_statistics", FROZEN, BATCH),
        ("nothing_else_cancels", BATCH, PLAIN),
    ],
)
def test_the_claim_falls_when_the_effect_is_gone(claim: str, way: int, by: int) -> None:
    assert not CLAIMS[claim](with_way(way, by))


# The shipped pair


@pytest.mark.parametrize("kind", KINDS)
def test_no_strength_no_disturbance(kind: str) -> None:
    found = disturb.disturb(kind, 0.0)
    np.testing.assert_array_equal(found.intact, found.accuracy)
    np.testing.assert_allclose(found.before, found.after, atol=1e-5)
    assert max(found.moved.max(), found.logits.max()) < 1e-4 and found.changed.max() == 0
    net = trained()
    assert net.plain is not None
    for way, network in ((PLAIN, net.plain), (FROZEN, net.network)):
        stated = network.evaluate(net.data.x_test, net.data.y_test)[0]
        assert found.intact[way] == pytest.approx(stated, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_scale_and_offset_cancel_exactly_but_for_eps(seed: int) -> None:
    with_eps, without = disturb.exactness("scale", 2.0, seed)
    assert without < 1e-11 < 1e-4 < with_eps < 0.2
    assert max(disturb.exactness("offset", 2.0, seed)) < 1e-11
    for kind in ("noise", "swap"):
        assert min(disturb.exactness(kind, TYPICAL[kind], seed)) > 1


@pytest.mark.parametrize("kind", ["scale", "offset"])
def test_what_cancels_moves_nothing_above(kind: str) -> None:
    found = disturb.disturb(kind, 2.0)
    assert found.accuracy[BATCH] == found.intact[BATCH] and found.changed[BATCH] == 0
    assert found.moved[BATCH] < 0.01 < 0.5 < found.moved[[PLAIN, FROZEN]].min()
    assert (found.accuracy[[PLAIN, FROZEN]] < 0.8).all()
    np.testing.assert_allclose(found.after[BATCH], found.before[BATCH], atol=0.05)
    assert np.abs(found.after[PLAIN] - found.before[PLAIN]).max() > 1


def test_the_crowd_stays_and_the_sense_is_gone() -> None:
    """Swapped units: layer 3 sees much the same distributions, and nothing that it knows."""
    found = disturb.disturb("swap", 1.0)
    assert found.accuracy[BATCH] < 0.2 and found.moved[BATCH] < 0.3 < found.moved[PLAIN]


def test_other_seeds_draw_others_and_a_larger_strength_more_of_the_same() -> None:
    z, a, W = (np.random.default_rng(k).normal(size=(6, 6)) for k in range(3))
    for kind in KINDS:
        one, again, other = (Disturbance(kind, 1.0, seed)(z, a, W) for seed in (0, 0, 1))
        np.testing.assert_array_equal(one, again)
        assert np.abs(one - other).max() > 0.01
    for kind in ("offset", "noise"):
        one, two = (Disturbance(kind, s, 0)(z, a, W) - z for s in (1.0, 2.0))
        np.testing.assert_allclose(two, 2 * one)
    one, two = (Disturbance("scale", s, 0)(z, a, W) / z for s in (1.0, 2.0))
    np.testing.assert_allclose(two, one**2)
    assert (one > 0).all()


def test_units_that_change_places() -> None:
    z = np.arange(10.0)[None]
    half, all_ = (Disturbance("swap", s, 0)(z, z, z)[0] for s in (0.5, 1.0))
    assert (half != z[0]).sum() == 5 and (all_ != z[0]).all()
    assert sorted(half) == sorted(all_) == list(z[0])


def test_no_disturbance_of_another_name() -> None:
    with pytest.raises(KeyError):
        disturb.disturb("rotate", 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_sweep_is_the_mean_of_single_ones(kind: str) -> None:
    found = disturb.sweep(kind, draws=2)
    assert found.accuracy.shape == found.moved.shape == (3, 7)
    single = [disturb.disturb(kind, STRENGTHS[kind][3], seed) for seed in (0, 1)]
    np.testing.assert_allclose(found.accuracy[:, 3], np.mean([s.accuracy for s in single], axis=0))
    np.testing.assert_allclose(found.moved[:, 3], np.mean([s.moved for s in single], axis=0))


def test_a_rerun_is_what_shipped() -> None:
    """Within what other matrix kernels make of it."""
    found, there = disturb.one_seed(1), disturb.over_seeds()
    away = np.abs(found.accuracy[:, 0] - there.accuracy[:, 1])
    assert away.mean() < 0.02 and away[..., 0].max() < 0.02
    n = disturb.numbers(found)
    assert n["accuracy.scale.batch"] == n["intact.batch"] > 0.95 > 0.7 > n["accuracy.scale.plain"]
