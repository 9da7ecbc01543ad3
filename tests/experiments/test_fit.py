"""Training on examples of one's own: the same numbers as the core's training, side by side too."""

from __future__ import annotations

import numpy as np
import pytest

from bncore.config import RunConfig
from bncore.data import load
from bncore.training import Run
from experiments.fit import fit, right


@pytest.mark.parametrize("norm", ["none", "before"])
def test_on_the_cores_data_it_is_the_cores_run(norm: str) -> None:
    config = RunConfig(depth=2, width=20, norm=norm, lr=0.2, batch_size=32, steps=40, seed=3)
    run = Run(config)
    run.advance(config.steps)
    found = fit(load("digits", 3), (20, 20), norm, 0.2, 40, 32, 3)
    np.testing.assert_array_equal(found.params, run.network.params)
    np.testing.assert_array_equal(found.running, run.network.running)


def test_several_rates_are_several_networks() -> None:
    data, rates = load("moons", 0), (0.01, 0.3, 1.0)
    together = fit(data, (8,), "before", rates, 30, 16, 5)
    apart = [fit(data, (8,), "before", lr, 30, 16, 5) for lr in rates]
    np.testing.assert_allclose(together.params, [one.params for one in apart], atol=1e-4)
    shares = right(together, data.x_test, data.y_test)
    assert shares.shape == (3,) and len(set(shares.tolist())) > 1


def test_each_batch_is_prepared_first() -> None:
    data = load("moons", 0)
    doubled = data._replace(x_train=2 * data.x_train)
    found = fit(data, (8,), "none", 0.1, 10, 16, 0, prepare=lambda x: 2 * x)
    np.testing.assert_array_equal(found.params, fit(doubled, (8,), "none", 0.1, 10, 16, 0).params)


def test_a_run_that_overflows_takes_class_0_and_leaves_the_others_alone() -> None:
    data = load("moons", 0)
    found = fit(data, (8,), "none", (0.1, 1e30), 30, 16, 0)
    shares = right(found, data.x_test, data.y_test)
    assert np.isfinite(found.params[0]).all() and not np.isfinite(found.params[1]).all()
    assert shares[1] == (data.y_test == 0).mean() != shares[0]
