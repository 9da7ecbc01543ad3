"""Each wrong version is wrong in just the way its name says."""

import numpy as np
import pytest

from bncore import batch_norm_forward
from bncore.variants import (
    VARIANTS,
    divide_by_variance,
    pooled_units,
    unbiased_variance,
    without_eps,
)

RNG = np.random.default_rng(0)
Z = RNG.normal([2, -1, 0.1], [3, 0.2, 1], (8, 3))
GAMMA, BETA = RNG.normal(1, 0.5, 3), RNG.normal(size=3)
RIGHT = batch_norm_forward(Z, GAMMA, BETA, 0.01)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_differs_and_keeps_its_own_steps(name):
    kept = Z.copy()
    z_tilde, cache = VARIANTS[name](Z, GAMMA, BETA, 0.01)
    np.testing.assert_array_equal(Z, kept)
    assert np.abs(z_tilde - RIGHT[0]).max() > 1e-3
    assert cache.mean.shape == cache.var.shape == cache.std.shape == (3,)
    np.testing.assert_allclose(cache.z_centered, Z - cache.mean, atol=1e-14)
    np.testing.assert_allclose(cache.z_norm, cache.z_centered / cache.std)
    np.testing.assert_allclose(z_tilde, GAMMA * cache.z_norm + BETA)


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_takes_runs_in_front(name):
    runs = np.stack([Z, 2 * Z + 1])
    together, cache = VARIANTS[name](runs, GAMMA, BETA, 0.01)
    for r in range(2):
        alone, cache_alone = VARIANTS[name](runs[r], GAMMA, BETA, 0.01)
        np.testing.assert_allclose(together[r], alone)
        np.testing.assert_allclose(cache.var[r], cache_alone.var)


def test_without_eps_a_constant_unit_is_nan():
    z = np.array([[1.0, 2.0], [1.0, 4.0]])
    z_tilde, cache = without_eps(z, [1, 1], [0, 0], 0.5)
    np.testing.assert_array_equal(z_tilde, [[np.nan, -1], [np.nan, 1]])
    assert cache.eps == 0


def test_dividing_by_the_variance_depends_on_the_unit_of_measurement():
    metres, _ = divide_by_variance(Z, GAMMA, 0 * BETA, 1e-12)
    centimetres, _ = divide_by_variance(100 * Z, GAMMA, 0 * BETA, 1e-12)
    np.testing.assert_allclose(centimetres, metres / 100, rtol=1e-6)


def test_the_unbiased_variance_shrinks_and_fails_for_one_example():
    _, cache = unbiased_variance(Z, GAMMA, BETA, 1e-12)
    _, right = batch_norm_forward(Z, GAMMA, BETA, 1e-12)
    np.testing.assert_allclose(cache.var, right.var * 8 / 7)
    np.testing.assert_allclose(cache.z_norm, right.z_norm * np.sqrt(7 / 8))
    assert np.isnan(unbiased_variance(Z[:1], GAMMA, BETA)[0]).all()


def test_pooled_units_share_one_mean_and_keep_their_offsets():
    _, cache = pooled_units(Z, GAMMA, BETA, 1e-12)
    np.testing.assert_allclose(cache.mean, Z.mean())
    np.testing.assert_allclose(cache.var, Z.var())
    np.testing.assert_allclose(cache.z_norm.mean(), 0, atol=1e-14)
    assert np.abs(cache.z_norm.mean(axis=0)).max() > 0.3
