"""Every verdict could have come out otherwise: in a planted world the same measure says so."""

from __future__ import annotations

import pytest

from experiments.claims.board import board
from experiments.claims.registry import CLAIMS
from tests.experiments.claims import (
    planted_batch,
    planted_beyond,
    planted_formula,
    planted_shift,
    planted_speed,
    planted_start,
)
from tests.experiments.claims.planting import Planted, said

PLANTED: dict[str, Planted] = {
    **planted_formula.PLANTED,
    **planted_start.PLANTED,
    **planted_speed.PLANTED,
    **planted_shift.PLANTED,
    **planted_batch.PLANTED,
    **planted_beyond.PLANTED,
}
# Claims without one, each with its reason.
MISSING: dict[str, str] = {}


def test_every_claim_has_a_counterexample_or_a_reason() -> None:
    assert set(PLANTED) | set(MISSING) == set(CLAIMS)
    assert not set(PLANTED) & set(MISSING)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a planted world may divide by nothing
@pytest.mark.parametrize("name", PLANTED)
def test_in_a_planted_world_the_claim_comes_out_otherwise(name: str) -> None:
    planted = PLANTED[name]
    assert planted.verdict != board()[name].verdict
    assert said(CLAIMS[name], planted) == planted.verdict
