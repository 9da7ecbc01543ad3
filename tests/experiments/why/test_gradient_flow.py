"""Gradients by depth and scale before the first step: measured here, nothing ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import Run
from experiments.why import gradient_flow
from experiments.why.gradient_flow import ACTIVATIONS, ARMS, NORMS, SCALES, Flow, flow, numbers

DEEP = 30
USUAL = list(SCALES).index("usual")


@pytest.fixture(scope="module")
def flows() -> dict[str, dict[str, float]]:
    return {activation: numbers(flow(activation, 1, DEEP)) for activation in ACTIVATIONS}


@pytest.mark.parametrize("scale", SCALES)
def test_a_sigmoid_gradient_vanishes_and_batch_norm_keeps_it(flows, scale: str) -> None:
    n = flows["sigmoid"]
    assert n[f"factor.{scale}.plain"] < 0.5
    assert 0.9 < n[f"factor.{scale}.bn"] < 1.1


def test_what_a_wrong_scale_does_to_relu_batch_norm_takes_away(flows) -> None:
    """Each layer halves or doubles the way up and the way down: all layers alike."""
    n = flows["relu"]
    plain, bn = ({s: n[f"largest.{s}.{arm}"] for s in SCALES} for arm in ARMS)
    assert plain["half"] < 1e-7 * plain["usual"] < plain["usual"] < 1e-7 * plain["twice"]
    assert max(bn.values()) < 2 * min(bn.values())
    assert all(n[f"factor.{s}.plain"] == pytest.approx(1, abs=0.06) for s in SCALES)


def test_and_makes_a_growth_of_its_own_at_any_scale(flows) -> None:
    for scale in SCALES:
        assert 1.15 < flows["relu"][f"factor.{scale}.bn"] < 1.25
        assert 1.05 < flows["tanh"][f"factor.{scale}.bn"] < 1.13
    assert flows["tanh"]["factor.usual.plain"] < 1.06
    assert flows["tanh"]["largest.half.plain"] < 1e-6 < 1 < flows["tanh"]["largest.twice.plain"]


def test_it_explodes_in_deep_networks() -> None:
    largest = {depth: flow("relu", 0, depth, (1.0,)).largest[0] for depth in (5, 50)}
    (plain, bn), (deep_plain, deep_bn) = largest[5], largest[50]
    assert bn < 10 * plain and deep_bn > 1000 * deep_plain


def test_factor_and_largest_are_of_the_layers_between() -> None:
    """Layers whose W goes from hidden to hidden: of four, the second to the last but one."""
    gradient = np.array([100.0, 8, 4, 2, 50])
    found = Flow(np.arange(1, 6), np.broadcast_to(gradient, (3, 2, 5)))
    np.testing.assert_allclose(found.factor, 2)
    np.testing.assert_allclose(found.largest, 8)
    assert len(numbers(found)) == 2 * len(SCALES) * len(NORMS)


def test_the_gradients_are_those_of_training() -> None:
    """As a run records them, on the same images."""
    config = replace(gradient_flow.config("relu", "before", 0, 3), batch_size=4000, steps=1)
    trace = Run(config).trace()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradient_flow, "IMAGES", 4000)
        found = flow("relu", 0, 3)
    np.testing.assert_allclose(found.gradient[USUAL, 1], trace.grad_norm[0], rtol=1e-6)
    assert found.layer.tolist() == [1, 2, 3, 4]


def test_the_shallowest_that_can_be_asked_for() -> None:
    assert np.isfinite(flow("relu", 0, gradient_flow.DEPTHS[0]).factor).all()
