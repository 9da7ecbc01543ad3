"""The batch, its noise, its size, its companions: claims of `experiments.claims.board`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from experiments import presets
from experiments.at_test_time import companions
from experiments.claims.grading import (
    EIGHT,
    FIVE,
    TEN,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    above,
    always,
    by_seed,
    nothing_lost,
)
from experiments.noise import batches as noise
from experiments.noise import regularize, small_batches
from experiments.pair import train_pair


def _like_dropout(seed: int) -> dict[str, float]:
    """First layer, m = 64, beside dropout that keeps 80 %; rms over units and two images."""
    first, second = np.random.default_rng(seed).choice(len(noise.population().t), 2, replace=False)
    units = [
        noise.shared(int(first), int(second), 0, unit, 64, seed)
        for unit in range(noise.population().t.shape[-1])
    ]
    bn = np.sqrt(np.mean([one.z_norm.var(axis=0) for one in units]))
    dropout = np.sqrt(np.mean([one.dropped.var(axis=0) for one in units]))
    return {
        "ratio": float(dropout / bn),
        "bn": float(bn),
        "dropout": float(dropout),
        "shared": float(np.mean([abs(one.correlation) for one in units])),
        "shared_dropout": abs(float(np.mean([one.dropped_correlation for one in units]))),
    }


def _is_dropout(found: Measured) -> Verdict:
    """Of like size, and as independent from one example to the next."""
    apart = found["shared"] - found["shared_dropout"]
    larger, together = above(found["ratio"], 2.0), above(apart, 0.2)
    if larger and together:
        return "contradicted"
    return "weak" if larger or together else "clear"


def _regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Statistics of groups of 8: against those of all 256 images, and against no batch norm."""
    arms = {
        "digits_gain": ("digits256", "g8", "g256"),
        "mnist_gain": ("mnist512", "g8", "plain"),
    }
    found = {}
    for name, (setting, one, other) in arms.items():
        test, beside = (regularize.measure(setting, arm, seeds)[1] for arm in (one, other))
        found[name] = test - beside
    return found


def _any_batch(seed: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for m in (2, 8):
        config = replace(small_batches.PRESETS[f"m{m}"], seed=seed)
        outcome = presets.outcome(train_pair(config))
        found |= {f"bn_{m}": outcome.accuracy_bn, f"plain_{m}": outcome.accuracy_plain}
    behind = {f"behind_{m}": found[f"plain_{m}"] - found[f"bn_{m}"] for m in (2, 8)}
    return behind | found


def _own_batch(seed: int) -> dict[str, float]:
    found = companions.by_batch_size(seed, (2, 50))
    sorted_ = float(found.sorted[1])
    return {
        "lost_2": found.running - float(found.accuracy[0]),
        "lost_50": found.running - float(found.accuracy[1]),
        "lost_sorted": found.running - sorted_,
        "running": found.running,
    }


BATCHES: dict[str, Claim] = {
    "like_dropout": Claim(
        "noise",
        "1809.00846",
        TEN,
        {
            "ratio": "factor",
            "bn": "number",
            "dropout": "number",
            "shared": "number",
            "shared_dropout": "number",
        },
        by_seed(_like_dropout),
        _is_dropout,
        cheap=True,
    ),
    "regularizes": Claim(
        "noise",
        "1809.00846",
        EIGHT,
        {"digits_gain": "number", "mnist_gain": "number"},
        _regularizes,
        always(0.02, "digits_gain", "mnist_gain"),
    ),
    "any_batch": Claim(
        "noise",
        "1803.08494",
        FIVE,
        {f"behind_{m}": "number" for m in (2, 8)}
        | {f"{arm}_{m}": "share" for m in (2, 8) for arm in ("bn", "plain")},
        by_seed(_any_batch),
        nothing_lost(0.02, 0.1, "behind_2", "behind_8"),
        cheap=True,
    ),
    "own_batch": Claim(
        "test_time",
        THE_PAPER,
        FIVE,
        {"lost_2": "number", "lost_50": "number", "lost_sorted": "number", "running": "share"},
        by_seed(_own_batch),
        nothing_lost(0.02, 0.1, "lost_2", "lost_50", "lost_sorted"),
        cheap=True,
    ),
}
