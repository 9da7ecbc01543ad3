"""Running averages: the recursion is BatchNorm's, its errors are what the lesson says they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore.batchnorm import BatchNorm
from bncore.data import load
from bncore.training import Run
from experiments.at_test_time import running as experiment
from experiments.at_test_time.running import follow, lab, parts, staleness, static_error
from experiments.trained import (
    REGIMES,
    accuracy,
    batch_statistics,
    exact_statistics,
    trained,
    unbiased,
)

DECAYS = (0.5, 0.9, 0.99, 0.999, 0.9999)


@pytest.fixture
def batches() -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(3, 2, size=(40, 8, 5))


def moments(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return z.mean(axis=1), z.var(axis=1, ddof=1)


# --- the recursion ---


@pytest.mark.parametrize("decay", DECAYS)
def test_it_is_what_batch_norm_keeps(batches: np.ndarray, decay: float) -> None:
    layer, followed = BatchNorm(5, momentum=1 - decay), follow(*moments(batches), decay)
    for t, z in enumerate(batches):
        np.testing.assert_allclose(followed.mean[t], layer.running_mean, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(followed.var[t], layer.running_var, rtol=1e-11)
        layer.forward(z)
    np.testing.assert_allclose(followed.mean[-1], layer.running_mean, rtol=1e-11)


@pytest.mark.parametrize("start", ["zeros", "first"])
def test_other_starts_are_what_batch_norm_keeps_from_there(batches, start: str) -> None:
    mean, var = moments(batches)
    layer, followed = BatchNorm(5, momentum=0.2), follow(mean, var, 0.8, start)
    layer.running_mean[:] = 0 if start == "zeros" else mean[0]
    layer.running_var[:] = 0 if start == "zeros" else var[0]
    for z in batches:
        layer.forward(z)
    np.testing.assert_allclose(followed.mean[-1], layer.running_mean, rtol=1e-11)
    np.testing.assert_allclose(followed.var[-1], layer.running_var, rtol=1e-11)


def test_no_start_of_another_name(batches: np.ndarray) -> None:
    with pytest.raises(KeyError):
        follow(*moments(batches), 0.9, "elsewhere")


def test_the_shipped_network_kept_its_statistics_like_this() -> None:
    for regime in REGIMES:
        net = trained(regime)
        kept = follow(net.batch_mean, unbiased(net.batch_var, 32), 0.9)
        for layer in range(3):
            np.testing.assert_allclose(
                kept.mean[-1][layer], net.network.running_mean[layer][0], rtol=1e-3, atol=1e-5
            )
            np.testing.assert_allclose(
                kept.var[-1][layer], net.network.running_var[layer][0], rtol=1e-3, atol=1e-5
            )


# --- the start, and its correction ---


@pytest.mark.parametrize("decay", DECAYS)
def test_after_t_batches_the_start_weighs_decay_to_the_t(batches, decay: float) -> None:
    mean, var = moments(batches)
    one, zero = follow(mean, var, decay, "zero_one"), follow(mean, var, decay, "zeros")
    weight = decay ** np.arange(len(batches) + 1)
    difference = one.var - zero.var  # one starts at 1, the other at 0
    np.testing.assert_allclose(difference, np.tile(weight[:, None], 5), rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(one.mean, zero.mean)


@pytest.mark.parametrize("decay", DECAYS)
def test_corrected_it_is_right_from_the_first_batch(batches: np.ndarray, decay: float) -> None:
    """The same batch again and again: nothing to average, so whatever is off is the start's."""
    mean, var = (np.repeat(one[:1], 40, axis=0) for one in moments(batches))
    corrected = follow(mean, var, decay, corrected=True)
    np.testing.assert_allclose(corrected.mean[1:], mean, rtol=1e-9)
    np.testing.assert_allclose(corrected.var[1:], var, rtol=1e-9)
    plain = follow(mean, var, decay)
    off = (plain.mean - mean[0]) / mean[0]
    np.testing.assert_allclose(off[:, 0], -(decay ** np.arange(41)), rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("decay", DECAYS)
def test_the_correction_takes_the_start_away(batches: np.ndarray, decay: float) -> None:
    mean, var = moments(batches)
    found = [follow(mean, var, decay, start, corrected=True) for start in experiment.STARTS]
    for other in found[1:]:
        np.testing.assert_array_equal(found[0].var[1:], other.var[1:])
    weight = decay ** np.arange(1, 41)[:, None]
    uncorrected = follow(mean, var, decay).var[1:]
    np.testing.assert_allclose((uncorrected - weight) / (1 - weight), found[0].var[1:], rtol=1e-8)


# --- the law ---


def settled_ratio(**asked) -> np.ndarray:
    """Measured / law, after enough steps for both to be more than the start."""
    found = static_error(**asked)
    return (found.measured / found.law)[1:]


@pytest.mark.parametrize("corrected", [False, True])
@pytest.mark.parametrize("m", [8, 32, 128])
@pytest.mark.parametrize("decay", DECAYS)
def test_on_frozen_weights_the_error_follows_the_law(decay: float, m: int, corrected: bool) -> None:
    ratios = [
        settled_ratio(unit=unit, layer=0, decay=decay, m=m, steps=400, corrected=corrected)
        for unit in (0, 7, 31)
    ]
    assert abs(np.mean(ratios) - 1) < 0.1
    assert abs(np.mean(ratios, axis=0) - 1).max() < 0.15  # at every step, sampling aside


def test_the_law_is_not_met_by_another_batch_size_or_decay() -> None:
    """A factor 2 in m is 1.41 in the error, ten batches' memory instead of five likewise."""
    asked = {"unit": 7, "layer": 0, "steps": 400}
    found, law = static_error(decay=0.9, m=32, **asked), {}
    for m, decay in ((64, 0.9), (16, 0.9), (32, 0.8), (32, 0.95)):
        law[m, decay] = static_error(decay=decay, m=m, replicates=1, **asked).law
    for other in law.values():
        assert abs(np.mean(found.measured[100:] / other[100:]) - 1) > 0.2


def test_a_longer_memory_settles_nearer_and_later() -> None:
    short, long = (
        static_error(unit=7, layer=0, decay=decay, m=32, steps=1000) for decay in (0.9, 0.99)
    )
    assert long.measured[20] > 2 * short.measured[20]
    assert long.measured[-1] < 0.5 * short.measured[-1]


def test_above_the_first_layer_little_is_left_to_chance() -> None:
    """The layer below has given every batch the same mean and variance."""
    for m in (8, 32, 128):
        for unit in (0, 7, 31):
            first, *above = (static_error(unit, layer, 0.9, m, 1).noise for layer in range(3))
            assert 0.8 < first < 1.1
            assert max(above) < 0.06


# --- a real run ---


def at(found: experiment.Lab, *steps: int) -> np.ndarray:
    """Accuracy lost against the exact statistics, at these steps."""
    index = np.searchsorted(found.snapshots, steps)
    assert tuple(found.snapshots[index]) == steps
    return found.exact_accuracy[index] - found.accuracy[index]


def test_with_a_short_memory_nothing_is_lost_after_the_first_steps() -> None:
    assert at(lab("slow", 0.9), 100, 200, 300, 600).max() < 0.02


def test_a_long_memory_is_still_full_of_the_start() -> None:
    assert at(lab("slow", 0.9999), 100, 200, 300).min() > 0.2
    assert at(lab("slow", 0.999), 100, 200).min() > 0.15


def test_corrected_it_is_nearly_right_where_weights_move_slowly() -> None:
    assert at(lab("slow", 0.9999, corrected=True), 100, 200, 300, 600).max() < 0.05


def test_whoever_stops_early_needs_a_shorter_memory() -> None:
    """.99 is off at step 50 and right at step 600."""
    lost = at(lab("slow", 0.99), 50, 600)
    assert lost[0] > 0.1 and lost[1] < 0.01


def test_by_the_batches_own_statistics_memory_would_not_matter(monkeypatch) -> None:
    """The effect is gone where the running statistics are replaced by the true ones."""
    net = trained()

    def truth(batch_mean, batch_var, *_):
        steps = np.searchsorted(net.snapshots, np.arange(len(batch_mean) + 1))
        return experiment.Followed(net.true_mean[steps], net.true_var[steps])

    monkeypatch.setattr(experiment, "follow", truth)
    np.testing.assert_allclose(at(lab("slow", 0.9999), 100, 200, 300), 0, atol=1e-9)


def test_what_the_lab_averages_is_the_runs_own() -> None:
    found, net = lab("fast", 0.99), trained("fast")
    np.testing.assert_allclose(found.batch_var, net.batch_var * 32 / 31, rtol=1e-6)
    assert found.running_mean.shape == (301, 3, 50)
    step = net.snapshots[4]
    running = found.running_mean[step], found.running_var[step]
    said = net.at(4).model().forward(net.data.x_test, running).logits
    assert found.accuracy[4] == accuracy(said, net.data.y_test)


def test_measured_afresh_after_training_the_statistics_are_as_good_as_they_get() -> None:
    for regime in REGIMES:
        last = trained(regime).config.steps
        assert at(lab(regime, 0.999, corrected=True), last)[0] > 0.01


# --- staleness is something else than the start ---


@pytest.mark.parametrize("regime", list(REGIMES))
@pytest.mark.parametrize("decay", DECAYS)
def test_the_three_parts_are_the_whole_error(regime: str, decay: float) -> None:
    net = trained(regime)
    running = follow(net.batch_mean, net.batch_var, decay, "zeros").mean[:, 0]
    np.testing.assert_allclose(parts(decay, regime).sum(axis=0), running - net.path_mean[:, 0])
    corrected = follow(net.batch_mean, net.batch_var, decay, corrected=True).mean[1:, 0]
    error = np.sqrt((((corrected - net.path_mean[1:, 0]) ** 2) / net.exact_var[0]).mean(axis=1))
    np.testing.assert_allclose(staleness(decay, regime).corrected_error[1:], error, rtol=1e-5)


def test_without_moving_weights_there_is_no_lag(monkeypatch) -> None:
    net = trained("fast")
    frozen = replace(net, path_mean=np.repeat(net.path_mean[-1:], 301, axis=0))
    monkeypatch.setattr(experiment, "trained", lambda regime: frozen)
    assert staleness(0.999).lag.max() < 1e-9
    assert staleness(0.999).startup[100] > 0.3


def test_the_correction_removes_the_start_but_not_the_lag() -> None:
    slow, fast = staleness(0.999, "slow"), staleness(0.999, "fast")
    for found in (slow, fast):
        assert found.startup[100] > 0.9 * found.error[100]  # uncorrected, it is the start
        assert found.corrected_error[100] < 0.5 * found.error[100]
        np.testing.assert_allclose(found.corrected_error[100], found.corrected_lag[100], rtol=0.05)
    assert fast.corrected_lag[300] > 2 * slow.corrected_lag[300]
    assert fast.corrected_lag[300] > 0.3  # sds of a unit
    assert staleness(0.9, "fast").error[300] < 0.4 * fast.corrected_error[300]


def test_where_weights_move_fast_the_corrected_average_costs_more() -> None:
    """Mean over three seeds and three steps; a short memory costs little in either regime."""
    lost = {regime: np.mean([_lost(regime, s) for s in (0, 1, 2)], axis=0) for regime in REGIMES}
    long, short = 0, 1
    assert lost["fast"][long] > 0.035
    assert lost["fast"][long] > 1.7 * lost["slow"][long]
    assert max(lost["fast"][short], lost["slow"][short]) < 0.02


def _lost(regime: str, seed: int) -> list[float]:
    """Accuracy lost at steps 100, 200, 300, by decay .999 corrected and by .9."""
    config = replace(REGIMES[regime], seed=seed, steps=300)
    data, run = load(config.dataset, seed, config.dtype), Run(config)
    mean, var = batch_statistics(config)
    lost = []
    for step in (100, 200, 300):
        run.advance(step - run.step)
        model, x = run.network.model(), data.x_test
        known = [follow(mean[:step], unbiased(var[:step], 32), *how) for how in HOW]
        said = [model.forward(x, exact_statistics(model, data.x_train)).logits]
        said += [model.forward(x, (one.mean[-1], one.var[-1])).logits for one in known]
        right = [accuracy(logits, data.y_test) for logits in said]
        lost.append([right[0] - one for one in right[1:]])
    return list(np.mean(lost, axis=0))


HOW = ((0.999, "zero_one", True), (0.9, "zero_one", False))
