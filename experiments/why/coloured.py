"""The black-cat story on real digits: written in black in training, in other inks in the test.

The 8×8 digits in RGB. A stored pixel p (0 paper, 1 ink) becomes paper + p (ink − paper) in each
channel, so every digit keeps its shape and its label: the same labelling function, other inputs.

64 pixels × 3 channels = 192 inputs, 64-64 hidden, ReLU, SGD. The network gets every channel minus
one half: white paper would else be an input of 1 nearly everywhere, which holds back the learner
without batch norm (see `inputs`). "Retrained" learned from digits in random ink, each channel
between 0 and 1, on white paper. Images in the test set are written in one ink at a time. Light on
dark ("inverted") is no ink that anyone has learned from.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from bncore.data import Dataset, load
from bncore.network import Network
from experiments.evidence import Arrays, Evidence
from experiments.fit import fit, right
from experiments.trained import accuracy, exact_statistics

RGB = tuple[float, float, float]

BLACK, WHITE = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
INKS: dict[str, tuple[RGB, RGB]] = {  # ink and paper
    "black": (BLACK, WHITE),
    "grey": ((0.5, 0.5, 0.5), WHITE),
    "orange": ((1.0, 0.5, 0.0), WHITE),
    "yellow": ((1.0, 0.9, 0.2), WHITE),
    "inverted": (WHITE, BLACK),
}
K = (8, 16, 32, 64, 128)
SEEDS = range(10)
HIDDEN, LR, STEPS, BATCH = (64, 64), 0.1, 600, 64


def write(pixels: np.ndarray, ink: RGB | np.ndarray, paper: RGB = WHITE) -> np.ndarray:
    """Pixels (m, 64) in 0..1 as RGB (m, 8, 8, 3) in 0..1; ink may be (m, 1, 3), one for each."""
    ink, white = np.asarray(ink, pixels.dtype), np.asarray(paper, pixels.dtype)
    return (white + pixels[..., None] * (ink - white)).reshape(-1, 8, 8, 3)


def pictures(ink: str, m: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Test images in this ink, (m, 8, 8, 3) uint8, and their labels (m,). KeyError: no such ink."""
    data = load("digits", seed)
    return np.rint(255 * write(data.x_test[:m], *INKS[ink])).astype(np.uint8), data.y_test[:m]


def inputs(pixels: np.ndarray, ink: RGB | np.ndarray, paper: RGB = WHITE) -> np.ndarray:
    """(m, 192), what the network gets."""
    return write(pixels, ink, paper).reshape(len(pixels), -1) - pixels.dtype.type(0.5)


@dataclass(frozen=True, eq=False)
class Measured:
    """Test accuracy of one seed, by ink in the order of INKS; re-estimated: from k images."""

    plain: np.ndarray  # (I,) learned from black ink, without batch norm
    frozen: np.ndarray  # (I,) with batch norm, running statistics of training
    reestimated: np.ndarray  # (K, I) the same with statistics of k unlabelled images in this ink
    plain_retrained: np.ndarray  # (I,) learned from random inks
    frozen_retrained: np.ndarray  # (I,)


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """`Measured` of S seeds, with the seeds in front."""

    seeds: np.ndarray  # (S,)
    k: np.ndarray  # (K,)
    plain: np.ndarray  # (S, I)
    frozen: np.ndarray  # (S, I)
    reestimated: np.ndarray  # (S, K, I)
    plain_retrained: np.ndarray  # (S, I)
    frozen_retrained: np.ndarray  # (S, I)


def one_seed(seed: int) -> Measured:
    """Trains four networks, in about half a second: same split, initial weights and batches."""
    data = load("digits", seed)
    rng = np.random.default_rng((seed, len(INKS)))
    random = rng.random((len(data.x_train), 1, 3), np.float32)
    plain, normed = (_learn(data, BLACK, norm, seed) for norm in ("none", "before"))
    plain_again, normed_again = (_learn(data, random, norm, seed) for norm in ("none", "before"))
    unlabelled = data.x_train[rng.permutation(len(data.x_train))]
    return Measured(
        plain=_by_ink(plain, data),
        frozen=_by_ink(normed, data),
        reestimated=np.array([_reestimated(normed, data, unlabelled[:k]) for k in K]),
        plain_retrained=_by_ink(plain_again, data),
        frozen_retrained=_by_ink(normed_again, data),
    )


def _learn(data: Dataset, ink: RGB | np.ndarray, norm: str, seed: int) -> Network:
    written = data._replace(x_train=inputs(data.x_train, ink))
    return fit(written, HIDDEN, norm, LR, STEPS, BATCH, seed)


def _by_ink(network: Network, data: Dataset) -> np.ndarray:
    found = [right(network, inputs(data.x_test, *ink), data.y_test) for ink in INKS.values()]
    return np.array(found)


def _reestimated(network: Network, data: Dataset, unlabelled: np.ndarray) -> np.ndarray:
    found, model = [], network.model()
    for ink in INKS.values():
        statistics = exact_statistics(model, inputs(unlabelled, *ink))
        logits = model.forward(inputs(data.x_test, *ink), statistics).logits
        found.append(accuracy(logits, data.y_test))
    return np.array(found)


def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    return EVIDENCE.shipped


# --- how it was made ---

AT = {name: i for i, name in enumerate(INKS)}


def _frozen_is_no_shelter(found: OverSeeds) -> bool:
    """In every seed running statistics lose more in orange and yellow than the plain network."""
    plain, frozen = (
        arm[:, AT["black"]] - arm[:, [AT["orange"], AT["yellow"]]].mean(axis=1)
        for arm in (found.plain, found.frozen)
    )
    return bool((frozen > 0.3).all() and (frozen > plain).all())


def _new_statistics_repair(found: OverSeeds) -> bool:
    """With 64 unlabelled images, in every seed most of what was lost in colour is back."""
    new = found.reestimated[:, K.index(64)]
    colours = [AT["grey"], AT["orange"], AT["yellow"]]
    return bool((new[:, colours] - found.frozen[:, colours] > 0.05).all())


def _retraining_repairs(found: OverSeeds) -> bool:
    """The lecture's point, with and without batch norm."""
    colours = [AT["grey"], AT["orange"], AT["yellow"]]
    pairs = (found.plain_retrained, found.plain), (found.frozen_retrained, found.frozen)
    return all((after[:, colours] - before[:, colours] > 0.02).all() for after, before in pairs)


CLAIMS = {
    "frozen statistics are no shelter": _frozen_is_no_shelter,
    "new statistics repair": _new_statistics_repair,
    "retraining repairs": _retraining_repairs,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    each = [one_seed(seed) for seed in SEEDS]
    names = [field.name for field in fields(Measured)]
    arms = {name: np.stack([getattr(one, name) for one in each]) for name in names}
    found = OverSeeds(seeds=np.array(SEEDS), k=np.array(K), **arms)
    outcome = {
        name: {"mean": arm.mean(axis=0).tolist(), "sd": arm.std(axis=0, ddof=1).tolist()}
        for name, arm in arms.items()
    }
    return vars(found), {"outcome": outcome}


def read(arrays: Arrays) -> OverSeeds:
    """What ships."""
    return OverSeeds(**arrays)


EVIDENCE = Evidence(
    "coloured",
    {
        "settings": {"hidden": HIDDEN, "lr": LR, "steps": STEPS, "batch_size": BATCH},
        "inks": INKS,
        "seeds": list(SEEDS),
    },
    measure_all,
    CLAIMS,
    read,
)
