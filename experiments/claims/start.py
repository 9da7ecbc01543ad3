"""Inputs and initial weights: where training starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments.claims.grading import (
    FIVE,
    TEN,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    above,
    below,
    by_seed,
    nothing_lost,
    times,
)
from experiments.claims.scope import Scope
from experiments.why import init_scale, input_scaling, inputs, spectrum


def _rounder_inputs(seed: int) -> dict[str, float]:
    """Condition number of the loss of one unit on all 13 features, for wines drawn again."""
    wines = inputs.wine().x
    drawn = wines[np.random.default_rng(seed).integers(len(wines), size=len(wines))]
    scaled = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0)
    raw, even = (inputs.condition(inputs.second_moments(x)) for x in (drawn, scaled))
    return {"ratio": raw / even, "raw": raw, "scaled": even}


def _rounder_hidden(seed: int) -> dict[str, float]:
    """Largest eigenvalue by the median one: plain over batch norm before the activation."""
    found = spectrum.one_seed(seed)
    plain, before = found.norms.index("none"), found.norms.index("before")
    rows = dict(zip(found.activations, found.to_median, strict=True))
    ratios = {name: float(row[plain] / row[before]) for name, row in rows.items()}
    return ratios | {
        f"{name}_{arm}": float(row[at])
        for name, row in rows.items()
        for arm, at in (("plain", plain), ("bn", before))
    }


OTHERS = tuple(range(20, 36))  # seeds that had no say in which rate is best


BESIDE = ("raw", "raw_hidden", "scaled")  # arms that are shown with Adam too


def _replaces_scaling(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Test accuracy on the wines, each arm at its best rate; with SGD, and beside it with Adam."""
    sgd, adam = (_on_wine(optimizer, seeds) for optimizer in input_scaling.RATES)
    lost = {
        name: found["scaled"] - found["raw_hidden"]
        for name, found in (("lost", sgd), ("lost_adam", adam))
    }
    return lost | sgd | {f"adam_{name}": adam[name] for name in BESIDE}


def _on_wine(optimizer: str, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    accuracy = np.array([input_scaling.one_seed(seed, optimizer) for seed in seeds])
    best = input_scaling.over_seeds(optimizer).best
    return {name: accuracy[:, a, best[a]] for a, name in enumerate(input_scaling.ARMS)}


def _wines(steps: int = input_scaling.STEPS) -> Scope:
    """Of the networks on the wines; with 0 steps of the bowl that one unit on all of them has."""
    wines = len(inputs.wine().y)
    if steps == 0:
        return Scope((("wine", wines),), (), (0,), (), (), (), (0,), (), "none")
    best = [input_scaling.over_seeds(optimizer).best_lr for optimizer in input_scaling.RATES]
    return Scope(
        data=(("wine", wines - input_scaling.N_TEST),),
        activations=("relu",),
        depths=(len(input_scaling.HIDDEN),),
        widths=tuple(sorted(set(input_scaling.HIDDEN))),
        optimizers=tuple(sorted(input_scaling.RATES)),
        batch_sizes=(input_scaling.BATCH,),
        steps=(steps,),
        rates=tuple(sorted(set(np.concatenate(best).tolist()))),
        chosen="validated",
    )


def _any_init(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Test accuracy, each network at its best rate; "_all" is with the output layer scaled too."""
    found = {
        f"{arm}_{start}": init_scale.accuracy(norm, start, seeds)
        for arm, norm in zip(("bn", "plain"), ("before", "none"), strict=True)
        for start in init_scale.STARTS
    }
    return {
        "lost": found["bn_he"] - np.minimum(found["bn_tiny"], found["bn_huge"]),
        "lost_all": found["bn_he"] - np.minimum(found["bn_tiny_all"], found["bn_huge_all"]),
        "rescued": found["bn_tiny"] - found["plain_tiny"],
    } | found


def _starts() -> Scope:
    best = [
        replace(init_scale.config(norm, start), lr=init_scale.chosen().rate(norm, start))
        for norm in init_scale.NORMS
        for start in init_scale.STARTS
    ]
    return Scope.of(best, "validated")


def _start_matters_not(found: Measured) -> Verdict:
    """Of the hidden layers, those that batch norm follows."""
    if below(found["lost"], 0.03):
        return "clear"
    return "weak" if above(found["rescued"], 0.1) else "contradicted"


CLAIMS: dict[str, Claim] = {
    "rounder_inputs": Claim(
        "why",
        "2108.01110",
        TEN,
        {"ratio": "factor", "raw": "factor", "scaled": "factor"},
        by_seed(_rounder_inputs),
        times(10, "ratio"),
        cheap=True,
        place={"scene": "wines"},
        varied="resamples",
        scope=lambda: _wines(steps=0),
    ),
    "rounder_hidden": Claim(
        "why",
        "2108.01110",
        FIVE,
        dict.fromkeys(spectrum.ACTIVATIONS, "factor")
        | {f"{name}_{arm}": "factor" for name in spectrum.ACTIVATIONS for arm in ("plain", "bn")},
        by_seed(_rounder_hidden),
        times(2, "sigmoid", "relu"),
        cheap=True,
        place={"scene": "bowl"},
        varied="starts",
        scope=lambda: Scope.of(map(spectrum.config, spectrum.ACTIVATIONS), "none"),
    ),
    "replaces_scaling": Claim(
        "why",
        THE_PAPER,
        OTHERS,
        {"lost": "points", "lost_adam": "points"}
        | dict.fromkeys((*input_scaling.ARMS, *(f"adam_{name}" for name in BESIDE)), "share"),
        _replaces_scaling,
        nothing_lost(0.02, 0.05, "lost", "lost_adam"),
        cheap=True,
        place={"scene": "replace"},
        varied="matched",
        scope=_wines,
    ),
    "any_init": Claim(
        "why",
        THE_PAPER,
        FIVE,
        dict.fromkeys(("lost", "lost_all", "rescued"), "points")
        | {f"{arm}_{start}": "share" for start in init_scale.STARTS for arm in ("bn", "plain")},
        _any_init,
        _start_matters_not,
        cheap=True,
        varied="matched",
        scope=_starts,
    ),
}
