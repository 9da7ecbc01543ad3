"""A pair in training that one can watch: its accuracies, handed over as they are recorded.

    job = pair_job(config, brief, Watch)

Every `Look` is a record of the trace that comes of it, bit for bit.
"""

from __future__ import annotations

from typing import NamedTuple

from bncore.config import RunConfig
from experiments.pair import PairRun


class Look(NamedTuple):
    """Test accuracy of both arms at a recorded step."""

    step: int
    plain: float
    bn: float


class Watch:
    """The latest record of a run, once; records stand farther apart than one asks."""

    def __init__(self, config: RunConfig) -> None:
        self._every, self._told = config.record_every, -1

    def __call__(self, run: PairRun) -> Look | None:
        """That record, if it is new and both arms have one."""
        seen, at = run.accuracies, run.step - run.step % self._every
        if at <= self._told or seen.bn is None or seen.plain is None:
            return None
        self._told = at
        return Look(at, seen.plain, seen.bn)
