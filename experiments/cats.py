"""The lecture's black cats: drawn pictures, but a network that really learns from them.

The cats are an illustration, drawn by a few lines of code; they prove nothing about photographs.
Cat or dog depends on the shape alone: ears that stand up, or ears that hang. The colour of the
fur says nothing, in any part of the story: what changes is only what the pictures look like, not
which answer is right. That is covariate shift.

A network that learned from black animals meets others, whose fur is the further from black the
larger `shift` is: 0 black, then grey, brown and orange, 1 cream.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

EVIDENCE = "cats"
SIZE = 16  # pixels along an edge
CAT, DOG = 1, 0
SHIFTS = tuple(i / 10 for i in range(11))
SEEDS = range(5)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Drawn animals, half of them cats."""

    rgb: np.ndarray  # (m, 16, 16, 3) uint8
    y: np.ndarray  # (m,) 1 cat, 0 dog


def fur(shift: float) -> tuple[int, int, int]:
    """The RGB colour at `shift` in 0..1, 0..255 each."""
    raise NotImplementedError


def draw(m: int, shift: float | None, seed: int) -> Pictures:
    """m animals with fur of this colour, or each of a random one (None). Cheap.

    The same seed draws the same animals in another coat: place, size, pixel noise and labels are
    equal at every shift.
    """
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Story:
    """Test accuracy of one seed's learners, by how far the coats are from black (S shifts)."""

    shift: np.ndarray  # (S,)
    plain: np.ndarray  # (S,) learned from black animals, without batch norm
    frozen: np.ndarray  # (S,) the same with batch norm, running statistics of training
    reestimated: np.ndarray  # (S,) with statistics of 64 unlabelled pictures of the new coat
    plain_retrained: np.ndarray  # (S,) learned from animals of every colour
    frozen_retrained: np.ndarray  # (S,)


def one_seed(seed: int) -> Story:
    """Trains four small networks."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class OverSeeds:
    """`Story` of N seeds, (N, S) each."""

    seeds: np.ndarray  # (N,)
    shift: np.ndarray  # (S,)
    plain: np.ndarray
    frozen: np.ndarray
    reestimated: np.ndarray
    plain_retrained: np.ndarray
    frozen_retrained: np.ndarray


@cache
def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Seen:
    """A row of pictures, and for each what two shipped networks take for the chance of a cat."""

    rgb: np.ndarray  # (m, 16, 16, 3) uint8
    y: np.ndarray  # (m,) 1 cat, 0 dog
    cat: np.ndarray  # (m,) by the network that learned from black ones
    cat_retrained: np.ndarray  # (m,) by the one that learned from all colours
    accuracy: float  # of the first on 400 other animals in this coat
    accuracy_retrained: float


def seen(shift: float, m: int = 8, seed: int = 0, norm: str = "none") -> Seen:
    """Any shift in 0..1, by the shipped networks of the first seed. Cheap; trains nothing.

    norm "none" or "before" says which learner: without batch norm, or with (frozen statistics).
    """
    raise NotImplementedError


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays for assets/evidence/cats.npz, and what came out."""
    raise NotImplementedError
