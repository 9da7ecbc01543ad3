"""Inputs, scaled or shifted: claims of `experiments.claims.board`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from experiments.at_test_time import dimming
from experiments.claims.grading import (
    FIVE,
    TEN,
    THE_PAPER,
    Claim,
    Kind,
    always,
    by_seed,
    effect,
    nothing_lost,
    times,
)
from experiments.trained import REGIMES
from experiments.why import coloured, input_scaling, inputs

OTHERS = tuple(range(20, 36))  # seeds that had no say in which rate is best
COLOURS = ("grey", "orange", "yellow")


def _rounder_inputs(seed: int) -> dict[str, float]:
    """Condition number of the loss of one unit on all 13 features, for wines drawn again."""
    wines = inputs.wine().x
    drawn = wines[np.random.default_rng(seed).integers(len(wines), size=len(wines))]
    scaled = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0)
    raw, even = (inputs.condition(inputs.second_moments(x)) for x in (drawn, scaled))
    return {"ratio": raw / even, "raw": raw, "scaled": even}


def _replaces_scaling(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Test accuracy on the wines, each arm at the rate that is best in the shipped sweep."""
    accuracy = np.array([input_scaling.one_seed(seed).accuracy for seed in seeds])
    best = input_scaling.over_seeds().best
    found = {name: accuracy[:, a, best[a]] for a, name in enumerate(input_scaling.ARMS)}
    return {"lost": found["scaled"] - found["raw_hidden"]} | found


@lru_cache(maxsize=len(FIVE))
def _dimmed(seed: int) -> dict[str, float]:
    """Test accuracy of a pair on the digits, at full light and at three tenths of it."""
    found = dimming.train_and_sweep(replace(REGIMES["slow"], seed=seed), (64,))[0]
    bright, dark = (list(found.a).index(a) for a in (1.0, 0.3))
    return {
        "bright": float(found.frozen[bright]),
        "plain": float(found.plain[dark]),
        "frozen": float(found.frozen[dark]),
        "reestimated": float(found.reestimated[dark]),
    }


def _protects(seed: int) -> dict[str, float]:
    found = _dimmed(seed)
    return {"gain": found["frozen"] - found["plain"]} | found


def _reestimated(seed: int) -> dict[str, float]:
    found = _dimmed(seed)
    gap = found["bright"] - found["frozen"]
    return {"repaired": (found["reestimated"] - found["frozen"]) / gap} | found


def _other_colours(seed: int) -> dict[str, float]:
    found, inks = coloured.one_seed(seed), list(coloured.INKS)
    by_ink = {ink: inks.index(ink) for ink in COLOURS}
    return {
        **{f"{ink}_gain": float(found.frozen[at] - found.plain[at]) for ink, at in by_ink.items()},
        **{f"{ink}_plain": float(found.plain[at]) for ink, at in by_ink.items()},
        **{f"{ink}_frozen": float(found.frozen[at]) for ink, at in by_ink.items()},
        **{f"{ink}_retrained": float(found.frozen_retrained[at]) for ink, at in by_ink.items()},
    }


DARK: dict[str, Kind] = dict.fromkeys(("bright", "plain", "frozen", "reestimated"), "share")

INPUTS: dict[str, Claim] = {
    "rounder_inputs": Claim(
        "why",
        "2108.01110",
        TEN,
        {"ratio": "factor", "raw": "factor", "scaled": "factor"},
        by_seed(_rounder_inputs),
        times(10, "ratio"),
        cheap=True,
    ),
    "replaces_scaling": Claim(
        "why",
        THE_PAPER,
        OTHERS,
        {"lost": "number"} | dict.fromkeys(input_scaling.ARMS, "share"),
        _replaces_scaling,
        nothing_lost(0.02, 0.05, "lost"),
        cheap=True,
    ),
    "protects": Claim(
        "test_time",
        "2006.16971",
        FIVE,
        {"gain": "number"} | DARK,
        by_seed(_protects),
        effect("gain", large=0.05),
        cheap=True,
    ),
    "other_colours": Claim(
        "why",
        "2006.16971",
        TEN,
        {f"{ink}_gain": "number" for ink in COLOURS}
        | {f"{ink}_{arm}": "share" for arm in ("plain", "frozen", "retrained") for ink in COLOURS},
        by_seed(_other_colours),
        always(0.05, *(f"{ink}_gain" for ink in COLOURS)),
        cheap=True,
    ),
    "reestimated": Claim(
        "test_time",
        "2006.16971",
        FIVE,
        {"repaired": "number"} | DARK,
        by_seed(_reestimated),
        effect("repaired", large=0.8),
        cheap=True,
    ),
}
