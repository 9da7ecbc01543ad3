"""Around it: where it stands, the batch, its noise, its size, its companions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.training import Run
from experiments.at_test_time import companions
from experiments.claims.grading import (
    EIGHT,
    FIVE,
    FRESH,
    TEN,
    THE_PAPER,
    Claim,
    Measured,
    Verdict,
    above,
    always,
    below,
    by_seed,
    effect,
    graded,
    nothing_lost,
)
from experiments.claims.runs import best_of_placement, final, shipped
from experiments.claims.scope import Scope
from experiments.network import placement, scale
from experiments.noise import beside_dropout, regularize
from experiments.trained import accuracy, exact_statistics
from experiments.why import limits

LARGEST = placement.RATES[-1]


def _before_best(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """On MNIST, each place at its best rate; and at the largest that was tried."""
    found = {}
    for activation in placement.ACTIVATIONS:
        before, after = (
            final(best_of_placement(norm, activation, "mnist", seeds))
            for norm in ("before", "after")
        )
        found[f"{activation}_gain"] = before - after
    before, after = (
        final([placement.config("tanh", norm, LARGEST, seed, "mnist") for seed in seeds])
        for norm in ("before", "after")
    )
    return found | {"tanh_3_gain": before - after}


def _places() -> Scope:
    best = [
        best_of_placement(norm, activation, "mnist", [0])[0]
        for activation in placement.ACTIVATIONS
        for norm in ("before", "after")
    ]
    return Scope.of([*best, placement.config("tanh", "before", LARGEST, 0, "mnist")], "mixed")


M_TOGETHER = 64  # images in the batches in which two of them are followed


def _like_dropout(seed: int) -> dict[str, float]:
    """First layer, beside dropout that keeps 80 % at the same place: other shares by its law."""
    found = beside_dropout.one_seed(seed)
    ratios = {f"ratio_{m}": float(r) for m, r in zip(beside_dropout.M, found.ratio, strict=True)}
    at = beside_dropout.M.index(M_TOGETHER)
    return ratios | {
        "bn": float(found.bn[at]),
        "dropout": found.dropout,
        "shared": float(found.shared[at]),
        "shared_dropout": found.shared_dropout,
    }


FACTOR = 2.0  # spreads that differ by less are of like size


def alike(found: Measured) -> np.ndarray:
    """(M, K) whether the spreads are surely of like size, by batch size and by the share kept."""
    grid = [[_log_ratio(found, m, keep) for keep in beside_dropout.KEEP] for m in beside_dropout.M]
    near = np.log(FACTOR)
    return np.array([[below(one, near) and above(one, -near) for one in row] for row in grid])


def _log_ratio(found: Measured, m: int, keep: float) -> np.ndarray:
    return np.log(beside_dropout.over_keep(found[f"ratio_{m}"], keep))


def _is_dropout(found: Measured) -> Verdict:
    """Of like size in most settings, and as independent from one example to the next.

    Contradicted where it is of like size in fewer than a quarter of them, and shared besides.
    """
    like = alike(found).mean()
    together = above(found["shared"] - found["shared_dropout"], 0.2)
    if like > 0.5 and not together:
        return "clear"
    return "contradicted" if like < 0.25 and together else "weak"


GROUP = 8  # images that share their statistics
NOISY = f"g{GROUP}"
QUIET = ("g256", "plain")  # what these groups are compared with, by the names of arms


def _regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Groups of GROUP, against statistics of all 256 images and against no batch norm at all.

    On three data sets, each arm at its best rate.
    """
    found = {}
    for setting in regularize.SETTINGS:
        test = {arm: regularize.measure(setting, arm, seeds)[1] for arm in (NOISY, *QUIET)}
        found |= {f"{setting}_{arm}": test[NOISY] - test[arm] for arm in QUIET}
    return found


OVER = tuple(f"{setting}_{arm}" for setting in regularize.SETTINGS for arm in QUIET)


def _few_images() -> Scope:
    arms = [
        replace(regularize.config(setting, arm), lr=regularize.load(setting).rate(arm))
        for setting in regularize.SETTINGS
        for arm in (NOISY, *QUIET)
    ]
    return Scope.of(arms, "validated")


DECAY = 0.01


def _decay_regularizes(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The same function as at a rising rate without decay; and what decay is good for.

    At one rate for both, as the lesson shows it; and each at the rate that is best for it.
    """
    same = [scale.decay_as_rate(seed=seed) for seed in seeds]
    without, decayed = (_decayed(decay, 0.3, seeds) for decay in (0.0, DECAY))
    best = [_decayed(decay, scale.over_seeds().best(decay), seeds) for decay in (0.0, DECAY)]
    return {
        "error": np.array([np.abs(one.decay - one.rising).max() for one in same]),
        "constant": np.array([np.abs(one.decay - one.constant).max() for one in same]),
        "best_gain": best[1] - best[0],
        "best_without": best[0],
        "best_decayed": best[1],
        "gain": decayed - without,
        "without": without,
        "decayed": decayed,
    }


def _decayed(decay: float, lr: float, seeds: Sequence[int]) -> np.ndarray:
    """(S,) test accuracy at the end."""
    return scale.follow([scale.long(lr, decay, seed) for seed in seeds])["accuracy"]


def _with_decay() -> Scope:
    best = [scale.over_seeds().best(decay) for decay in (0.0, DECAY)]
    runs = [scale.long(lr, 0.0, 0) for lr in (0.3, *best)]
    return Scope.of([scale.config(0.3, steps=scale.BESIDE), *runs], "mixed")


def _is_regularizing(found: Measured) -> Verdict:
    """It is not where the same function comes out without decay, and a rate does all it can do."""
    same = bool((found["error"] < 1e-6).all())
    if same and not above(found["best_gain"], 0.005):
        return "contradicted"
    return graded(found["best_gain"], large=0.01)


TINY = {2: "two", 8: "eight"}  # by their ids in `limits`


def _any_batch(seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """Each arm at its best rate for that size."""
    found = {}
    for m, case in TINY.items():
        found |= {
            f"{arm}_{m}": limits.accuracy(limits.run(case, arm), seeds) for arm in limits.ARMS
        }
    behind = {f"behind_{m}": found[f"plain_{m}"] - found[f"bn_{m}"] for m in TINY}
    return behind | found


COMPANY = (2, 50)  # test images in a batch


def _own_batch(seed: int) -> dict[str, float]:
    found = companions.by_batch_size(seed, COMPANY)
    sorted_ = float(found.sorted[1])
    return {
        "lost_2": found.running - float(found.accuracy[0]),
        "lost_50": found.running - float(found.accuracy[1]),
        "lost_sorted": found.running - sorted_,
        "running": found.running,
    }


M_BIASED = 8  # images: their biased variance is an eighth too small


def _of_eights(seed: int) -> RunConfig:
    return RunConfig(batch_size=M_BIASED, lr=0.05, steps=750, record_every=750, seed=seed)


def _unbiased_better(seed: int) -> dict[str, float]:
    """With batches of M_BIASED, whose biased variance is an eighth too small.

    "held": the running variance over that of all training images, first layer.
    """
    m = _of_eights(seed).batch_size
    run = Run(_of_eights(seed))
    run.advance(run.config.steps)
    network, data = run.network, load("digits", seed)
    true = exact_statistics(network.model(), data.x_train)[1][0]
    held = float(np.exp(np.log(network.running_var[0] / true).mean()))
    unbiased = accuracy(network.predict(data.x_test), data.y_test)
    for var in network.running_var:
        var *= (m - 1) / m
    biased = accuracy(network.predict(data.x_test), data.y_test)
    gain = float(unbiased - biased)
    return {"gain": gain, "unbiased": float(unbiased), "biased": float(biased), "held": held}


CLAIMS: dict[str, Claim] = {
    "before_best": Claim(
        "network",
        THE_PAPER,
        FRESH,
        dict.fromkeys(("sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain"), "points"),
        _before_best,
        always(0.005, "sigmoid_gain", "tanh_gain", "relu_gain", "tanh_3_gain"),
        varied="matched",
        scope=_places,
    ),
    "like_dropout": Claim(
        "noise",
        "1809.00846",
        TEN,
        {f"ratio_{m}": "factor" for m in beside_dropout.M}
        | dict.fromkeys(("bn", "dropout", "shared", "shared_dropout"), "number"),
        by_seed(_like_dropout),
        _is_dropout,
        cheap=True,
        varied="networks",
        scope=shipped,
    ),
    "regularizes": Claim(
        "noise",
        "1809.00846",
        EIGHT,
        dict.fromkeys(OVER, "points"),
        _regularizes,
        always(0.02, *OVER),
        varied="matched",
        scope=_few_images,
    ),
    "decay_regularizes": Claim(
        "network",
        "1706.05350",
        TEN,
        {
            "error": "error",
            "constant": "factor",
            "best_gain": "points",
            "best_without": "share",
            "best_decayed": "share",
            "gain": "points",
            "without": "share",
            "decayed": "share",
        },
        _decay_regularizes,
        _is_regularizing,
        varied="matched",
        scope=_with_decay,
    ),
    "any_batch": Claim(
        "noise",
        "1803.08494",
        TEN,
        {f"behind_{m}": "points" for m in (2, 8)}
        | {f"{arm}_{m}": "share" for m in (2, 8) for arm in ("bn", "plain")},
        _any_batch,
        nothing_lost(0.02, 0.1, "behind_2", "behind_8"),
        cheap=True,
        varied="matched",
        scope=lambda: Scope.of(
            [limits.run(case, arm) for case in TINY.values() for arm in limits.ARMS], "validated"
        ),
    ),
    "own_batch": Claim(
        "test_time",
        THE_PAPER,
        FIVE,
        {"lost_2": "points", "lost_50": "points", "lost_sorted": "points", "running": "share"},
        by_seed(_own_batch),
        nothing_lost(0.02, 0.1, "lost_2", "lost_50", "lost_sorted"),
        cheap=True,
        varied="shuffles",
        scope=shipped,
    ),
    "unbiased_better": Claim(
        "test_time",
        THE_PAPER,
        TEN,
        {"gain": "points", "unbiased": "share", "biased": "share", "held": "factor"},
        by_seed(_unbiased_better),
        effect("gain", large=0.02, none=0.01),
        cheap=True,
        varied="networks",
        scope=lambda: Scope.of([_of_eights(0)]),
    ),
}
