"""Running statistics as each convention keeps them, against written-out updates."""

import numpy as np
import pytest

from bncore import CONVENTIONS, BatchNorm

BATCHES = np.random.default_rng(0).normal([1, -4], [2, 0.5], (6, 5, 2))
SMOOTHED = {  # weight of the new batch, m/(m-1)?, eps
    "pytorch": (0.1, True, 1e-5),
    "keras": (0.01, False, 1e-3),
    "flax": (0.01, False, 1e-5),
    "cs231n": (0.1, False, 1e-5),
    "onnx": (0.1, False, 1e-5),
    "lecture": (0.1, False, 1e-5),
}


def trained(name, batches=BATCHES):
    bn = BatchNorm.under(name, 2)
    for z in batches:
        bn.forward(z)
    return bn


def test_every_convention_is_tested():
    assert set(CONVENTIONS) == {*SMOOTHED, "paper"}


@pytest.mark.parametrize("name", SMOOTHED)
def test_exponentially_smoothed(name):
    new, unbiased, eps = SMOOTHED[name]
    mean, var = np.zeros(2), np.ones(2)
    for z in BATCHES:
        mean = (1 - new) * mean + new * z.mean(0)
        var = (1 - new) * var + new * z.var(0, ddof=int(unbiased))
    bn = trained(name)
    assert bn.eps == eps
    np.testing.assert_allclose(bn.running_mean, mean, rtol=1e-12)
    np.testing.assert_allclose(bn.running_var, var, rtol=1e-12)


def test_the_paper_averages_over_all_batches():
    bn = trained("paper")
    np.testing.assert_allclose(bn.running_mean, BATCHES.mean(axis=(0, 1)))
    np.testing.assert_allclose(bn.running_var, BATCHES.var(axis=1, ddof=1).mean(axis=0))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_batch_itself_is_always_normalized_by_its_biased_variance(name):
    bn = BatchNorm.under(name, 2)
    z = BATCHES[0]
    expected = (z - z.mean(0)) / np.sqrt(z.var(0) + bn.eps)
    np.testing.assert_allclose(bn.forward(z), expected, rtol=1e-12)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_one_example_leaves_everything_finite(name):
    bn = trained(name, BATCHES[:, :1])
    var = np.ones(2)
    if not CONVENTIONS[name].unbiased:
        var *= (1 - CONVENTIONS[name].new_weight) ** len(BATCHES)
    np.testing.assert_allclose(bn.running_var, var)
    assert np.isfinite(bn.running_mean).all()


@pytest.mark.parametrize("sizes", [(1, 5, 3), (1, 1, 4), (5, 1, 3, 1)])
def test_under_the_paper_a_batch_of_one_is_not_counted_as_a_measured_variance(sizes):
    """The 1 that running_var begins with is no measurement, whatever comes first."""
    batches = [np.random.default_rng(m).normal([3, -7], [5, 0.2], (m, 2)) for m in sizes]
    bn = trained("paper", batches)
    np.testing.assert_allclose(bn.running_mean, np.mean([z.mean(0) for z in batches], axis=0))
    measured = [z.var(0, ddof=1) for z in batches if len(z) > 1]
    np.testing.assert_allclose(bn.running_var, np.mean(measured, axis=0))


@pytest.mark.parametrize("name", SMOOTHED)
def test_with_momentum_a_batch_of_one_between_others_changes_no_unbiased_variance(name):
    with_one, without = trained(name, [BATCHES[0], BATCHES[1][:1]]), trained(name, BATCHES[:1])
    same = np.array_equal(with_one.running_var, without.running_var)
    assert same == CONVENTIONS[name].unbiased


def test_momentum_always_weighs_the_new_batch():
    found = {name: rule.new_weight for name, rule in CONVENTIONS.items()}
    assert found == pytest.approx({n: s[0] for n, s in SMOOTHED.items()} | {"paper": 0.1})
    assert CONVENTIONS["keras"].momentum == 0.99 and CONVENTIONS["pytorch"].momentum == 0.1
    bn = BatchNorm(2, momentum=0.25, convention="keras")
    bn.forward(BATCHES[0])
    np.testing.assert_allclose(bn.running_mean, 0.25 * BATCHES[0].mean(0))
