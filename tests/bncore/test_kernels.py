"""The fast kernel computes what the whiteboard says."""

import numpy as np
import pytest

from bncore import batch_norm_backward, batch_norm_forward
from bncore.kernels import BatchNormKernel, TallKernel, kernel_for


class Kernel:
    """A kernel with rows of its own, to be called like the whiteboard."""

    def __init__(self, shape, dtype, eps, make=BatchNormKernel):
        names = ("gamma", "beta", "dgamma", "dbeta", "mean", "var")
        self.rows = {name: np.empty((*shape[:-2], 1, shape[-1]), dtype) for name in names}
        self.kernel = make(shape[-2], eps, *self.rows.values())

    def __call__(self, z, gamma, beta, upstream):
        self.rows["gamma"][...], self.rows["beta"][...] = gamma[..., None, :], beta[..., None, :]
        z_tilde = self.kernel.forward(z).copy()
        dz = self.kernel.backward(upstream).copy()
        results = (self.rows[name][..., 0, :] for name in ("mean", "var", "dgamma", "dbeta"))
        return (z_tilde, dz, *results)


def from_whiteboard(z, gamma, beta, upstream, eps):
    z_tilde, cache = batch_norm_forward(z, gamma, beta, eps)
    dz, dgamma, dbeta = batch_norm_backward(upstream, cache)
    return z_tilde, dz, cache.mean, cache.var, dgamma, dbeta


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 2e-5)])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 3), (2, 5), (60, 100), (33, 7), (257, 3), (4, 8, 5), (2, 3, 16, 4)]
)
def test_kernel_is_the_whiteboard(shape, dtype, tolerance):
    rng = np.random.default_rng(sum(shape))
    kernel = Kernel(shape, dtype, 1e-3)
    for _ in range(3):  # the buffers carry nothing over
        z = rng.normal(rng.normal(0, 2, shape[-1]), 2, shape).astype(dtype)
        gamma, beta = rng.normal(1, 0.6, (2, *shape[:-2], shape[-1])).astype(dtype)
        upstream = rng.normal(size=shape).astype(dtype)
        kept = z.copy(), upstream.copy()
        found = kernel(z, gamma, beta, upstream)
        for a, b in zip(found, from_whiteboard(z, gamma, beta, upstream, 1e-3), strict=True):
            assert a.dtype == dtype
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1, shape[-2] / 8))
        np.testing.assert_array_equal(z, kept[0])
        np.testing.assert_array_equal(upstream, kept[1])


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 3e-5)])
@pytest.mark.parametrize("shape", [(1, 3), (5, 2), (700, 300), (20_001, 33)])  # one slice, many
def test_a_tall_batch_taken_in_slices_is_the_same(shape, dtype, tolerance):
    rng = np.random.default_rng(sum(shape))
    z = rng.normal(rng.normal(0, 2, shape[1]), 2, shape).astype(dtype)
    gamma, beta = rng.normal(1, 0.6, (2, shape[1])).astype(dtype)
    upstream = rng.normal(size=shape).astype(dtype)
    found = Kernel(shape, dtype, 1e-3, TallKernel)(z, gamma, beta, upstream)
    for a, b in zip(found, from_whiteboard(z, gamma, beta, upstream, 1e-3), strict=True):
        assert a.dtype == dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1, shape[0] / 500))


def test_only_a_batch_beyond_every_cache_is_taken_in_slices():
    def kind(m, n, *lead):
        return type(kernel_for(m, 1e-5, *np.ones((6, *lead, 1, n), np.float32)))

    assert kind(65_536, 256) is TallKernel
    assert {kind(60, 100), kind(1797, 128), kind(65_536, 64, 2)} == {BatchNormKernel}


def test_float32_far_from_zero_and_constant_units():
    rng = np.random.default_rng(0)
    z = rng.normal(1e4, 1e-2, (60, 100)).astype(np.float32)
    z[:, 7] = 1234.567
    ones, zeros = np.ones(100, np.float32), np.zeros(100, np.float32)
    z_tilde = Kernel(z.shape, z.dtype, 1e-5)(z, ones, zeros, np.zeros_like(z))[0]
    exact, _ = batch_norm_forward(z.astype(np.float64), ones, zeros)
    assert np.abs(z_tilde - exact).max() <= 2e-6
    assert (z_tilde[:, 7] == 0).all()


def test_an_eps_below_the_dtype_does_not_divide_by_zero():
    z = np.full((4, 2), 3, np.float32)
    found = Kernel(z.shape, z.dtype, 1e-60)(z, np.ones(2), np.zeros(2), np.ones_like(z))
    assert (found[0] == 0).all() and all(np.isfinite(array).all() for array in found)
