"""One hidden unit, one mini-batch: where the lesson's numbers come from and what is done to them.

The numbers are real: pre-activations of a small plain network (64-16-16-16-10, ReLU) after 150
steps of SGD on the 8×8 digits. They are rounded to six decimals, so that a link that carries a
batch carries all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from bncore.activations import ACTIVATIONS
from bncore.batchnorm import Cache, batch_norm_forward
from bncore.data import load
from bncore.descent import descend
from bncore.losses import one_hot
from bncore.model import gain
from bncore.network import Network
from bncore.optimizers import SGD
from bncore.variants import VARIANTS, without_eps

LAYERS, UNITS = 3, 16
STEPS, LR, BATCH, SEED = 150, 0.1, 64, 0
OUTLIER_SDS = 12  # how far out the outlier is put
LINEAR = 1.0  # sigmoid's "linear part" is |z| < LINEAR …
LINEAR_ERROR = 0.02  # … where it leaves its tangent 1/2 + z/4 by less than this


@dataclass(frozen=True)
class Population:
    """Every training image's way through the network, and what it was.

    pixels (N, 64), z and a (N, LAYERS, UNITS) before and after ReLU, digits (N,).
    """

    pixels: np.ndarray
    z: np.ndarray
    a: np.ndarray
    digits: np.ndarray


@cache
def population() -> Population:
    """Train the network (some ten milliseconds) and show it all 1347 training images."""
    data = load("digits", SEED, np.float64)
    rng = np.random.default_rng(SEED)
    network = Network((64, *[UNITS] * LAYERS, 10), norm="none", dtype=np.float64)
    network.initialize("he", 1.0, [rng])
    targets = one_hot(data.y_train, 10, np.float64)
    chosen = (rng.permutation(len(targets))[:BATCH] for _ in range(STEPS))
    batches = ((data.x_train[rows], targets[rows]) for rows in chosen)
    for _ in descend(network, batches, SGD(network.params, LR)):
        pass
    z = np.round(np.stack(network.model().forward(data.x_train).z, axis=1), 6)
    return Population(np.round(data.x_train, 6), z, np.maximum(z, 0), data.y_train)


@dataclass(frozen=True)
class Batch:
    """One unit's values for the examples of a batch, and its neighbours' for the same examples.

    neighbours (m, n): all units of the place where the unit stands, `column` is the unit itself.
    digits (m,): what the images show; None for the user's own numbers.
    facts: where the numbers come from, for the caption (layer, unit, pixel, digits …).
    """

    neighbours: np.ndarray
    column: int
    digits: np.ndarray | None
    facts: dict[str, Any]

    @property
    def z(self) -> np.ndarray:
        """(m,)"""
        return self.neighbours[:, self.column]

    @property
    def m(self) -> int:
        return len(self.neighbours)


def draw(source: str, layer: int, unit: int, m: int, seed: int, own: Sequence[float] = ()) -> Batch:
    """The batch that the controls ask for; layer and unit count from 1.

    A larger m keeps the examples of a smaller one and adds to them. Own numbers take the place of
    the chosen unit among its neighbours.
    """
    if source == "own" and own:
        return _own(layer, unit, own)
    return SOURCES.get(source, _digits)(layer - 1, unit - 1, m, seed)


def _shuffled(rows: np.ndarray, m: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(rows)[:m]


def _digits(layer: int, unit: int, m: int, seed: int) -> Batch:
    everyone = population()
    rows = _shuffled(np.arange(len(everyone.digits)), m, seed)
    facts = {"layer": layer + 1, "unit": unit + 1}
    return Batch(everyone.z[rows, layer], unit, everyone.digits[rows], facts)


def _single(layer: int, unit: int, m: int, seed: int) -> Batch:
    return _digits(layer, unit, 1, seed)


def _outlier(layer: int, unit: int, m: int, seed: int) -> Batch:
    batch = _digits(layer, unit, m, seed)
    everyone = population().z[:, layer, unit]
    neighbours = batch.neighbours.copy()
    put = round(float(everyone.mean() + OUTLIER_SDS * everyone.std()), 2)
    facts = batch.facts | {"was": float(neighbours[0, unit]), "put": put}
    neighbours[0, unit] = put
    return Batch(neighbours, unit, batch.digits, facts)


@cache
def most_skewed() -> tuple[int, int]:
    """Layer and unit (from 0) whose outputs after ReLU are most skewed, among those that are not
    dead: over 0 for at least a fifth of the images."""
    a = population().a
    skew = ((a - a.mean(0)) ** 3).mean(0) / np.maximum(a.std(0), 1e-9) ** 3
    skew[(a > 0).mean(0) < 0.2] = 0
    layer, unit = np.unravel_index(skew.argmax(), skew.shape)
    return int(layer), int(unit)


def _skewed(layer: int, unit: int, m: int, seed: int) -> Batch:
    everyone = population()
    layer, unit = most_skewed()
    rows = _shuffled(np.arange(len(everyone.digits)), m, seed)
    facts = {"layer": layer + 1, "unit": unit + 1}
    return Batch(everyone.a[rows, layer], unit, everyone.digits[rows], facts)


@cache
def most_bimodal() -> tuple[int, int, int, int]:
    """Layer, unit (from 0) and the two digits that this unit holds farthest apart, in sds."""
    everyone = population()
    of_digit = [everyone.z[everyone.digits == digit] for digit in range(10)]
    mean = np.stack([z.mean(0) for z in of_digit])
    var = np.stack([z.var(0) for z in of_digit])
    distance = np.abs(mean[:, None] - mean) / np.sqrt(var[:, None] + var)
    first, second, layer, unit = np.unravel_index(distance.argmax(), distance.shape)
    return int(layer), int(unit), int(first), int(second)


def _bimodal(layer: int, unit: int, m: int, seed: int) -> Batch:
    everyone = population()
    layer, unit, *pair = most_bimodal()
    rows = _shuffled(np.flatnonzero(np.isin(everyone.digits, pair)), m, seed)
    facts = {"layer": layer + 1, "unit": unit + 1, "first": pair[0], "second": pair[1]}
    return Batch(everyone.z[rows, layer], unit, everyone.digits[rows], facts)


COMPANY = 16  # examples in a mini-batch of `in_company`


def in_company(seed: int) -> np.ndarray:
    """(COMPANY,) of the two-humped unit: the first example is the same for every seed.

    The others are drawn anew from the images of the two digits.
    """
    everyone = population()
    layer, unit, *pair = most_bimodal()
    rows = np.flatnonzero(np.isin(everyone.digits, pair))
    first = _shuffled(rows, 1, 0)
    others = _shuffled(rows[rows != first], COMPANY - 1, seed)
    return everyone.z[np.r_[first, others], layer, unit]


def _constant(layer: int, unit: int, m: int, seed: int) -> Batch:
    """The pixel in the top left corner: no training image has ink there."""
    everyone = population()
    rows = _shuffled(np.arange(len(everyone.digits)), m, seed)
    return Batch(everyone.pixels[rows], 0, everyone.digits[rows], {"images": len(everyone.digits)})


def _own(layer: int, unit: int, own: Sequence[float]) -> Batch:
    neighbours = population().z[: len(own), layer - 1].copy()
    neighbours[:, unit - 1] = own
    return Batch(neighbours, unit - 1, None, {"layer": layer, "unit": unit})


SOURCES: dict[str, Callable[[int, int, int, int], Batch]] = {
    "digits": _digits,
    "skewed": _skewed,
    "bimodal": _bimodal,
    "outlier": _outlier,
    "constant": _constant,
    "single": _single,
}


@dataclass(frozen=True)
class Steps:
    """The four steps of one unit: arrays (m,), statistics as numbers; m of 1 is a batch too."""

    z: np.ndarray
    mean: float
    var: float
    std: float
    z_centered: np.ndarray
    z_norm: np.ndarray
    z_tilde: np.ndarray
    gamma: float
    beta: float
    eps: float

    @classmethod
    def of(cls, z: np.ndarray, z_tilde: np.ndarray, cache: Cache, beta: float) -> Steps:
        """The only column of a (m, 1) batch, or of one column of a larger one."""
        mean, var, std = (float(x[0]) for x in (cache.mean, cache.var, cache.std))
        z_centered, z_norm = cache.z_centered[:, 0], cache.z_norm[:, 0]
        gamma = float(cache.gamma[0])
        return cls(
            z, mean, var, std, z_centered, z_norm, z_tilde[:, 0], gamma, beta, float(cache.eps)
        )


def walk(z: np.ndarray, gamma: float, beta: float, eps: float) -> Steps:
    """z (m,) through batch norm. Raises InputError as bncore does."""
    z_tilde, cache = batch_norm_forward(z[:, None], [gamma], [beta], eps)
    return Steps.of(z, z_tilde, cache, beta)


def give_back(z: np.ndarray, eps: float) -> tuple[float, float]:
    """The γ = √(σ² + ε) and β = μ that undo the normalization of z (m,)."""
    steps = walk(z, 1, 0, eps)
    return steps.std, steps.mean


def walk_without_eps(z: np.ndarray, gamma: float, beta: float) -> Steps:
    """The same without ε; NaN where a batch has no spread."""
    z_tilde, cache = without_eps(z[:, None], [gamma], [beta])
    return Steps.of(z, z_tilde, cache, beta)


EPS_GRID = np.logspace(-12, 1, 105)


def spread(z: np.ndarray, eps: np.ndarray = EPS_GRID) -> np.ndarray:
    """The standard deviation of z_norm for each ε: σ/√(σ² + ε)."""
    var = walk(z, 1, 0, 1).var
    return gain(np.sqrt(var), var, eps)


def faint_pixel(m: int, seed: int) -> np.ndarray:
    """The pixel with the least spread of all that have some in this batch of images; (m,)."""
    everyone = population()
    pixels = everyone.pixels[_shuffled(np.arange(len(everyone.digits)), m, seed)]
    var = pixels.var(axis=0)
    return pixels[:, np.where(var > 0, var, np.inf).argmin()]


def eps_cases(batch: Batch, seed: int) -> dict[str, np.ndarray]:
    """Batches with no spread (constant, single), hardly any (faint), and that of the batch shown.

    Where m = 1 would leave nothing to see, the two pixels take 32 images.
    """
    m = batch.m if batch.m > 1 else 32
    return {
        "constant": _constant(0, 0, m, seed).z,
        "single": batch.z[:1],
        "faint": faint_pixel(m, seed),
        "shown": batch.z,
    }


@dataclass(frozen=True)
class Comparison:
    """The same unit normalized rightly and wrongly."""

    right: Steps
    wrong: Steps

    @property
    def difference(self) -> float:
        """The largest |z_norm wrong - z_norm right|; NaN if the wrong one has no numbers."""
        return float(np.abs(self.wrong.z_norm - self.right.z_norm).max())


def compare(variant: str, batch: Batch, eps: float) -> Comparison:
    """`variant` (a key of bncore's VARIANTS) beside the right formula, γ = 1 and β = 0."""
    n = batch.neighbours.shape[1]

    def unit(forward: Callable[..., tuple[np.ndarray, Cache]]) -> Steps:
        z_tilde, cache = forward(batch.neighbours, np.ones(n), np.zeros(n), eps)
        at = slice(batch.column, batch.column + 1)
        own = Cache(
            cache.z_centered[:, at],
            cache.mean[at],
            cache.var[at],
            cache.std[at],
            cache.z_norm[:, at],
            cache.gamma[at],
            eps,
        )
        return Steps.of(batch.z, z_tilde[:, at], own, 0.0)

    return Comparison(unit(batch_norm_forward), unit(VARIANTS[variant]))


def rescaled(batch: Batch, factor: float) -> Batch:
    """The same batch in another unit of measurement."""
    return replace(batch, neighbours=batch.neighbours * factor)


@dataclass(frozen=True)
class Squashed:
    """What an activation makes of inputs (m,).

    `share`: for sigmoid the part of the inputs in |z| < LINEAR, for ReLU the part it lets through.
    """

    inputs: np.ndarray
    outputs: np.ndarray
    share: float


def squash(inputs: np.ndarray, activation: str) -> Squashed:
    """g(inputs) and the share of the inputs that g treats as a straight line would."""
    straight = np.abs(inputs) < LINEAR if activation == "sigmoid" else inputs > 0
    outputs = ACTIVATIONS[activation].forward(np.array(inputs, dtype=float))
    return Squashed(inputs, outputs, float(straight.mean()))
