"""The bowl of the output layer at the start: batch norm makes it rounder."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.data import load
from bncore.network import Network
from experiments.why.spectrum import (
    ACTIVATIONS,
    INITS,
    NORMS,
    Spectra,
    last_hidden,
    one_seed,
    spectrum,
    weights,
)

PLAIN, BEFORE, AFTER = range(3)
SEEDS = range(3)


@cache
def measured(dataset: str, seed: int) -> Spectra:
    return one_seed(seed, dataset)


@pytest.mark.parametrize("dataset", ["digits", "mnist"])
@pytest.mark.parametrize("seed", SEEDS)
def test_batch_norm_makes_the_bowl_rounder(dataset: str, seed: int) -> None:
    sigmoid, tanh, relu = measured(dataset, seed).to_median
    assert sigmoid[PLAIN] > 1e6 > 1e4 > sigmoid[BEFORE] > 10 * sigmoid[AFTER]
    assert tanh[PLAIN] > 5 * max(tanh[BEFORE], tanh[AFTER])
    assert relu[PLAIN] > 5 * relu[BEFORE] > 10 * relu[AFTER]


@pytest.mark.parametrize("seed", SEEDS)
def test_for_tanh_the_placement_hardly_matters(seed: int) -> None:
    """It is an odd function: what is centred before it is so after it."""
    tanh = measured("mnist", seed).to_median[ACTIVATIONS.index("tanh")]
    assert 0.7 < tanh[AFTER] / tanh[BEFORE] < 1.4


def test_all_but_nothing_of_plain_sigmoids_bowl_is_one_direction() -> None:
    """All units say nearly the same to every image: the mean is all there is."""
    share = measured("mnist", 0).share
    assert share[0, PLAIN] > 0.999 and share[0, AFTER] < 0.3


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("norm", NORMS)
def test_the_inputs_of_the_output_layer_are_those_of_the_network(
    activation: str, norm: str
) -> None:
    x, W = load("digits", 4, np.float64).x_train[:200], weights(activation, 4, "digits", 2)
    network = Network((64, 50, 50, 10), activation, norm, dtype=np.float64)
    network.initialize(INITS[activation], 1.0, [stream(RunConfig(seed=4), WEIGHTS)])
    logits = last_hidden(x, W, activation, norm) @ network.W[-1]
    np.testing.assert_allclose(logits, network.forward(x), atol=1e-9)


def test_the_spectrum_of_known_inputs() -> None:
    """Independent columns of sd 1 and 3 about 0: eigenvalues 9 and 1."""
    a = np.random.default_rng(0).standard_normal((100_000, 2)) * [1, 3]
    np.testing.assert_allclose(spectrum(a), [9, 1], rtol=0.03)


def test_eigenvalues_add_up_and_come_largest_first() -> None:
    found = measured("digits", 0)
    assert found.eigenvalues.shape == (3, 3, 50)
    assert (np.diff(found.eigenvalues, axis=-1) <= 0).all()
    x = load("digits", 0, np.float64).x_train[:1000]
    a = last_hidden(x, weights("relu", 0, "digits"), "relu", "before")
    assert found.eigenvalues[2, BEFORE].sum() == pytest.approx((a**2).sum() / len(a))


def test_a_dead_unit_makes_the_condition_infinite_and_leaves_the_median() -> None:
    """That is why the median stands below the largest, and not the smallest."""
    plain = measured("digits", 0)
    assert np.isfinite(plain.to_median).all()
    a = np.random.default_rng(0).standard_normal((50, 5))
    a[:, 0] = 0
    assert spectrum(a)[-1] == pytest.approx(0, abs=1e-12)
