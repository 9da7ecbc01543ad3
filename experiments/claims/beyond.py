"""Beyond the lecture: batches in parts, residual trunks, and many layers before training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.losses import one_hot
from bncore.network import Network
from bncore.training import Run
from experiments.claims.grading import (
    TEN,
    Claim,
    Measured,
    Verdict,
    above,
    below,
    by_seed,
    exact,
)
from experiments.claims.scope import Scope
from experiments.conv import branch, rank
from experiments.rivals import devices
from experiments.trained import REGIMES

SMALL, LARGE = 8, 32  # images in a part
BATCHES = 5  # that each network meets


def _accumulated(seed: int) -> dict[str, float]:
    """How far gradients added up over parts are from that of the whole batch, over its length.

    "cosine": of the angle between the two. "ghost": how far from the gradient by the parts' own
    statistics in one pass. "layer": the same weights under layer norm. "plain": the twin without.
    """
    bn, plain = _trained(_config(seed)), _trained(_config(seed).twin())
    ghost, layer = _remade(bn, group=SMALL), _remade(bn, normalizer="layer")
    found = [
        {
            "bn_small": _off(bn, x, targets, SMALL),
            "bn_large": _off(bn, x, targets, LARGE),
            "cosine_bn_small": _cosine(bn, x, targets, SMALL),
            "cosine_bn_large": _cosine(bn, x, targets, LARGE),
            "ghost": devices.distance(
                devices.accumulated(bn, x, targets, devices.M // SMALL),
                devices.gradient(ghost, x, targets),
            ),
            "layer": _off(layer, x, targets, SMALL),
            "plain": _off(plain, x, targets, SMALL),
        }
        for x, targets in _batches(seed)
    ]
    return {name: float(np.mean([each[name] for each in found])) for name in found[0]}


def _off(network: Network, x: np.ndarray, targets: np.ndarray, part: int) -> float:
    added = devices.accumulated(network, x, targets, devices.M // part)
    return devices.distance(added, devices.gradient(network, x, targets))


def _cosine(network: Network, x: np.ndarray, targets: np.ndarray, part: int) -> float:
    added = devices.accumulated(network, x, targets, devices.M // part)
    whole = devices.gradient(network, x, targets)
    return float(added @ whole / (np.linalg.norm(added) * np.linalg.norm(whole)))


def _config(seed: int) -> RunConfig:
    steps = {"steps": devices.STEP, "record_every": devices.STEP}
    return replace(REGIMES["slow"], seed=seed, **steps)


def _trained(config: RunConfig) -> Network:
    """After all its steps, in float64."""
    run = Run(config)
    run.advance(config.steps)
    return _remade(run.network)


def _remade(network: Network, normalizer: str = "batch", group: int = 0) -> Network:
    """With the same parameters, in float64."""
    changed = {"dtype": "float64", "normalizer": normalizer, "group": group}
    found = Network(**(network.settings | changed))
    found.params[...] = network.params
    return found


def _batches(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Training images (M, 64) and their one-hot labels."""
    data, rng = load("digits", seed, np.float64), np.random.default_rng((seed, 11))
    for _ in range(BATCHES):
        rows = rng.choice(len(data.x_train), devices.M, replace=False)
        yield data.x_train[rows], one_hot(data.y_train[rows], 10, np.float64)


NEAR, FAR = 0.02, 0.1  # of the length of the gradient


def _one_large_batch(found: Measured) -> Verdict:
    """Contradicted where it is far off with either part, and by batch norm alone."""
    bn = found["bn_small"], found["bn_large"]
    if exact(*bn):
        return "exact"
    if all(below(each, NEAR) for each in bn):
        return "clear"
    to_blame = exact(found["layer"], found["plain"])
    return "contradicted" if to_blame and all(above(each, FAR) for each in bn) else "weak"


def _branch_share(seed: int) -> dict[str, float]:
    """Of a block's branch in the trunk behind it, at the first and the last block, by norm.

    The slope is that of the logarithms of share and l + 1: -1 where it is as 1/(l + 1).
    """
    shares = {arm: branch.growth(norm, seed).share for arm, norm in ARMS.items()}
    depth = np.log(np.arange(branch.BLOCKS) + 2)
    slopes = {
        f"slope_{arm}": float(np.polyfit(depth, np.log(share), 1)[0])
        for arm, share in shares.items()
    }
    return slopes | {
        f"{arm}_{at}": float(share[block])
        for arm, share in shares.items()
        for at, block in (("first", 0), ("last", -1))
    }


ARMS = {"bn": "before", "plain": "none"}


def _falls_with_depth(found: Measured) -> Verdict:
    """As one over depth with batch norm, and not without: then it is batch norm that does it."""
    if above(found["slope_bn"], -0.5):
        return "contradicted"
    as_one_over = above(found["slope_bn"], -1.2) and below(found["slope_bn"], -0.8)
    by_batch_norm = above(found["slope_plain"], -0.2)
    return "clear" if as_one_over and by_batch_norm else "weak"


def _rank_kept(seed: int) -> dict[str, float]:
    """Behind the last layer: mean cosine of two images, and directions that all of them fill."""
    found = {
        f"{activation}_{arm}": rank.collapse(norm, activation, seed)
        for activation in rank.ACTIVATIONS
        for arm, norm in (("plain", "none"), ("bn", "before"))
    }
    cosines = {name: float(each.cosine[-1]) for name, each in found.items()}
    return cosines | {f"rank_{name}": float(each.rank[-1]) for name, each in found.items()}


COSINES = tuple(f"{name}_{arm}" for name in rank.ACTIVATIONS for arm in ("plain", "bn"))
ALIKE, APART = 0.9, 0.5  # mean cosine between two images: from here on, and up to here


def _prevents_collapse(found: Measured) -> Verdict:
    """With either activation: all alike without batch norm, and apart with it.

    Contradicted where with neither of them, weak where with one, or where it is not sure.
    """
    so = [
        above(found[f"{name}_plain"], ALIKE) and below(found[f"{name}_bn"], APART)
        for name in rank.ACTIVATIONS
    ]
    not_so = [
        below(found[f"{name}_plain"], ALIKE) or above(found[f"{name}_bn"], APART)
        for name in rank.ACTIVATIONS
    ]
    if all(so):
        return "clear"
    return "contradicted" if all(not_so) else "weak"


def _untrained(depth: int, width: int, images: int, *activations: str) -> Scope:
    sizes = {"depth": depth, "width": width, "n_train": images}
    return Scope.of([RunConfig(activation=one, **sizes) for one in activations], "none")


CLAIMS: dict[str, Claim] = {
    "accumulated": Claim(
        "rivals",
        "1705.08741",
        TEN,
        dict.fromkeys(("bn_small", "bn_large", "cosine_bn_small", "cosine_bn_large"), "number")
        | dict.fromkeys(("ghost", "layer", "plain"), "error"),
        by_seed(_accumulated),
        _one_large_batch,
        cheap=True,
        place={"scene": "devices"},
        varied="networks",
        scope=lambda: Scope.of([_config(0)]),
    ),
    "branch_share": Claim(
        "conv",
        "2002.10444",
        TEN,
        {"slope_bn": "number", "slope_plain": "number"}
        | dict.fromkeys(("bn_first", "bn_last", "plain_first", "plain_last"), "factor"),
        by_seed(_branch_share),
        _falls_with_depth,
        cheap=True,
        place={"scene": "branch"},
        varied="starts",
        scope=lambda: _untrained(branch.BLOCKS + 1, branch.WIDTH, branch.IMAGES, "relu"),
    ),
    "rank_kept": Claim(
        "conv",
        "2003.01652",
        TEN,
        dict.fromkeys(COSINES, "number") | {f"rank_{name}": "factor" for name in COSINES},
        by_seed(_rank_kept),
        _prevents_collapse,
        cheap=True,
        place={"scene": "rank"},
        varied="starts",
        scope=lambda: _untrained(rank.DEPTH, rank.WIDTH, rank.IMAGES, *rank.ACTIVATIONS),
    ),
}
