"""Ratios of processor times, measured in turns.

Processor time instead of time on the clock: who else uses the machine then matters less. With
one thread on each side the two are the same on a quiet machine. Where several processes work, the
clock on the wall counts, and the machine must be quiet.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

Work = Callable[[], object]
Clock = Callable[[], float]
ROUNDS = 121  # odd, so that the median is one of them
TURN = 0.005  # seconds that each side works per round, about: short, to dodge other work


class Ratio(NamedTuple):
    """time(top) / time(bottom) over all rounds."""

    median: float
    minimum: float
    maximum: float
    top: float  # median seconds of one call
    bottom: float


def ratio(top: Work, bottom: Work, rounds: int = ROUNDS, clock: Clock = time.process_time) -> Ratio:
    """Let both sides take turns, the first one alternating, and compare within each round."""
    sides = (top, bottom)
    calls = [_calls_per_turn(work, clock) for work in sides]
    times: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    try:
        for number in range(rounds):
            for side in (0, 1) if number % 2 else (1, 0):
                times[side].append(_seconds(sides[side], calls[side], clock))
    finally:
        gc.enable()
    ratios = [a / b for a, b in zip(*times, strict=True)]
    middle = statistics.median
    return Ratio(middle(ratios), min(ratios), max(ratios), middle(times[0]), middle(times[1]))


def _calls_per_turn(work: Work, clock: Clock) -> int:
    once = _seconds(work, 1, clock)
    if once < 20 * TURN:  # longer work needs no second look, and is warm by now
        once = min(_seconds(work, 1, clock) for _ in range(7))
    return max(1, round(TURN / once))


def _seconds(work: Work, calls: int, clock: Clock) -> float:
    start = clock()
    for _ in range(calls):
        work()
    return (clock() - start) / calls
