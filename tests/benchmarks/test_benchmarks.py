"""The benchmarks measure what they say; how fast that is, no test asserts."""

import time
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import measure, subjects, targets
from benchmarks.subjects import SMALL
from bncore import BatchNorm, batch_norm_backward, batch_norm_forward

ALL = list(targets.targets())


def test_every_target_is_there_once():
    names = [target.name for target in ALL]
    assert len(set(names)) == len(names)
    listed = {name.split()[0] for name in names} | {"T6", "T11"}
    assert listed == {f"T{number}" for number in range(1, 12)}


@pytest.fixture(scope="module", autouse=True)
def small():
    """What is large in earnest, small; and no process is left behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(targets, "LARGE", (64, 8))
        patch.setattr(subjects, "RUN", replace(subjects.RUN, steps=2))
        patch.setattr(subjects, "LIVE", replace(subjects.LIVE, steps=16))
        yield
    subjects.stop_workers()


@pytest.mark.parametrize("target", ALL, ids=lambda target: target.name)
def test_both_sides_of_a_target_run(target):
    if target.needs_torch and targets.pytorch is None:
        pytest.skip("PyTorch is not installed")
    for make in (target.top, target.bottom):
        work = make()
        work()
        work()


def test_a_ratio_orders_its_rounds():
    for clock in (time.process_time, time.perf_counter):
        found = measure.ratio(lambda: sum(range(2000)), lambda: sum(range(200)), 5, clock)
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
    x, dy = subjects.normal(32, 16)
    _, cache = batch_norm_forward(x, np.ones(16), np.zeros(16))
    np.testing.assert_allclose(work(), batch_norm_backward(dy, cache)[0], atol=1e-5)


@pytest.mark.parametrize("make", [subjects.textbook, subjects.layer], ids=lambda f: f.__name__)
def test_the_layers_beside_each_other_compute_the_same(make):
    x, dy = subjects.normal(32, 16)
    _, cache = batch_norm_forward(x, np.ones(16), np.zeros(16))
    expected = batch_norm_backward(dy, cache)
    for passes in ("both", "backward"):
        work = make(32, 16, passes)
        for _ in range(2):
            for found, wanted in zip(work(), expected, strict=True):
                np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_the_textbook_keeps_the_running_statistics_of_the_layer():
    x, _ = subjects.normal(32, 16)
    plain, bn = subjects.Textbook(16), BatchNorm(16, dtype=np.float32)
    for z in (x, 3 * x + 1):
        np.testing.assert_allclose(plain.forward(z), bn(z), atol=1e-6)
    np.testing.assert_allclose(plain.running_mean, bn.running_mean, atol=1e-6)
    np.testing.assert_allclose(plain.running_var, bn.running_var, rtol=1e-5)


def test_two_processes_train_what_one_trains():
    assert subjects.sweep(2)() == subjects.sweep(1)() and len(subjects.sweep(1)()) == 8


def test_targets_are_met_on_the_right_side_of_their_bound():
    at_most = ALL[0]._replace(at_most=True, bound=1.0)
    assert at_most.met_by(0.9) and not at_most.met_by(1.1)
    at_least = at_most._replace(at_most=False)
    assert at_least.met_by(1.1) and not at_least.met_by(0.9)


def test_stability():
    error, constant = targets.stability()
    assert error <= 2e-6 and constant == 0


def test_what_is_shown_live_is_counted_and_nothing_is_shown_without():
    assert subjects.shown_live(watched=True)() and not subjects.shown_live(watched=False)()
    frames, kilobytes = subjects.live_rate()
    assert frames > 0 and kilobytes > 0
