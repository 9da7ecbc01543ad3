"""The fast kernel computes what the whiteboard says."""

import numpy as np
import pytest

from bncore import batch_norm_backward, batch_norm_forward
from bncore.kernels import BatchNormKernel


def run_kernel(kernel, z, gamma, beta, upstream):
    row = (*z.shape[:-2], 1, z.shape[-1])
    mean, var, dgamma, dbeta = (np.empty(row, z.dtype) for _ in range(4))
    gamma, beta = (np.broadcast_to(p[..., None, :], row) for p in (gamma, beta))
    z_tilde = kernel.forward(z, gamma, beta, mean, var).copy()
    dz = kernel.backward(upstream, dgamma, dbeta).copy()
    rows = (a[..., 0, :] for a in (mean, var, dgamma, dbeta))
    return (z_tilde, dz, *rows)


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
    kernel = BatchNormKernel(shape, np.dtype(dtype), 1e-3)
    for _ in range(3):  # the buffers carry nothing over
        z = rng.normal(rng.normal(0, 2, shape[-1]), 2, shape).astype(dtype)
        gamma, beta = rng.normal(1, 0.6, (2, *shape[:-2], shape[-1])).astype(dtype)
        upstream = rng.normal(size=shape).astype(dtype)
        kept = z.copy(), upstream.copy()
        found = run_kernel(kernel, z, gamma, beta, upstream)
        for a, b in zip(found, from_whiteboard(z, gamma, beta, upstream, 1e-3), strict=True):
            assert a.dtype == dtype
            np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1, shape[-2] / 8))
        np.testing.assert_array_equal(z, kept[0])
        np.testing.assert_array_equal(upstream, kept[1])


def test_float32_far_from_zero_and_constant_units():
    rng = np.random.default_rng(0)
    z = rng.normal(1e4, 1e-2, (60, 100)).astype(np.float32)
    z[:, 7] = 1234.567
    ones, zeros = np.ones(100, np.float32), np.zeros(100, np.float32)
    kernel = BatchNormKernel(z.shape, z.dtype, 1e-5)
    z_tilde = run_kernel(kernel, z, ones, zeros, np.zeros_like(z))[0]
    exact, _ = batch_norm_forward(z.astype(np.float64), ones, zeros)
    assert np.abs(z_tilde - exact).max() <= 2e-6
    assert (z_tilde[:, 7] == 0).all()


def test_an_eps_below_the_dtype_does_not_divide_by_zero():
    z = np.full((4, 2), 3, np.float32)
    kernel = BatchNormKernel(z.shape, z.dtype, 1e-60)
    row = np.ones((1, 2), np.float32)
    z_tilde = kernel.forward(z, row, 0 * row, row.copy(), row.copy())
    assert (z_tilde == 0).all()
