"""Every symptom is there with its cause and gone without it, by computations of this file's own."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bncore.folding import fold
from bncore.losses import one_hot, softmax_cross_entropy
from experiments.clinic import (
    accumulated,
    averaged,
    bias,
    constant,
    decay,
    dropout,
    eval_worse,
    exported,
    few_images,
    frameworks,
    one_example,
    other_answer,
    running_nan,
)
from experiments.trained import trained

NET = trained()
X, Y = NET.data.x_test.astype(float), NET.data.y_test


def by_hand(x: np.ndarray, statistics: list | None, network: object = NET.network, eps=1e-5):
    """Logits, written out; by these [(mean, var), ...], or by those of the batch."""
    a = x
    for k in range(network.depth):
        z = a @ network.W[k].astype(float)
        mean, var = (z.mean(axis=0), z.var(axis=0)) if statistics is None else statistics[k]
        z_norm = (z - mean) / np.sqrt(var + eps)
        a = np.maximum(network.gamma[k] * z_norm + network.beta[k], 0)
    return a @ network.W[-1].astype(float) + network.b[-1]


def running(network: object = NET.network) -> list:
    return list(zip(network.running_mean, network.running_var, strict=True))


def right(logits: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == Y).mean())


# --- eval() is far worse ---


def kept_after(updates: int, momentum: float, factor: float = 32 / 31) -> list:
    """Running statistics of the shipped run, one batch after the other."""
    mean, var = np.zeros((3, 50)), np.ones((3, 50))
    for s in range(updates):
        mean = (1 - momentum) * mean + momentum * NET.batch_mean[s]
        var = (1 - momentum) * var + momentum * factor * NET.batch_var[s]
    return list(zip(mean, var, strict=True))


@pytest.mark.parametrize(("updates", "momentum"), [(20, 0.01), (600, 0.1), (100, 0.001)])
def test_eval_is_late_by_the_weight_of_the_start(updates: int, momentum: float) -> None:
    found = eval_worse.late(updates, momentum)
    at = NET.at(list(NET.snapshots).index(updates))
    logits = by_hand(X, kept_after(updates, momentum), at)
    np.testing.assert_allclose(found.evaluated.logits, logits, atol=1e-3)
    assert found.evaluated.right == right(logits)
    weight = 1.0
    for _ in range(updates):
        weight *= 1 - momentum
    assert found.start_weight == pytest.approx(weight)


def test_eval_is_far_worse_early_and_as_good_later_and_new_statistics_mend_it() -> None:
    ill = eval_worse.late(20, 0.01)
    assert ill.evaluated.right < ill.train.right - 0.2
    assert ill.renewed.right > ill.train.right
    for well in (eval_worse.late(600, 0.01), eval_worse.late(20, 0.1)):
        assert well.evaluated.right > well.train.right - 0.02


@pytest.mark.parametrize("momentum", eval_worse.MOMENTA)
def test_after_enough_updates_the_start_weighs_less_than_a_hundredth(momentum: float) -> None:
    enough = eval_worse.enough(momentum)
    assert (1 - momentum) ** enough < 0.01 <= (1 - momentum) ** (enough - 1)


# --- one example ---


def test_alone_every_image_gets_beta_and_in_company_it_does_not() -> None:
    found = one_example.alone(1)
    beta = np.maximum(NET.network.beta[-1], 0) @ NET.network.W[-1] + NET.network.b[-1]
    np.testing.assert_allclose(found.train.logits, np.repeat(beta, len(X), axis=0), atol=1e-4)
    np.testing.assert_allclose(one_example.of_beta_alone(), beta[0], atol=1e-5)
    assert found.only == beta.argmax() and found.train.right < 0.2
    shares = [one_example.alone(m).train.right for m in one_example.SIZES]
    assert shares == sorted(shares) and shares[-1] > 0.95
    assert one_example.alone(64).only is None
    assert found.evaluated.right == right(by_hand(X, running())) > 0.98


def test_in_train_each_image_is_answered_by_its_own_batch() -> None:
    order = np.random.default_rng((0, 64)).permutation(len(X))
    logits = np.empty((len(X), 10))
    for start in range(0, len(X), 64):
        rows = order[start : start + 64]
        logits[rows] = by_hand(X[rows], None)
    np.testing.assert_allclose(one_example.alone(64).train.logits, logits, atol=1e-3)


# --- another answer ---


def test_company_decides_in_train_and_not_in_eval() -> None:
    found = other_answer.asked(11, 8)
    assert len(np.unique(found.evaluated.logits, axis=0)) == 1
    assert found.digit == Y[11]
    assert found.changed == (found.train.said != found.evaluated.said[0]).sum() > 100
    again = other_answer.asked(11, 64)
    assert again.changed < found.changed / 2


# --- few images ---


def test_small_batches_spoil_it_and_frozen_statistics_keep_it_whole() -> None:
    none, stats, every = (few_images.tuned(freeze, 2) for freeze in few_images.FREEZE)
    assert none.before.right == right(by_hand(X, running())) > 0.98
    assert none.after.right < none.before.right - 0.2
    for frozen in (stats, every):
        assert frozen.after.right > frozen.before.right - 0.02
    assert few_images.tuned("none", 8).after.right > none.after.right + 0.2


def test_in_another_light_frozen_statistics_keep_out_what_is_new() -> None:
    frozen, free = (few_images.tuned(freeze, 8, "dim").after for freeze in ("stats", "none"))
    assert free.right > frozen.right + 0.05


@pytest.mark.parametrize("freeze", few_images.FREEZE)
def test_what_is_frozen_stays_and_what_is_not_learns(freeze: str) -> None:
    before, after = NET.network, few_images.tune(freeze, 2, steps=5)
    moved = {
        name: any(
            not np.array_equal(one, other)
            for one, other in zip(getattr(before, name), getattr(after, name), strict=True)
        )
        for name in ("W", "gamma", "beta", "running_mean", "running_var")
    }
    assert moved["W"]
    assert moved["gamma"] == moved["beta"] == (freeze != "all")
    assert moved["running_mean"] == moved["running_var"] == (freeze == "none")


def test_gradients_through_a_frozen_layer_are_those_of_the_loss() -> None:
    """Against the slope of the loss itself, for some numbers of each array."""
    network = NET.at(3)
    network.running[...] = NET.network.running
    x, targets = NET.data.x_train[:16], one_hot(NET.data.y_train[:16], 10)

    def loss() -> float:
        logits = by_hand(x.astype(float), running(network), network)
        return float(softmax_cross_entropy(logits, targets.astype(float))[0])

    folded, new = fold(network), network.copy()
    folded.gradient(x, targets)
    few_images.ThroughFrozen(folded, new, 1.0, True).update(folded.params, folded.grads)
    rng = np.random.default_rng(0)
    for name in ("W", "gamma", "beta"):
        for layer in range(network.depth):
            here, there = getattr(network, name)[layer], getattr(new, name)[layer]
            at = np.unravel_index(rng.integers(here.size), here.shape)
            slope, was, step = here[at] - there[at], here[at].copy(), np.float32(1e-3)
            ends = []
            for h in (step, -step):
                here[at] = was + h
                ends.append((loss(), float(here[at])))
            here[at] = was
            (up, high), (down, low) = ends
            assert slope == pytest.approx((up - down) / (high - low), rel=0.02, abs=5e-4)


# --- between frameworks ---


def test_each_setting_moves_the_logits_as_its_formula_says() -> None:
    for moved, (momentum, factor, eps) in {
        "momentum": (0.99, 32 / 31, 1e-5),
        "divisor": (0.1, 1, 1e-5),
        "eps": (0.1, 32 / 31, 1e-3),
    }.items():
        logits = by_hand(X, kept_after(600, momentum, factor), eps=eps)
        found = frameworks.ported(moved)
        np.testing.assert_allclose(found.other.logits, logits, atol=2e-3)
        np.testing.assert_allclose(found.pytorch.logits, by_hand(X, running()), atol=2e-3)
    differences = [frameworks.ported(moved).difference for moved in ("eps", "divisor", "momentum")]
    assert differences == sorted(differences)
    assert 10 * differences[0] < differences[1] and 10 * differences[1] < differences[2]


# --- NaN ---


def test_a_bad_batch_stays_in_the_running_variance_and_only_there() -> None:
    clean = running_nan.poisoned("none")
    assert np.isfinite(clean.running_var).all() and clean.evaluated.right > 0.98
    at = list(clean.steps).index(running_nan.AT)
    for poison in ("nan", "one", "huge"):
        found = running_nan.poisoned(poison)
        np.testing.assert_array_equal(found.running_var[:at], clean.running_var[:at])
        assert not np.isfinite(found.running_var[at:]).any()
        assert np.isfinite(np.delete(found.batch_var, at)).all()
        assert found.evaluated.right < 0.2 and found.train.right == clean.train.right > 0.95
    assert np.isnan(running_nan.poisoned("nan").evaluated.logits).all()
    assert np.isnan(running_nan.poisoned("one").running_var[-1])
    huge = running_nan.poisoned("huge")
    assert np.isposinf(huge.running_var[-1]) and len(set(huge.evaluated.said)) == 1


def test_the_running_variance_is_the_average_written_out() -> None:
    clean = running_nan.poisoned("none", layer=1, unit=4)
    expected = [kept_after(int(step), 0.1)[1][1][4] for step in clean.steps[-2:]]
    np.testing.assert_allclose(clean.running_var[-2:], expected, rtol=1e-4)


# --- parts of a batch ---


@pytest.mark.parametrize("parts", accumulated.PARTS)
def test_a_sum_over_parts_is_the_whole_without_batch_norm_alone(parts: int) -> None:
    found = accumulated.accumulated(parts)
    assert found["plain"].off < 1e-5
    assert (found["bn"].off > 0.2) == (parts > 1)
    for gradients in found.values():
        difference = np.sqrt(((gradients.parts - gradients.whole) ** 2).sum())
        assert gradients.off == pytest.approx(difference / np.sqrt((gradients.whole**2).sum()))
        whole, added = gradients.shown()
        assert len(whole) == len(added) == accumulated.SHOWN
        assert set(whole) <= set(gradients.whole / gradients.whole.std())


def test_the_gradient_with_batch_norm_is_the_slope_of_the_loss() -> None:
    """Of the whole batch, in the direction of the gradient itself."""
    gradients = accumulated.accumulated(1)["bn"]
    network = NET.at(list(NET.snapshots).index(accumulated.STEPS))
    x, targets = NET.data.x_train[:64].astype(float), one_hot(NET.data.y_train[:64], 10)
    start, ends = network.flat_W.copy(), []
    for step in (1e-3, -1e-3):
        network.flat_W[...] = start + step * gradients.whole / np.linalg.norm(gradients.whole)
        logits = by_hand(x, None, network)
        ends.append(float(softmax_cross_entropy(logits, targets.astype(float))[0]))
    slope = (ends[0] - ends[1]) / 2e-3
    assert slope == pytest.approx(np.linalg.norm(gradients.whole), rel=0.03)


# --- export ---


def test_folded_is_the_same_and_otherwise_it_is_not() -> None:
    folded, dropped, train = (exported.exported(how) for how in exported.EXPORT)
    assert folded.before.right == folded.after.right > 0.98
    assert folded.difference < 1e-4 < 1 < min(dropped.difference, train.difference)
    a = X
    for W in NET.network.W[:-1]:
        a = np.maximum(a @ W, 0)
    logits = a @ NET.network.W[-1] + NET.network.b[-1]
    np.testing.assert_allclose(dropped.after.logits, logits, atol=1e-3)
    assert dropped.after.right == right(logits) < 0.6
    assert train.after.right == one_example.alone(1).train.right < 0.2


# --- averaged weights ---


def test_averaged_weights_want_statistics_of_their_own() -> None:
    found = averaged.averaged(11)
    assert found.last.right < found.alone.right - 0.15
    for statistics in (found.mean, found.new):
        assert statistics.right > found.alone.right
    net = trained("fast")
    network = net.network.copy()
    network.params[...] = sum(net.params[-k] / 11 for k in range(1, 12))
    a, statistics = net.data.x_train.astype(float), []
    for k in range(3):
        z = a @ network.W[k].astype(float)
        statistics.append((z.mean(axis=0), z.var(axis=0)))
        z_norm = (z - statistics[k][0]) / np.sqrt(statistics[k][1] + 1e-5)
        a = np.maximum(network.gamma[k] * z_norm + network.beta[k], 0)
    logits = by_hand(net.data.x_test.astype(float), statistics, network)
    np.testing.assert_allclose(found.new.logits, logits, atol=5e-3)
    assert found.steps == tuple(net.snapshots[-11:])


# --- a constant, a bias ---


def test_a_constant_becomes_one_by_rounding_and_zero_without() -> None:
    for z in constant.CONSTANTS:
        found = constant.constant(z)
        assert found.here == 0
        assert found.off == float(np.float32(found.z) - np.float32(found.mean))
        expected = found.off / np.sqrt(found.off**2 + 1e-5)
        assert found.z_norm == pytest.approx(expected, rel=1e-4)
    assert abs(constant.constant(12345.6).z_norm) > 0.9
    assert abs(constant.constant(1.1).z_norm) < 0.01
    assert constant.constant(1234.5).off == 0  # a number of few bits is added without rounding


def test_two_examples_are_plus_and_minus_one() -> None:
    for difference in (10, 1, 0.01, 0):
        z = np.array([[0.0], [difference]])
        z_norm = (z - z.mean()) / np.sqrt(z.var() + 1e-5)
        np.testing.assert_allclose(z_norm[:, 0], np.array([-1, 1]) * constant.of_two(difference))


def test_a_bias_moves_z_and_nothing_behind_batch_norm() -> None:
    plain = bias.biased(0)
    for b in bias.BIASES:
        found = bias.biased(b)
        np.testing.assert_allclose(found.z - plain.z, b)
        np.testing.assert_allclose(found.z_tilde, plain.z_tilde, atol=1e-9)
        assert abs(found.db) < 1e-12
    weights = NET.network.W[0][:, bias.UNIT].astype(float)
    np.testing.assert_allclose(plain.z, NET.data.x_train[: bias.SHOWN].astype(float) @ weights)


# --- what was trained over seeds ---


def test_dropout_makes_the_running_variance_too_large_behind_it() -> None:
    found = dropout.load()
    assert found.ratio.shape == (len(dropout.KEEP), len(dropout.SEEDS), 3)
    assert (np.diff(found.ratio[..., 1:].mean(axis=1), axis=0) > 0.02).all()
    assert (found.ratio[-1, :, 1] > 1.4).all() and (found.ratio[0, :, 1] < 1.1).all()
    ratio, running, renewed = dropout.one(0.5, 0)  # one of them again
    np.testing.assert_allclose(ratio, found.ratio[-1, 0], rtol=0.05)
    assert abs(running - found.running[-1, 0]) < 0.02 > abs(renewed - found.renewed[-1, 0])
    flat = dataclasses.replace(found, ratio=np.ones_like(found.ratio))
    assert not dropout._too_large_behind_dropout(flat)


def test_decay_on_gamma_and_beta_shrinks_them_and_accuracy_stays() -> None:
    found = decay.load()
    accuracy, gamma, _ = found.of("affine", 0.01)
    plain, plain_gamma, _ = found.of("affine", 0.0)
    assert (gamma < 0.7 * plain_gamma).all()
    assert (accuracy - plain).mean() == pytest.approx(0, abs=0.01)
    _, gamma_of_W, W = found.of("W", 0.01)
    assert (gamma_of_W > plain_gamma).all() and (found.of("W", 0.0)[2] > W).all()
    network = decay.one("affine", 0.1, 0)  # one of them again
    again = decay.measured(network, 0)
    np.testing.assert_allclose(again, [each[0] for each in found.of("affine", 0.1)], rtol=0.03)
    assert not decay._shrinks_gamma_and_no_more(
        dataclasses.replace(found, gamma=found.gamma * 0 + 1)
    )
