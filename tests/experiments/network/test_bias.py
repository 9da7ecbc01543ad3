"""b in front of batch norm: cancelled when dragged, and driven by rounding noise when trained."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig, train_together
from bncore.batchnorm import batch_norm_forward
from experiments import evidence, whiteboard
from experiments.network import bias
from experiments.network.bias import DTYPES, RATES, SEEDS, Drift, config, drag, drift, let_drift

PLACES = [(0, 0, 0), (1, 7, 1), (2, 30, 2)]  # layer, unit, seed of the batch


# --- by hand ---


@pytest.mark.parametrize("b", [-40.0, -1.0, 0.5, 1000.0])
@pytest.mark.parametrize("place", PLACES)
def test_z_moves_by_b_and_nothing_after_it_moves(place: tuple[int, int, int], b: float) -> None:
    layer, unit, seed = place
    found = drag(b, layer=layer, unit=unit, seed=seed)
    assert found.z_moved == pytest.approx(abs(b))
    np.testing.assert_allclose(found.z, found.z_at_zero + b)
    assert found.z_tilde_moved < 1e-12 * abs(b) + 1e-14
    assert found.logits_moved < 1e-11 * abs(b) + 1e-13
    assert found.loss == pytest.approx(found.loss_at_zero, rel=1e-10)


@pytest.mark.parametrize("place", PLACES)
def test_db_is_rounding_and_dbeta_is_not(place: tuple[int, int, int]) -> None:
    layer, unit, seed = place
    found = drag(0.7, layer=layer, unit=unit, seed=seed)
    assert found.db == pytest.approx(found.dz.sum(), abs=1e-17)
    size = np.abs(found.dz).sum()
    assert abs(found.db) < 1e-14 * size < abs(found.dbeta)
    in_float32 = drag(0.7, layer=layer, unit=unit, seed=seed, dtype="float32")
    assert abs(in_float32.db) < 1e-5 * size
    assert in_float32.dbeta == pytest.approx(found.dbeta, rel=1e-3)


@pytest.mark.parametrize("place", PLACES)
def test_beta_does_what_b_would(place: tuple[int, int, int]) -> None:
    layer, unit, seed = place
    zero, found = (drag(0.0, beta, layer, unit, seed=seed) for beta in (0.0, 0.8))
    np.testing.assert_allclose(found.z_tilde, zero.z_tilde + 0.8)
    np.testing.assert_allclose(found.z, zero.z)
    assert found.beta == pytest.approx(zero.beta + 0.8)
    assert abs(found.loss - found.loss_at_zero) > 1e-6


@pytest.mark.parametrize("place", PLACES)
def test_the_gradients_are_those_of_the_loss(place: tuple[int, int, int]) -> None:
    """Central differences: of β the slope that is stated, of b none."""
    layer, unit, seed = place
    h = 1e-5

    def loss(b: float, beta: float) -> float:
        return drag(b, beta, layer, unit, seed=seed).loss

    stated = drag(0.3, 0.1, layer, unit, seed=seed)
    of_beta = (loss(0.3, 0.1 + h) - loss(0.3, 0.1 - h)) / (2 * h)
    of_b = (loss(0.3 + h, 0.1) - loss(0.3 - h, 0.1)) / (2 * h)
    assert of_beta == pytest.approx(stated.dbeta, rel=1e-4)
    assert abs(of_b) < 1e-8


def test_z_tilde_is_batch_norm_of_z() -> None:
    found = drag(2.0, 0.4, 1, 5)
    gamma = bias.parameters().gamma[1][5:6]
    z_tilde, cache = batch_norm_forward(found.z[:, None], gamma, np.array([found.beta]))
    np.testing.assert_allclose(found.z_tilde, z_tilde[:, 0])
    assert found.mean == pytest.approx(cache.mean[0])


def test_after_the_activation_b_is_not_cancelled() -> None:
    """Bent by ReLU before the mean is taken, b changes more than an offset."""
    moved = [drag(0.5, layer=1, unit=unit, norm="after") for unit in range(10)]
    assert sum(found.z_tilde_moved > 0.05 for found in moved) >= 8
    assert sum(abs(found.db) > 1e-6 for found in moved) >= 8
    assert max(drag(0.5, layer=1, unit=unit).z_tilde_moved for unit in range(10)) < 1e-13


def test_nothing_is_changed_and_many_may_drag_at_once() -> None:
    def losses(b: float) -> tuple[float, float]:
        found = drag(b, 0.01 * b, 2, 3)
        return found.loss, found.z_tilde.sum()

    settings = [float(b) for b in range(16)]
    alone = [losses(b) for b in settings]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(losses, settings)) == alone
    assert losses(0.0) == alone[0]


def test_the_parameters_are_those_of_the_trained_network() -> None:
    known = bias.trained()
    p = bias.parameters(dtype="float32")
    x = known.data.x_train[:64]
    theirs = bias.trained().network.copy().forward(x)
    np.testing.assert_allclose(whiteboard.with_caches(p, x).logits, theirs, atol=1e-4)


# --- left to an optimizer: what ships ---


def wanders(found: Drift) -> bool:
    """Noise a million times smaller than dβ moves b as far as several steps of full length."""
    noise = found.db.max() < 1e-5 * found.dbeta.max()
    return bool(noise and (found.b[:, -1] > 3 * found.lr).all())


def stays(found: Drift) -> bool:
    return bool((found.b < 1e-6).all() and found.beta[:, -1].min() > 0.05)


@pytest.mark.parametrize("optimizer", RATES)
def test_in_float32_adam_and_rmsprop_move_b_and_the_others_do_not(optimizer: str) -> None:
    found = drift(optimizer, "float32")
    adaptive = optimizer in ("adam", "rmsprop")
    assert (wanders(found), stays(found)) == (adaptive, not adaptive)


@pytest.mark.parametrize("optimizer", RATES)
def test_in_float64_noise_is_below_the_eps_of_the_optimizers(optimizer: str) -> None:
    """db is near 1e-16, and what divides it no less than 1e-8: even Adam stands still."""
    found = drift(optimizer, "float64")
    assert found.db.max() < 1e-15 and stays(found) and not wanders(found)
    assert found.b.max() < 1e-9


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("optimizer", RATES)
def test_wherever_b_went_the_network_does_not_notice(optimizer: str, dtype: str) -> None:
    assert drift(optimizer, dtype).logits_moved.max() < {"float32": 2e-5, "float64": 1e-13}[dtype]


def test_db_is_noise_beside_dbeta() -> None:
    for dtype, limit in (("float32", 2e-7), ("float64", 5e-16)):
        for optimizer in RATES:
            found = drift(optimizer, dtype)
            assert 0 < found.db.max() < limit
            assert (found.dbeta.max(axis=1) > 0.03).all()


def test_the_evidence_is_of_these_settings() -> None:
    about = evidence.about("bias")
    assert about["seeds"] == list(SEEDS)
    for optimizer in RATES:
        assert RunConfig(**about["configs"][optimizer]) == config(optimizer)
        for dtype in DTYPES:
            found, stated = drift(optimizer, dtype), about["outcome"][f"{optimizer}.{dtype}"]
            np.testing.assert_allclose(stated["largest_b"], found.b[:, -1], rtol=1e-5)
            np.testing.assert_allclose(stated["largest_db"], found.db.max(axis=1), rtol=1e-5)
            assert found.path.shape == (len(found.step), bias.UNITS)
    assert (evidence.FOLDER / "bias.npz").stat().st_size < 2e5
    with pytest.raises(KeyError):
        drift("adam", "float16")


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_rerun_shows_the_same(optimizer: str) -> None:
    """Rounding noise differs between machines, and with it b; what it amounts to does not."""
    run = replace(config(optimizer, seed=11), steps=200)
    found = let_drift([run, replace(run, seed=12)], every=20)
    here = Drift(optimizer, "float32", RATES[optimizer], **found)
    shipped = drift(optimizer, "float32")
    assert wanders(here) == wanders(shipped) == (optimizer == "adam")
    assert here.b[:, 0].max() == 0
    at = shipped.step.tolist().index(180)
    ratio = here.b[:, -1].mean() / shipped.b[:, at].mean()
    assert 1 / 4 < ratio < 4


@pytest.mark.parametrize("optimizer", RATES)
def test_training_is_the_same_with_b_and_without(optimizer: str) -> None:
    """In float64, where rounding has not grown to anything after 60 steps."""
    runs = [
        replace(config(optimizer, "float64", keep_bias=keep), steps=60, record_every=60, probe=1)
        for keep in (True, False)
    ]
    with_b, without = (train_together([run])[0] for run in runs)
    np.testing.assert_allclose(with_b.loss, without.loss, rtol=1e-6)


def test_where_no_batch_norm_follows_b_is_not_noise() -> None:
    run = replace(config("sgd"), norm="none", steps=40)
    network = [network for network, _ in bias.descend([run])][-1]
    assert np.abs(network.b[0]).max() > 1e-3
    assert np.abs(network.db[0]).max() > 1e-4
