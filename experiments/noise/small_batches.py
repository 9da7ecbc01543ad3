"""Where batch norm breaks training: batches of a few examples, and batches of a few classes.

Eight pairs on the 8×8 digits, each beside its twin without batch norm, which sees the same batches.

- "m1" to "m8": m examples at a time. The learning rate is proportional to m, so that a step of
  m examples stands for m steps of one, and all runs see 3000 images. With one example z_norm is 0
  whatever it shows; with two it is ±1, and only the order is left.
- "sorted1" to "sorted5": 50 examples of one, two or five classes at a time. What the examples of
  a class have in common is the mean of their batch, and batch norm takes it away.

`load(id)` reads what ships in assets/traces/small_batches/ and trains nothing. As for the presets
of `experiments.presets`, `tools/build_traces.py` made these files, and `provenance.json` says how,
what came out over five seeds, and how far a run on another machine may differ (`BANDS`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bncore.config import RunConfig
from experiments import presets
from experiments.pair import Pair
from experiments.presets import CALM, Bands, Outcome

TRACES = presets.TRACES / "small_batches"
PROVENANCE = TRACES / "provenance.json"
SEEN = 3000  # images, in a run of small batches
IMAGES_PER_UNIT_OF_LR = 160  # the learning rate of m images is m/160: 0.1 for 16


def small(m: int) -> RunConfig:
    """Batches of m."""
    return _recorded(RunConfig(batch_size=m, lr=m / IMAGES_PER_UNIT_OF_LR, steps=SEEN // m))


def sorted_by_class(k: int) -> RunConfig:
    """Batches of 50 examples of k classes."""
    return _recorded(RunConfig(batch_size=50, classes_per_batch=k, steps=600))


def _recorded(config: RunConfig) -> RunConfig:
    """A hundred records, and little of z: the page draws curves."""
    settings = config.to_dict() | {"record_every": -(-config.steps // 100), "probe": 8, "units": 2}
    return RunConfig(**settings)


# Of the arm with batch norm; the other is its twin.
PRESETS: dict[str, RunConfig] = {
    **{f"m{m}": small(m) for m in (1, 2, 3, 4, 8)},
    **{f"sorted{k}": sorted_by_class(k) for k in (1, 2, 5)},
}

CHANCE_LOSS = 2.303  # log 10: what a network pays that knows nothing of ten digits


def _learns_nothing(o: Outcome) -> bool:
    """Batch norm stays at chance, in training as on the test set; the twin learns."""
    return o.accuracy_bn < 0.2 and (o.loss_bn or 0) > 0.85 * CHANCE_LOSS and o.accuracy_plain > 0.85


def _falls_behind(least: float, most: float) -> Callable[[Outcome], bool]:
    """Batch norm loses that much accuracy to its twin, and its training loss is larger."""

    def claim(o: Outcome) -> bool:
        if o.loss_bn is None or o.loss_plain is None:
            return False
        behind = o.accuracy_plain - o.accuracy_bn
        return least < behind < most and o.loss_bn > 2 * o.loss_plain and o.accuracy_plain > 0.85

    return claim


def _is_level(o: Outcome) -> bool:
    return o.accuracy_plain > 0.85 and o.accuracy_bn > o.accuracy_plain - 0.01


# What each is shown for; chance is 0.1.
CLAIMS: dict[str, Callable[[Outcome], bool]] = {
    "m1": _learns_nothing,
    "m2": _falls_behind(0.3, 0.8),
    "m3": _falls_behind(0.05, 0.25),
    "m4": _falls_behind(-0.01, 0.1),
    "m8": _is_level,
    "sorted1": _learns_nothing,
    "sorted2": _falls_behind(0.015, 0.1),
    "sorted5": _is_level,
}


def _chaotic(accuracy: float, loss: float, percentiles: float) -> Bands:
    return Bands(accuracy, loss, percentiles, diverged_at=0)


# As in `experiments.presets`. Statistics of two to four examples make much of a last bit.
BANDS: dict[str, dict[str, Bands]] = {
    "m1": {"bn": CALM, "plain": CALM},
    "m2": {"bn": _chaotic(accuracy=0.3, loss=0.8, percentiles=12), "plain": CALM},
    "m3": {"bn": _chaotic(accuracy=0.1, loss=0.6, percentiles=5), "plain": CALM},
    "m4": {"bn": _chaotic(accuracy=0.05, loss=0.4, percentiles=6.5), "plain": CALM},
    "m8": {"bn": CALM, "plain": CALM},
    "sorted1": {
        "bn": _chaotic(accuracy=0.02, loss=0.02, percentiles=0.75),
        "plain": _chaotic(accuracy=0.02, loss=0.02, percentiles=0.1),
    },
    "sorted2": {
        "bn": _chaotic(accuracy=0.02, loss=0.03, percentiles=1.6),
        "plain": _chaotic(accuracy=0.02, loss=0.02, percentiles=0.4),
    },
    "sorted5": {"bn": CALM, "plain": CALM},
}


def load(name: str) -> Pair:
    """The shipped pair. KeyError if there is none of that name."""
    if name not in PRESETS:
        raise KeyError(name)
    return Pair.load(TRACES / f"{name}.npz")


def provenance(name: str) -> dict[str, Any]:
    """How a shipped pair was made, and what came out over seeds: see `experiments.presets`."""
    return json.loads(PROVENANCE.read_text("utf-8"))[name]
