"""A folded network predicts what the network with batch norm did."""

import itertools

import numpy as np
import pytest

from bncore import Network, fold
from bncore.activations import ACTIVATIONS

SIZES = (6, 5, 7, 4, 3)
LEADS = [(), (3,), (2, 3)]
ROUNDING = {"float32": 5e-6, "float64": 1e-14}  # of the largest logit


def lived_in(norm, dtype="float64", runs=(), seed=0, **settings):
    """A network in which nothing stands at 0 or 1, where mistakes can hide."""
    rng = np.random.default_rng(seed)
    net = Network(SIZES, norm=norm, dtype=dtype, runs=runs, **settings)
    net.params[...] = rng.normal(0.2, 0.7, net.params.shape)
    for mean, var in zip(net.running_mean, net.running_var, strict=True):
        mean[...] = rng.normal(0.5, 1, mean.shape)
        var[...] = rng.uniform(0.2, 4, var.shape)
    return net


def examples(net, m=20, seed=1):
    return np.random.default_rng(seed).normal(1, 2, (*net.runs, m, SIZES[0])).astype(net.dtype)


def error(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize(
    "norm, activation, keep_bias, dtype, runs",
    [*itertools.product(("before", "after"), ACTIVATIONS, (False, True), ROUNDING, LEADS)],
)
def test_the_same_predictions_without_batch_norm(norm, activation, keep_bias, dtype, runs):
    net = lived_in(norm, dtype, runs, activation=activation, keep_bias=keep_bias, eps=0.03)
    folded, x = fold(net), examples(net)
    assert folded.norm == "none" and not folded.gamma and not folded.running_mean
    assert folded.dtype == net.dtype and folded.runs == runs and folded.sizes == net.sizes
    assert error(folded.predict(x), net.predict(x)) < ROUNDING[dtype]
    assert error(folded.forward(x), net.predict(x)) < ROUNDING[dtype]  # it has one mode only


def test_the_formula_before():
    net = lived_in("before", keep_bias=True)
    folded = fold(net)
    for layer in range(net.depth):
        std = np.sqrt(net.running_var[layer] + net.eps)
        gamma, beta, mean = net.gamma[layer], net.beta[layer], net.running_mean[layer]
        np.testing.assert_allclose(folded.W[layer], net.W[layer] * gamma / std, rtol=1e-12)
        b = beta + (net.b[layer] - mean) * gamma / std
        np.testing.assert_allclose(folded.b[layer], b, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(folded.W[-1], net.W[-1])
    np.testing.assert_array_equal(folded.b[-1], net.b[-1])


def test_after_goes_into_the_next_layer():
    net = lived_in("after", keep_bias=True)
    folded = fold(net)
    np.testing.assert_array_equal(folded.W[0], net.W[0])
    np.testing.assert_array_equal(folded.b[0], net.b[0])
    scale = net.gamma[-1] / np.sqrt(net.running_var[-1] + net.eps)
    np.testing.assert_allclose(folded.W[-1], scale.T * net.W[-1], rtol=1e-12)


@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("part", ["gamma", "beta", "running_mean", "running_var"])
def test_every_part_counts(norm, part):
    net = lived_in(norm)
    x, folded = examples(net), fold(net)
    for values in getattr(net, part):
        values *= 1.1
    assert error(folded.predict(x), net.predict(x)) > 1e-3
    assert error(fold(net).predict(x), net.predict(x)) < ROUNDING["float64"]


@pytest.mark.parametrize("norm", ["before", "after"])
def test_epsilon_counts(norm):
    net = lived_in(norm, eps=0.5)
    other = lived_in(norm, eps=1e-5)
    x, folded = examples(net), fold(net)
    assert error(folded.predict(x), net.predict(x)) < 1e-5 < 1e-3
    assert error(folded.predict(x), other.predict(x)) > 1e-3


@pytest.mark.parametrize("norm", ["before", "after", "none"])
def test_neither_network_knows_of_the_other(norm):
    net = lived_in(norm, runs=(2,))
    params, running, x = net.params.copy(), net.running.copy(), examples(net)
    folded = fold(net)
    expected = folded.predict(x)
    np.testing.assert_array_equal(net.params, params)
    np.testing.assert_array_equal(net.running, running)
    net.params[...] = 0
    np.testing.assert_array_equal(folded.predict(x), expected)
    assert np.ptp(expected) > 0.1


def test_a_plain_network_comes_back_as_a_copy():
    net = lived_in("none")
    folded, x = fold(net), examples(net)
    assert folded is not net
    np.testing.assert_array_equal(folded.params, net.params)
    np.testing.assert_array_equal(folded.predict(x), net.predict(x))


@pytest.mark.parametrize("norm", ["before", "after"])
def test_folding_twice_is_folding_once(norm):
    once = fold(lived_in(norm))
    np.testing.assert_array_equal(fold(once).params, once.params)


def test_it_is_the_running_statistics_that_are_folded():
    net = lived_in("before")
    x = examples(net)
    assert error(fold(net).predict(x), net.forward(x)) > 0.1


def test_rounding_grows_with_the_mean_in_standard_deviations():
    errors = []
    for far in (0, 1e4):
        net = lived_in("before", "float32", keep_bias=True)
        net.b[0] += np.float32(far)
        net.running_mean[0] += np.float32(far)  # z - mean stays what it was
        x = examples(net)
        errors.append(error(fold(net).predict(x), net.predict(x)))
    assert errors[0] < ROUNDING["float32"] < errors[1] < 0.05


@pytest.mark.parametrize("norm", ["before", "after"])
def test_groups_and_dropout_belong_to_training(norm):
    net = lived_in(norm, group=4, keep=0.5)
    folded, x = fold(net), examples(net)
    assert folded.group == 0  # there is no batch norm left to keep to them
    assert error(folded.predict(x), net.predict(x)) < ROUNDING["float64"]
