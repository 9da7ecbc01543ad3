"""A pair while it trains: the frames of its replay, handed over as they are recorded."""

from __future__ import annotations

import time
from typing import NamedTuple

from bncore.config import RunConfig
from experiments.pair import PairRun
from experiments.replay import Follower

EVERY = 0.08  # seconds between two parts
SHARE = 5  # times as long as a part took, too: what is shown may not hold up what is trained
LEVEL = 1  # of compression, the fastest


class Part(NamedTuple):
    """Frames since the last part, packed; or all of them once more, from 0, on larger axes."""

    since: int
    packed: bytes


class Watch:
    """What there is to be shown of a run by now."""

    def __init__(self, config: RunConfig) -> None:
        self._follower = Follower(config)
        self._next = 0.0

    def __call__(self, run: PairRun) -> Part | None:
        """The next part, if it is time for one and something has been recorded."""
        began = time.monotonic()
        if not run.done and (run.step == 0 or began < self._next):
            return None
        found = self._follower.follow(run.pair())
        if found is None:
            return None
        since, frames = found
        part = Part(since, frames.to_bytes(since, LEVEL))
        self._next = began + max(EVERY, SHARE * (time.monotonic() - began))
        return part
