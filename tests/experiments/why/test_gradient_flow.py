"""Gradients by depth before the first step: measured here, nothing ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import Run
from experiments.why import gradient_flow
from experiments.why.gradient_flow import ACTIVATIONS, NORMS, Flow, flow, numbers

DEEP = 30


@pytest.fixture(scope="module")
def flows() -> list[Flow]:
    return [flow(seed, DEEP) for seed in range(3)]


def test_a_sigmoid_gradient_vanishes_and_batch_norm_keeps_it(flows: list[Flow]) -> None:
    for found in flows:
        n = numbers(found)
        assert n["factor.sigmoid.none"] == pytest.approx(0.236, abs=0.01)
        assert 0.9 < n["factor.sigmoid.before"] < 1.1
        assert n["ratio.sigmoid.none"] < 1e-15


def test_he_keeps_a_relu_gradient_and_batch_norm_makes_it_explode(flows: list[Flow]) -> None:
    for found in flows:
        n = numbers(found)
        assert n["factor.relu.none"] == pytest.approx(1, abs=0.05)
        assert 1.15 < n["factor.relu.before"] < 1.25
        assert n["ratio.relu.before"] > 50 * max(n["ratio.relu.none"], 1)
        assert 1.05 < n["factor.tanh.before"] < 1.13 and n["factor.tanh.none"] < 1.03


def test_it_explodes_in_deep_networks() -> None:
    ratio = {depth: numbers(flow(0, depth))["ratio.relu.before"] for depth in (5, 50)}
    assert ratio[5] < 3 < 1000 < ratio[50]


def test_factor_and_ratio_are_of_the_layers_between() -> None:
    """Layers whose W goes from hidden to hidden: of four, the second and the last but one."""
    gradient = np.array([100.0, 8, 4, 2, 50])
    found = Flow(np.arange(1, 6), np.broadcast_to(gradient, (3, 2, 5)))
    np.testing.assert_allclose(found.factor, 2)
    np.testing.assert_allclose(found.ratio, 4)
    assert len(numbers(found)) == 2 * len(ACTIVATIONS) * len(NORMS)


def test_the_gradients_are_those_of_training() -> None:
    """As a run records them, on the same images."""
    config = replace(gradient_flow.config("relu", "before", 0, 3), batch_size=4000, steps=1)
    trace = Run(config).trace()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradient_flow, "IMAGES", 4000)
        found = flow(0, 3)
    np.testing.assert_allclose(found.gradient[2, 1], trace.grad_norm[0], rtol=1e-6)
    assert found.layer.tolist() == [1, 2, 3, 4]


def test_the_shallowest_that_can_be_asked_for() -> None:
    assert np.isfinite(flow(0, gradient_flow.DEPTHS[0]).factor).all()
