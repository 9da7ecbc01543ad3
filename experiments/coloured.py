"""The black-cat story on real digits: written in black in training, in other inks in the test.

The 8×8 digits in RGB. A stored pixel p (0 paper, 1 ink) becomes paper + p (ink − paper) in each
channel, so every digit keeps its shape and its label: the same labelling function, other inputs.

64 pixels × 3 channels = 192 inputs, 64-64 hidden, ReLU. "Retrained" learned from digits in random
ink on white paper. Images in the test set are written in one ink at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

EVIDENCE = "coloured"
INKS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {}  # ink, paper
ARMS = ("plain", "frozen", "reestimated", "plain_retrained", "frozen_retrained")
K = (8, 16, 32, 64, 128)
SEEDS = range(5)


def write(
    pixels: np.ndarray, ink: tuple[float, float, float], paper: tuple[float, float, float]
) -> np.ndarray:
    """Pixels (m, 64) in 0..1 as RGB (m, 8, 8, 3) in 0..1."""
    raise NotImplementedError


def pictures(ink: str, m: int = 8, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Test images in this ink, (m, 8, 8, 3) uint8, and their labels (m,). KeyError: no such ink."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Measured:
    """Test accuracy of one seed, by ink in the order of INKS; re-estimated: from k images."""

    plain: np.ndarray  # (I,) learned from black ink, without batch norm
    frozen: np.ndarray  # (I,) with batch norm, running statistics of training
    reestimated: np.ndarray  # (K, I) the same with statistics of k unlabelled images in this ink
    plain_retrained: np.ndarray  # (I,) learned from random inks
    frozen_retrained: np.ndarray  # (I,)


def one_seed(seed: int) -> Measured:
    """Trains four networks; the same split, initial weights and batches for all."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """`Measured` of S seeds, with the seeds in front."""

    seeds: np.ndarray  # (S,)
    inks: tuple[str, ...]  # (I,)
    k: np.ndarray  # (K,)
    plain: np.ndarray  # (S, I)
    frozen: np.ndarray  # (S, I)
    reestimated: np.ndarray  # (S, K, I)
    plain_retrained: np.ndarray  # (S, I)
    frozen_retrained: np.ndarray  # (S, I)


@cache
def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    raise NotImplementedError


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays for assets/evidence/coloured.npz, and what came out."""
    raise NotImplementedError
