"""The bare loops compute what the core computes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import Network, RunConfig, train_together
from bncore.data import load
from experiments import whiteboard
from experiments.descent import descend, initial, settle
from experiments.network.bias import of_network

RUN = RunConfig(depth=2, width=12, batch_size=16, steps=30, record_every=1, probe=1)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
def test_descent_is_training(optimizer: str) -> None:
    run = replace(RUN, optimizer=optimizer, lr=0.01, weight_decay=0.1)
    configs = [replace(run, seed=s, lr=lr) for s, lr in ((0, 0.01), (1, 0.03))]
    seen = [
        (loss.copy(), [np.linalg.norm(W, axis=(-2, -1)) for W in network.W])
        for network, loss in descend(configs)
    ]
    for r, trace in enumerate(train_together(configs)):
        np.testing.assert_array_equal([loss[r] for loss, _ in seen], trace.loss)
        norms = [[norm[r] for norm in norms] for _, norms in seen]
        np.testing.assert_allclose(norms, trace.w_norm[:-1], rtol=1e-6)


def test_the_gradient_can_be_changed_and_the_network_seen_at_the_end() -> None:
    first = None
    for network, _ in descend([RUN]):
        first = network.params.copy() if first is None else first
        network.grads[...] = 1
    np.testing.assert_allclose(network.params, first - RUN.lr * RUN.steps, atol=1e-5)


@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
def test_the_whiteboard_agrees_with_the_network(activation: str, norm: str) -> None:
    rng = np.random.default_rng(3)
    settings = {"activation": activation, "norm": norm, "keep_bias": True, "dtype": np.float64}
    network = Network((5, 7, 6, 3), **settings)
    network.params[...] = rng.normal(size=network.params.shape)
    p = replace(of_network(network, norm, "float64"), b=tuple(b[0] for b in network.b))
    x, targets = rng.normal(size=(9, 5)), np.eye(3)[rng.integers(3, size=9)]

    now = whiteboard.with_caches(p, x)
    back = whiteboard.backward(now, targets)
    np.testing.assert_allclose(now.logits, network.forward(x), rtol=1e-10)
    assert back.loss == pytest.approx(float(network.gradient(x, targets)), rel=1e-12)
    np.testing.assert_allclose(now.z[1], network.z[1], rtol=1e-10)
    for mine, theirs in (
        (back.dW, network.dW),
        (back.dgamma, network.dgamma),
        (back.dbeta, network.dbeta),
        (back.db, network.db),
    ):
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a, b.reshape(a.shape), rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(back.dz[0].sum(axis=0), back.db[0])


def test_put_leaves_the_others() -> None:
    rows = (np.zeros(2), np.ones(2))
    changed = whiteboard.put(rows, 1, np.full(2, 5.0))
    assert changed[0] is rows[0] and (changed[1] == 5).all() and (rows[1] == 1).all()


def test_descent_drops_the_units_that_training_drops() -> None:
    configs = [replace(RUN, keep=0.7, seed=seed) for seed in (0, 1)]
    losses = np.array([loss for _, loss in descend(configs)]).T
    for loss, trace in zip(losses, train_together(configs), strict=True):
        np.testing.assert_array_equal(loss, trace.loss)


def test_another_network_can_be_trained_on_the_same_batches() -> None:
    plain = initial([replace(RUN, norm="none")])
    kept = plain.copy()
    for _ in descend([RUN], plain):
        pass
    (trace,) = train_together([replace(RUN, norm="none")])
    norms = [np.linalg.norm(W) for W in plain.W]
    np.testing.assert_allclose(norms, trace.w_norm[-1], rtol=1e-6)
    assert (kept.params != plain.params).any()


def test_a_settled_network_predicts_what_it_computes_on_those_images() -> None:
    network, plain = initial([RUN, replace(RUN, seed=1)]), initial([RUN.twin()])
    x = load("digits").x_train[:200]
    before = network.forward(np.stack([x, x])).copy()
    settle(network, np.stack([x, x]))
    np.testing.assert_allclose(network.predict(np.stack([x, x])), before, atol=1e-5)
    settle(plain, x[None])  # nothing to settle
    assert plain.running.size == 0
