"""Arms in turn are what they are alone, and can be watched and stopped."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from bncore import RunConfig, train_together
from bncore.data import load
from experiments import side_by_side
from experiments.reporting import reported
from experiments.side_by_side import Arm, every, in_sight, mean_and_sd, packed
from experiments.trained import accuracy, exact_statistics
from experiments.why import noisy, once, smoothness, tolerance

RUN = RunConfig(depth=2, width=12, batch_size=16, lr=0.3, steps=25)
CONFIGS = [replace(RUN, seed=seed) for seed in (0, 1)]
LOOKS = every(10, 25)


def both() -> list[Arm]:
    return [Arm([one.twin() for one in CONFIGS]), Arm(CONFIGS)]


def test_an_arm_is_the_run_that_its_config_says() -> None:
    curves = side_by_side.train(both(), LOOKS)
    assert list(curves.step) == [0, 10, 20, 25] and curves.complete
    assert curves.accuracy.shape == (2, 2, 4) and curves.loss.shape == (2, 2, 3)
    for arm, configs in enumerate(([one.twin() for one in CONFIGS], CONFIGS)):
        configs = [replace(one, record_every=5) for one in configs]
        for seed, trace in enumerate(train_together(configs)):
            ends = np.cumsum([0, 10, 10, 5])
            means = [trace.loss[a:b].mean() for a, b in itertools.pairwise(ends)]
            np.testing.assert_allclose(curves.loss[arm, seed], means, rtol=1e-5)
            if arm == 0:
                np.testing.assert_allclose(
                    curves.accuracy[arm, seed], trace.accuracy[[0, 2, 4, 5]], atol=1e-9
                )


def test_batch_norm_predicts_by_the_statistics_of_known_images() -> None:
    arm = Arm([RUN])
    curves = side_by_side.train([arm], LOOKS)
    network = arm.network
    single = type(network)(**(network.settings | {"runs": ()}))
    single.params[...] = network.params[0]
    data = load("digits", 0)
    model = single.model()
    statistics = exact_statistics(model, data.x_train[: side_by_side.KNOWN])
    found = accuracy(model.forward(data.x_test, statistics).logits, data.y_test)
    assert curves.accuracy[0, 0, -1] == pytest.approx(found, abs=1 / 450 + 1e-9)


def test_a_stopped_comparison_keeps_what_it_has() -> None:
    said: list[tuple[int, int]] = []
    curves = side_by_side.train(
        both(), LOOKS, lambda *now: said.append(now), lambda: len(said) == 15
    )
    whole = side_by_side.train(both(), LOOKS)
    assert said == [(k + 1, 25) for k in range(15)]
    assert not curves.complete and list(curves.step) == [0, 10]
    np.testing.assert_array_equal(curves.accuracy, whole.accuracy[..., :2])
    np.testing.assert_array_equal(curves.loss, whole.loss[..., :1])


def test_a_run_that_breaks_down_guesses() -> None:
    wild = Arm([replace(RUN.twin(), lr=1e6, depth=4)])
    curves = side_by_side.train([wild], LOOKS)
    assert curves.accuracy[0, 0, -1] < 0.2 and np.isinf(curves.loss[0, 0, -1])


def test_what_is_reported_about_a_hundred_times() -> None:
    said: list[tuple[int, int]] = []
    assert len(list(reported(range(1000), 1000, lambda *now: said.append(now)))) == 1000
    assert len(said) == 100 and said[-1] == (1000, 1000)
    items = iter(range(9))
    assert list(reported(items, 9, None, lambda: True)) == [0] and next(items) == 1  # not begun


def test_one_stopped_at_once_has_seen_the_start() -> None:
    curves = side_by_side.train(both(), LOOKS, should_stop=lambda: True)
    assert list(curves.step) == [0] and not curves.complete
    assert curves.accuracy.shape == (2, 2, 1) and curves.loss.shape == (2, 2, 0)


#: what a visitor may start in the lesson `why`
OF_VISITORS = {
    "noisy": partial(noisy.one_seed, 0, "three"),
    "once": partial(once.one_seed, 0, "figure1"),
    "smoothness": partial(smoothness.one_seed, 0, "relu"),
    "tolerance": partial(tolerance.cell, 1, 0.1, 0),
}


@pytest.mark.parametrize("run", OF_VISITORS.values(), ids=OF_VISITORS)
def test_a_run_in_sight_hands_over_what_it_has_come_to(run: Callable[..., Any]) -> None:
    """Look by look, the beginning of what comes of it, bit by bit."""
    pieces: list[Any] = []

    def report(done: int, of: int, *, piece: Any = None, **_: Any) -> None:
        pieces.extend([] if piece is None else [piece])

    found = in_sight(run, report, lambda: len(pieces) == 4)
    assert [len(piece.step) for piece in pieces] == [1, 2, 3, 4]
    for piece in pieces:
        looks = len(piece.step)
        np.testing.assert_array_equal(piece.accuracy, found.accuracy[..., :looks])
        assert not piece.complete


@pytest.mark.parametrize("run", OF_VISITORS.values(), ids=OF_VISITORS)
def test_every_run_of_a_visitor_can_be_stopped_at_once(run: Callable[..., Any]) -> None:
    found = run(None, lambda: True)
    assert not found.complete and list(found.step) == [0]


def test_arrays_are_packed_by_name() -> None:
    curves = side_by_side.train(both(), LOOKS)
    arrays = packed({"a": curves})
    assert set(arrays) == {"a.step", "a.accuracy", "a.loss"}
    assert arrays["a.loss"].dtype == np.float32 and arrays["a.step"].dtype == np.int64
    assert mean_and_sd({"x": np.array([1.0, 3.0])}) == {"x": {"mean": 2, "sd": np.sqrt(2)}}
