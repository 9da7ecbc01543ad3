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
    """What a repaired start leaves of the lead that batch norm has over the plain network."""
    found = {}
    for name in once.SETTINGS:
        n = once.numbers(once.one_seed(seed, name))
        accuracies = {f"{name}_{arm}": float(n[f"accuracy.{arm}"][0]) for arm in once.ARMS}
        found |= {f"{name}_left": 1 - float(n["share"][0])} | accuracies
    rates = largest_rates(seed)
    return found | {"rate_ratio": rates["bn"] / rates["once"]}


LEFT = tuple(f"{name}_left" for name in once.SETTINGS)


def _is_every_step(found: Measured) -> Verdict:
    """Clear if most of the lead is lost with a repaired start alone.

    Contradicted if hardly any is lost, and the largest rate that trains is no lower either.
    """
    if all(above(found[name], 0.5) for name in LEFT):
        return "clear"
    none = all(below(found[name], 0.2) for name in LEFT) and below(
        found["rate_ratio"], 1.5, "factor"
    )
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


def _flows(seed: int) -> dict[str, float]:
    return gradient_flow.numbers(gradient_flow.one_seed(seed))


def _vanishing(seed: int) -> dict[str, float]:
    """By what a gradient is multiplied, layer by layer toward the input, in 50 sigmoid layers."""
    found = _flows(seed)
    plain, bn = (found[f"factor.sigmoid.{norm}"] for norm in ("none", "before"))
    return {"plain": plain, "bn": bn}


def _does_not_vanish(found: Measured) -> Verdict:
    """It does without batch norm; with it a layer takes less than a fifth away."""
    if not below(found["plain"], 0.5, "factor"):
        return "weak"
    return graded(found["bn"], large=0.8, none=0.5, kind="factor")


def _exploding(seed: int) -> dict[str, float]:
    """50 ReLU layers: the gradient near the input over that near the output."""
    found = _flows(seed)
    plain, bn = (found[f"ratio.relu.{norm}"] for norm in ("none", "before"))
    return {
        "plain": plain,
        "bn": bn,
        "factor_plain": found["factor.relu.none"],
        "factor_bn": found["factor.relu.before"],
    }


def _does_not_explode(found: Measured) -> Verdict:
    """Contradicted where batch norm makes it grow tenfold, and further than it does without."""
    if above(found["bn"], 10, "factor") and above(found["bn"] / found["plain"], 2, "factor"):
        return "contradicted"
    clear = below(found["bn"], 10, "factor") and above(found["plain"], 10, "factor")
    return "clear" if clear else "weak"


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
        place={"part": "speed", "test": "rates"},
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
        dict.fromkeys(LEFT, "number")
        | {"rate_ratio": "factor"}
        | {f"{name}_{arm}": "share" for name in once.SETTINGS for arm in once.ARMS},
        by_seed(_every_step),
        _is_every_step,
        place={"part": "speed", "test": "once"},
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
        place={"part": "speed", "test": "smooth"},
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
        place={"part": "speed", "test": "flow"},
        varied="starts",
        scope=lambda: _at_start("sigmoid"),
    ),
    "exploding": Claim(
        "why",
        "1902.08129",
        FIVE,
        dict.fromkeys(("plain", "bn", "factor_plain", "factor_bn"), "factor"),
        by_seed(_exploding),
        _does_not_explode,
        place={"part": "speed", "test": "flow"},
        varied="starts",
        scope=lambda: _at_start("relu"),
    ),
}
