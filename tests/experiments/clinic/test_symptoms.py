"""Every symptom is there with its cause and gone without it, by computations of this file's own."""

from __future__ import annotations

import numpy as np
import pytest

from bncore.folding import fold
from bncore.losses import one_hot, softmax_cross_entropy
from experiments.clinic import (
    eval_worse,
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


def averaged(updates: int, momentum: float, factor: float = 32 / 31) -> list:
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
    logits = by_hand(X, averaged(updates, momentum), at)
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
        logits = by_hand(X, averaged(600, momentum, factor), eps=eps)
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
    expected = [averaged(int(step), 0.1)[1][1][4] for step in clean.steps[-2:]]
    np.testing.assert_allclose(clean.running_var[-2:], expected, rtol=1e-4)
