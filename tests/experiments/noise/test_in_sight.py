"""What is handed over while a pair trains is what its trace holds, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from experiments import job
from experiments.noise import in_sight, small_batches
from experiments.pair import train_pair
from experiments.replay import brief

CONFIG = replace(small_batches.PRESETS["m2"], steps=100, record_every=15)


def test_every_record_is_handed_over_once_and_is_that_of_the_trace() -> None:
    looks: list[in_sight.Look] = []

    def progress(done: int, of: int, *, piece: Any = None, **_: Any) -> None:
        if piece is not None:
            looks.append(piece)

    pair, wanted = (
        job.train_pair(CONFIG, progress, lambda: False, in_sight.Watch),
        train_pair(CONFIG),
    )
    for arm, alone in ((pair.bn, wanted.bn), (pair.plain, wanted.plain)):
        np.testing.assert_array_equal(arm.accuracy, alone.accuracy)
        np.testing.assert_array_equal(arm.loss, alone.loss)
    steps, plain, bn = np.array(looks).T
    recorded = np.isin(pair.bn.step, steps)
    np.testing.assert_array_equal(pair.bn.step[recorded], steps)
    np.testing.assert_array_equal(pair.bn.accuracy[recorded], bn)
    np.testing.assert_array_equal(pair.plain.accuracy[recorded], plain)
    assert list(steps) == list(range(0, 100, 15))


def test_it_is_stopped_like_any_pair() -> None:
    pair = job.train_pair(
        CONFIG, lambda *_, **__: None, iter([False, True]).__next__, in_sight.Watch
    )
    assert not pair.complete and 0 < pair.steps < CONFIG.steps


def test_nobody_is_given_a_run_that_hands_nothing_over() -> None:
    """The same pair without pieces is another job to the runner."""
    watched = job.pair_job(CONFIG, brief, in_sight.Watch)
    assert watched.key != job.pair_job(CONFIG, brief).key and watched.shared
