"""Layer 2 of a trained network is disturbed. What does layer 3 get to see, and what does it cost?

"Batch norm makes layers depend less on each other" can be tried. Four disturbances of what layer 2
computes, z = a W + b:

- "scale": each unit's z times a factor of its own, always positive;
- "offset": each unit's z plus a number of its own;
- "noise": a random number added to every weight;
- "swap": some units change places.

Three ways of being disturbed: "plain" has no batch norm, "batch" has it, with the statistics of
the disturbed batch, as in training; "frozen" has it, with the statistics from before. Scale and
offset are what batch norm takes away, exactly but for ε, and only with new statistics. The rest
stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator

from bncore.config import RunConfig
from bncore.data import Dataset, load
from bncore.model import Model, Pass
from bncore.shift import wasserstein1
from bncore.training import Run
from experiments.evidence import Arrays, Evidence
from experiments.side_by_side import mean_and_sd
from experiments.trained import REGIMES, accuracy, trained

Array = np.ndarray

KINDS = ("scale", "offset", "noise", "swap")
WAYS = ("plain", "batch", "frozen")
PERCENTILES = (15, 50, 85)
# Strength 0 is no disturbance. The unit of each kind:
# scale: sd of the logarithm (base 2) of the factors; offset: in sd of the unit's z;
# noise: in sd of the layer's weights; swap: the share of units that change places.
STRENGTHS: dict[str, tuple[float, ...]] = {
    "scale": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "offset": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "noise": (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
    "swap": (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0),
}
TYPICAL = {"scale": 2.0, "offset": 2.0, "noise": 2.0, "swap": 1.0}
DRAWS = 5
STEPS = (100, 600)  # over seeds: mid-training, and trained
SEEDS = range(5)
VANISHING = 1e-30  # an ε that is nothing beside any variance here


@dataclass(frozen=True, eq=False)
class Disturbed:
    """One disturbance, on all test images. W ways in the order of WAYS, n units of layer 3."""

    intact: np.ndarray  # (W,) test accuracy before
    accuracy: np.ndarray  # (W,) and after
    before: np.ndarray  # (W, 3, n) PERCENTILES of each unit's z in layer 3
    after: np.ndarray  # (W, 3, n) the same, disturbed
    moved: np.ndarray  # (W,) Wasserstein-1 from before to after in sd of before, mean over units
    logits: np.ndarray  # (W,) largest |change| of a logit
    largest: np.ndarray  # (W,) largest |logit| before, to compare it with
    changed: np.ndarray  # (W,) share of images that are called another digit


@dataclass(frozen=True, eq=False)
class Sweep:
    """K strengths of one kind; the mean over draws."""

    strengths: np.ndarray  # (K,)
    accuracy: np.ndarray  # (W, K)
    moved: np.ndarray  # (W, K)


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """T times in training × S seeds × D kinds at strength STRENGTHS[kind] (K of them)."""

    steps: np.ndarray  # (T,)
    seeds: np.ndarray  # (S,)
    accuracy: np.ndarray  # (T, S, D, W, K)
    moved: np.ndarray  # (T, S, D, W, K)


def disturb(kind: str, strength: float, seed: int = 0) -> Disturbed:
    """The trained pair of `experiments.trained` ("slow"), its layer 2 disturbed; a few ms.

    The seed draws the factors, offsets, noise or places; another strength scales the same draw
    (for "swap" a larger share contains the smaller). KeyError for a kind that is not in KINDS.
    """
    return _compare(_shipped(), Disturbance(kind, strength, seed))


def exactness(kind: str, strength: float, seed: int = 0) -> tuple[float, float]:
    """Largest |change| of a logit with batch statistics in float64: (as it is, with ε = 0)."""
    net = _shipped()
    how, x = Disturbance(kind, strength, seed), net.x.astype(np.float64)
    changes = []
    for model in (net.bn, replace(net.bn, eps=VANISHING)):
        before, after = (model.forward(x, hook=each).logits for each in (None, how.on(model)))
        changes.append(float(np.abs(after - before).max()))
    return changes[0], changes[1]


def sweep(kind: str, draws: int = 5) -> Sweep:
    """The trained pair, over STRENGTHS[kind]; about .1 s."""
    return _sweep(_shipped(), kind, draws)


class Subject(NamedTuple):
    """A trained pair and the images that it is asked about."""

    plain: Model
    bn: Model
    x: np.ndarray  # (N, 64)
    y: np.ndarray  # (N,)


@cache
def _shipped() -> Subject:
    net = trained()
    assert net.plain is not None
    return Subject(net.plain.model(), net.model, net.data.x_test, net.data.y_test)


class Disturbance(NamedTuple):
    """Of what layer 2 computes from its inputs a (N, inputs), z = a W + b."""

    kind: str
    strength: float
    seed: int

    def __call__(self, z: np.ndarray, a: np.ndarray, W: np.ndarray) -> np.ndarray:
        """z (N, n), disturbed. Draws the same for the same seed, whatever the strength."""
        return DISTURBANCES[self.kind](z, a, W, self.strength, np.random.default_rng(self.seed))

    def on(self, model: Model) -> Callable[[int, Array, Array], Array]:
        """As a hook."""
        return lambda layer, z, a: self(z, a, model.W[layer]) if layer == 1 else z


def _scale(z: Array, a: Array, W: Array, strength: float, rng: Generator) -> Array:
    return z * 2 ** (strength * rng.standard_normal(z.shape[1]))


def _offset(z: Array, a: Array, W: Array, strength: float, rng: Generator) -> Array:
    return z + strength * z.std(axis=0) * rng.standard_normal(z.shape[1])


def _noise(z: Array, a: Array, W: Array, strength: float, rng: Generator) -> Array:
    return z + a @ (strength * W.std() * rng.standard_normal(W.shape))


def _swap(z: Array, a: Array, W: Array, strength: float, rng: Generator) -> Array:
    """The first of a random order of units move round by one; nobody stays in place."""
    n = z.shape[1]
    moving = rng.permutation(n)[: round(strength * n)]
    places = np.arange(n)
    places[moving] = np.roll(moving, 1)
    return z[:, places]


DISTURBANCES: dict[str, Callable[[Array, Array, Array, float, Generator], Array]] = {
    "scale": _scale,
    "offset": _offset,
    "noise": _noise,
    "swap": _swap,
}


def _ways(net: Subject, how: Disturbance | None) -> list[Pass]:
    """In the order of WAYS."""
    arms = (net.plain, "batch"), (net.bn, "batch"), (net.bn, "running")
    return [
        model.forward(net.x, statistics, None if how is None else how.on(model))
        for model, statistics in arms
    ]


def _compare(net: Subject, how: Disturbance) -> Disturbed:
    before, after = _ways(net, None), _ways(net, how)
    calls = [[each.logits.argmax(axis=-1) for each in walked] for walked in (before, after)]
    change = [np.abs(two.logits - one.logits).max() for one, two in zip(before, after, strict=True)]
    return Disturbed(
        intact=np.array([accuracy(each.logits, net.y) for each in before]),
        accuracy=np.array([accuracy(each.logits, net.y) for each in after]),
        before=_percentiles(before),
        after=_percentiles(after),
        moved=_moved(before, after),
        logits=np.array(change),
        largest=np.array([np.abs(each.logits).max() for each in before]),
        changed=np.array([(one != two).mean() for one, two in zip(*calls, strict=True)]),
    )


def _percentiles(walked: Sequence[Pass]) -> np.ndarray:
    return np.stack([np.percentile(each.z[2], PERCENTILES, axis=0) for each in walked])


def _moved(before: Sequence[Pass], after: Sequence[Pass]) -> np.ndarray:
    """(W,) Wasserstein-1 of layer 3's z in sd, mean over units."""
    found = []
    for one, two in zip(before, after, strict=True):
        a, b = one.z[2].T, two.z[2].T
        found.append((wasserstein1(a, b) / a.std(axis=-1)).mean())
    return np.array(found)


def _sweep(net: Subject, kind: str, draws: int) -> Sweep:
    """The mean over so many draws."""
    before = _ways(net, None)
    found = []
    for strength in STRENGTHS[kind]:
        afters = [_ways(net, Disturbance(kind, strength, seed)) for seed in range(draws)]
        right = [[accuracy(each.logits, net.y) for each in after] for after in afters]
        moved = [_moved(before, after) for after in afters]
        found.append((np.mean(right, axis=0), np.mean(moved, axis=0)))
    columns = [np.stack(column, axis=-1) for column in zip(*found, strict=True)]
    return Sweep(np.array(STRENGTHS[kind]), *columns)


# --- over seeds ---


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


def one_seed(seed: int) -> OverSeeds:
    """Train the pair with this seed and disturb it: the same with S = 1."""
    return train_all((seed,))


def train_all(seeds: Sequence[int]) -> OverSeeds:
    """Train the pairs and disturb them at STEPS."""
    found = [list(_at_steps(replace(REGIMES["slow"], seed=seed))) for seed in seeds]  # S, T, D
    names = ("accuracy", "moved")
    by_name = {n: np.array([[[getattr(k, n) for k in t] for t in s] for s in found]) for n in names}
    return OverSeeds(
        steps=np.array(STEPS),
        seeds=np.array(seeds),
        **{name: values.swapaxes(0, 1) for name, values in by_name.items()},
    )


def _at_steps(config: RunConfig) -> Iterator[list[Sweep]]:
    runs = Run(config), Run(config.twin())
    data: Dataset = load(config.dataset, config.seed, config.dtype)
    for step in STEPS:
        for run in runs:
            run.advance(step - run.step)
        bn, plain = (run.network.model() for run in runs)
        net = Subject(plain, bn, data.x_test, data.y_test)
        yield [_sweep(net, kind, DRAWS) for kind in KINDS]


def numbers(found: OverSeeds) -> dict[str, np.ndarray]:
    """(S,) each, trained to the end: "intact.<way>", and disturbed by the strengths of TYPICAL.

    "accuracy.<kind>.<way>", and "moved.<kind>.<way>", which is Wasserstein-1 of layer 3's z in sd.
    """
    disturbed = {
        f"{name}.{kind}.{way}": getattr(found, name)[-1, :, d, w, _typical(kind)]
        for name in ("accuracy", "moved")
        for d, kind in enumerate(KINDS)
        for w, way in enumerate(WAYS)
    }
    intact = {f"intact.{way}": found.accuracy[-1, :, 0, w, 0] for w, way in enumerate(WAYS)}
    return intact | disturbed


def _typical(kind: str) -> int:
    return STRENGTHS[kind].index(TYPICAL[kind])


# What it is shown for.


def _scale_and_offset_cancel(found: OverSeeds) -> bool:
    """With batch statistics at any strength: not a point of accuracy; without, tens of points."""
    change = found.accuracy - found.accuracy[..., :1]
    affine = change[:, :, [KINDS.index("scale"), KINDS.index("offset")]]
    plain, batch, _ = np.moveaxis(affine, 3, 0)
    return bool(np.abs(batch).max() < 0.01 and plain[..., -1].max() < -0.2)


def _not_with_frozen_statistics(found: OverSeeds) -> bool:
    """There batch norm cancels neither."""
    n = numbers(found)
    lost = [n["intact.frozen"] - n[f"accuracy.{kind}.frozen"] for kind in ("scale", "offset")]
    return bool((np.array(lost) > 0.2).all())


def _nothing_else_cancels(found: OverSeeds) -> bool:
    """Noise and swapped units cost batch norm dearly, though layer 3's z hardly move as crowds."""
    n = numbers(found)
    lost = [n["intact.batch"] - n[f"accuracy.{kind}.batch"] for kind in ("noise", "swap")]
    moved = [
        n[f"moved.{kind}.batch"] < 0.3 * n[f"moved.{kind}.plain"] for kind in ("noise", "swap")
    ]
    return bool((np.array(lost) > 0.2).all() and np.array(moved).all())


CLAIMS: dict[str, Callable[[OverSeeds], bool]] = {
    "scale_and_offset_cancel": _scale_and_offset_cancel,
    "not_with_frozen_statistics": _not_with_frozen_statistics,
    "nothing_else_cancels": _nothing_else_cancels,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = train_all(SEEDS)
    return vars(found), {"outcome": mean_and_sd(numbers(found))}


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


EVIDENCE = Evidence(
    "disturb",
    {"config": REGIMES["slow"].to_dict(), "seeds": list(SEEDS)},
    measure_all,
    CLAIMS,
    read,
)
