"""A pair while it trains: what a stop would keep of it, handed over some thirty times.

job = pair_job(config, partial(kept, keep), partial(Watch, keep))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bncore.config import RunConfig
from bncore.trace import Trace
from experiments.pair import Kept, PairRun, kept

PIECES = 30


class Watch:
    """Asked after every few steps of a run of `config`; `keep` reduces the trace of an arm."""

    def __init__(self, keep: Callable[[Trace], Any], config: RunConfig) -> None:
        self._keep, self._every = keep, max(1, config.steps // PIECES)
        self._told = 0

    def __call__(self, run: PairRun) -> Kept | None:
        """As of the latest such step, if that is new."""
        at = run.step - run.step % self._every
        if at <= self._told:
            return None
        self._told = at
        return kept(self._keep, run.upto(at))
