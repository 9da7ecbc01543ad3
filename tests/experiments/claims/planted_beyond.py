"""Parts that are all alike, and deep networks whose batch norm is missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from experiments.claims import beyond
from experiments.conv import branch, rank
from tests.experiments.claims.planting import Planted

the_batches = beyond._batches
the_growth, the_collapse = branch.growth, rank.collapse


def every_part_alike(patch: pytest.MonkeyPatch) -> None:
    """Each part of a batch holds the same images, so that its statistics are those of all."""

    def batches(seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for x, targets in the_batches(seed):
            rows = np.resize(np.arange(beyond.SMALL), len(x))
            yield x[rows], targets[rows]

    patch.setattr(beyond, "_batches", batches)


def never_in_a_branch(patch: pytest.MonkeyPatch) -> None:
    """The residual networks that are said to have batch norm have none."""
    patch.setattr(branch, "growth", lambda norm, seed: the_growth("none", seed))


def never_in_a_layer(patch: pytest.MonkeyPatch) -> None:
    """Nor have the others: what becomes alike stays so."""
    patch.setattr(rank, "collapse", lambda norm, name, seed: the_collapse("none", name, seed))


PLANTED: dict[str, Planted] = {
    "accumulated": Planted(every_part_alike, "exact"),
    "branch_share": Planted(never_in_a_branch, "contradicted"),
    "rank_kept": Planted(never_in_a_layer, "contradicted"),
}
