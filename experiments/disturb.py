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

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

EVIDENCE = "disturb"
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
STEPS = (100, 600)  # over seeds: mid-training, and trained
SEEDS = range(5)


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
    raise NotImplementedError


def exactness(kind: str, strength: float, seed: int = 0) -> tuple[float, float]:
    """Largest |change| of a logit with batch statistics in float64: (as it is, with ε = 0)."""
    raise NotImplementedError


def sweep(kind: str, draws: int = 5) -> Sweep:
    """The trained pair, over STRENGTHS[kind]; less than .1 s."""
    raise NotImplementedError


@cache
def over_seeds() -> OverSeeds:
    """The shipped ones; trains nothing."""
    raise NotImplementedError


def one_seed(seed: int) -> OverSeeds:
    """Train the pair with this seed and disturb it: the same with S = 1."""
    raise NotImplementedError


def numbers(found: OverSeeds) -> dict[str, np.ndarray]:
    """(S,) each, trained to the end, strength 2 (swap: 1): "<kind>.<way>", and "intact.<way>"."""
    raise NotImplementedError


def build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Arrays for assets/evidence/disturb.npz, and what came out."""
    raise NotImplementedError
