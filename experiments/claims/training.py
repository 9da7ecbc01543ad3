"""Claims on training: faster, better, at whatever rate and from whatever start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

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
    times,
)
from experiments.network import optimizers, placement
from experiments.pair import Pair, train_pair
from experiments.why import once, tolerance


def final(configs: Sequence[RunConfig], records: int = 3) -> np.ndarray:
    """(S,) test accuracy of runs trained side by side, mean of so many last records.

    Of a run that diverged its last record.
    """
    traces = train_together([replace(one, probe=1, units=1) for one in configs])
    last = [t.accuracy[-records:] if t.diverged_at is None else t.accuracy[-1:] for t in traces]
    return np.array([accuracies.mean() for accuracies in last])


@lru_cache(maxsize=len(FIVE))
def figure1(seed: int) -> Pair:
    """The setting of the paper's Figure 1, trained with this seed; 1500 steps."""
    return train_pair(replace(presets.PRESETS["figure1"], seed=seed))


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
    sweep, name = optimizers.sweep(dataset), optimizers.OPTIMIZERS[i]
    plain, bn = (
        [optimizers.config(name, float(rate), norm, seed, dataset) for seed in seeds]
        for norm, rate in zip(optimizers.NORMS, sweep.rates[i][sweep.best[i]], strict=True)
    )
    return _steps_to_target(plain) / _steps_to_target(bn)


def _steps_to_target(configs: Sequence[RunConfig]) -> np.ndarray:
    steps = [optimizers.steps_to_target(trace.loss) for trace in train_together(configs)]
    return np.nan_to_num(steps, nan=configs[0].steps)


def _best_of_placement(norm: str, activation: str, dataset: str, seeds: Sequence[int]) -> Any:
    """The runs of `placement` at the rate that is best on other seeds."""
    found = placement.over_seeds(dataset)
    cell = placement.ACTIVATIONS.index(activation), placement.NORMS.index(norm)
    rate = float(found.rates[found.best[cell]])
    return [placement.config(activation, norm, rate, seed, dataset) for seed in seeds]


def _higher_accuracy(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    found = {}
    for dataset in ("digits", "mnist"):
        plain, bn = (
            final(_best_of_placement(norm, "relu", dataset, seeds)) for norm in ("none", "before")
        )
        found |= {f"{dataset}_gain": bn - plain, f"{dataset}_plain": plain, f"{dataset}_bn": bn}
    long = [
        replace(presets.PRESETS["figure1"], steps=3000, record_every=250, seed=seed)
        for seed in seeds
    ]
    plain = np.concatenate([final([one.twin()]) for one in long])  # no gain in stacking these
    bn = np.concatenate([final([one]) for one in long])
    return found | {"long_gain": bn - plain, "long_plain": plain, "long_bn": bn}


STARTS = {"tiny": 0.01, "he": 1.0, "huge": 100.0}  # what the weights of He are multiplied by


def _any_init(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    base = RunConfig(depth=4, steps=300, record_every=20)
    found = {}
    for name, scale_ in STARTS.items():
        runs = [replace(base, init_scale=scale_, seed=seed) for seed in seeds]
        found[f"bn_{name}"] = final(runs)
        found[f"plain_{name}"] = final([run.twin() for run in runs])
    lost = found["bn_he"] - np.minimum(found["bn_tiny"], found["bn_huge"])
    return {"lost": lost, "rescued": found["bn_tiny"] - found["plain_tiny"]} | found


def _larger_rates(seed: int) -> dict[str, float]:
    largest = largest_rates(seed)
    plain, bn = largest["plain"], largest["bn"]
    return {"ratio": bn / plain, "plain": plain, "bn": bn}


@lru_cache(maxsize=len(FIVE))
def largest_rates(seed: int) -> dict[str, float]:
    """By arm: the largest that still trains eight ReLU layers; the least tried where none does."""
    found = tolerance.numbers(tolerance.one_seed(seed))
    rates = {arm: float(found[f"largest.{arm}"][0]) for arm in tolerance.ARMS}
    return {arm: rate if rate > 0 else tolerance.RATES[0] for arm, rate in rates.items()}


def _every_step(seed: int) -> dict[str, float]:
    """What a repaired start leaves of the lead that batch norm has over the plain network."""
    found = {}
    for name in once.SETTINGS:
        n = once.numbers(once.one_seed(seed, name))
        accuracies = {f"{name}_{arm}": float(n[f"accuracy.{arm}"][0]) for arm in once.ARMS}
        found |= {f"{name}_left": 1 - float(n["share"][0])} | accuracies
    rates = largest_rates(seed)
    return found | {"rate_ratio": rates["bn"] / rates["once"]}


def _before_best(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """On MNIST, each place at its best rate; and at a rate of 3, the largest that was swept."""
    found = {}
    for activation in placement.ACTIVATIONS:
        before, after = (
            final(_best_of_placement(norm, activation, "mnist", seeds))
            for norm in ("before", "after")
        )
        found[f"{activation}_gain"] = before - after
    before, after = (
        final([placement.config("tanh", norm, 3.0, seed, "mnist") for seed in seeds])
        for norm in ("before", "after")
    )
    return found | {"tanh_3_gain": before - after}


LEFT = tuple(f"{name}_left" for name in once.SETTINGS)


def _is_every_step(found: Measured) -> Verdict:
    """Clear if most of the lead is lost with a repaired start alone.

    Contradicted if hardly any is lost, and the largest rate that trains is no lower either.
    """
    if all(above(found[name], 0.5) for name in LEFT):
        return "clear"
    none = all(below(found[name], 0.2) for name in LEFT) and below(found["rate_ratio"], 1.5)
    return "contradicted" if none else "weak"


def _start_matters_not(found: Measured) -> Verdict:
    if below(found["lost"], 0.03):
        return "clear"
    return "weak" if above(found["rescued"], 0.1) else "contradicted"


FASTER = tuple(f"{on}_{name}" for on in optimizers.GRIDS for name in optimizers.OPTIMIZERS)

TRAINING: dict[str, Claim] = {
    "sooner": Claim(
        "training",
        THE_PAPER,
        FIVE,
        {"ratio": "factor", "plain": "factor", "bn": "factor"},
        by_seed(_sooner),
        times(2, "ratio"),
    ),
    "always_faster": Claim(
        "network",
        "1806.02375",
        FRESH,
        dict.fromkeys(FASTER, "factor"),
        _always_faster,
        times(2, *FASTER),
    ),
    "larger_rates": Claim(
        "why",
        "1806.02375",
        FIVE,
        {"ratio": "factor", "plain": "factor", "bn": "factor"},
        by_seed(_larger_rates),
        times(2, "ratio"),
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
    ),
    "higher_accuracy": Claim(
        "training",
        THE_PAPER,
        FRESH,
        {
            f"{of}_{what}": kind
            for of in ("digits", "mnist", "long")
            for what, kind in {"gain": "number", "plain": "share", "bn": "share"}.items()
        },
        _higher_accuracy,
        always(0.02, "digits_gain", "mnist_gain", "long_gain", none=-0.005),
    ),
    "any_init": Claim(
        "why",
        THE_PAPER,
        FIVE,
        {"lost": "number", "rescued": "number"}
        | {f"{arm}_{start}": "share" for start in STARTS for arm in ("bn", "plain")},
        _any_init,
        _start_matters_not,
        cheap=True,
    ),
    "before_best": Claim(
        "network",
        THE_PAPER,
        FRESH,
        dict.fromkeys(("sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain"), "number"),
        _before_best,
        always(0.005, "sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain"),
    ),
}
