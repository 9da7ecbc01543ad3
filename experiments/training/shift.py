"""How far the distributions of a layer move while a network trains.

Per unit and between recorded times, over the same examples each time; then the mean over units.
Wasserstein-1 is the distance the distribution travels, in the units of what enters the activation;
divided by the standard deviation it forgets those units, and flatters whoever starts wide. KS is
blind to scale. `moved` follows each single example instead of the distribution: the shape of a
crowd can stand still while everyone in it walks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bncore.shift import ks, wasserstein1

if TYPE_CHECKING:
    from experiments.pair import Pair

INTERVALS = 20  # about so many between the first and the last record compared
LATE = 0.25  # the last part of them


@dataclass(frozen=True, eq=False)
class Shift:
    """Arrays (2, L): plain, then batch norm. NaN where a unit's examples are all equal."""

    steps: np.ndarray  # the times compared, each with the next; both arms got there
    w1: np.ndarray  # Wasserstein-1, summed over the intervals: the whole path
    w1_late: np.ndarray  # the way of the last quarter of the intervals
    w1_in_sd: np.ndarray  # the same, each step divided by the sd of the earlier time
    ks: np.ndarray  # mean per interval
    ks_late: np.ndarray  # the same over the last quarter of the intervals
    moved: np.ndarray  # mean |change| of an example in sd, mean per interval
    moved_late: np.ndarray  # the same over the last quarter of the intervals


def shift(pair: Pair) -> Shift:
    """Compare what enters the activation between times that both arms recorded."""
    common = np.intersect1d(pair.plain.step, pair.bn.step)
    chosen = np.unique(np.linspace(0, len(common) - 1, INTERVALS + 1).round().astype(int))
    steps = common[chosen]
    arms = [_measure(arm.u[np.searchsorted(arm.step, steps)]) for arm in (pair.plain, pair.bn)]
    return Shift(steps, *(np.stack([arm[k] for arm in arms]) for k in range(len(arms[0]))))


def _measure(u: np.ndarray) -> tuple[np.ndarray, ...]:
    """u (T, L, P, K) at the chosen times → arrays (L,), in the order of Shift."""
    samples = np.moveaxis(u.astype(np.float64), 2, 3)  # examples last: (T, L, K, P)
    before, after = samples[:-1], samples[1:]
    sd = np.std(before, axis=3)
    sd[sd == 0] = np.nan
    distance = wasserstein1(before, after)
    moved = np.abs(after - before).mean(axis=3) / sd
    late = len(moved) - max(1, round(LATE * len(moved))) if len(moved) else 0
    apart = ks(before, after) if len(before) else np.zeros((1, *u.shape[1::2]))
    return (
        distance.sum(axis=0).mean(axis=1),
        distance[late:].sum(axis=0).mean(axis=1),
        _mean((distance / sd).sum(axis=0)),
        apart.mean(axis=(0, 2)),
        apart[late:].mean(axis=(0, 2)),
        _mean(_mean(moved, axis=0)),
        _mean(_mean(moved[late:], axis=0)),
    )


def _mean(array: np.ndarray, axis: int = 1) -> np.ndarray:
    """Mean of what is not NaN; NaN where nothing is left."""
    known = np.isfinite(array)
    total = np.where(known, array, 0).sum(axis=axis)
    with np.errstate(invalid="ignore"):
        return total / known.sum(axis=axis)
