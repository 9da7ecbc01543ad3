"""A dozen ways in which test images may shift: what each costs with batch norm, and without.

The 8×8 digits, 64-50-50-50-10, ReLU, SGD. Both arms learn from images as they are, each at the
learning rate that is best for it on a validation split: images that are neither trained on nor in
the test set, with seeds that have no say in the result. Then the test images shift, each arm
unchanged: by its running statistics, and once more with those of k shifted images without labels,
as Li et al. 2016 do (AdaBN, arXiv 1603.04779).

A shift is compared by what it costs. An arm that was better from the start has not been protected
by that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.model import Model
from bncore.network import Network
from bncore.training import Run
from experiments.evidence import Arrays, Evidence
from experiments.rates import validation
from experiments.trained import REGIMES, accuracy, exact_statistics

SIDE = 8
Shift = Callable[[np.ndarray, np.random.Generator], np.ndarray]

BASE = REGIMES["slow"]
ARMS = ("plain", "bn")
RATES = (0.03, 0.1, 0.3, 1.0, 3.0)
N_FIT = 1000  # of the training images, when a rate is chosen; the others are the validation split
CHOOSING = range(20, 25)  # seeds
SEEDS = range(10)
K = 64  # unlabelled images


# --- the shifts: images (m, 64) in 0..1, where 0 is paper, and what is drawn at random for them ---


def _moved(down: int, right: int) -> Shift:
    """Paper comes in from the other side."""

    def shift(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        images = np.pad(_images(x), ((0, 0), (1, 1), (1, 1)))
        return images[:, 1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE].reshape(x.shape)

    return shift


def _blurred(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Every pixel by its neighbours, 1-2-1 in both directions."""
    images = np.pad(_images(x), ((0, 0), (1, 1), (1, 1)))
    rows = (images[:, :-2] + 2 * images[:, 1:-1] + images[:, 2:]) / 4
    return ((rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 4).reshape(x.shape)


def _erased(side: int) -> Shift:
    """A square of paper somewhere in each image."""

    def shift(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        images = _images(x).copy()
        corners = rng.integers(0, SIDE - side + 1, (len(images), 2))
        for image, (top, left) in zip(images, corners, strict=True):
            image[top : top + side, left : left + side] = 0
        return images.reshape(x.shape)

    return shift


def _noisy(sd: float) -> Shift:
    return lambda x, rng: x + sd * rng.standard_normal(x.shape)


def _speckled(share: float) -> Shift:
    """So many of the pixels are paper or ink, whatever they were."""

    def shift(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return np.where(rng.random(x.shape) < share, rng.integers(0, 2, x.shape), x)

    return shift


def _images(x: np.ndarray) -> np.ndarray:
    return x.reshape(-1, SIDE, SIDE)


DIM, LIFT, FLAT, HARD, NOISE, SPECKS, SQUARE = 0.3, 0.3, 0.4, 2.0, 0.3, 0.1, 3

SHIFTS: dict[str, Shift] = {
    "dim": lambda x, rng: DIM * x,
    "under": lambda x, rng: np.maximum(x - LIFT, 0),
    "over": lambda x, rng: np.minimum(x + LIFT, 1),
    "flat": lambda x, rng: 0.5 + FLAT * (x - 0.5),
    "hard": lambda x, rng: np.clip(0.5 + HARD * (x - 0.5), 0, 1),
    "inverted": lambda x, rng: 1 - x,
    "noise": _noisy(NOISE),
    "specks": _speckled(SPECKS),
    "blur": _blurred,
    "right": _moved(0, 1),
    "down": _moved(1, 0),
    "erased": _erased(SQUARE),
}
# How hard each is, for its name.
STRENGTHS: dict[str, float] = {
    "dim": DIM,
    "under": LIFT,
    "over": LIFT,
    "flat": FLAT,
    "hard": HARD,
    "noise": NOISE,
    "specks": SPECKS,
    "erased": SQUARE,
}


def shifted(name: str, x: np.ndarray, seed: int = 0) -> np.ndarray:
    """Images (m, 64) after a shift, in their dtype; what it draws depends on the seed."""
    rng = np.random.default_rng((seed, list(SHIFTS).index(name)))
    return SHIFTS[name](x, rng).astype(x.dtype)


# --- one pair ---


@dataclass(frozen=True, eq=False)
class Cost:
    """Test accuracy of one pair: as the images are, and by shift in the order asked."""

    plain_intact: float
    bn_intact: float
    plain: np.ndarray  # (K,)
    frozen: np.ndarray  # (K,) with batch norm, by the running statistics of training
    renewed: np.ndarray  # (K,) by those of k shifted images without labels

    @property
    def gain(self) -> np.ndarray:
        """(K,) How much less the shift costs with batch norm."""
        return (self.plain_intact - self.plain) - (self.bn_intact - self.frozen)

    @property
    def gain_renewed(self) -> np.ndarray:
        """(K,) The same with new statistics."""
        return (self.plain_intact - self.plain) - (self.bn_intact - self.renewed)


def cost(plain: Network, bn: Network, seed: int, names: Sequence[str] = tuple(SHIFTS)) -> Cost:
    """What the shifts of the seed's test images do to two networks."""
    data, model = load(BASE.dataset, seed, BASE.dtype), bn.model()
    known = data.x_train[np.random.default_rng(seed).permutation(len(data.x_train))[:K]]
    rows = []
    for name in names:
        x = shifted(name, data.x_test, seed)
        logits = plain.predict(x), bn.predict(x), _renewed(model, shifted(name, known, seed), x)
        rows.append([accuracy(one, data.y_test) for one in logits])
    intact = [float(accuracy(one.predict(data.x_test), data.y_test)) for one in (plain, bn)]
    return Cost(intact[0], intact[1], *np.array(rows, float).T)


def _renewed(model: Model, known: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Logits of images x by the statistics of others."""
    there = exact_statistics(model, known) if model.norm != "none" else "running"
    return model.forward(x, there).logits


def pair(seed: int, rates: Sequence[float]) -> tuple[Network, Network]:
    """The plain network and the one with batch norm, trained at their rates with this seed."""
    plain, bn = (Run(config(arm, rate, seed)) for arm, rate in zip(ARMS, rates, strict=True))
    for run in (plain, bn):
        run.advance(run.config.steps)
    return plain.network, bn.network


def config(arm: str, rate: float, seed: int, n_train: int = 0) -> RunConfig:
    """One run."""
    one = replace(BASE, lr=rate, seed=seed, n_train=n_train)
    return one if arm == "bn" else one.twin()


# --- the rates ---


def validated(arm: str, rate: float, seed: int) -> float:
    """Accuracy on the validation split, of a network that learned from the other images."""
    run = Run(config(arm, rate, seed, N_FIT))
    run.advance(run.config.steps)
    x, y = validation(run.config, seed)
    return float(accuracy(run.network.predict(x), y))


# --- over seeds ---


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """S pairs, each arm at its best rate, and how that was chosen: V seeds, R rates."""

    rates: np.ndarray  # (R,)
    choosing: np.ndarray  # (V,) seeds
    validation: np.ndarray  # (2, R, V) accuracy
    seeds: np.ndarray  # (S,)
    intact: np.ndarray  # (2, S) test accuracy as the images are
    plain: np.ndarray  # (S, K)
    frozen: np.ndarray  # (S, K)
    renewed: np.ndarray  # (S, K)

    @property
    def best(self) -> tuple[float, float]:
        """The rates, plain and with batch norm."""
        plain, bn = self.rates[self.validation.mean(axis=-1).argmax(axis=-1)].tolist()
        return plain, bn

    def gain(self, renewed: bool = False) -> np.ndarray:
        """(S, K) how much less a shift costs with batch norm, in shares."""
        with_bn = self.renewed if renewed else self.frozen
        plain, bn = self.intact[..., None]
        return (plain - self.plain) - (bn - with_bn)


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    found = [[[validated(a, r, s) for s in CHOOSING] for r in RATES] for a in ARMS]
    rates = np.array(RATES)[np.mean(found, axis=-1).argmax(axis=-1)]
    costs = [cost(*pair(seed, rates), seed) for seed in SEEDS]
    arrays = {
        "rates": np.array(RATES),
        "choosing": np.array(CHOOSING),
        "validation": np.array(found),
        "seeds": np.array(SEEDS),
        "intact": np.array([[c.plain_intact for c in costs], [c.bn_intact for c in costs]]),
    } | {
        name: np.stack([getattr(c, name) for c in costs]) for name in ("plain", "frozen", "renewed")
    }
    outcome = {
        name: {"mean": arrays[name].mean(axis=0).tolist(), "sd": _sd(arrays[name]).tolist()}
        for name in ("plain", "frozen", "renewed")
    }
    return arrays, {"shifts": list(SHIFTS), "best": rates.tolist(), "outcome": outcome}


def _sd(accuracies: np.ndarray) -> np.ndarray:
    return accuracies.std(axis=0, ddof=1)


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


def _neither_rate_is_at_the_edge(found: OverSeeds) -> bool:
    """Else a better one might lie beyond."""
    return all(found.rates[0] < rate < found.rates[-1] for rate in found.best)


EVIDENCE = Evidence(
    "shifts",
    {"config": BASE.to_dict(), "seeds": list(SEEDS), "choosing": list(CHOOSING)},
    measure_all,
    {"neither rate is at the edge": _neither_rate_is_at_the_edge},
    read,
)
