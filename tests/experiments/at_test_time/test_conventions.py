"""The same batches under each convention: where the numbers differ, and where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from bncore.batchnorm import BatchNorm
from bncore.conventions import CONVENTIONS
from experiments.at_test_time import conventions as experiment
from experiments.at_test_time.conventions import divisor, under
from experiments.at_test_time.running import follow

NAMES = list(CONVENTIONS)


def test_momentum_01_there_is_09_here() -> None:
    """PyTorch weighs the new batch, cs231n the old value: the running means are the same."""
    pytorch, cs231n = under("pytorch", 32), under("cs231n", 32)
    assert (CONVENTIONS["pytorch"].momentum, CONVENTIONS["cs231n"].momentum) == (0.1, 0.9)
    np.testing.assert_allclose(pytorch.running_mean, cs231n.running_mean, rtol=1e-12, atol=1e-14)
    assert np.ptp(pytorch.running_mean) > 0.01
    assert not np.allclose(pytorch.running_var, cs231n.running_var, rtol=0.005)


def test_keras_099_is_pytorchs_001() -> None:
    """Mirrored, not copied: .99 in PyTorch would be hardly more than the last batch."""
    z = np.random.default_rng(0).normal(size=(20, 16, 3))
    keras, mirrored, copied = BatchNorm.under("keras", 3), *(BatchNorm(3, momentum=p) for p in AS)
    for batch in z:
        for layer in (keras, mirrored, copied):
            layer.forward(batch)
    np.testing.assert_allclose(mirrored.running_mean, keras.running_mean, rtol=1e-10)
    np.testing.assert_allclose(copied.running_mean, z[-1].mean(axis=0), atol=0.05)
    assert abs(copied.running_mean - keras.running_mean).max() > 0.1


AS = (0.01, 0.99)


def test_another_momentum_is_another_mean() -> None:
    short, long = under("cs231n", 32, unit=3), under("keras", 32, unit=3)
    apart = abs(short.running_mean - long.running_mean).max()
    assert apart > 0.5 * abs(short.true_mean) > 0.01


@pytest.mark.parametrize("name", NAMES)
def test_all_are_shown_the_same_batches(name: str) -> None:
    one, other = under(name, 8, unit=3), under("pytorch", 8, unit=3)
    np.testing.assert_array_equal(one.batch_mean, other.batch_mean)
    np.testing.assert_array_equal(one.batch_var, other.batch_var)
    assert (one.true_mean, one.true_var) == (other.true_mean, other.true_var)
    assert not np.array_equal(under(name, 8, unit=3, seed=1).batch_mean, one.batch_mean)


@pytest.mark.parametrize("m", [2, 32])
@pytest.mark.parametrize("name", [n for n in NAMES if CONVENTIONS[n].weighs != "average"])
def test_it_is_the_recursion_of_the_lab(name: str, m: int) -> None:
    found = under(name, m, layer=1, unit=4)
    gathered = found.batch_var * (m / (m - 1) if found.unbiased else 1)
    kept = follow(found.batch_mean, gathered, 1 - found.new_weight)
    np.testing.assert_allclose(found.running_mean, kept.mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.running_var, kept.var, rtol=1e-9)


def test_the_paper_averages_all_batches() -> None:
    found = under("paper", 4, unit=3)
    assert found.running_mean[-1] == pytest.approx(found.batch_mean.mean(), rel=1e-9)
    assert found.running_var[-1] == pytest.approx(found.batch_var.mean() * 4 / 3, rel=1e-9)
    assert found.new_weight == 1  # the first batch takes all


@pytest.mark.parametrize("m", [2, 4, 32])
def test_dividing_by_m_gathers_too_little_variance(m: int) -> None:
    """(m − 1)/m of the true one; m/(m − 1) makes up for it."""
    found = divisor(m)
    assert found.biased_ratio == pytest.approx((m - 1) / m, abs=0.02)
    assert found.unbiased_ratio == pytest.approx(1, abs=0.02)
    assert under("pytorch", m, batches=1).ratio == found.unbiased_ratio
    assert under("flax", m, batches=1).ratio == found.biased_ratio


@pytest.mark.parametrize("m", [2, 4, 32])
def test_to_the_accuracy_it_hardly_matters(m: int) -> None:
    found = divisor(m)
    assert abs(found.biased_accuracy - found.unbiased_accuracy) < 0.02
    assert min(found.biased_accuracy, found.unbiased_accuracy) > found.exact_accuracy - 0.03


def test_a_far_wrong_variance_would_matter(monkeypatch) -> None:
    monkeypatch.setattr(experiment, "unbiased", lambda var, m: 30 * var)
    found = divisor(32)
    assert abs(found.biased_accuracy - found.unbiased_accuracy) > 0.1


@pytest.mark.parametrize("name", NAMES)
def test_eps_and_weight_are_the_conventions(name: str) -> None:
    found, rule = under(name, 8, batches=3), CONVENTIONS[name]
    assert found.eps == (rule.eps or 1e-5) and found.unbiased == rule.unbiased
    assert found.running_mean.shape == found.running_var.shape == (4,)
    assert (found.running_mean[0], found.running_var[0]) == (0, 1)


@pytest.mark.parametrize("name", NAMES)
def test_with_enough_batches_each_convention_classifies_well(name: str) -> None:
    assert under(name, 32, batches=300).accuracy > 0.95


def test_one_batch_is_not_enough_where_the_old_value_weighs_99_percent() -> None:
    assert (
        under("flax", 32, batches=1).accuracy < 0.6 < 0.9 < under("paper", 32, batches=1).accuracy
    )


def test_one_example_has_no_spread() -> None:
    assert under("flax", 1, batches=3).ratio == 0
    found = under("pytorch", 1, batches=3)
    assert np.isnan(found.ratio) and set(found.running_var) == {1.0}


def test_no_convention_of_another_name() -> None:
    with pytest.raises(KeyError):
        under("tensorfire", 8)
