"""A core with a fault does not get past the bands: what `make claims` would say of it."""

from __future__ import annotations

import pytest

from experiments.claims.board import board, differences
from experiments.claims.registry import CLAIMS
from tests.experiments.claims import broken_cores
from tests.experiments.claims.planting import Plant, measured

# By fault: the cheap claims that must notice it.
NOTICED: list[tuple[Plant, tuple[str, ...]]] = [
    (broken_cores.gamma_forgotten, ("folds",)),
    (broken_cores.biased_in_the_running, ("unbiased_better",)),
    (
        broken_cores.eps_times_100,
        ("divides_variance", "gives_back", "sd_is_gamma", "scale_free", "b_cancels"),
    ),
]
FAULTS = pytest.mark.parametrize(
    ("fault", "name"),
    [
        pytest.param(fault, name, id=f"{fault.__name__}-{name}")
        for fault, of in NOTICED
        for name in of
    ],
)


@FAULTS
def test_a_broken_core_leaves_the_bands(fault: Plant, name: str) -> None:
    claim = CLAIMS[name]
    assert claim.cheap
    found = measured(claim, fault, claim.seeds)
    assert differences(board()[name], found, claim.seeds)


@pytest.mark.parametrize("name", sorted({name for _, names in NOTICED for name in names}))
def test_a_sound_core_does_not(name: str) -> None:
    """After a broken one was in its place."""
    claim = CLAIMS[name]
    found = measured(claim, lambda patch: None, claim.seeds)
    assert differences(board()[name], found, claim.seeds) == []
    assert claim.verdict(found) == board()[name].verdict
