"""Four pairs worth seeing at once: their settings, their shipped traces, and what they show.

`load(id)` reads `assets/traces/<id>.npz` and trains nothing. `tools/build_traces.py` made these
files; beside them `provenance.json` says with which versions, what came out over five seeds, and
how far a run of the same settings on another machine may be from the shipped one (`BANDS`): other
matrix kernels round otherwise, and a chaotic run makes much of little.

A new preset is a line each in `PRESETS`, `CLAIMS` and `BANDS`, and a run of the tool.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.trace import Trace
from experiments.pair import Pair

TRACES = Path(__file__).parents[1] / "assets" / "traces"
PROVENANCE = TRACES / "provenance.json"

# Networks that other experiments train as well, each with steps of its own.
# Ioffe & Szegedy 2015, Figure 1, on fewer images. The paper states no learning rate.
FIGURE_1 = RunConfig(
    dataset="mnist",
    depth=3,
    width=100,
    activation="sigmoid",
    init="normal",
    init_scale=0.1,
    batch_size=60,
    lr=0.5,
)
PLAIN_DEAD = RunConfig(  # without batch norm it learns nothing
    dataset="mnist",
    depth=5,
    width=100,
    activation="sigmoid",
    init="xavier",
    batch_size=60,
    lr=0.5,
)

# Of the arm with batch norm; the other is its twin.
PRESETS: dict[str, RunConfig] = {
    "figure1": replace(FIGURE_1, steps=1500, record_every=15),
    "plain_dead": replace(PLAIN_DEAD, steps=300, record_every=3),
    "deep_relu": RunConfig(depth=8, width=50, lr=1.0, steps=300, record_every=3, seed=0),
    "bn_loses": RunConfig(
        depth=3, width=50, batch_size=2, lr=0.025, steps=1500, record_every=15, seed=0
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What a pair came to. Accuracy: mean of the last ten records, or the last before divergence.

    Loss: mean of the last 50 mini-batches. None: not reached, did not diverge, or has no such
    number because it did.
    """

    accuracy_bn: float
    accuracy_plain: float
    loss_bn: float | None
    loss_plain: float | None
    steps_to_80_bn: int | None
    steps_to_80_plain: int | None
    diverged_at_bn: int | None
    diverged_at_plain: int | None


def outcome(pair: Pair) -> Outcome:
    """Measure a pair."""
    measures: dict[str, Callable[[Trace], Any]] = {
        "accuracy": final_accuracy,
        "loss": final_loss,
        "steps_to_80": steps_to_80,
        "diverged_at": lambda trace: trace.diverged_at,
    }
    return Outcome(
        **{f"{name}_bn": measure(pair.bn) for name, measure in measures.items()},
        **{f"{name}_plain": measure(pair.plain) for name, measure in measures.items()},
    )


def final_accuracy(trace: Trace) -> float:
    """On the test set, at the end."""
    last = 10 if trace.diverged_at is None else 1
    return float(trace.accuracy[-last:].mean())


def final_loss(trace: Trace) -> float | None:
    """On mini-batches, at the end."""
    return float(trace.loss[-50:].mean()) if trace.diverged_at is None else None


def steps_to_80(trace: Trace) -> int | None:
    """The first recorded step at which 80 % of the test set is right."""
    reached = np.flatnonzero(trace.accuracy >= 0.8)
    return int(trace.step[reached[0]]) if len(reached) else None


def _sooner_but_level(o: Outcome) -> bool:
    if o.steps_to_80_bn is None or o.steps_to_80_plain is None:
        return False
    sooner = o.steps_to_80_plain >= 4 * o.steps_to_80_bn
    return sooner and abs(o.accuracy_bn - o.accuracy_plain) < 0.04


# What each preset is shown for; chance is 0.1.
CLAIMS: dict[str, Callable[[Outcome], bool]] = {
    "figure1": _sooner_but_level,
    "plain_dead": lambda o: o.accuracy_plain < 0.15 and o.accuracy_bn > 0.8,
    "deep_relu": lambda o: o.accuracy_plain < 0.25 and o.accuracy_bn > 0.9,
    "bn_loses": lambda o: o.accuracy_plain - o.accuracy_bn > 0.25,
}


@dataclass(frozen=True)
class Bands:
    """How far two runs of one config on different machines may be apart, in one arm.

    accuracy: at the end. loss: mean of any 50 steps, cut off at 10. percentiles: 15, 50 and 85 of
    a layer's z, in standard deviations of that z, at any recorded step. diverged_at: in steps;
    infinite if one run diverged and the other did not.
    """

    accuracy: float
    loss: float
    percentiles: float
    diverged_at: float


CALM = Bands(accuracy=0.02, loss=0.02, percentiles=0.02, diverged_at=0)
# Set to about three times what four kernels of OpenBLAS (Nehalem to SkylakeX) differed by.
BANDS: dict[str, dict[str, Bands]] = {
    "figure1": {"bn": CALM, "plain": CALM},
    "plain_dead": {"bn": CALM, "plain": CALM},
    "deep_relu": {
        "bn": Bands(accuracy=0.05, loss=0.2, percentiles=1.2, diverged_at=0),
        "plain": Bands(accuracy=0.1, loss=0.1, percentiles=0.05, diverged_at=3),
    },
    "bn_loses": {
        "bn": Bands(accuracy=0.3, loss=0.6, percentiles=3.0, diverged_at=0),
        "plain": CALM,
    },
}


def distance(a: Trace, b: Trace) -> Bands:
    """How far apart two traces of one config are, measured as the bands are."""
    return Bands(
        accuracy=abs(final_accuracy(a) - final_accuracy(b)),
        loss=_loss_distance(a.loss, b.loss),
        percentiles=_percentile_distance(a.z, b.z),
        diverged_at=_step_distance(a.diverged_at, b.diverged_at),
    )


def _loss_distance(a: np.ndarray, b: np.ndarray) -> float:
    window = min(50, len(a), len(b))
    windows = min(len(a), len(b)) // window
    means = [np.clip(x, 0, 10)[: windows * window].reshape(windows, window).mean(1) for x in (a, b)]
    return float(np.abs(means[0] - means[1]).max())


def _percentile_distance(a: np.ndarray, b: np.ndarray) -> float:
    records = min(len(a), len(b))
    a, b = a[:records].astype(np.float64), b[:records].astype(np.float64)
    percentiles = [np.percentile(z, (15, 50, 85), axis=(2, 3)) for z in (a, b)]
    return float((np.abs(percentiles[0] - percentiles[1]) / a.std(axis=(2, 3))).max())


def _step_distance(a: int | None, b: int | None) -> float:
    if a is None or b is None:
        return 0.0 if a is b else float("inf")
    return abs(a - b)


def load(name: str) -> Pair:
    """The shipped pair of a preset. KeyError if there is none of that name."""
    if name not in PRESETS:
        raise KeyError(name)
    return Pair.load(TRACES / f"{name}.npz")


def provenance(name: str) -> dict[str, Any]:
    """How a shipped pair was made: versions, config, outcome, the same over seeds, bands."""
    return json.loads(PROVENANCE.read_text("utf-8"))[name]
