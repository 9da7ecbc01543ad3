"""Convolutions, batch norm in them, and residual networks: by formula, by differences, in runs."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from bncore import InputError, Network, batch_norm_forward, fold
from bncore.conv import (
    Average,
    Patches,
    batch_norm_2d,
    batch_norm_2d_backward,
    conv_backward,
    conv_forward,
    for_digits,
    pixels,
)
from bncore.losses import one_hot, softmax_cross_entropy
from bncore.network import SKIPS
from tests.bncore.gradients import numerical_gradient, relative_error

FIXTURE = Path(__file__).parents[1] / "fixtures" / "conv_reference.npz"
SMALL = (Patches(4, 4, 1), Patches(4, 4, 3, stride=2), Average(4, 2))  # for images of 4×4


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def by_the_formula(x, W, b, stride):
    """A convolution as it is written down, one number at a time."""
    m, channels, height, width = x.shape
    units, _, k, _ = W.shape
    half = k // 2
    z = np.zeros((m, units, -(-height // stride), -(-width // stride)))
    for i, u, p, q in np.ndindex(z.shape):
        z[i, u, p, q] = b[u]
        for c, r, s in np.ndindex(channels, k, k):
            row, column = p * stride + r - half, q * stride + s - half
            if 0 <= row < height and 0 <= column < width:
                z[i, u, p, q] += x[i, c, row, column] * W[u, c, r, s]
    return z


CASES = [(3, 1), (3, 2), (1, 1), (5, 3)]


@pytest.mark.parametrize("kernel, stride", CASES)
def test_a_convolution_is_the_formula(rng, kernel, stride):
    x, W = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(4, 3, kernel, kernel))
    b = rng.normal(size=4)
    z, _ = conv_forward(x, W, b, stride)
    np.testing.assert_allclose(z, by_the_formula(x, W, b, stride), atol=1e-12)


@pytest.mark.parametrize("kernel, stride", CASES)
def test_its_way_back_is_the_gradient(rng, kernel, stride):
    x, W = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(4, 3, kernel, kernel))
    b = rng.normal(size=4)
    z, cache = conv_forward(x, W, b, stride)
    upstream = rng.normal(size=z.shape)
    found = conv_backward(upstream, cache)
    for gradient, array in zip(found, (x, W, b), strict=True):

        def f(_):
            return float((conv_forward(x, W, b, stride)[0] * upstream).sum())

        assert gradient.shape == array.shape
        assert relative_error(gradient, numerical_gradient(f, array)) < 1e-7


@pytest.mark.parametrize("ahead", [Patches(5, 4, 3), Patches(4, 5, 2, 3, 2), Average(6, 3)])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)])
def test_back_is_the_transpose_of_forth(rng, ahead, lead):
    a = rng.normal(size=(*lead, 3, ahead.inputs))
    rows = ahead.forward(a)
    assert rows.shape == (*lead, 3 * ahead.rows, ahead.fan_in)
    d = rng.normal(size=rows.shape)
    back = ahead.backward(d)
    assert back.shape == (*lead, 3 * ahead.inputs // ahead.channels, ahead.channels)
    # <A a, d> = <a, A^T d>
    assert (rows * d).sum() == pytest.approx((a.reshape(back.shape) * back).sum())


def test_batch_norm_of_images_is_that_of_their_pixels(rng):
    x, gamma, beta = rng.normal(3, 2, (6, 4, 5, 3)), rng.normal(1, 1, 4), rng.normal(size=4)
    y, cache = batch_norm_2d(x, gamma, beta, 1e-3)
    for c in range(4):
        z = x[:, c]
        by_hand = gamma[c] * (z - z.mean()) / np.sqrt(z.var() + 1e-3) + beta[c]
        np.testing.assert_allclose(y[:, c], by_hand, atol=1e-12)
    np.testing.assert_array_equal(pixels(y), batch_norm_forward(pixels(x), gamma, beta, 1e-3)[0])
    assert cache.z_norm.shape == (6 * 5 * 3, 4)


def test_its_gradients(rng):
    x, gamma, beta = rng.normal(size=(3, 2, 4, 2)), rng.normal(1, 1, 2), rng.normal(size=2)
    y, cache = batch_norm_2d(x, gamma, beta, 1e-3)
    upstream = rng.normal(size=y.shape)
    found = batch_norm_2d_backward(upstream, cache)
    for gradient, array in zip(found, (x, gamma, beta), strict=True):

        def f(_):
            return float((batch_norm_2d(x, gamma, beta, 1e-3)[0] * upstream).sum())

        assert relative_error(gradient, numerical_gradient(f, array)) < 1e-6


def test_what_batch_norm_does_not_see(rng):
    x, gamma, beta = rng.normal(size=(6, 3, 4, 4)), rng.normal(1, 1, 3), rng.normal(size=3)
    y, _ = batch_norm_2d(x, gamma, beta)
    order = rng.permutation(6)
    np.testing.assert_allclose(batch_norm_2d(x[order], gamma, beta)[0], y[order], atol=1e-12)
    shifted = x * np.array([2, 5, 0.5])[:, None, None] + np.array([7, -3, 100])[:, None, None]
    np.testing.assert_allclose(
        batch_norm_2d(shifted, gamma, beta, 1e-12)[0],
        batch_norm_2d(x, gamma, beta, 1e-12)[0],
        atol=1e-9,
    )
    # Not per image: one that is shifted alone moves all the others
    alone = x.copy()
    alone[0] += 5
    assert np.abs(batch_norm_2d(alone, gamma, beta)[0][1:] - y[1:]).max() > 0.1


def test_the_same_as_pytorch():
    with np.load(FIXTURE) as file:
        ref = {name: file[name] for name in file.files}
    z, cache = conv_forward(ref["x"], ref["W"], ref["b"], int(ref["stride"]))
    y, normed = batch_norm_2d(z, ref["gamma"], ref["beta"], float(ref["eps"]))
    dz, dgamma, dbeta = batch_norm_2d_backward(ref["dy"], normed)
    dx, dW, db = conv_backward(dz, cache)
    found = {"z": z, "y": y, "dx": dx, "dW": dW, "dgamma": dgamma, "dbeta": dbeta}
    for name, array in found.items():
        np.testing.assert_allclose(array, ref[name], rtol=1e-10, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(db, 0, atol=1e-12)  # batch norm takes b away
    np.testing.assert_allclose(normed.mean, ref["mean"], rtol=1e-10)


def convolutional(runs=(), norm="before", **more):
    network = Network(
        (16, 3, 2, 3), "tanh", norm, 1e-3, dtype=np.float64, runs=runs, ahead=SMALL, **more
    )
    return disturbed(network)


def residual(skip, runs=(), norm="before"):
    return disturbed(
        Network((5, 4, 4, 4, 3), "tanh", norm, 1e-3, dtype=np.float64, runs=runs, skip=skip)
    )


def disturbed(network):
    """No parameter at its start, so that no gradient is 0 for that reason."""
    rng = np.random.default_rng(7)
    network.params[...] = rng.normal(0, 0.7, network.params.shape)
    network.running[...] = rng.uniform(0.5, 2, network.running.shape)
    return network


def batch_for(network, m=5, runs=()):
    rng = np.random.default_rng(1)
    targets = one_hot(rng.integers(0, 3, (*runs, m)), 3, np.float64)
    return rng.normal(size=(*runs, m, network.sizes[0])), targets


NETWORKS = {
    **{f"conv-{norm}": lambda norm=norm, **k: convolutional(norm=norm, **k)
       for norm in ("before", "after", "none")},
    **{f"{skip}-{norm}": lambda skip=skip, norm=norm, **k: residual(skip, norm=norm, **k)
       for skip, norm in itertools.product(SKIPS[1:], ("before", "none"))},
}  # fmt: skip


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_gradients_of_whole_networks(make):
    network = make()
    x, targets = batch_for(network)
    network.gradient(x, targets)
    found = network.grads.copy()

    def f(_):
        return float(softmax_cross_entropy(network.forward(x), targets)[0])

    assert relative_error(found, numerical_gradient(f, network.params)) < 1e-6


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_the_pure_pass_is_the_same(make):
    network = make()
    x, _ = batch_for(network)
    now = network.model().forward(x)
    np.testing.assert_allclose(now.logits, network.forward(x), atol=1e-12)
    for mine, theirs in zip(now.z, network.z, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-12)
    bare = network.model().forward(x, "running", keep=False).logits
    np.testing.assert_allclose(bare, network.model().forward(x, "running").logits, atol=1e-12)
    np.testing.assert_allclose(network.copy().predict(x), bare, atol=1e-12)


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_runs_side_by_side_are_each_alone(make):
    together = make(runs=(2,))
    x, targets = batch_for(together, runs=(2,))
    losses = together.gradient(x, targets)
    together.track()
    for r in range(2):
        alone = make()
        alone.params[...] = together.params[r]
        alone.running[...] = make(runs=(2,)).running[r]
        assert alone.gradient(x[r], targets[r]) == pytest.approx(float(losses[r]))
        np.testing.assert_allclose(alone.grads, together.grads[r], atol=1e-12)
        alone.track()
        np.testing.assert_allclose(alone.running, together.running[r], atol=1e-12)
        np.testing.assert_allclose(alone.predict(x[r]), together.predict(x)[r], atol=1e-10)


def test_running_statistics_count_pixels():
    network = convolutional()
    network.running[...] = 0
    x, targets = batch_for(network)
    network.gradient(x, targets)
    z = [each.copy() for each in network.z]
    network.track()
    for layer, n in enumerate((5 * 16, 5 * 4)):
        assert z[layer].shape[0] == n
        np.testing.assert_allclose(network.running_mean[layer][0], 0.1 * z[layer].mean(axis=0))
        unbiased = 0.1 * z[layer].var(axis=0, ddof=1)
        np.testing.assert_allclose(network.running_var[layer][0], unbiased)


def test_a_convolution_folds():
    network = convolutional()
    x, _ = batch_for(network)
    np.testing.assert_allclose(fold(network).predict(x), network.predict(x), atol=1e-10)


def test_a_branch_that_is_scaled_by_0_leaves_the_trunk_alone():
    network = residual("scaled", norm="none")
    for scale in network.scale:
        scale[...] = 0
    x, _ = batch_for(network)
    now = network.model().forward(x)
    for z in now.z[1:]:
        np.testing.assert_array_equal(z, now.z[0])


def test_the_trunk_is_a_sum_of_branches():
    network = residual("sum")
    x, _ = batch_for(network)
    now = network.model().forward(x)
    for layer in (1, 2):
        branch = now.a[layer - 1] @ network.W[layer]
        np.testing.assert_allclose(now.z[layer], now.z[layer - 1] + branch, atol=1e-12)


@pytest.mark.parametrize(
    "settings, field",
    [
        ({"skip": "dense"}, "skip"),
        ({"skip": "sum", "sizes": (4, 6, 5, 3)}, "skip"),
        ({"skip": "sum", "sizes": (4, 6, 6, 3), "norm": "after"}, "skip"),
        ({"ahead": SMALL}, "ahead"),
        ({"ahead": SMALL[:2], "sizes": (16, 3, 2, 3)}, "ahead"),
        ({"ahead": SMALL, "sizes": (16, 4, 2, 3)}, "ahead"),
    ],
)
def test_what_does_not_fit_is_refused(settings, field):
    with pytest.raises(InputError) as caught:
        Network(**{"sizes": (4, 6, 5, 3), **settings})
    assert caught.value.fields["field"] == field


@pytest.mark.parametrize("network", [residual("sum"), convolutional(norm="after")])
def test_what_does_not_fold_is_refused(network):
    with pytest.raises(InputError):
        fold(network)


@pytest.mark.parametrize(
    "x, W, b, code",
    [
        (np.zeros((2, 3, 4)), np.zeros((2, 3, 3, 3)), np.zeros(2), "shape"),
        (np.zeros((0, 3, 4, 4)), np.zeros((2, 3, 3, 3)), np.zeros(2), "shape"),
        (np.zeros((2, 3, 4, 4)), np.zeros((2, 4, 3, 3)), np.zeros(2), "shape"),
        (np.zeros((2, 3, 4, 4)), np.zeros((2, 3, 2, 2)), np.zeros(2), "shape"),
        (np.zeros((2, 3, 4, 4)), np.zeros((2, 3, 3, 3)), np.zeros(3), "shape"),
        (np.full((2, 3, 4, 4), np.nan), np.zeros((2, 3, 3, 3)), np.zeros(2), "non_finite"),
    ],
)
def test_a_convolution_that_cannot_be_is_refused(x, W, b, code):
    with pytest.raises(InputError) as caught:
        conv_forward(x, W, b)
    assert caught.value.code == code


def test_the_network_for_digits():
    network = Network((64, 8, 16, 10), ahead=for_digits(), seed=0)
    assert [W.shape for W in network.W] == [(9, 8), (72, 16), (16, 10)]
    assert [gamma.shape for gamma in network.gamma] == [(1, 8), (1, 16)]
    image = np.random.default_rng(0).random((7, 64), np.float32)
    network.forward(image)
    assert [z.shape for z in network.z] == [(7 * 64, 8), (7 * 16, 16)]
    W = network.W[0].reshape(3, 3, 1, 8).transpose(3, 2, 0, 1)
    z, _ = conv_forward(image.reshape(7, 1, 8, 8), W, np.zeros(8))
    np.testing.assert_allclose(pixels(z), network.z[0], atol=1e-5)
