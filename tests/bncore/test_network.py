"""Activations, loss, stages and whole networks, against differences and plain formulas."""

import itertools

import numpy as np
import pytest

from bncore import Network, batch_norm_forward
from bncore.activations import ACTIVATIONS
from bncore.layers import Dense
from bncore.losses import one_hot, softmax_cross_entropy
from bncore.network import INITS, PLACEMENTS
from tests.bncore.gradients import numerical_gradient, relative_error

FORMULAS = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z > 0, z, 0),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_slope(name):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(7, 5)) + 0.01
    upstream = rng.normal(size=z.shape)
    g = ACTIVATIONS[name]
    kept = z.copy()
    a = g.forward(z)
    np.testing.assert_allclose(a, FORMULAS[name](z), rtol=1e-12)
    numerical = numerical_gradient(lambda x: float((g.forward(x) * upstream).sum()), z)
    np.testing.assert_allclose(g.slope(a) * upstream, numerical, atol=1e-8)
    np.testing.assert_array_equal(z, kept)
    out = np.empty_like(z)
    assert g.forward(z, out=out) is out and g.slope(a, out=np.empty_like(a)).dtype == z.dtype
    np.testing.assert_array_equal(out, a)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_at_the_ends(name):
    far = np.array([[-1e30, 1e30, 0]], np.float32)
    with np.errstate(all="raise"):
        a = ACTIVATIONS[name].forward(far)
    limits = {"sigmoid": [0, 1, 0.5], "tanh": [-1, 1, 0], "relu": [0, np.float32(1e30), 0]}
    np.testing.assert_array_equal(a, [limits[name]])
    nan = np.full((1, 1), np.nan)
    assert np.isnan(ACTIVATIONS[name].forward(nan)).all()


def test_loss_and_its_gradient():
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(0, 3, (5, 4)), rng.integers(0, 4, 5)
    targets = one_hot(labels, 4, np.float64)
    loss, dlogits = softmax_cross_entropy(logits, targets)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(loss, -np.log(p[np.arange(5), labels]).mean())

    def f(x):
        return float(softmax_cross_entropy(x, targets)[0])

    assert relative_error(dlogits, numerical_gradient(f, logits)) < 1e-8


def test_loss_of_runs_is_that_of_each_and_survives_large_logits():
    rng = np.random.default_rng(2)
    logits = rng.normal(0, 300, (3, 6, 4)).astype(np.float32)
    targets = one_hot(rng.integers(0, 4, (3, 6)), 4)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dlogits = softmax_cross_entropy(logits, targets)
    assert loss.shape == (3,) and np.isfinite(loss).all() and loss.max() > 50
    for r in range(3):
        alone, dalone = softmax_cross_entropy(logits[r], targets[r])
        np.testing.assert_allclose(loss[r], alone, rtol=1e-6)
        np.testing.assert_allclose(dlogits[r], dalone, atol=1e-7)


@pytest.mark.parametrize("lead", [(), (3,)])
def test_dense(lead):
    rng = np.random.default_rng(3)
    x, W, b = (rng.normal(size=(*lead, *s)) for s in ((5, 4), (4, 3), (1, 3)))
    dW, db = np.empty_like(W), np.empty_like(b)
    dense = Dense(W, dW, b, db, np.empty((*lead, 5, 3)))
    upstream = rng.normal(size=(*lead, 5, 3))

    def loss(_):
        return float((dense.forward(x) * upstream).sum())

    np.testing.assert_allclose(dense.forward(x), x @ W + b)
    dx = dense.backward(upstream).copy()
    for gradient, variable in ((dx, x), (dW, W), (db, b)):
        assert relative_error(gradient.copy(), numerical_gradient(loss, variable)) < 1e-8


def random_network(norm, activation, keep_bias=False, runs=(), seed=4, **noise):
    rng = np.random.default_rng(seed)
    settings = {"eps": 1e-3, "keep_bias": keep_bias, "dtype": np.float64, "runs": runs} | noise
    net = Network((4, 6, 5, 3), activation, norm, **settings)
    net.params[...] = rng.normal(0.2, 0.8, net.params.shape)
    x = rng.normal(0.5, 2, (*runs, 9, 4))
    return net, x, one_hot(rng.integers(0, 3, (*runs, 9)), 3, np.float64)


@pytest.mark.parametrize("norm, activation", list(itertools.product(PLACEMENTS, ACTIVATIONS)))
@pytest.mark.parametrize("keep_bias", [False, True])
def test_gradients_of_whole_networks(norm, activation, keep_bias):
    net, x, targets = random_network(norm, activation, keep_bias)
    net.gradient(x, targets)
    found = net.grads.copy()
    numerical = numerical_gradient(lambda _: float(net.gradient(x, targets)), net.params, h=1e-5)
    assert np.abs(found).max() > 1e-3
    assert relative_error(found, numerical) < 1e-7


@pytest.mark.parametrize("norm, activation", list(itertools.product(PLACEMENTS, ACTIVATIONS)))
def test_forward_is_the_formula_with_norm_where_it_says(norm, activation):
    net, x, _ = random_network(norm, activation)
    g, a = FORMULAS[activation], x
    for layer in range(2):
        z = a @ net.W[layer]
        if norm == "none":
            a = g(z + net.b[layer])
        elif norm == "before":
            a = g(batch_norm_forward(z, net.gamma[layer][0], net.beta[layer][0], 1e-3)[0])
        else:
            a = batch_norm_forward(g(z), net.gamma[layer][0], net.beta[layer][0], 1e-3)[0]
    np.testing.assert_allclose(net.forward(x), a @ net.W[2] + net.b[2], rtol=1e-10)


@pytest.mark.parametrize("norm", ["before", "after"])
def test_prediction_by_statistics_of_the_same_batch_is_the_training_pass(norm):
    net, x, _ = random_network(norm, "tanh")
    training = net.forward(x).copy()
    net.running[...] = net.batch  # what track() moves toward, without m/(m-1)
    np.testing.assert_allclose(net.predict(x), training, rtol=1e-9)
    np.testing.assert_allclose(net.predict(x[:1]), training[:1], rtol=1e-9)


def test_track_moves_toward_mean_and_unbiased_variance():
    net, x, _ = random_network("before", "relu")
    mean, var = np.zeros(6), np.ones(6)
    for part in (x[:3], x[3:], x[:4]):
        net.forward(part)
        z = net.z[0].copy()
        net.track()
        mean = 0.9 * mean + 0.1 * z.mean(axis=0)
        var = 0.9 * var + 0.1 * z.var(axis=0, ddof=1)
    np.testing.assert_allclose(net.running_mean[0][0], mean)
    np.testing.assert_allclose(net.running_var[0][0], var)
    kept = net.running_var[0].copy()
    net.forward(x[:1])
    net.track()
    np.testing.assert_array_equal(net.running_var[0], kept)


def test_the_gradient_of_a_kept_bias_is_zero_to_rounding():
    net, x, targets = random_network("before", "sigmoid", keep_bias=True)
    net.gradient(x, targets)
    assert max(np.abs(net.db[0]).max(), np.abs(net.db[1]).max()) < 1e-15
    assert np.abs(net.db[2]).max() > 1e-3


@pytest.mark.parametrize("norm", PLACEMENTS)
def test_biases_stand_where_nothing_cancels_them(norm):
    net, _, _ = random_network(norm, "relu")
    assert [b is not None for b in net.b] == [norm == "none", norm == "none", True]
    assert len(net.gamma) == len(net.running_var) == (0 if norm == "none" else 2)
    assert net.params.size == sum(v.size for v in (*net.W, *net.gamma, *net.beta) if v.size) + sum(
        b.size for b in net.b if b is not None
    )


@pytest.mark.parametrize("norm", PLACEMENTS)
def test_networks_side_by_side_do_not_touch(norm):
    stacked, x, targets = random_network(norm, "tanh", runs=(3,))
    loss = stacked.gradient(x, targets)
    stacked.track()
    for r in range(3):
        alone, _, _ = random_network(norm, "tanh")
        alone.params[...] = stacked.params[r]
        np.testing.assert_allclose(alone.gradient(x[r], targets[r]), loss[r], rtol=1e-12)
        alone.track()
        np.testing.assert_allclose(stacked.grads[r], alone.grads, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(stacked.running[r], alone.running, rtol=1e-12)
        np.testing.assert_allclose(stacked.predict(x)[r], alone.predict(x[r]), rtol=1e-9)


def test_views_and_buffers_are_one_memory():
    net, x, targets = random_network("after", "relu")
    for view in (*net.W, *net.gamma, *net.beta, net.b[-1]):
        assert np.shares_memory(view, net.params)
    for view in (*net.dW, *net.dgamma, *net.dbeta, net.db[-1]):
        assert np.shares_memory(view, net.grads)
    net.grads[...] = np.nan  # every gradient is written, none is added to
    net.gradient(x, targets)
    assert np.isfinite(net.grads).all()


@pytest.mark.parametrize("kind, sd", [("he", 0.1), ("xavier", np.sqrt(2 / 300)), ("normal", 1)])
def test_initial_weights(kind, sd):
    net = Network((200, 100, 10), norm="none", dtype=np.float64)
    net.initialize(kind, 3.0, [np.random.default_rng(0)])
    assert net.W[0].std() == pytest.approx(3 * sd, rel=0.02)
    assert abs(net.W[0].mean()) < 0.05 * sd * 3
    assert (net.b[0] == 0).all() and set(INITS) == {"he", "xavier", "normal"}


def test_initial_weights_are_the_same_with_and_without_norm_and_in_both_dtypes():
    nets = [
        Network((8, 6, 6, 3), norm=norm, keep_bias=keep, dtype=dtype)
        for norm in PLACEMENTS
        for keep in (False, True)
        for dtype in (np.float32, np.float64)
    ]
    for net in nets:
        net.initialize("he", 1.0, [np.random.default_rng(5)])
        for W, first in zip(net.W, nets[0].W, strict=True):
            np.testing.assert_array_equal(W.astype(np.float32), first)


@pytest.mark.parametrize("hidden", [(6, 6), (6, 5)])
@pytest.mark.parametrize("runs", [(), (3,)])
def test_pre_activations_are_copied_layer_by_layer(hidden, runs):
    net = Network((4, *hidden, 3), "tanh", dtype=np.float64, runs=runs)
    rng = np.random.default_rng(0)
    net.params[...] = rng.normal(size=net.params.shape)
    x = rng.normal(size=(*runs, 9, 4))
    net.forward(x)
    out = np.empty((*runs, 2, 9, 4))
    net.copy_z(out)
    first = x @ net.W[0]
    np.testing.assert_allclose(out[..., 0, :, :], first[..., :4], rtol=1e-12)
    normed, _ = batch_norm_forward(first, net.gamma[0][..., 0, :], net.beta[0][..., 0, :])
    second = np.tanh(normed) @ net.W[1]
    np.testing.assert_allclose(out[..., 1, :, :], second[..., :4], rtol=1e-9)


def test_a_copy_is_independent():
    net, x, targets = random_network("before", "relu")
    net.gradient(x, targets)
    net.track()
    copy = net.copy()
    np.testing.assert_array_equal(copy.predict(x), net.predict(x))
    copy.params *= 2
    copy.running *= 2
    assert np.abs(copy.predict(x) - net.predict(x)).max() > 1e-3


def test_evaluate():
    net, x, targets = random_network("before", "relu")
    labels = targets.argmax(axis=1)
    accuracy, loss = net.evaluate(x, labels)
    logits = net.predict(x)
    assert accuracy == np.mean(logits.argmax(axis=1) == labels)
    np.testing.assert_allclose(loss, softmax_cross_entropy(logits, targets)[0])


def test_a_logit_that_overflows_makes_the_loss_infinite():
    net, x, targets = random_network("before", "relu")
    net.W[-1][...] = np.inf
    with np.errstate(all="ignore"):
        assert net.evaluate(x, targets.argmax(axis=1))[1] == np.inf


def test_predict_does_not_change_its_input():
    net, x, _ = random_network("after", "tanh")
    kept = x.copy()
    net.predict(x)
    net.forward(x)
    np.testing.assert_array_equal(x, kept)


# What only training does: groups and dropout


def masks(runs=1):
    """The same dropout masks each time they are asked for."""
    return [np.random.default_rng(r) for r in range(runs)]


@pytest.mark.parametrize("norm", PLACEMENTS)
@pytest.mark.parametrize("noise", [{"group": 3}, {"keep": 0.6}, {"group": 3, "keep": 0.6}], ids=str)
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_gradients_with_groups_and_dropout(norm, noise, activation):
    net, x, targets = random_network(norm, activation, **noise)
    net.gradient(x, targets, masks())
    found = net.grads.copy()
    numerical = numerical_gradient(
        lambda _: float(net.gradient(x, targets, masks())), net.params, h=1e-5
    )
    assert np.abs(found).max() > 1e-3
    assert relative_error(found, numerical) < 1e-7


@pytest.mark.parametrize("norm", ["before", "after"])
def test_batch_norm_over_groups_is_each_group_alone(norm):
    grouped, x, targets = random_network(norm, "tanh", group=3)
    alone, _, _ = random_network(norm, "tanh")
    loss, grads, batch = grouped.gradient(x, targets), 0.0, 0.0
    losses = []
    for rows in (slice(0, 3), slice(3, 6), slice(6, 9)):
        losses.append(alone.gradient(x[rows], targets[rows]))
        grads, batch = grads + alone.grads / 3, batch + alone.batch / 3
    np.testing.assert_allclose(loss, np.mean(losses), rtol=1e-12)
    np.testing.assert_allclose(grouped.grads, grads, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(grouped.batch, batch, rtol=1e-12)  # averages over the groups
    assert abs(loss - alone.gradient(x, targets)) > 1e-2  # the whole batch is another thing


def test_one_group_is_the_whole_batch():
    one, x, targets = random_network("before", "relu", group=9)
    none, _, _ = random_network("before", "relu")
    assert one.gradient(x, targets) == none.gradient(x, targets)
    np.testing.assert_array_equal(one.grads, none.grads)


def test_running_statistics_of_groups():
    net, x, targets = random_network("before", "relu", group=3)
    net.gradient(x, targets)
    z = net.z[0].reshape(3, 3, 6).copy()
    net.track()
    mean, var = z.mean(axis=1).mean(axis=0), z.var(axis=1, ddof=1).mean(axis=0)
    np.testing.assert_allclose(net.running_mean[0][0], 0.1 * mean)
    np.testing.assert_allclose(net.running_var[0][0], 0.9 + 0.1 * var)


def test_groups_of_one_leave_the_running_variance_alone():
    net, x, targets = random_network("before", "relu", group=1)
    net.gradient(x, targets)
    net.track()
    assert (net.running_var[0] == 1).all() and np.isfinite(net.grads).all()


def test_dropout_keeps_its_share_and_scales_it():
    net, x, targets = random_network("none", "sigmoid", keep=0.6)
    x, targets = np.tile(x, (300, 1)), np.tile(targets, (300, 1))
    net.gradient(x, targets, masks())
    drops = net._last.drops
    assert len(drops) == net.depth
    for drop in drops:
        assert set(np.unique(drop.factors)) == {0, 1 / 0.6}
        assert (drop.factors > 0).mean() == pytest.approx(0.6, abs=0.02)
    first, second = (drop.factors[:, 0] for drop in drops)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.08  # each unit by a mask of its own


def test_new_masks_for_each_batch_and_as_the_generator_says():
    net, x, targets = random_network("none", "sigmoid", keep=0.6)
    rngs = masks()
    losses = [float(net.gradient(x, targets, rngs)) for _ in range(3)]
    assert len(set(losses)) == 3
    assert losses[0] == net.gradient(x, targets, masks())
    with pytest.raises(ValueError, match="zip"):
        net.gradient(x, targets)  # one does not drop out by accident, nor forget it


@pytest.mark.parametrize("norm", PLACEMENTS)
def test_forward_and_predict_know_neither_groups_nor_dropout(norm):
    noisy, x, targets = random_network(norm, "relu", group=3, keep=0.5)
    plain, _, _ = random_network(norm, "relu")
    noisy.gradient(x, targets, masks())
    np.testing.assert_array_equal(noisy.forward(x), plain.forward(x))
    np.testing.assert_array_equal(noisy.predict(x), plain.predict(x))


def test_noisy_networks_side_by_side_do_not_touch():
    stacked, x, targets = random_network("before", "tanh", runs=(3,), group=3, keep=0.7)
    loss = stacked.gradient(x, targets, masks(3))
    stacked.track()
    for r in range(3):
        alone, _, _ = random_network("before", "tanh", group=3, keep=0.7)
        alone.params[...] = stacked.params[r]
        np.testing.assert_allclose(alone.gradient(x[r], targets[r], masks(3)[r:][:1]), loss[r])
        alone.track()
        np.testing.assert_allclose(stacked.grads[r], alone.grads, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(stacked.running[r], alone.running, rtol=1e-12)


def test_a_copy_keeps_groups_and_dropout():
    net, x, targets = random_network("before", "relu", group=3, keep=0.5)
    assert net.copy().gradient(x, targets, masks()) == net.gradient(x, targets, masks())


# Jolts

JOLT = {"jolt": (2.0, 3.0)}


@pytest.mark.parametrize("norm", PLACEMENTS)
@pytest.mark.parametrize("noise", [JOLT, JOLT | {"group": 3, "keep": 0.6}], ids=str)
def test_gradients_with_jolts(norm, noise):
    net, x, targets = random_network(norm, "tanh", **noise)
    net.gradient(x, targets, masks())
    found = net.grads.copy()
    numerical = numerical_gradient(
        lambda _: float(net.gradient(x, targets, masks())), net.params, h=1e-5
    )
    assert np.abs(found).max() > 1e-3
    assert relative_error(found, numerical) < 1e-7


def test_a_jolt_is_one_factor_and_one_offset_for_a_unit():
    net, x, targets = random_network("before", "relu", **JOLT)
    net.gradient(x, targets, masks())
    z_tilde, _ = batch_norm_forward(net.z[0], net.gamma[0][0], net.beta[0][0], net.eps)
    jolt = net.jolts[0]
    assert len(net.jolts) == net.depth and jolt.factor.shape == (1, net.sizes[1])
    a = np.maximum(z_tilde * jolt.factor + jolt.offset, 0)
    np.testing.assert_allclose(net.z[1], a @ net.W[1], rtol=1e-9)


def test_jolts_reach_as_far_as_they_may_and_change_each_time():
    net, x, targets = random_network("none", "relu", **JOLT)
    rngs, seen = masks(), []
    for _ in range(400):
        net.gradient(x, targets, rngs)
        seen.append((net.jolts[0].offset.copy(), net.jolts[0].factor.copy()))
    offset, factor = (np.array(each) for each in zip(*seen, strict=True))
    assert -2 <= offset.min() < -1.95 < 0 < 1.95 < offset.max() <= 2
    assert 1 <= factor.min() < 1.05 < 2.95 < factor.max() <= 3
    assert abs(offset.mean()) < 0.1 and factor.mean() == pytest.approx(2, abs=0.1)
    with pytest.raises(ValueError, match="zip"):
        net.gradient(x, targets)


@pytest.mark.parametrize("norm", PLACEMENTS)
def test_forward_and_predict_know_no_jolts(norm):
    net, x, targets = random_network(norm, "relu", **JOLT)
    still, _, _ = random_network(norm, "relu")
    net.gradient(x, targets, masks())
    np.testing.assert_array_equal(net.forward(x), still.forward(x))
    np.testing.assert_array_equal(net.predict(x), still.predict(x))


def test_runs_are_jolted_each_by_its_own_generator():
    stacked, x, targets = random_network("before", "tanh", runs=(2,), **JOLT)
    loss = stacked.gradient(x, targets, masks(2))
    for r in range(2):
        alone, _, _ = random_network("before", "tanh", **JOLT)
        alone.params[...] = stacked.params[r]
        np.testing.assert_allclose(alone.gradient(x[r], targets[r], [masks(2)[r]]), loss[r])
