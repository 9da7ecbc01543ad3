"""The benchmarks measure what they say; how fast that is, no test asserts."""

import numpy as np
import pytest

from benchmarks import measure, subjects, targets
from benchmarks.subjects import SMALL
from bncore import batch_norm_backward, batch_norm_forward

ALL = list(targets.targets())


def test_every_target_is_there_once():
    names = [target.name for target in ALL]
    assert len(set(names)) == len(names)
    assert {name.split()[0] for name in names} == {"T1", "T3", "T4", "T5", "T7"}


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_both_sides_of_a_target_run(target):
    if target.needs_torch and targets.pytorch is None:
        pytest.skip("PyTorch is not installed")
    for make in (target.top, target.bottom):
        work = make()
        work()
        work()


def test_a_ratio_orders_its_rounds():
    found = measure.ratio(lambda: sum(range(2000)), lambda: sum(range(200)), rounds=5)
    assert 0 < found.minimum <= found.median <= found.maximum
    assert found.top > 0 and found.bottom > 0


def test_measured_steps_lower_the_loss():
    step = subjects.step(SMALL, "adam")
    losses = [step() for _ in range(150)]
    assert losses[-1] < 0.7 * losses[0]
    stacked = subjects.step(SMALL, "adam", runs=(3,))
    first = stacked()
    assert first.shape == (3,) and len(set(first)) == 3


def test_the_measured_kernel_is_batch_norm():
    work = subjects.batch_norm(32, 16)
    x, dy = np.random.default_rng(0).normal(size=(2, 32, 16)).astype(np.float32)
    _, cache = batch_norm_forward(x, np.ones(16), np.zeros(16))
    np.testing.assert_allclose(work(), batch_norm_backward(dy, cache)[0], atol=1e-5)


def test_targets_are_met_on_the_right_side_of_their_bound():
    at_most = ALL[0]._replace(at_most=True, bound=1.0)
    assert at_most.met_by(0.9) and not at_most.met_by(1.1)
    at_least = at_most._replace(at_most=False)
    assert at_least.met_by(1.1) and not at_least.met_by(0.9)


def test_stability():
    error, constant = targets.stability()
    assert error <= 2e-6 and constant == 0
