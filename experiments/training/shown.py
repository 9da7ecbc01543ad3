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
    packed: bytes  # the replay, for the browser


def shown(pair: Pair) -> Shown:
    """Reduce a pair to what is shown."""
    moving = replay(pair)
    return Shown(
        config=pair.config,
        replay=moving.curves(),
        stopped=stopped(pair),
        shift=shift(pair),
        packed=moving.to_bytes(),
    )
