"""One training loop: what stands when it yields, and in which order things happen."""

from __future__ import annotations

import numpy as np
import pytest

from bncore import Network
from bncore.descent import descend
from bncore.losses import one_hot
from bncore.optimizers import OPTIMIZERS, SGD


def started(norm="before", runs=(), **settings) -> Network:
    network = Network((4, 6, 3), "tanh", norm, dtype=np.float64, runs=runs, **settings)
    rngs = [np.random.default_rng(r) for r in range(max(1, *runs, 1))]
    network.initialize("he", 1.0, rngs)
    return network


def batches(count=5, runs=()) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(7)
    return [
        (
            rng.normal(size=(*runs, 8, 4)),
            one_hot(rng.integers(0, 3, (*runs, 8)), 3, np.float64),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("norm", ["none", "before", "after"])
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_it_is_gradient_decay_track_update(norm, name, decay):
    loop, by_hand = started(norm), started(norm)
    losses = list(descend(loop, batches(), OPTIMIZERS[name](loop.params, 0.05), weight_decay=decay))
    optimizer, expected = OPTIMIZERS[name](by_hand.params, 0.05), []
    for x, targets in batches():
        expected.append(by_hand.gradient(x, targets))
        if decay:
            by_hand.flat_dW += decay * by_hand.flat_W
        by_hand.track()
        optimizer.update(by_hand.params, by_hand.grads)
    np.testing.assert_array_equal(losses, expected)
    np.testing.assert_array_equal(loop.params, by_hand.params)
    np.testing.assert_array_equal(loop.running, by_hand.running)
    assert np.isfinite(losses).all() and len(losses) == 5


def test_it_yields_between_gradient_and_update():
    network, params = started(), []
    for _ in descend(network, batches(), SGD(network.params, 0.1), weight_decay=0.5):
        params.append(network.params.copy())
        network.grads[...] = 1
        network.flat_dW -= 0.5 * network.flat_W  # what the decay is going to add
    np.testing.assert_allclose(np.diff(params, axis=0), -0.1, atol=1e-12)
    np.testing.assert_allclose(network.params, params[0] - 0.5, atol=1e-12)


def test_it_calls_ahead_of_each_gradient_when_buffers_are_free():
    network, plain, seen = started(), started(), []

    def look():
        network.forward(batches()[0][0])  # overwrites what the last gradient left
        seen.append(network.params.copy())

    losses = list(descend(network, batches(), SGD(network.params, 0.1), before=look))
    undisturbed = list(descend(plain, batches(), SGD(plain.params, 0.1)))
    np.testing.assert_array_equal(losses, undisturbed)
    np.testing.assert_array_equal(network.running, plain.running)
    assert len(seen) == 5
    np.testing.assert_array_equal(seen[0], started().params)


def test_a_run_that_overflows_goes_on_and_leaves_its_neighbour_alone():
    network, alone = started("none", runs=(2,)), started("none", runs=(2,))
    rates = np.array([[0.1], [1e308]])
    with np.errstate(all="raise"):
        losses = np.array(list(descend(network, batches(9, (2,)), SGD(network.params, rates))))
    calm = np.array(list(descend(alone, batches(9, (2,)), SGD(alone.params, 0.1))))
    np.testing.assert_array_equal(losses[:, 0], calm[:, 0])
    assert len(losses) == 9 and not np.isfinite(losses[-1, 1])


def test_what_is_drawn_anew_is_drawn_from_the_streams_given():
    def last(seed):
        network = started(keep=0.5)
        rngs = [np.random.default_rng(seed)]
        return list(descend(network, batches(), SGD(network.params, 0.1), rngs=rngs))[-1]

    assert last(0) == last(0) != last(1)
