"""Each optimizer against its formula, written out one number at a time."""

import math

import numpy as np
import pytest

from bncore.optimizers import OPTIMIZERS

STEPS = 12
RNG = np.random.default_rng(0)
START, GRADS = RNG.normal(size=7), RNG.normal(size=(STEPS, 7)) * 10.0 ** RNG.integers(-6, 3, 7)


def sgd(p, gradients, lr):
    for g in gradients:
        p -= lr * g
    return p


def momentum(p, gradients, lr):
    velocity = 0
    for g in gradients:
        velocity = 0.9 * velocity + g
        p -= lr * velocity
    return p


def rmsprop(p, gradients, lr):
    square = 0
    for g in gradients:
        square = 0.9 * square + 0.1 * g * g
        p -= lr * g / (math.sqrt(square) + 1e-8)
    return p


def adam(p, gradients, lr):
    m = v = 0
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        p -= lr * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return p


WRITTEN_OUT = {"sgd": sgd, "momentum": momentum, "rmsprop": rmsprop, "adam": adam}


def run(name, lr, start=START, gradients=GRADS):
    params = start.copy()
    optimizer = OPTIMIZERS[name](params, lr)
    for g in gradients:
        kept = g.copy()
        optimizer.update(params, g)
        np.testing.assert_array_equal(g, kept)
    return params


def test_every_optimizer_is_written_out_here():
    assert set(OPTIMIZERS) == set(WRITTEN_OUT)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_updates_are_the_formula(name):
    expected = [WRITTEN_OUT[name](p, GRADS[:, i], 0.03) for i, p in enumerate(START)]
    np.testing.assert_allclose(run(name, 0.03), expected, rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_run_has_its_own_rate(name):
    rates = np.array([[0.001], [0.03], [0.5]])
    start, gradients = np.stack([START] * 3), np.stack([GRADS] * 3, axis=1)
    together = run(name, rates, start, gradients)
    for r, lr in enumerate(rates[:, 0]):
        np.testing.assert_allclose(together[r], run(name, lr), rtol=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_float32_stays(name):
    start, gradients = START.astype("f4"), GRADS.astype("f4")
    found = run(name, np.array([0.03], np.float32), start, gradients)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, run(name, 0.03), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_gradient_no_step(name):
    np.testing.assert_array_equal(run(name, 0.5, START, np.zeros((3, 7))), START)
