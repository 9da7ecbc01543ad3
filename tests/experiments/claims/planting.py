"""Counterexamples of the claims on the board: worlds in which a claim must come out otherwise.

A `Planted` puts data, a network, or another function in the place of what a claim's measure finds,
by monkeypatch; the claim's own measure then runs on it, and its own rule grades what comes out.
There is no place for planted numbers here: what they would be graded as is asked in `test_board`.

One file holds those of a group, `planted_<group>.py`, by the id of the claim.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest

from experiments.claims.grading import Claim, Verdict

Plant = Callable[[pytest.MonkeyPatch], object]


@dataclass(frozen=True)
class Planted:
    """`plant` makes the world, `verdict` is what must be said there, by so many of the seeds."""

    plant: Plant
    verdict: Verdict
    seeds: int = 3


def said(claim: Claim, planted: Planted) -> Verdict:
    """What the claim's measure and rule make of the planted world."""
    return claim.verdict(measured(claim, planted.plant, claim.seeds[: planted.seeds]))


def measured(claim: Claim, plant: Plant, seeds: Sequence[int]) -> dict[str, np.ndarray]:
    """The claim's numbers in that world."""
    with pytest.MonkeyPatch.context() as patch, nothing_remembered():
        plant(patch)
        return claim.measure(seeds)


@contextmanager
def nothing_remembered() -> Iterator[None]:
    """Neither what was measured before it is planted, nor, afterwards, what was measured in it."""
    _forget()
    try:
        yield
    finally:
        _forget()


def _forget() -> None:
    modules = [module for name, module in sys.modules.items() if name.startswith("experiments.")]
    for module in modules:
        for one in list(vars(module).values()):
            if hasattr(one, "cache_clear"):
                one.cache_clear()
