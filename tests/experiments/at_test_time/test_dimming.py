"""Dimmed digits: frozen statistics fail, statistics of the dimmed images repair it, exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore.config import RunConfig
from experiments import evidence
from experiments.at_test_time import dimming as experiment
from experiments.at_test_time.dimming import (
    SEEDS,
    A,
    K,
    dimmed,
    exactness,
    over_seeds,
    sweep,
    train_and_sweep,
)
from experiments.trained import REGIMES, exact_statistics, trained

DIM = A.index(0.3)


def frozen_fails(plain: np.ndarray, frozen: np.ndarray) -> bool:
    """At .3 of the light it has lost far more than the plain network, which was not better."""
    lost_plain, lost_frozen = plain[0] - plain[DIM], frozen[0] - frozen[DIM]
    return bool(lost_frozen > 0.25 and lost_plain < 0.1 and frozen[DIM] < plain[DIM] - 0.2)


def repaired(frozen: np.ndarray, reestimated: np.ndarray) -> bool:
    """However dim, the accuracy is what these 64 images give in full light: near the best."""
    return bool(np.ptp(reestimated) < 0.01 and reestimated.min() > frozen[0] - 0.05)


# --- over seeds: what ships ---


@pytest.mark.parametrize("s", range(len(SEEDS)))
def test_for_every_seed_frozen_statistics_fail_and_new_ones_repair(s: int) -> None:
    found = over_seeds()
    assert frozen_fails(found.plain[s], found.frozen[s])
    assert repaired(found.frozen[s], found.reestimated[s, K.index(64)])


def test_neither_claim_holds_of_the_other_curves() -> None:
    found = over_seeds()
    for s in range(len(SEEDS)):
        assert not frozen_fails(found.plain[s], found.plain[s])
        assert not frozen_fails(found.plain[s], found.reestimated[s, K.index(64)])
        assert not repaired(found.frozen[s], found.frozen[s])


def test_a_handful_of_images_is_too_few() -> None:
    by_k = over_seeds().reestimated[:, :, DIM].mean(axis=0)
    assert by_k[K.index(4)] < 0.8 < 0.93 < by_k[K.index(32)]
    assert (np.diff(by_k) > -0.005).all()


def test_the_evidence_is_of_these_settings() -> None:
    found, about = over_seeds(), evidence.about("dimming")
    assert RunConfig(**about["config"]) == REGIMES["slow"]
    assert (tuple(found.a), tuple(found.k), tuple(found.seeds)) == (A, K, tuple(SEEDS))
    assert about["seeds"] == list(SEEDS)
    for name in ("plain", "frozen", "reestimated"):
        stated, accuracies = about["outcome"][name], getattr(found, name)
        np.testing.assert_allclose(stated["mean"], accuracies.mean(axis=0), atol=1e-5)
        np.testing.assert_allclose(stated["sd"], accuracies.std(axis=0, ddof=1), atol=1e-5)
    assert (evidence.FOLDER / "dimming.npz").stat().st_size < 1e5


def test_a_rerun_is_near_the_shipped_one() -> None:
    """Four kernels of OpenBLAS gave equal accuracies."""
    found = train_and_sweep(replace(REGIMES["slow"], seed=1), k=(64,))[0]
    shipped = over_seeds()
    np.testing.assert_allclose(found.plain, shipped.plain[1], atol=0.02)
    np.testing.assert_allclose(found.frozen, shipped.frozen[1], atol=0.05)
    np.testing.assert_allclose(found.reestimated, shipped.reestimated[1, K.index(64)], atol=0.02)


# --- the network of the lesson ---


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_shipped_network_shows_it_whichever_images_are_drawn(seed: int) -> None:
    found = sweep(64, seed)
    assert frozen_fails(found.plain, found.frozen)
    assert repaired(found.frozen, found.reestimated)


def test_it_is_the_first_of_the_seeds() -> None:
    found, shipped = sweep(64, 0), over_seeds()
    np.testing.assert_allclose(found.plain, shipped.plain[0], atol=0.005)
    np.testing.assert_allclose(found.frozen, shipped.frozen[0], atol=0.005)
    np.testing.assert_allclose(found.reestimated, shipped.reestimated[0, K.index(64)], atol=0.005)


def test_statistics_of_images_in_full_light_repair_nothing() -> None:
    net = trained()
    x = dimmed(net.data.x_test, 0.3)
    bright = exact_statistics(net.model, net.data.x_train[:64])
    said = net.model.forward(x, bright).logits.argmax(axis=1)
    assert (said == net.data.y_test).mean() < 0.7


def test_more_images_contain_the_fewer() -> None:
    data = trained().data
    few, many = (experiment._unlabelled(data, k, 5) for k in (8, 64))
    np.testing.assert_array_equal(few, many[:8])


# --- why it is exact, and how far ---


@pytest.mark.parametrize("c", [0.0, 0.2, -0.5])
@pytest.mark.parametrize("a", [0.9, 0.3, 0.1, 0.05, 2.0])
def test_with_eps_dimmed_too_nothing_is_left_but_rounding(a: float, c: float) -> None:
    """z_norm(a x + c; a²ε) = z_norm(x; ε) in the first layer, and so everything after it."""
    found = exactness(a, c)
    assert found.logits_rounding < 1e-9
    assert found.logits > 1e3 * found.logits_rounding  # so that this is seen to be eps


@pytest.mark.parametrize("a", [0.5, 0.3, 0.1, 0.05])
def test_as_it_stands_eps_is_all_that_differs_and_no_digit_changes(a: float) -> None:
    found = exactness(a)
    assert found.logits < 0.05 and found.changed == 0
    assert found.frozen_logits > 100 * found.logits


def test_the_dimmer_the_more_eps_counts() -> None:
    """Like ε/a²: a third of the light, about nine times the difference."""
    errors = [exactness(a) for a in (0.9, 0.3, 0.1)]
    assert 7 < errors[2].z_norm / errors[1].z_norm < 11
    assert errors[0].logits < errors[1].logits < errors[2].logits


def test_the_first_layers_z_norm_is_the_same_up_to_eps() -> None:
    """|z_norm| times ε/(2a²σ²) at most, to first order, for the unit of least variance."""
    net, a = trained(), 0.3
    z = net.data.x_test.astype(np.float64) @ net.network.W[0]
    sd = np.sqrt(net.exact_var[0].astype(np.float64))
    relative = net.network.eps * (1 / a**2 - 1) / (2 * sd**2)
    bound = (np.abs(z - net.exact_mean[0]) / sd * relative).max()
    assert 0.5 * bound < exactness(a).z_norm < 1.05 * bound


def test_unchanged_images_change_nothing() -> None:
    found = exactness(1.0)
    assert found.z_norm == found.logits == found.frozen_logits == found.changed == 0


def test_dimming_keeps_the_dtype_and_the_images() -> None:
    x = np.ones((2, 64), np.float32)
    y = dimmed(x, 0.5, 0.25)
    assert y.dtype == np.float32 and (y == 0.75).all() and (x == 1).all()
