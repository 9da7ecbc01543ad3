"""What the replay shows of a pair of runs: histograms, percentiles and curves at every record.

Nothing is smoothed or interpolated: frame t of an arm is `np.histogram` of its trace at t. Both
arms, and all times, share one axis per layer and view, so that a shape that moves has moved.

A pair can be followed while it trains (`Follower`): what has come by then is, bit for bit, the
replay of the pair as if it had been stopped there. So the axes depend on what came before alone,
and only grow.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from bncore.batches import PROBE, Examples, stream
from bncore.config import RunConfig
from bncore.trace import PER_RECORD, Trace

if TYPE_CHECKING:
    from experiments.pair import Pair

ARMS = ("plain", "bn")
VIEWS = ("z", "u")  # pre-activations; what enters the activation
PANELS = (("plain", "z"), ("bn", "z"), ("plain", "u"), ("bn", "u"))
SERIES = ("plain", "bn_z", "bn_u")  # the plain arm's u is its z
PERCENTILES = (15, 50, 85)
UNIT = 0  # the unit whose percentiles are followed, the first of each layer
BINS = 40
CENTRAL = (0.005, 0.995)  # of the examples, at most times, lie on the axis
AT_MOST_TIMES = (0.02, 0.98)  # of the recorded ones
WIDEST = 2.5  # spans of the batch-norm arm that the plain arm may claim of the axis
ROOM = 0.2  # of what must be on an axis, beyond it, when it grows: so that it seldom does
SWARM = 48  # images that are followed one by one, in the unit above of the last layer
MANTISSA = 11  # bits of a float that are sent: 3 to 4 digits


@dataclass(frozen=True, eq=False)
class Curves:
    """T frames of both arms with L layers: what can be read as curves, and is small."""

    steps: np.ndarray  # (T,) updates done
    ended: tuple[int, int]  # for each arm, the index of its last real frame
    diverged: tuple[int | None, int | None]  # for each arm, as in Trace.diverged_at
    low: np.ndarray  # (2, L) where the axis of each view and layer begins
    high: np.ndarray  # (2, L) and where it ends
    percentiles: np.ndarray  # (T, 3, L, 3) of one unit's examples, by SERIES
    loss: np.ndarray  # (T, 2) mean over the mini-batches since the frame before
    accuracy: np.ndarray  # (T, 2) on the test set


@dataclass(frozen=True, eq=False)
class Replay(Curves):
    """All that moves. An arm that ended early keeps its last real frame."""

    counts: np.ndarray  # (T, 4, L, BINS) of the examples of all recorded units, by PANELS
    outside: np.ndarray  # (T, 4, L, 2) examples below and above the axis
    mean: np.ndarray  # (T, 3, L) of the same examples, by SERIES
    sd: np.ndarray  # (T, 3, L)
    gamma: np.ndarray  # (T, L, 3) mean, 15th and 85th percentile over the units
    beta: np.ndarray  # (T, L, 3)
    swarm: np.ndarray  # (T, 2, SWARM) what enters the activation of one unit of the last layer
    labels: tuple[int, ...]  # of the images of the swarm

    def upto(self, frame: int) -> Replay:
        """The frames up to this one, on the same axes, and nothing of what comes."""
        cut = {name: getattr(self, name)[: frame + 1] for name in SENT}
        plain, bn = self.ended
        lost = [
            at if end < frame else None for at, end in zip(self.diverged, self.ended, strict=True)
        ]
        ended, diverged = (min(plain, frame), min(bn, frame)), (lost[0], lost[1])
        return replace(self, **cut, ended=ended, diverged=diverged)

    def curves(self) -> Curves:
        """Without what only the picture needs."""
        return Curves(**{field.name: getattr(self, field.name) for field in fields(Curves)})

    @property
    def examples(self) -> int:
        """How many numbers are in each histogram."""
        return int(self.counts[0, 0, 0].sum() + self.outside[0, 0, 0].sum())

    def edges(self, view: str, layer: int) -> np.ndarray:
        """(BINS + 1,) the bin edges of a layer, the same for both arms and all times."""
        v = VIEWS.index(view)
        return np.linspace(self.low[v, layer], self.high[v, layer], BINS + 1)

    def to_bytes(self, since: int = 0, level: int = 9) -> bytes:
        """All of it for the browser: a line of JSON, then the arrays; all zlib-compressed.

        Each array is sent as differences between one frame and the next, which are small numbers
        (see `_pack`). Floats keep 3 to 4 digits, counts and steps are exact. `since` is the number
        of the first frame, where these follow others.
        """
        head: dict[str, Any] = {
            "since": since,
            "labels": self.labels,
            "ended": self.ended,
            "diverged": self.diverged,
            "low": self.low.tolist(),
            "high": self.high.tolist(),
            "examples": self.examples,
            "arrays": [],
        }
        body = b""
        for name in SENT:
            array = getattr(self, name)
            packed, planes = _pack(array)
            kind = "float" if array.dtype.kind == "f" else "int"
            shape = list(array.shape)
            head["arrays"].append({"name": name, "shape": shape, "kind": kind, "planes": planes})
            body += packed
        return zlib.compress(json.dumps(head).encode() + b"\n" + body, level)


@dataclass(frozen=True, eq=False)
class Brief:
    """What a page needs to know of a pair."""

    config: RunConfig  # of the arm with batch norm
    replay: Curves
    stopped: int | None  # the step at which it was stopped

    @property
    def steps(self) -> int:
        """How many were trained, or would have been, had no arm diverged."""
        return self.config.steps if self.stopped is None else self.stopped


def brief(pair: Pair) -> Brief:
    """Curves of some kB, of a pair of some MB."""
    return Brief(pair.config, replay(pair).curves(), stopped(pair))


def stopped(pair: Pair) -> int | None:
    """The step at which a pair was stopped."""
    return None if pair.complete else pair.steps


SENT = (
    "steps",
    "counts",
    "outside",
    "mean",
    "sd",
    "percentiles",
    "gamma",
    "beta",
    "loss",
    "accuracy",
    "swarm",
)


def replay(pair: Pair) -> Replay:
    """Reduce the records of both arms to what is drawn."""
    found = Follower(pair.config).follow(pair)
    assert found is not None  # step 0 is always recorded
    return found[1]
    return Follower(pair.config).frames(pair)


class Follower:
    """Reduces a pair while it trains.

    `follow` gives the frames that have come since it was last asked, or all of them anew where an
    axis had to grow: whoever keeps them, and replaces what he has from their first one on, has
    `replay` of the pair so far. Ask when each arm has made its first update, or has ended: what is
    recorded at step 0 includes the loss of the first mini-batch.
    """

    def __init__(self, config: RunConfig) -> None:
        self._labels = _labels(config)
        self._frames = 0
        self._ranges = [np.empty((0, len(VIEWS), 2, config.depth))] * 2  # usual ones, by arm
        self._ends = np.full((len(VIEWS), 2, config.depth), np.nan)  # of the axes

    def follow(self, pair: Pair) -> tuple[int, Replay] | None:
        """The number of the first frame, and the frames from there on; None if none has come."""
        steps = np.union1d(pair.plain.step, pair.bn.step)
        known, ends = self._frames, self._ends
        if len(steps) == known:
            return None
        self._see(pair, steps)
        since = known if np.array_equal(ends, self._ends) else 0
        return since, self._reduced(pair, steps, since)

    def _see(self, pair: Pair, steps: np.ndarray) -> None:
        """Let the axes grow as they must, from one frame to the next."""
        arms = (pair.plain, pair.bn)
        for a, arm in enumerate(arms):
            known = self._ranges[a]
            if len(arm.step) > len(known):
                self._ranges[a] = np.concatenate([known, _usual_ranges(_from(arm, len(known)))])
        counts = [np.searchsorted(arm.step, steps, side="right") for arm in arms]
        for frame in range(self._frames, len(steps)):
            seen = [self._ranges[a][: counts[a][frame]] for a in range(len(arms))]
            self._ends = _grown(self._ends, _needed(*seen))
        self._frames = len(steps)

    def _reduced(self, pair: Pair, steps: np.ndarray, since: int) -> Replay:
        arms = (pair.plain, pair.bn)
        held = [np.searchsorted(arm.step, steps[since:], side="right") - 1 for arm in arms]
        plain, bn = (_from(arm, rows[0]) for arm, rows in zip(arms, held, strict=True))
        rows = [of - of[0] for of in held]
        values = _values((plain, bn))
        low, high = self._ends[:, 0], self._ends[:, 1]
        counted = [count(values[panel], low, high, panel[1]) for panel in PANELS]
        arm_of = [ARMS.index(arm) for arm, _ in PANELS]
        counts = np.stack([c[rows[arm]] for c, arm in zip(counted, arm_of, strict=True)], 1)
        series = [(0, values["plain", "z"]), (1, values["bn", "z"]), (1, values["bn", "u"])]
        wide = [(arm, v.astype(np.float64)) for arm, v in series]
        units = [(0, plain.z), (1, bn.z), (1, bn.u)]

        def each(reduced: list[tuple[int, np.ndarray]]) -> np.ndarray:
            return np.stack([array[rows[arm]] for arm, array in reduced], axis=1)

        return Replay(
            steps=steps[since:],
            ended=(len(pair.plain.step) - 1, len(pair.bn.step) - 1),
            diverged=(pair.plain.diverged_at, pair.bn.diverged_at),
            low=low,
            high=high,
            counts=counts[..., 1:-1].astype(np.uint16),
            outside=counts[..., [0, -1]].astype(np.uint16),
            mean=each([(arm, v.mean(axis=2)) for arm, v in wide]),
            sd=each([(arm, v.std(axis=2)) for arm, v in wide]),
            percentiles=each([(arm, _percentiles(z[..., UNIT], 2)) for arm, z in units]),
            gamma=_over_units(bn.gamma)[rows[1]],
            beta=_over_units(bn.beta)[rows[1]],
            loss=np.stack([_loss_between(arm)[held[a]] for a, arm in enumerate(arms)], axis=1),
            accuracy=each([(arm, trace.accuracy) for arm, trace in enumerate((plain, bn))]),
            swarm=each([(0, _swarm(plain.u)), (1, _swarm(bn.u))]),
            labels=self._labels,
        )


def _from(trace: Trace, record: int) -> Trace:
    """Its records from one on."""
    return replace(trace, **{name: getattr(trace, name)[record:] for name in PER_RECORD})


def _labels(config: RunConfig) -> tuple[int, ...]:
    """Of the first images that were recorded."""
    examples = Examples(config)
    many = len(examples.probe)
    rows = stream(config, PROBE).choice(len(examples.x), many, replace=False)[:SWARM]
    return tuple(examples.targets[rows].argmax(axis=1).tolist())


def _swarm(u: np.ndarray) -> np.ndarray:
    return u[:, -1, :SWARM, UNIT].astype(np.float64)


def _values(arms: tuple[Trace, Trace]) -> dict[tuple[str, str], np.ndarray]:
    """(T, L, examples) for each panel: all recorded units of a layer in one heap."""
    raw = {("plain", "z"): arms[0].z, ("bn", "z"): arms[1].z}
    raw |= {("plain", "u"): arms[0].u, ("bn", "u"): arms[1].u}
    return {panel: a.reshape(*a.shape[:2], -1) for panel, a in raw.items()}


def _usual_ranges(trace: Trace) -> np.ndarray:
    """(T, view, 2, L): the ends that hold the central examples of each record."""
    ends = []
    for view in VIEWS:
        values = getattr(trace, view).astype(np.float64)
        ends.append(np.quantile(values, CENTRAL, axis=(2, 3)))
    return np.moveaxis(np.stack(ends), 2, 0)


def _needed(plain: np.ndarray, bn: np.ndarray) -> np.ndarray:
    """(view, 2, L): the batch-norm arm is on the axis, the plain arm within reason.

    From the usual ranges so far. A network that blows up must not squeeze its twin into one bin, so
    the plain arm may widen the axis to WIDEST times the batch-norm arm's span; how many are outside
    is stated.
    """
    (plain_low, plain_high), (low, high) = map(_usual_range, (plain, bn))
    room, middle = WIDEST * (high - low), (high + low) / 2
    low = np.minimum(low, np.maximum(plain_low, middle - room / 2))
    high = np.maximum(high, np.minimum(plain_high, middle + room / 2))
    return np.stack([low, high], axis=1)


def _usual_range(ranges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(view, L) low and high ends that do at nearly all times."""
    low, high = AT_MOST_TIMES
    return np.quantile(ranges[:, :, 0], low, axis=0), np.quantile(ranges[:, :, 1], high, axis=0)


def _grown(ends: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """The axes that hold what is needed: where they do not, they become wider than they must."""
    grown = ends.copy()
    for view, layer in np.ndindex(len(ends), ends.shape[2]):
        (low, high), (least, most) = ends[view, :, layer], needed[view, :, layer]
        if np.isnan(low):
            grown[view, :, layer] = _round_outward(least, most)
        elif least < low or most > high:
            room = ROOM * (most - least)
            least = least - room if least < low else low
            most = most + room if most > high else high
            wide = _round_outward(least, most)
            grown[view, :, layer] = min(low, wide[0]), max(high, wide[1])
    return grown


def _round_outward(low: float, high: float) -> tuple[float, float]:
    if not high > low:
        low, high = low - 1, high + 1
    unit = 10.0 ** np.floor(np.log10((high - low) / 2))
    step = unit / 2 if (high - low) / unit < 5 else unit
    return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)


def count(values: np.ndarray, low: np.ndarray, high: np.ndarray, view: str) -> np.ndarray:
    """(T, L, BINS + 2): examples below the axis, in each bin, and above the axis.

    The same bins as np.histogram: each holds its left edge, the last both.
    """
    times, layers, _ = values.shape
    v = VIEWS.index(view)
    counted = np.empty((times, layers, BINS + 2), np.int64)
    row = np.arange(times)[:, None] * (BINS + 2)
    for layer in range(layers):
        edges = np.linspace(low[v, layer], high[v, layer], BINS + 1)
        x = values[:, layer]
        bin_of = np.searchsorted(edges, x, side="right")
        bin_of[x == edges[-1]] = BINS
        counts = np.bincount((bin_of + row).ravel(), minlength=times * (BINS + 2))
        counted[:, layer] = counts.reshape(times, -1)
    return counted


def _percentiles(array: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(np.percentile(array.astype(np.float64), PERCENTILES, axis=axis), 0, -1)


def _over_units(array: np.ndarray) -> np.ndarray:
    """(T, L, 3): mean, 15th and 85th percentile over the units of (T, L, width)."""
    array = array.astype(np.float64)
    low, high = np.percentile(array, (15, 85), axis=2)
    return np.stack([array.mean(axis=2), low, high], axis=-1)


def _loss_between(trace: Trace) -> np.ndarray:
    """(T,) mean loss of the mini-batches since the record before; at step 0 the first one's.

    A run that ended before its first update has no loss: NaN.
    """
    if len(trace.loss) == 0:
        return np.full(len(trace.step), np.nan)
    done = np.concatenate([[0.0], np.cumsum(trace.loss, dtype=np.float64)])
    now = np.minimum(trace.step, len(trace.loss))
    before = np.concatenate([[0], now[:-1]])
    many = np.maximum(now - before, 1)
    mean = (done[now] - done[before]) / many
    mean[now == before] = trace.loss[0]
    return mean


def _pack(array: np.ndarray) -> tuple[bytes, int]:
    """Differences along the first axis as bytes: the low bytes of all numbers, then the next.

    A float becomes its bit pattern without the last bits, as an integer that grows with it, so
    that neighbours in time differ little. Signs go to the lowest bit (0, -1, 1, -2 → 0, 1, 2, 3).
    """
    whole = _ordered_bits(array) if array.dtype.kind == "f" else array.astype(np.int64)
    series = whole.reshape(len(whole), -1).T  # each series in one piece
    change = np.diff(series, axis=1, prepend=0)
    folded = np.where(change < 0, -2 * change - 1, 2 * change).astype(np.uint64)
    planes = max(1, (int(folded.max()).bit_length() + 7) // 8) if folded.size else 1
    parts = [
        ((folded >> np.uint64(8 * p)) & np.uint64(255)).astype(np.uint8) for p in range(planes)
    ]
    return b"".join(part.tobytes() for part in parts), planes


def _ordered_bits(array: np.ndarray) -> np.ndarray:
    """float32 bit patterns, rounded to MANTISSA bits; negative numbers count downward."""
    drop = 23 - MANTISSA
    largest = np.float64(np.finfo(np.float32).max) / 2
    bits = np.clip(array, -largest, largest).astype(np.float32).view(np.int32).astype(np.int64)
    magnitude = ((bits & 0x7FFFFFFF) + (1 << (drop - 1))) >> drop
    return np.where(bits < 0, -magnitude, magnitude)
