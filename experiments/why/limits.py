"""Where batch norm loses, gathered from all experiments: each case beside the plain network.

`cases` reads what shipped and trains nothing. One case is made here: "long", a sigmoid network on
MNIST that is trained until both arms are done. Batch norm is there far sooner, and ends no higher.
A gradient that grows with depth is in `experiments.why.gradient_flow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from experiments.at_test_time import dimming
from experiments.evidence import Arrays, Evidence
from experiments.noise import regularize, small_batches
from experiments.presets import FIGURE_1
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, mean_and_sd, train
from experiments.why import tolerance

ARMS = ("plain", "bn")
EARLY = 200  # updates
LOOKS = (0, 20, 50, 100, EARLY, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7000)
LAST = (8000, 8500, 9000, 9500, 10_000)  # the final accuracy is the mean of these looks
SEEDS = range(8)
LONG = replace(FIGURE_1, steps=10_000)
CASES = ("one", "two", "one_class", "dimmed", "small_data", "slow_and_deep", "long")


@dataclass(frozen=True, eq=False)
class Case:
    """Test accuracy of S seeds, with batch norm and without."""

    lesson: str  # id of the lesson that shows it
    plain: np.ndarray  # (S,)
    bn: np.ndarray  # (S,)

    @property
    def behind(self) -> np.ndarray:
        """(S,) what batch norm loses, seed by seed."""
        return self.plain - self.bn


@dataclass(frozen=True, eq=False)
class Long:
    """A arms × S seeds, T looks, at steps that grow by a factor."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set, batch norm with exact statistics


def cases() -> dict[str, Case]:
    """By the ids in CASES."""
    found = numbers(long())
    return {
        "one": _small_batch("m1"),
        "two": _small_batch("m2"),
        "one_class": _small_batch("sorted1"),
        "dimmed": _dimmed(0.3),
        "small_data": _small_data(),
        "slow_and_deep": _slow_and_deep(),
        "long": Case("why", found["final.plain"], found["final.bn"]),
    }


def _small_batch(preset: str) -> Case:
    """m images at a time, or images of one class."""
    seeds = small_batches.provenance(preset)["over_seeds"]
    plain, bn = (np.array(seeds[f"accuracy_{arm}"]["values"]) for arm in ARMS)
    return Case("noise", plain, bn)


def _dimmed(a: float) -> Case:
    """Test images a times as bright, running statistics of the bright ones."""
    found, at = dimming.over_seeds(), dimming.A.index(a)
    return Case("test_time", found.plain[:, at], found.frozen[:, at])


def _small_data() -> Case:
    """512 MNIST images, batch norm over whole batches of 256."""
    found = regularize.load("mnist512")
    return Case("noise", found.of("plain")[1], found.of(regularize.WHOLE)[1])


def _slow_and_deep() -> Case:
    """16 layers at a learning rate of .01."""
    at = tolerance.DEPTHS.index(16), tolerance.RATES.index(0.01)
    plain, _, bn = (of_arm[at] for of_arm in tolerance.load().accuracy)
    return Case("why", plain, bn)


def long() -> Long:
    """What shipped; trains nothing."""
    return EVIDENCE.shipped


def one_seed(
    seed: int, progress: Progress | None = None, should_stop: ShouldStop | None = None
) -> Long:
    """Train both arms of "long", S = 1; about ten seconds. Stopped, it returns what it has."""
    return train_all((seed,), progress, should_stop)


def train_all(
    seeds: Sequence[int],
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Long:
    """The same with several seeds at once."""
    configs = [replace(LONG, seed=seed) for seed in seeds]
    arms = [Arm([one.twin() for one in configs]), Arm(configs)]
    curves = train(arms, (*LOOKS, *LAST), progress, should_stop)
    return Long(np.array(seeds), curves.step, curves.accuracy)


def numbers(found: Long) -> dict[str, np.ndarray]:
    """(S,) each: "early.<arm>" after EARLY steps, "final.<arm>", "ahead" = final plain less bn."""
    early = found.accuracy[..., LOOKS.index(EARLY)]
    final = found.accuracy[..., -len(LAST) :].mean(axis=-1)
    by_arm = {
        f"{name}.{arm}": values[a]
        for name, values in (("early", early), ("final", final))
        for a, arm in enumerate(ARMS)
    }
    return by_arm | {"ahead": final[0] - final[1]}


# What "long" is shown for.


def _sooner(found: Long) -> bool:
    """After EARLY steps batch norm is far ahead, on every seed."""
    n = numbers(found)
    return bool((n["early.bn"] > n["early.plain"] + 0.3).all())


def _no_higher(found: Long) -> bool:
    """At the end it is level with the plain network, or a little behind."""
    ahead = numbers(found)["ahead"]
    return bool(0 < ahead.mean() < 0.02 and ahead.min() > -0.015)


CLAIMS: dict[str, Callable[[Long], bool]] = {"sooner": _sooner, "no_higher": _no_higher}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = train_all(SEEDS)
    return vars(found), {"outcome": mean_and_sd(numbers(found))}


def read(arrays: Arrays) -> Long:
    """What ships."""
    return Long(**arrays)


EVIDENCE = Evidence(
    "limits", {"config": LONG.to_dict(), "seeds": list(SEEDS)}, measure_all, CLAIMS, read
)
