"""Distances between samples, against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bncore import ks, wasserstein1

samples = st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=9).map(np.array)
anything = settings(deadline=None, max_examples=80)


def cdf(sample, at):
    return np.mean(sample[:, None] <= at, axis=0)


@anything
@given(samples, samples)
def test_both_are_distances_between_distribution_functions(a, b):
    at = np.union1d(a, b)
    gap = np.abs(cdf(a, at) - cdf(b, at))
    assert ks(a, b) == pytest.approx(gap.max(), abs=1e-12)
    assert wasserstein1(a, b) == pytest.approx((gap[:-1] * np.diff(at)).sum(), abs=1e-12)
    assert wasserstein1(a, b) == pytest.approx(wasserstein1(b, a), abs=1e-12)


@anything
@given(samples, st.floats(-10, 10))
def test_a_shift_costs_its_length(a, shift):
    assert wasserstein1(a, a + shift) == pytest.approx(abs(shift), abs=1e-9)
    assert wasserstein1(a, np.repeat(a, 3)) == pytest.approx(0, abs=1e-12)
    assert ks(a, np.repeat(a, 3)) == pytest.approx(0, abs=1e-12)


def test_numbers():
    assert wasserstein1(np.array([0.0, 1, 3]), np.array([5.0, 6, 8])) == 5
    assert ks(np.array([0.0, 1]), np.array([2.0, 3])) == 1
    assert ks(np.array([1.0, 2, 3, 4]), np.array([3.0, 4, 5, 6])) == 0.5


def test_other_axes_broadcast():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(4, 3, 20)), rng.normal(size=(3, 20))
    for distance in (wasserstein1, ks):
        found = distance(a, b)
        assert found.shape == (4, 3)
        assert found[2, 1] == pytest.approx(distance(a[2, 1], b[1]))
    assert wasserstein1(a, b[:, :7])[3, 0] == pytest.approx(wasserstein1(a[3, 0], b[0, :7]))
    assert ks(a, b[:, :7])[3, 0] == pytest.approx(ks(a[3, 0], b[0, :7]))
