"""The whiteboard: its numbers, its gradients, and what must hold for every batch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bncore import (
    BatchNorm,
    InputError,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_inference,
)
from tests.bncore.gradients import numerical_gradient


def some(seed: int = 0, shape: tuple[int, ...] = (6, 4)):
    """z with different means and scales, gamma, beta, and an upstream gradient."""
    rng = np.random.default_rng(seed)
    n = shape[-1]
    z = rng.normal(rng.normal(0, 3, n), rng.uniform(0.3, 3, n), shape)
    return z, rng.normal(1, 0.7, n), rng.normal(0, 0.7, n), rng.normal(size=shape)


def test_the_four_steps_in_numbers():
    z = np.array([[1.0, 10.0], [3.0, 10.0], [5.0, 13.0], [7.0, 15.0]])
    z_tilde, cache = batch_norm_forward(z, [2.0, 1.0], [0.5, -1.0], eps=0.5)
    np.testing.assert_allclose(cache.mean, [4, 12])
    np.testing.assert_allclose(cache.var, [5, 4.5])
    np.testing.assert_allclose(cache.std, np.sqrt([5.5, 5.0]))
    np.testing.assert_allclose(cache.z_centered, [[-3, -2], [-1, -2], [1, 1], [3, 3]])
    np.testing.assert_allclose(cache.z_norm[0], [-3 / np.sqrt(5.5), -2 / np.sqrt(5)])
    np.testing.assert_allclose(z_tilde[0], [0.5 - 6 / np.sqrt(5.5), -1 - 2 / np.sqrt(5)])


@pytest.mark.parametrize("shape", [(2, 1), (6, 4), (3, 5, 2), (2, 2, 4, 3)])
@pytest.mark.parametrize("eps", [1e-5, 0.7])
def test_backward_agrees_with_differences(shape, eps):
    z, gamma, beta, upstream = some(1, shape)

    def loss(_):
        return float((batch_norm_forward(z, gamma, beta, eps)[0] * upstream).sum())

    found = batch_norm_backward(upstream, batch_norm_forward(z, gamma, beta, eps)[1])
    for gradient, x in zip(found, (z, gamma, beta), strict=True):
        summed = gradient.reshape(-1, *x.shape).sum(axis=0)  # runs share one gamma here
        np.testing.assert_allclose(summed, numerical_gradient(loss, x), atol=1e-7, rtol=1e-6)


def test_each_run_in_front_is_its_own():
    z, _, _, upstream = some(2, (3, 5, 4))
    gamma, beta = some(3, (3, 4))[0], some(4, (3, 4))[0]
    together, cache = batch_norm_forward(z, gamma, beta)
    gradients = batch_norm_backward(upstream, cache)
    for r in range(3):
        alone, cache_alone = batch_norm_forward(z[r], gamma[r], beta[r])
        np.testing.assert_array_equal(together[r], alone)
        np.testing.assert_array_equal(cache.var[r], cache_alone.var)
        alone_gradients = batch_norm_backward(upstream[r], cache_alone)
        for stacked, single in zip(gradients, alone_gradients, strict=True):
            np.testing.assert_allclose(stacked[r], single, rtol=1e-13, atol=1e-15)


def test_one_gamma_can_serve_all_runs():
    z, gamma, beta, _ = some(5, (2, 3, 6, 4))
    z_tilde, cache = batch_norm_forward(z, gamma, beta)
    assert z_tilde.shape == z.shape and cache.mean.shape == (2, 3, 4)
    np.testing.assert_array_equal(z_tilde[1, 2], batch_norm_forward(z[1, 2], gamma, beta)[0])


batches = st.tuples(st.integers(2, 12), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-50, 50, width=32))
)
anything = settings(deadline=None, max_examples=60)


def standard(z, eps=1e-5):
    return batch_norm_forward(z, np.ones(z.shape[-1]), np.zeros(z.shape[-1]), eps)


@anything
@given(batches, st.floats(-1000, 1000))
def test_a_shift_of_z_changes_nothing_but_the_mean(z, shift):
    z_norm, cache = standard(z)
    moved, moved_cache = standard(z + shift)
    np.testing.assert_allclose(moved, z_norm, atol=1e-9)
    np.testing.assert_allclose(moved_cache.mean, cache.mean + shift, atol=1e-9)


@anything
@given(batches, st.floats(0.01, 100))
def test_a_positive_scale_of_z_cancels_with_eps_scaled_along(z, scale):
    z_norm, cache = standard(z, eps=1e-3)
    scaled, scaled_cache = standard(scale * z, eps=1e-3 * scale**2)
    np.testing.assert_allclose(scaled, z_norm, atol=1e-9)
    np.testing.assert_allclose(scaled_cache.std, scale * cache.std, rtol=1e-9)


@anything
@given(batches, st.randoms(use_true_random=False))
def test_the_order_of_the_batch_does_not_matter(z, random):
    order = random.sample(range(len(z)), len(z))
    np.testing.assert_allclose(standard(z[order])[0], standard(z)[0][order], atol=1e-9)


@anything
@given(batches)
def test_gamma_std_and_beta_mean_give_z_back(z):
    _, cache = standard(z)
    back, _ = batch_norm_forward(z, cache.std, cache.mean)
    np.testing.assert_allclose(back, z, atol=1e-12)


@anything
@given(batches)
def test_normalized_units_have_mean_0_and_variance_short_of_1_by_eps(z):
    z_norm, cache = standard(z)
    np.testing.assert_allclose(z_norm.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z_norm.var(axis=0), cache.var / (cache.var + 1e-5), atol=1e-12)
    np.testing.assert_allclose(cache.var, z.var(axis=0), atol=1e-10)


@anything
@given(batches, st.integers(0, 99))
def test_the_gradient_of_z_is_orthogonal_to_shift_and_nearly_to_scale(z, seed):
    _, cache = standard(z, eps=1e-3)
    upstream = np.random.default_rng(seed).normal(size=z.shape)
    dz, _, _ = batch_norm_backward(upstream, cache)
    size = np.abs(upstream).sum() / cache.std.min()
    np.testing.assert_allclose(dz.sum(axis=0), 0, atol=1e-12 * size)
    along = (dz * cache.z_norm).sum(axis=0)  # what eps leaves of it
    left = (upstream * cache.z_norm).sum(axis=0) / cache.std * 1e-3 / cache.std**2
    np.testing.assert_allclose(along, left, atol=1e-12 * size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, 1e4 + 0.1, -7e18])
def test_a_constant_unit_is_beta_exactly(dtype, value):
    z = np.full((1000, 2), value, dtype)
    z_tilde, cache = batch_norm_forward(z, [3, 4], [0.25, -0.5])
    assert (z_tilde == np.array([0.25, -0.5], dtype)).all()
    assert (cache.var == 0).all() and (cache.z_norm == 0).all()
    assert (cache.mean == dtype(value)).all()
    dz, dgamma, _ = batch_norm_backward(np.ones_like(z), cache)
    assert (dgamma == 0).all() and np.abs(dz).max() < 1e-2


def test_one_example_normalizes_to_zero_and_gets_no_gradient():
    z_tilde, cache = batch_norm_forward([[3.0, -8.0]], [2, 2], [1, 5])
    np.testing.assert_array_equal(z_tilde, [[1, 5]])
    dz, dgamma, dbeta = batch_norm_backward([[7.0, -2.0]], cache)
    np.testing.assert_array_equal(dz, [[0, 0]])
    np.testing.assert_array_equal(dgamma, [0, 0])
    np.testing.assert_array_equal(dbeta, [7, -2])


def test_two_examples_keep_nothing_but_their_order():
    z_norm, _ = standard(np.array([[1.0, 5.0], [2.0, -900.0]]), eps=1e-12)
    np.testing.assert_allclose(z_norm, [[-1, 1], [1, -1]])
    near, _ = standard(np.array([[0.0], [0.02]]), eps=1e-3)  # sd .01
    np.testing.assert_allclose(near.ravel(), [-0.3015, 0.3015], atol=1e-4)


@pytest.mark.parametrize("m, sd", [(60, 1e-2), (256, 1e-2), (256, 1), (5000, 0.1)])
def test_float32_far_from_zero_keeps_its_digits(m, sd):
    rng = np.random.default_rng(0)
    z = rng.normal(1e4, sd, (m, 50)).astype(np.float32)
    gamma, beta = np.ones(50), np.zeros(50)
    exact, _ = batch_norm_forward(z.astype(np.float64), gamma, beta)
    found, _ = batch_norm_forward(z, gamma, beta)
    textbook = (z - z.mean(0)) / np.sqrt(z.var(0) + np.float32(1e-5))
    assert np.abs(found - exact).max() <= 1e-6
    assert np.abs(textbook - exact).max() > 1e-4  # so the shift by row 0 earns its line


@pytest.mark.parametrize("given_dtype, found", [("f4", "f4"), ("f8", "f8"), ("f2", "f4")])
def test_the_dtype_of_z_decides(given_dtype, found):
    z, gamma, beta, upstream = some(6)
    z_tilde, cache = batch_norm_forward(z.astype(given_dtype), gamma, beta)
    gradients = batch_norm_backward(upstream, cache)
    inferred = batch_norm_inference(z.astype(given_dtype), beta, gamma**2, gamma, beta)
    arrays_found = [z_tilde, inferred, *gradients, *cache[:-1]]
    assert {a.dtype for a in arrays_found} == {np.dtype(found)}


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.int8, bool])
def test_whole_numbers_become_float64(dtype):
    z = np.array([[0, 1], [1, 1], [1, 0]]).astype(dtype)
    z_tilde, _ = batch_norm_forward(z, [1, 1], [0, 0])
    assert z_tilde.dtype == np.float64
    np.testing.assert_array_equal(z_tilde, batch_norm_forward(z.astype(float), [1, 1], [0, 0])[0])


def test_memory_layout_does_not_matter():
    z, gamma, beta, upstream = some(7, (6, 4))
    expected, cache = batch_norm_forward(z, gamma, beta)
    wide = np.repeat(np.repeat(z, 2, axis=0), 3, axis=1)
    gradients = batch_norm_backward(upstream, cache)
    for same in (np.asfortranarray(z), wide[::2, ::3], z[::-1][::-1], z.tolist(), z.astype(">f8")):
        found, found_cache = batch_norm_forward(same, gamma, beta)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
        assert found.dtype == np.float64 and found.dtype.isnative
        again = batch_norm_backward(np.asfortranarray(upstream), found_cache)
        for a, b in zip(again, gradients, strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-13)


def test_inputs_are_not_changed_and_not_kept():
    given_arrays = some(8)
    z, gamma, beta, upstream = given_arrays
    copies = [a.copy() for a in given_arrays]
    z_tilde, cache = batch_norm_forward(z, gamma, beta)
    before = batch_norm_backward(upstream, cache)
    batch_norm_inference(z, beta, gamma**2, gamma, beta)
    for a, b in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(a, b)
    for a in given_arrays:
        a += 100  # what happens to them later must not reach the cache
    z_tilde += 100
    for a, b in zip(batch_norm_backward(copies[3], cache), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_inference_is_the_same_formula_with_given_statistics():
    z, gamma, beta, _ = some(9)
    z_tilde, cache = batch_norm_forward(z, gamma, beta, eps=0.1)
    found = batch_norm_inference(z, cache.mean, cache.var, gamma, beta, eps=0.1)
    np.testing.assert_allclose(found, z_tilde, atol=1e-13)
    one = batch_norm_inference(z[:1], cache.mean, cache.var, gamma, beta, eps=0.1)
    np.testing.assert_allclose(one, z_tilde[:1], atol=1e-13)


def test_an_eps_that_vanishes_in_the_dtype_still_prevents_0_by_0():
    for dtype in (np.float32, np.float64):
        z = np.array([[2, 1], [2, 3]], dtype)
        z_tilde, cache = batch_norm_forward(z, [1, 1], [0, 0], eps=5e-324)
        np.testing.assert_allclose(z_tilde, [[0, -1], [0, 1]], rtol=1e-6)
        dz, _, _ = batch_norm_backward(np.zeros_like(z), cache)
        assert np.isfinite(dz).all()


# The layer


def test_the_layer_starts_as_standardization_with_writable_arrays():
    bn = BatchNorm(3, dtype=np.float32)
    for name, start in (("gamma", 1), ("beta", 0), ("running_mean", 0), ("running_var", 1)):
        array = getattr(bn, name)
        assert array.shape == (3,) and array.dtype == np.float32 and (array == start).all()
        array[0] = 7
        assert getattr(bn, name)[0] == 7


def test_the_layer_computes_the_functions():
    z, gamma, beta, upstream = some(10)
    bn = BatchNorm(4, eps=0.01)
    bn.gamma[:], bn.beta[:] = gamma, beta
    z_tilde, cache = batch_norm_forward(z, gamma, beta, eps=0.01)
    np.testing.assert_allclose(bn.forward(z), z_tilde, rtol=0, atol=1e-12)
    for a, b in zip(bn.backward(upstream), batch_norm_backward(upstream, cache), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def test_running_statistics_move_by_momentum_toward_mean_and_unbiased_variance():
    bn = BatchNorm(4, momentum=0.3)
    mean, var = np.zeros(4), np.ones(4)
    for seed in range(5):
        z = some(seed)[0]
        bn.forward(z)
        mean = 0.7 * mean + 0.3 * z.mean(0)
        var = 0.7 * var + 0.3 * z.var(0, ddof=1)
        np.testing.assert_allclose(bn.running_mean, mean, rtol=1e-13)
        np.testing.assert_allclose(bn.running_var, var, rtol=1e-13)


def test_evaluation_uses_them_and_leaves_them_alone():
    bn = BatchNorm(4, eps=0.01)
    bn.gamma[:], bn.beta[:] = some(11)[1:3]
    bn.forward(some(11)[0])
    mean, var = bn.running_mean.copy(), bn.running_var.copy()
    z = some(12)[0]
    expected = (z - mean) / np.sqrt(var + 0.01) * bn.gamma + bn.beta
    np.testing.assert_allclose(bn.forward(z, training=False), expected, rtol=1e-12)
    one = bn.forward(z[:1], training=False)
    np.testing.assert_allclose(one, expected[:1], rtol=1e-12)
    np.testing.assert_array_equal(bn.running_mean, mean)
    np.testing.assert_array_equal(bn.running_var, var)


def test_momentum_0_keeps_and_1_replaces():
    z = some(13)[0]
    kept, replaced = BatchNorm(4, momentum=0), BatchNorm(4, momentum=1)
    kept.forward(z)
    replaced.forward(z)
    np.testing.assert_array_equal(kept.running_mean, 0)
    np.testing.assert_array_equal(kept.running_var, 1)
    np.testing.assert_allclose(replaced.running_mean, z.mean(0))
    np.testing.assert_allclose(replaced.running_var, z.var(0, ddof=1))


def test_a_batch_of_one_moves_the_mean_and_not_the_variance():
    bn = BatchNorm(2, momentum=0.5)
    np.testing.assert_array_equal(bn.forward([[4.0, -2.0]]), [[0, 0]])
    np.testing.assert_array_equal(bn.running_mean, [2, -1])
    np.testing.assert_array_equal(bn.running_var, [1, 1])


def test_backward_belongs_to_a_training_forward():
    bn = BatchNorm(4)
    z, _, _, upstream = some(14)
    with pytest.raises(RuntimeError, match="training=True"):
        bn.backward(upstream)
    bn.forward(z)
    bn.backward(upstream)
    bn.forward(z, training=False)
    with pytest.raises(RuntimeError, match="training=True"):
        bn.backward(upstream)


def test_gamma_may_change_between_forward_and_backward():
    bn = BatchNorm(4)
    z, _, _, upstream = some(15)
    bn.forward(z)
    expected = bn.backward(upstream)
    bn.gamma *= -5
    for a, b in zip(bn.backward(upstream), expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_refused_batch_leaves_the_layer_as_it_was():
    bn = BatchNorm(4)
    bn.forward(some(16)[0])
    mean, var = bn.running_mean.copy(), bn.running_var.copy()
    with pytest.raises(ValueError):
        bn.forward(np.full((3, 4), np.nan))
    np.testing.assert_array_equal(bn.running_mean, mean)
    np.testing.assert_array_equal(bn.running_var, var)


def test_the_state_keeps_its_dtype_and_z_decides_the_output():
    bn = BatchNorm(4, dtype=np.float64)
    assert bn.forward(some(17)[0].astype(np.float32)).dtype == np.float32
    assert bn.running_mean.dtype == bn.running_var.dtype == np.float64
    single = BatchNorm(4, dtype=np.float32)
    assert single.forward(some(17)[0]).dtype == np.float64
    assert single.running_mean.dtype == single.running_var.dtype == np.float32


def test_runs_in_front_of_z_get_running_statistics_of_their_own():
    z, other = some(18, (3, 6, 4))[0], some(19, (3, 6, 4))[0]
    upstream = some(20, (3, 6, 4))[3]
    bn, alone = BatchNorm(4), [BatchNorm(4) for _ in range(3)]
    bn.forward(z)
    together = bn.forward(other)
    gradients = bn.backward(upstream)
    assert bn.running_mean.shape == bn.running_var.shape == (3, 4)
    for r, layer in enumerate(alone):
        layer.forward(z[r])
        np.testing.assert_array_equal(together[r], layer.forward(other[r]))
        np.testing.assert_allclose(bn.running_var[r], layer.running_var)
        for a, b in zip(gradients, layer.backward(upstream[r]), strict=True):
            np.testing.assert_allclose(a[r], b, atol=1e-14)
        evaluated = bn.forward(z, training=False)[r]
        np.testing.assert_allclose(evaluated, layer.forward(z[r], training=False))
    with pytest.raises(InputError) as caught:
        bn.forward(z[0])
    assert caught.value.code == "shape" and caught.value.fields["field"] == "running_mean"


def test_state_that_a_user_set_is_checked_and_kept():
    bn = BatchNorm(2)
    bn.gamma, bn.running_mean, bn.running_var = [2, 3], [1, 2], [4, 9]
    z = np.array([[3.0, 5.0], [5.0, 2.0]])
    evaluated = bn.forward(z, training=False)
    np.testing.assert_allclose(evaluated, [[2, 3], [4, 0]], rtol=1e-5)
    bn.forward(z)
    np.testing.assert_allclose(bn.running_mean, [0.9 + 0.4, 1.8 + 0.35])
    bn.running_var = [-1, 1]
    for training in (True, False):
        with pytest.raises(InputError) as caught:
            bn.forward(z, training=training)
        assert caught.value.code == "variance"
