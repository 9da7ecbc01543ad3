"""What the lesson `training` shows of a pair: reduced where it was trained, and sent as this."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.pair import Pair
from experiments.replay import Brief, replay, stopped
from experiments.training.shift import Shift, shift


@dataclass(frozen=True, eq=False)
class Shown(Brief):
    """Some tens of kB, of a pair of some MB."""

    shift: Shift
    first: bytes  # of the replay step 0 alone, for the browser
    packed: bytes  # all of it


def shown(pair: Pair) -> Shown:
    """Reduce a pair to what is shown."""
    moving = replay(pair)
    return Shown(
        config=pair.config,
        replay=moving.curves(),
        stopped=stopped(pair),
        shift=shift(pair),
        first=moving.upto(0).to_bytes(),
        packed=moving.to_bytes(),
    )
