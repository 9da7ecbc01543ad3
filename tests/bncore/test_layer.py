"""The layer checks at the door and computes by the kernel: nobody can tell from outside."""

import copy
import pickle

import numpy as np
import pytest

from bncore import (
    BatchNorm,
    InputError,
    batch_norm_backward,
    batch_norm_forward,
    batchnorm,
    checks,
)
from bncore.kernels import PreciseAverage

CLOSE = {np.float64: 1e-12, np.float32: 1e-6}
SHAPES = [(1, 1), (1, 3), (2, 5), (60, 100), (257, 3), (3, 8, 4), (2, 3, 5, 2)]


def layer(shape, dtype=np.float64, seed=0):
    """A layer with a gamma and beta worth the name, a batch for it, and a gradient."""
    rng = np.random.default_rng((seed, *shape))
    n = shape[-1]
    bn = BatchNorm(n, eps=1e-3, dtype=dtype)
    bn.gamma[:], bn.beta[:] = rng.normal(1, 0.6, n), rng.normal(0, 0.6, n)
    z = rng.normal(rng.normal(0, 2, n), rng.uniform(0.3, 3, n), shape).astype(dtype)
    return bn, z, rng.normal(size=shape).astype(dtype)


def whiteboard(bn, z, upstream):
    """(z_tilde, dz, dgamma, dbeta) in float64."""
    z_tilde, cache = batch_norm_forward(z.astype(np.float64), bn.gamma, bn.beta, bn.eps)
    return z_tilde, *batch_norm_backward(upstream, cache)


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_layer_is_the_whiteboard(shape, dtype):
    bn, z, upstream = layer(shape, dtype)
    for _ in range(2):  # the second time by the same kernel
        found = bn(z), *bn.backward(upstream)
        for name, a, b in zip(
            ("z_tilde", "dz", "dgamma", "dbeta"), found, whiteboard(bn, z, upstream), strict=True
        ):
            assert a.dtype == dtype and a.shape == b.shape, name
            size = max(1.0, np.abs(b).max())
            np.testing.assert_allclose(a / size, b / size, rtol=0, atol=CLOSE[dtype], err_msg=name)
        bn.running_mean, bn.running_var = np.zeros(shape[-1]), np.ones(shape[-1])


@pytest.mark.parametrize(
    "m, n",
    [(31, 100), (48, 100), (60, 100), (100, 50), (255, 50), (256, 256), (1000, 50), (5000, 20)],
)
def test_float32_far_from_zero_keeps_its_digits(m, n):
    """The training kernel's averages, plain float32 sums, err by up to 6e-6 here."""
    z = np.random.default_rng(m).normal(1e4, 1e-2, (m, n)).astype(np.float32)
    bn = BatchNorm(n, dtype=np.float32)
    exact, _ = batch_norm_forward(z.astype(np.float64), bn.gamma, bn.beta)
    assert np.abs(bn(z) - exact).max() <= 1e-6
    in_runs = bn.forward(z[None], training=False).shape, BatchNorm(n, dtype=np.float32)(z[None])
    assert in_runs[0] == (1, m, n) and np.abs(in_runs[1][0] - exact).max() <= 1e-6
    constant = np.full_like(z, 1e4 + 0.1)
    assert (bn(constant) == 0).all()


@pytest.mark.parametrize("m", [1, 2, 63, 64, 65, 80, 257, 1040, 5000])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_a_precise_average_is_the_mean(m, lead):
    x = np.random.default_rng(m).normal(3, 1, (*lead, m, 3)).astype(np.float32)
    found = PreciseAverage(x.shape, x.dtype)(x, np.empty((*lead, 1, 3), np.float32))
    exact = x.mean(axis=-2, keepdims=True, dtype=np.float64)
    np.testing.assert_allclose(found, exact, rtol=4e-7)
    assert found.dtype == np.float32


def test_what_it_returns_is_the_callers():
    bn, z, upstream = layer((6, 4))
    kept = z.copy(), upstream.copy()
    first = bn(z), *bn.backward(upstream), bn.running_mean, bn.running_var
    seen = [array.copy() for array in first]
    bn(z * 3 + 1)
    bn.backward(upstream * -2)
    for array, was in zip(first, seen, strict=True):
        np.testing.assert_array_equal(array, was)
        assert array.flags.writeable and array.flags.c_contiguous
    bn(z)
    expected = [array.copy() for array in bn.backward(upstream)]
    z_tilde = bn(z)
    z_tilde[:] = 1e9  # nor does the layer look at it again
    for array, wanted in zip(bn.backward(upstream), expected, strict=True):
        np.testing.assert_array_equal(array, wanted)
    np.testing.assert_array_equal(z, kept[0])
    np.testing.assert_array_equal(upstream, kept[1])


def test_a_gradient_belongs_to_the_batch_before_whatever_came_between():
    """Other sizes, dtypes and runs take a kernel of their own, and a refusal none."""
    bn, z, upstream = layer((6, 4))
    other = BatchNorm(4, eps=1e-3)
    for shape, dtype in [((6, 4), "f8"), ((9, 4), "f8"), ((6, 4), "f4"), ((6, 4), "f8")]:
        bn(np.resize(z, shape).astype(dtype))
        with pytest.raises(InputError):
            bn(np.full(shape, np.nan, dtype))
        with pytest.raises(RuntimeError):
            bn.backward(np.ones(shape))
    other.gamma[:], other.beta[:] = bn.gamma, bn.beta
    np.testing.assert_array_equal(bn(z), other(z))
    for a, b in zip(bn.backward(upstream), other.backward(upstream), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_eps_set_later_counts():
    bn, z, upstream = layer((6, 4))
    bn(z)
    bn.eps = 2.0
    np.testing.assert_allclose(bn(z), whiteboard(bn, z, upstream)[0], atol=1e-12)
    bn.eps = 0
    with pytest.raises(InputError, match="eps"):
        bn(z)


@pytest.mark.parametrize("field", ["gamma", "beta"])
@pytest.mark.parametrize(
    "value, code",
    [
        ([1.0], "shape"),
        (np.ones((2, 4)), "shape"),
        (["a"] * 4, "not_numeric"),
        ([1, 2, np.nan, 4], "non_finite"),
        ([1, np.inf, 2, 3], "non_finite"),
        ([1e300, 1, 1, 1], "overflow"),
    ],
)
def test_a_gamma_or_beta_that_a_user_set_is_checked(field, value, code):
    bn, z, _ = layer((6, 4), np.float32)
    setattr(bn, field, value)
    with pytest.raises(InputError) as caught:
        bn(z)
    assert caught.value.code == code and caught.value.fields["field"] == field
    assert bn.batches == 0


def test_where_the_kernel_overflows_alone_the_whiteboard_answers():
    """gamma / std leaves the range, gamma * z_norm does not."""
    z, upstream = np.array([[5.0, 1.0], [5.0, 2.0]]), np.ones((2, 2)) * 1e-300
    bn = BatchNorm(2)
    bn.gamma[:], bn.beta[:] = [1.5e308, 2.0], [7.0, 0.0]
    expected, cache = batch_norm_forward(z, bn.gamma, bn.beta)
    np.testing.assert_array_equal(bn(z), expected)
    assert (expected[:, 0] == 7).all()
    for a, b in zip(bn.backward(upstream), batch_norm_backward(upstream, cache), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(bn.running_mean, [0.5, 0.15])


def test_a_second_look_sees_the_same(monkeypatch):
    """As where the cheap look fails in numbers that are fine."""
    bn, z, upstream = layer((6, 4))
    z_tilde, gradients = bn(z), bn.backward(upstream)
    monkeypatch.setattr(checks, "sums_squares", lambda array: False)
    for a, b in zip(bn.backward(upstream), gradients, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)
    np.testing.assert_allclose(bn(z), z_tilde, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "z, field",
    [
        ([[1.3e154, 0], [-1.3e154, 0], [-1.3e154, 0]], "var"),
        (np.full((3, 2), 1e200), "z"),
    ],
)
def test_what_overflows_is_refused_and_leaves_no_trace(z, field):
    bn = BatchNorm(2, momentum=0)
    with pytest.raises(InputError) as caught:
        bn(z)
    assert (caught.value.code, caught.value.fields["field"]) == ("overflow", field)
    assert (bn.running_mean == 0).all() and (bn.running_var == 1).all() and bn.batches == 0


def test_a_gradient_that_overflows_is_refused():
    bn, z, upstream = layer((6, 4))
    bn.gamma[:] = 1e200
    bn(z)
    with pytest.raises(InputError) as caught:
        bn.backward(upstream * 1e200)
    assert (caught.value.code, caught.value.fields["field"]) == ("overflow", "dz")


def test_many_finite_numbers_whose_squares_overflow_in_sum_alone():
    z = np.tile(np.array([[1e19, 1.0], [-1e19, 2.0]], np.float32), (4, 1))
    assert not checks.sums_squares(z)
    assert checks.batch(z) is z


def test_one_kernel_is_kept_and_no_more():
    bn = BatchNorm(4)
    for m in range(2, 40):
        bn(np.random.default_rng(m).normal(size=(m, 4)))
    kept = [value for value in vars(bn).values() if isinstance(value, batchnorm.ByKernel)]
    assert [by.shape for by in kept] == [(39, 4)]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda bn: pickle.loads(pickle.dumps(bn))])
@pytest.mark.parametrize("shape, dtype", [((6, 4), np.float64), ((70, 4), np.float32)])
def test_a_copy_goes_on_by_itself(duplicate, shape, dtype):
    bn, z, upstream = layer(shape, dtype)
    bn(z)
    expected = bn.backward(upstream)
    twin = duplicate(bn)
    bn(z * 2 + 5)
    for a, b in zip(twin.backward(upstream), expected, strict=True):
        np.testing.assert_array_equal(a, b)
    twin.gamma[:] = 3
    np.testing.assert_allclose(
        twin(z), batch_norm_forward(z, twin.gamma, twin.beta, twin.eps)[0], atol=5 * CLOSE[dtype]
    )


def test_a_call_is_forward():
    (bn, z, _), (other, _, _) = layer((6, 4)), layer((6, 4))
    np.testing.assert_array_equal(bn(z), other.forward(z))
    np.testing.assert_array_equal(bn(z, training=False), other.forward(z, training=False))
    np.testing.assert_array_equal(bn(z, False), other.forward(z, False))


@pytest.mark.parametrize(
    "bn",
    [
        BatchNorm(3),
        BatchNorm(100, eps=np.float64(0.01), momentum=1, dtype=">f4", convention="flax"),
    ],
    ids=repr,
)
def test_its_repr_makes_the_same_layer(bn):
    again = eval(repr(bn))
    assert repr(again) == repr(bn) and len(repr(bn)) < 100
    for name in ("n", "eps", "momentum", "dtype", "convention"):
        assert getattr(again, name) == getattr(bn, name)
