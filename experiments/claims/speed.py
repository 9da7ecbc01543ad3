"""Faster, better, at larger rates, in deeper networks; and what makes it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from bncore.config import RunConfig
from bncore.training import train_together
from experiments import presets
from experiments.claims.grading import (
    FIVE,
    FRESH,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    above,
    always,
    below,
    by_seed,
    graded,
    times,
)
from experiments.claims.runs import best_of_placement, figure1, final
from experiments.claims.scope import Scope
from experiments.network import optimizers
from experiments.why import gradient_flow, once, smoothness, tolerance


def _sooner(seed: int) -> dict[str, float]:
    """Steps to 80 %; all of them where that is not reached."""
    pair = figure1(seed)
    plain, bn = (presets.steps_to_80(arm) or pair.config.steps for arm in (pair.plain, pair.bn))
    return {"ratio": plain / bn, "plain": plain, "bn": bn}


def _always_faster(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Steps to the target, plain over batch norm; the rates are the best of the shipped sweeps."""
    return {
        f"{dataset}_{name}": _gain(i, dataset, seeds)
        for dataset in optimizers.GRIDS
        for i, name in enumerate(optimizers.OPTIMIZERS)
    }


def _gain(i: int, dataset: str, seeds: Sequence[int]) -> np.ndarray:
    """With the i-th optimizer, (S,)."""
    plain, bn = _best_of_optimizer(i, dataset, seeds)
    return _steps_to_target(plain) / _steps_to_target(bn)


def _best_of_optimizer(i: int, dataset: str, seeds: Sequence[int]) -> list[list[RunConfig]]:
    """Without batch norm and with it, each at the rate that is best on other seeds."""
    sweep, name = optimizers.sweep(dataset), optimizers.OPTIMIZERS[i]
    return [
        [optimizers.config(name, float(rate), norm, seed, dataset) for seed in seeds]
        for norm, rate in zip(optimizers.NORMS, sweep.rates[i][sweep.best[i]], strict=True)
    ]


def _at_best() -> Scope:
    places = [(i, on) for on in optimizers.GRIDS for i in range(len(optimizers.OPTIMIZERS))]
    arms = [arm for place in places for arm in _best_of_optimizer(*place, [0])]
    return Scope.of([arm[0] for arm in arms], "swept")


def _steps_to_target(configs: Sequence[RunConfig]) -> np.ndarray:
    steps = [optimizers.steps_to_target(trace.loss) for trace in train_together(configs)]
    return np.nan_to_num(steps, nan=configs[0].steps)


FASTER = tuple(f"{on}_{name}" for on in optimizers.GRIDS for name in optimizers.OPTIMIZERS)


def _larger_rates(seed: int) -> dict[str, float]:
    largest = largest_rates(seed)
    plain, bn = largest["plain"], largest["bn"]
    return {"ratio": bn / plain, "plain": plain, "bn": bn}


DEEP = 8  # hidden layers


@lru_cache(maxsize=len(FIVE))
def largest_rates(seed: int) -> dict[str, float]:
    """By arm: the largest that still trains deep ReLU layers; the least tried where none does."""
    found = tolerance.numbers(tolerance.one_seed(seed, (DEEP,)), DEEP)
    rates = {arm: float(found[f"largest.{arm}"][0]) for arm in tolerance.ARMS}
    return {arm: rate if rate > 0 else tolerance.RATES[0] for arm, rate in rates.items()}


LONG = 3000  # steps


def _higher_accuracy(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    found = {}
    for dataset in ("digits", "mnist"):
        plain, bn = (
            final(best_of_placement(norm, "relu", dataset, seeds)) for norm in ("none", "before")
        )
        found |= {f"{dataset}_gain": bn - plain, f"{dataset}_plain": plain, f"{dataset}_bn": bn}
    long = [_long(seed) for seed in seeds]
    plain = np.concatenate([final([one.twin()]) for one in long])  # no gain in stacking these
    bn = np.concatenate([final([one]) for one in long])
    return found | {"long_gain": bn - plain, "long_plain": plain, "long_bn": bn}


def _long(seed: int) -> RunConfig:
    """Figure 1 for twice as long."""
    return replace(presets.PRESETS["figure1"], steps=LONG, record_every=250, seed=seed)


def _ends() -> Scope:
    best = [
        best_of_placement(norm, "relu", dataset, [0])[0]
        for dataset in ("digits", "mnist")
        for norm in ("none", "before")
    ]
    return Scope.of([*best, _long(0)], "mixed")


def _every_step(seed: int) -> dict[str, float]:
    """What a repaired start alone leaves to be desired: on the way, at the end, and in rates."""
    found = {}
    for name in once.SETTINGS:
        n = {key: float(one[0]) for key, one in once.numbers(once.one_seed(seed, name)).items()}
        found |= {
            f"{name}_slower": n["slower"],
            f"{name}_way": 1 - n["share_whole"],
            f"{name}_left": 1 - n["share"],
        }
        found |= {f"{name}_{arm}": n[f"accuracy.{arm}"] for arm in once.ARMS}
    rates = largest_rates(seed)
    return found | {"rate_ratio": rates["bn"] / rates["once"]}


def _of_once(what: str) -> tuple[str, ...]:
    return tuple(f"{name}_{what}" for name in once.SETTINGS)


def _is_every_step(found: Measured) -> Verdict:
    """Clear if a repaired start alone has less than half the lead on the way, and is half as fast.

    Contradicted if it is hardly slower and little is missing on the way, and if the largest rate
    that trains is no lower either. Not by the accuracy at the end: there all arms have come to
    rest, and whatever trains at all is level.
    """
    slower, way = ([found[name] for name in _of_once(what)] for what in ("slower", "way"))
    if all(above(x, 2.0, "factor") for x in slower) and all(above(x, 0.5) for x in way):
        return "clear"
    as_fast = all(below(x, 1.25, "factor") for x in slower) and all(below(x, 0.1) for x in way)
    none = as_fast and below(found["rate_ratio"], 1.5, "factor")
    return "contradicted" if none else "weak"


def _smoother(seed: int) -> dict[str, float]:
    found = {}
    for setting in smoothness.SETTINGS:
        n = smoothness.numbers(smoothness.one_seed(seed, setting))
        for what in ("loss_range", "change"):
            found[f"{setting}_{what}"] = float(n[f"{what}.plain"][0] / n[f"{what}.bn"][0])
    return found


def _is_smoother(found: Measured) -> Verdict:
    """Twice as smooth where the plain network learns.

    Where it learns nothing, in the setting "sigmoid", its loss is flat: there nothing can be
    smoother, and it is enough that batch norm is not rougher.
    """
    if any(below(found[f"sigmoid_{what}"], 0.8, "factor") for what in ("loss_range", "change")):
        return "weak"
    return times(2, *(name for name in SMOOTH if not name.startswith("sigmoid")))(found)


SMOOTH = tuple(f"{on}_{what}" for on in smoothness.SETTINGS for what in ("loss_range", "change"))


def _at_start(activation: str) -> Scope:
    """Of the deepest of `gradient_flow`, on the images that it looks at."""
    deepest = gradient_flow.config(activation, "none", 0, gradient_flow.DEPTHS[1])
    return Scope.of([replace(deepest, n_train=gradient_flow.IMAGES)], "none")


def _vanishing(seed: int) -> dict[str, float]:
    """By what a gradient is multiplied, layer by layer toward the input, in sigmoid layers."""
    found = gradient_flow.flow("sigmoid", seed, gradient_flow.DEPTHS[1], (1.0,)).factor[0]
    return dict(zip(gradient_flow.ARMS, map(float, found), strict=True))


def _does_not_vanish(found: Measured) -> Verdict:
    """It does without batch norm; with it a layer takes less than a fifth away."""
    if not below(found["plain"], 0.5, "factor"):
        return "weak"
    return graded(found["bn"], large=0.8, none=0.5, kind="factor")


def _exploding(seed: int) -> dict[str, float]:
    """ReLU layers: the largest norm of a gradient in any of them, by the scale of the weights."""
    found = gradient_flow.numbers(gradient_flow.flow("relu", seed, gradient_flow.DEPTHS[1]))
    largest = {f"{arm}_{scale}": found[f"largest.{scale}.{arm}"] for arm, scale in EXPLODING}
    return {
        "removed": largest["plain_twice"] / largest["bn_twice"],
        "added": largest["bn_usual"] / largest["plain_usual"],
        **largest,
        "factor_plain": found["factor.usual.plain"],
        "factor_bn": found["factor.usual.bn"],
    }


EXPLODING = tuple((arm, scale) for arm in gradient_flow.ARMS for scale in gradient_flow.SCALES)
EXPLODED = 100  # times the largest gradient that the plain network has with He's weights


def _does_not_explode(found: Measured) -> Verdict:
    """Of weights twice too large, and of He's own, where nothing explodes without batch norm.

    Clear where it takes an explosion away and makes none of its own, weak where it does both,
    contradicted where it takes none away.
    """

    def exploded(arm: str) -> bool:
        return above(found[arm] / found["plain_usual"], EXPLODED, "factor")

    def calm(arm: str) -> bool:
        return below(found[arm] / found["plain_usual"], EXPLODED, "factor")

    if not exploded("plain_twice"):
        return "contradicted" if exploded("bn_usual") or exploded("bn_twice") else "weak"
    if not above(found["removed"], EXPLODED, "factor"):
        return "contradicted"
    return "clear" if calm("bn_usual") and calm("bn_twice") else "weak"


CLAIMS: dict[str, Claim] = {
    "sooner": Claim(
        "training",
        THE_PAPER,
        FIVE,
        {"ratio": "factor", "plain": "factor", "bn": "factor"},
        by_seed(_sooner),
        times(2, "ratio"),
        varied="matched",
        scope=lambda: Scope.of([presets.PRESETS["figure1"]]),
    ),
    "always_faster": Claim(
        "network",
        "1806.02375",
        FRESH,
        dict.fromkeys(FASTER, "factor"),
        _always_faster,
        times(2, *FASTER),
        varied="matched",
        scope=_at_best,
    ),
    "larger_rates": Claim(
        "why",
        "1806.02375",
        FIVE,
        {"ratio": "factor", "plain": "factor", "bn": "factor"},
        by_seed(_larger_rates),
        times(2, "ratio"),
        place={"scene": "map"},
        varied="matched",
        scope=lambda: Scope.of([tolerance.config(8, lr) for lr in tolerance.RATES], "varied"),
    ),
    "higher_accuracy": Claim(
        "training",
        THE_PAPER,
        FRESH,
        {
            f"{of}_{what}": kind
            for of in ("digits", "mnist", "long")
            for what, kind in {"gain": "points", "plain": "share", "bn": "share"}.items()
        },
        _higher_accuracy,
        always(0.02, "digits_gain", "mnist_gain", "long_gain", none=-0.005),
        varied="matched",
        scope=_ends,
    ),
    "every_step": Claim(
        "why",
        "1511.06422",
        FIVE,
        dict.fromkeys(_of_once("slower"), "factor")
        | dict.fromkeys((*_of_once("way"), *_of_once("left")), "number")
        | {"rate_ratio": "factor"}
        | {f"{name}_{arm}": "share" for name in once.SETTINGS for arm in once.ARMS},
        by_seed(_every_step),
        _is_every_step,
        place={"scene": "once"},
        varied="matched",
        scope=lambda: Scope.of(once.SETTINGS.values()),
    ),
    "smoother": Claim(
        "why",
        "1805.11604",
        FIVE,
        dict.fromkeys(SMOOTH, "factor"),
        by_seed(_smoother),
        _is_smoother,
        place={"scene": "smooth"},
        varied="matched",
        scope=lambda: Scope.of(smoothness.SETTINGS.values()),
    ),
    "vanishing": Claim(
        "why",
        "1902.08129",
        FIVE,
        {"plain": "factor", "bn": "factor"},
        by_seed(_vanishing),
        _does_not_vanish,
        place={"scene": "flow", "nonlinearity": "sigmoid"},
        varied="starts",
        scope=lambda: _at_start("sigmoid"),
    ),
    "exploding": Claim(
        "why",
        "1902.08129",
        FIVE,
        dict.fromkeys(("removed", "added"), "factor")
        | {f"{arm}_{scale}": "factor" for arm, scale in EXPLODING}
        | {"factor_plain": "factor", "factor_bn": "factor"},
        by_seed(_exploding),
        _does_not_explode,
        place={"scene": "flow", "nonlinearity": "relu"},
        varied="starts",
        scope=lambda: _at_start("relu"),
    ),
}
