"""Where batch norm loses, gathered from all experiments: each case beside the plain network.

`cases` reads what shipped and trains nothing. Made here are those of AT_BEST, in which each arm
trains at the rate that is best for it, as `experiments.rates` finds it; some of them are level
then, and are shown for that. And "long", a sigmoid network on MNIST that is trained until both arms
are done: batch norm is there far sooner, and ends no higher. In "slow_and_deep" and in "long" one
rate is set for both. A gradient that grows with depth is in `experiments.why.gradient_flow`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from bncore.config import RunConfig
from experiments import rates
from experiments.at_test_time import dimming
from experiments.evidence import Arrays, Evidence, under
from experiments.noise import regularize, small_batches
from experiments.presets import FIGURE_1
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, mean_and_sd, packed, train
from experiments.why import tolerance

ARMS = ("plain", "bn")
EARLY = 200  # updates
LOOKS = (0, 20, 50, 100, EARLY, 300, 500, 700, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7000)
LAST = (8000, 8500, 9000, 9500, 10_000)  # the final accuracy is the mean of these looks
SEEDS = range(8)
LONG = replace(FIGURE_1, steps=10_000)
CASES = ("one", "two", "one_class", "dimmed", "slow_and_deep", "long", "small_data", "deep")

# Of the arm with batch norm; the rate is another for each arm.
AT_BEST: dict[str, RunConfig] = {
    "one": small_batches.PRESETS["m1"],
    "two": small_batches.PRESETS["m2"],
    "eight": small_batches.PRESETS["m8"],
    "one_class": small_batches.PRESETS["sorted1"],
    "deep": tolerance.config(16, 0.1),
}
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
LIGHT = 0.3  # of the test images in "dimmed"
SLOW = 0.01  # the learning rate of "slow_and_deep"
LAST_LOOKS = range(-100, 1, 25)  # the accuracy is the mean over these, counted from the last step


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


@dataclass(frozen=True, eq=False)
class AtBest:
    """One of AT_BEST: A arms × S seeds, at the best of R rates, which P other seeds picked."""

    score: np.ndarray  # (A, R, P) validation accuracy
    accuracy: np.ndarray  # (A, S) on the test set, at the end

    def rate(self, arm: str) -> float:
        """The best for that arm."""
        return rates.Search(np.array(RATES), self.score[ARMS.index(arm)]).best


def cases() -> dict[str, Case]:
    """By the ids in CASES."""
    found = numbers(long())
    return {
        "one": _at_best("one", "noise"),
        "two": _at_best("two", "noise"),
        "one_class": _at_best("one_class", "noise"),
        "dimmed": _dimmed(LIGHT),
        "slow_and_deep": _slow_and_deep(),
        "long": Case("why", found["final.plain"], found["final.bn"]),
        "small_data": _small_data(),
        "deep": _at_best("deep", "why"),
    }


def _at_best(case: str, lesson: str) -> Case:
    """m images at a time, or images of one class, or many layers."""
    return Case(lesson, *at_best(case).accuracy)


def _dimmed(a: float) -> Case:
    """Test images a times as bright, running statistics of the bright ones."""
    found, at = dimming.over_seeds(), dimming.A.index(a)
    return Case("test_time", found.plain[:, at], found.frozen[:, at])


def _small_data() -> Case:
    """512 MNIST images, batch norm over whole batches of 256."""
    found = regularize.load("mnist512")
    return Case("noise", found.of("plain")[1], found.of(regularize.WHOLE)[1])


def _slow_and_deep() -> Case:
    """As many layers as in "deep", at a rate of SLOW for both."""
    at = tolerance.DEPTHS.index(AT_BEST["deep"].depth), tolerance.RATES.index(SLOW)
    plain, _, bn = (of_arm[at] for of_arm in tolerance.load().accuracy)
    return Case("why", plain, bn)


def at_best(case: str) -> AtBest:
    """What shipped; trains nothing. KeyError for a case that is not in AT_BEST."""
    return EVIDENCE.shipped.at_best[case]


def run(case: str, arm: str, lr: float | None = None) -> RunConfig:
    """One arm of a case of AT_BEST, at the rate that ships for it if none is given."""
    config = AT_BEST[case] if arm == "bn" else AT_BEST[case].twin()
    return replace(config, lr=at_best(case).rate(arm) if lr is None else lr)


def accuracy(config: RunConfig, seeds: Sequence[int]) -> np.ndarray:
    """(S,) of such a run on the test set, at its end."""
    runs = [replace(config, seed=seed) for seed in seeds]
    return rates.accuracy(runs, [partial(rates.testing, config)], LAST_LOOKS)[0]


def train_at_best(case: str, seeds: Sequence[int] = SEEDS) -> AtBest:
    """Both arms: which rate is best, and what comes out at it."""
    found = [rates.search(run(case, arm, 1.0), LAST_LOOKS, RATES) for arm in ARMS]
    measured = [
        accuracy(run(case, arm, each.best), seeds) for arm, each in zip(ARMS, found, strict=True)
    ]
    return AtBest(np.stack([each.score for each in found]), np.stack(measured))


def long() -> Long:
    """What shipped; trains nothing."""
    return EVIDENCE.shipped.long


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


@dataclass(frozen=True, eq=False)
class Limits:
    """All that ships."""

    long: Long
    at_best: dict[str, AtBest]  # by the ids in AT_BEST


def _too_few_lose(found: Limits) -> bool:
    """Batches of one, of two and of one class: batch norm is far behind, on every seed."""
    behind = (
        -np.diff(found.at_best[case].accuracy, axis=0) for case in ("one", "two", "one_class")
    )
    return all(bool((each > 0.1).all()) for each in behind)


def _of_long(claim: Callable[[Long], bool]) -> Callable[[Limits], bool]:
    return lambda found: claim(found.long)


CLAIMS: dict[str, Callable[[Limits], bool]] = {
    "sooner": _of_long(_sooner),
    "no_higher": _of_long(_no_higher),
    "too_few_lose": _too_few_lose,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = Limits(train_all(SEEDS), {case: train_at_best(case) for case in AT_BEST})
    return packed({"long": found.long, **found.at_best}), {"outcome": _outcome(found)}


def _outcome(found: Limits) -> dict[str, Any]:
    table: dict[str, Any] = {"long": mean_and_sd(numbers(found.long))}
    for case, each in found.at_best.items():
        by_arm = mean_and_sd(dict(zip(ARMS, each.accuracy, strict=True)))
        table[case] = {arm: {"lr": each.rate(arm)} | by_arm[arm] for arm in ARMS}
    return table


def read(arrays: Arrays) -> Limits:
    """What ships."""
    best = {case: AtBest(**under(arrays, case)) for case in AT_BEST}
    return Limits(Long(**under(arrays, "long")), best)


EVIDENCE = Evidence(
    "limits",
    {
        "config": LONG.to_dict(),
        "at_best": {case: config.to_dict() for case, config in AT_BEST.items()},
        "seeds": list(SEEDS),
    },
    measure_all,
    CLAIMS,
    read,
)
