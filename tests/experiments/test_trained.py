"""The shipped network: what is read is what training gives, and reading trains nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from bncore.batches import ORDER, BatchOrder, stream
from bncore.config import RunConfig
from bncore.network import Network
from bncore.training import Run
from experiments import evidence
from experiments import trained as experiment
from experiments.trained import (
    REGIMES,
    SNAPSHOTS,
    accuracy,
    batch_statistics,
    exact_statistics,
    over_seeds,
    trained,
)

NAMES = list(REGIMES)


@pytest.fixture
def network() -> Network:
    """Nothing in it is 0 or 1."""
    rng = np.random.default_rng(1)
    made = Network((6, 5, 5, 3), eps=0.01, dtype=np.float64)
    made.params[...] = rng.normal(size=made.params.shape)
    made.running[...] = rng.uniform(0.5, 2, made.running.shape)
    return made


def stacked(views: list[np.ndarray]) -> np.ndarray:
    return np.stack([view[0] for view in views])


# --- the network in arrays of its own ---


def test_by_the_running_statistics_it_says_what_the_network_predicts(network: Network) -> None:
    x = np.random.default_rng(2).normal(size=(4, 9, 6))
    running = stacked(network.running_mean), stacked(network.running_var)
    np.testing.assert_allclose(
        network.model().forward(x, running).logits, network.predict(x), rtol=1e-11
    )


@pytest.mark.parametrize("m", [1, 2, 9])
def test_by_its_own_statistics_a_batch_comes_out_as_in_training(network: Network, m: int) -> None:
    x = np.random.default_rng(3).normal(size=(4, m, 6))
    model = network.model()
    logits, (mean, var) = model.forward(x).logits, exact_statistics(model, x)
    np.testing.assert_array_equal(model.forward(x, keep=False).logits, logits)
    for d in range(4):
        np.testing.assert_allclose(logits[d], network.forward(x[d]), atol=1e-10)
        np.testing.assert_allclose(mean[d], stacked(network.batch_mean), atol=1e-12)
        np.testing.assert_allclose(var[d], stacked(network.batch_var), atol=1e-12)


def test_statistics_may_differ_from_batch_to_batch(network: Network) -> None:
    x = np.random.default_rng(4).normal(size=(4, 9, 6))
    model = network.model()
    now, given = model.forward(x), [np.moveaxis(one, -2, 0) for one in exact_statistics(model, x)]
    np.testing.assert_allclose(model.forward(x, given).logits, now.logits, atol=1e-12)  # (L, 4, n)


def test_asking_changes_neither_network_nor_images() -> None:
    net, network = trained(), trained().network.copy()
    before = [array.copy() for array in (network.params, network.running, net.data.x_test)]
    network.model().forward(net.data.x_test)
    network.model().forward(net.data.x_test, (net.exact_mean, net.exact_var))
    after = network.params, network.running, net.data.x_test
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not network._passes  # no buffers that two sessions could share


def test_many_threads_may_ask_at_once() -> None:
    net = trained()
    batches = [net.data.x_test[start : start + 50] for start in range(0, 400, 10)]
    alone = [net.model.forward(x).logits for x in batches]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda x: net.model.forward(x).logits, batches * 5))
    for one, other in zip(alone * 5, together, strict=True):
        np.testing.assert_array_equal(one, other)


# --- what ships ---


def test_reading_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("trained")

    for name in ("Run", "train"):
        monkeypatch.setattr(experiment, name, refuse)
    trained.cache_clear()
    assert trained("slow").config == REGIMES["slow"]
    with pytest.raises(AssertionError):
        batch_statistics(REGIMES["slow"])


def test_the_evidence_is_small_and_of_single_precision() -> None:
    assert (evidence.FOLDER / "test_time.npz").stat().st_size < 3e6
    for name, array in evidence.arrays("test_time").items():
        whole = name.endswith("snapshots")
        assert array.dtype == (np.int64 if whole else np.float32) or name.endswith("accuracy")
        assert np.isfinite(array).all() and not array.flags.writeable


@pytest.mark.parametrize("regime", NAMES)
def test_the_shapes_are_as_stated(regime: str) -> None:
    net = trained(regime)
    steps, kept = net.config.steps, len(net.snapshots)
    assert tuple(net.snapshots) == SNAPSHOTS[regime] and net.snapshots[-1] == steps
    assert net.batch_mean.shape == net.batch_var.shape == (steps, 3, 50)
    assert net.path_mean.shape == (steps + 1, 3, 50)
    assert net.true_mean.shape == net.true_var.shape == (kept, 3, 50)
    assert net.params.shape == (kept, net.network.params.size)
    assert net.exact_accuracy.shape == (kept,)
    np.testing.assert_array_equal(net.path_mean[net.snapshots], net.true_mean)


@pytest.mark.parametrize("regime", NAMES)
def test_the_provenance_is_that_of_the_arrays(regime: str) -> None:
    net, about = trained(regime), evidence.about("test_time")
    assert RunConfig(**about[regime]["config"]) == REGIMES[regime] == net.config
    stated = about[regime]["accuracy"]
    assert stated["exact"][0] == pytest.approx(net.exact_accuracy[-1], abs=1e-6)
    said = net.network.predict(net.data.x_test)
    assert stated["running"][0] == pytest.approx(accuracy(said, net.data.y_test), abs=1e-6)
    assert set(about["versions"]) == {"python", "numpy", "blas", "machine"}


def test_the_twin_is_the_one_stated() -> None:
    net = trained()
    assert net.plain is not None and net.plain.norm == "none"
    stated = evidence.about("test_time")["slow"]["accuracy"]["plain"][0]
    said = net.plain.predict(net.data.x_test)
    assert accuracy(said, net.data.y_test) == pytest.approx(stated, abs=1e-6)


@pytest.mark.parametrize("regime", NAMES)
def test_exact_statistics_are_those_of_all_training_images(regime: str) -> None:
    net = trained(regime)
    for index in (0, 3, -1):
        network = net.at(index)
        network.forward(net.data.x_train)
        np.testing.assert_allclose(
            net.true_mean[index], stacked(network.batch_mean), rtol=1e-3, atol=1e-5
        )
        np.testing.assert_allclose(
            net.true_var[index], stacked(network.batch_var), rtol=1e-3, atol=1e-6
        )
        logits = network.forward(net.data.x_test)  # the test set's own: near the exact ones
        assert accuracy(logits, net.data.y_test) == pytest.approx(
            net.exact_accuracy[index], abs=0.05
        )


@pytest.mark.parametrize("regime", NAMES)
def test_a_batch_has_the_statistics_of_its_images_under_the_weights_it_met(regime: str) -> None:
    net = trained(regime)
    order = BatchOrder(len(net.data.x_train), 32, stream(net.config, ORDER))
    drawn = [order.next() for _ in range(21)]
    for index, step in enumerate(net.snapshots[:4]):
        mean, var = exact_statistics(net.at(index).model(), net.data.x_train[drawn[step]])
        np.testing.assert_allclose(net.batch_mean[step], mean, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(net.batch_var[step], var, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("regime", NAMES)
def test_a_rerun_is_near_the_shipped_one(regime: str) -> None:
    """Four kernels of OpenBLAS differed by .0024 (slow) and .064 (fast) at the end, .007 right."""
    net = trained(regime)
    mean, _ = batch_statistics(net.config)
    off = np.sqrt((((mean - net.batch_mean) ** 2) / net.exact_var).mean(axis=(1, 2)))
    assert off[:100].max() < 0.01
    assert off.max() < (0.01 if regime == "slow" else 0.2)
    found = over_seeds(net.config, [0])
    stated = evidence.about("test_time")[regime]["accuracy"]
    for name, values in found.items():
        assert values[0] == pytest.approx(stated[name][0], abs=0.02)


def test_the_rerun_band_tells_one_seed_from_another() -> None:
    net = trained()
    mean, _ = batch_statistics(replace(net.config, seed=1, steps=5))
    assert np.sqrt((((mean - net.batch_mean[:5]) ** 2) / net.exact_var).mean()) > 0.1


# --- what the lesson says of it ---


def test_both_have_learned() -> None:
    for regime in NAMES:
        assert trained(regime).exact_accuracy[-1] > 0.95
        assert trained(regime).exact_accuracy[0] < 0.3


@pytest.mark.parametrize("regime", NAMES)
def test_training_knows_nothing_of_the_running_statistics(regime: str) -> None:
    """However they are kept, the weights are the same, bit for bit."""
    ends = []
    for momentum in (0.1, 1.0, 0.0):
        run = Run(replace(REGIMES[regime], momentum=momentum))
        run.advance(60)
        ends.append(run.network)
    for other in ends[1:]:
        np.testing.assert_array_equal(ends[0].params, other.params)
        assert not np.array_equal(ends[0].running, other.running)


def test_exact_statistics_of_one_batch_need_no_order() -> None:
    net = trained()
    x = net.data.x_train
    mean, var = exact_statistics(net.model, x[::-1])
    np.testing.assert_allclose(mean, net.exact_mean, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(var, net.exact_var, rtol=1e-3, atol=1e-5)
