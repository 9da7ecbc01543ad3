"""A pair in training that one can watch: what it records is handed over at once.

    job = watched(config, brief)        # the pair that `pair_job` trains, and the same result

Every `Look` is a record of the trace that comes of it, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from bncore.config import RunConfig
from experiments.job import STEPS_AT_A_TIME, Job, Report, ShouldStop, pair_job
from experiments.pair import Pair, PairRun


class Look(NamedTuple):
    """Test accuracy of both arms at a recorded step."""

    step: int
    plain: float
    bn: float


def watched(config: RunConfig, reduce: Callable[[Pair], Any]) -> Job:
    """What a visitor starts."""
    job = pair_job(config, reduce)
    return replace(job, key=(config, job.key, "watched"), function=partial(train, config))


def train(config: RunConfig, progress: Report, should_stop: ShouldStop) -> Pair:
    """Both arms in turn, with each of their records as a piece."""
    run, told = PairRun(config), -1

    def tell() -> None:
        nonlocal told
        seen, at = run.accuracies, run.step - run.step % config.record_every
        piece = None
        if at > told and seen.bn is not None and seen.plain is not None:
            piece, told = Look(at, seen.plain, seen.bn), at
        progress(run.step, config.steps, seen=seen, upto=run.upto, piece=piece)

    tell()
    while not run.done and not should_stop():
        run.advance(min(STEPS_AT_A_TIME, config.record_every - run.step % config.record_every))
        tell()
    return run.pair()
