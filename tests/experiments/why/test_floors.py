"""The bowl one floor up: descent in its plane is descent on the images, weight by weight."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.why import floors, spectrum


@pytest.mark.parametrize("norm", ["none", "before"])
@pytest.mark.parametrize("lr", [0.05, 0.3, 0.6])
def test_the_plane_of_two_directions_is_never_left(norm: str, lr: float) -> None:
    """All weights of a unit by the gradient of its square loss, on the images themselves."""
    a = floors.handed_on("tanh", norm, 0)
    bowl = floors.bowl("tanh", norm, 0)
    way = floors.descent(bowl, lr, 20)
    w = bowl.directions @ bowl.start
    for at, loss in zip(way.w, way.loss, strict=True):
        errors = a @ w  # the lowest point is at 0
        np.testing.assert_allclose(w, bowl.directions @ at, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(np.square(errors).mean() / 2, loss, rtol=1e-7)
        w = w - lr * a.T @ errors / len(a)


def test_both_begin_at_the_same_loss_half_of_it_from_each_direction() -> None:
    for norm in ("none", "before"):
        bowl = floors.bowl("relu", norm, 1)
        halves = np.array([bowl.middle, bowl.steepest]) * bowl.start**2 / 2
        np.testing.assert_allclose(halves, [0.5, 0.5])
        assert floors.descent(bowl, 0.0, 3).loss == pytest.approx(1.0)


def test_the_directions_are_the_steepest_and_one_in_the_middle() -> None:
    found = spectrum.one_seed(2)
    for i, norm in enumerate(("none", "before")):
        bowl = floors.bowl("tanh", norm, 2)
        values = found.eigenvalues[spectrum.ACTIVATIONS.index("tanh"), i]
        assert bowl.steepest == pytest.approx(values[0])
        assert values[len(values) // 2] * 0.9 < bowl.middle < values[len(values) // 2 - 2] * 1.1


def test_beyond_the_limit_it_diverges_and_below_it_does_not() -> None:
    bowl = floors.bowl("tanh", "none", 0)
    assert floors.descent(bowl, 1.01 * bowl.lr_limit, 2000).diverged
    assert not floors.descent(bowl, 0.99 * bowl.lr_limit, 2000).diverged


def test_a_way_that_diverges_is_not_followed_for_ever() -> None:
    way = floors.descent(floors.bowl("tanh", "none", 0), 1.0, 10**5)
    assert way.diverged and len(way.w) < 100 and np.isfinite(way.w).all()
