"""Shifts that batch norm can do nothing about, or everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bncore.config import RunConfig
from experiments.at_test_time import dimming, shifts
from experiments.claims import runs
from experiments.pair import Pair, train_pair
from experiments.training import gradient_shift
from experiments.why import coloured, disturb, noisy
from tests.experiments.claims.planting import Planted

the_fit, the_pair = coloured.fit, shifts.pair


def jolts_that_drown(patch: pytest.MonkeyPatch) -> None:
    """The factor and offset of a step are far larger than what a unit has to say."""
    patch.setattr(noisy, "OFFSET", 100.0)
    patch.setattr(noisy, "FACTOR", 3.0)
    patch.setattr(noisy, "SETTINGS", {"three": replace(noisy.SETTINGS["three"], steps=50)})


def only_scaled(patch: pytest.MonkeyPatch) -> None:
    """Whatever disturbs layer 2 multiplies its units by factors."""
    patch.setattr(disturb, "STEPS", (50, 200))
    patch.setattr(disturb, "DRAWS", 1)
    patch.setattr(disturb, "DISTURBANCES", dict.fromkeys(disturb.KINDS, disturb._scale))


def plain_has_not_learned(patch: pytest.MonkeyPatch) -> None:
    """The networks without batch norm stay as they started."""

    def fit(data: Any, hidden: Any, norm: str, lr: float, *rest: Any) -> Any:
        return the_fit(data, hidden, norm, 0.0 if norm == "none" else lr, *rest)

    patch.setattr(coloured, "fit", fit)


def mirrored(patch: pytest.MonkeyPatch) -> None:
    """The light stays, and every other image is turned over: no statistics can undo that."""

    def turned(x: np.ndarray, a: float, c: float = 0.0) -> np.ndarray:
        return x if a == 1 else x[..., ::-1]

    patch.setattr(dimming, "dimmed", turned)


def arms_changed(patch: pytest.MonkeyPatch) -> None:
    """Batch norm is in the arm that is called plain, on a run that is soon over."""

    def pair(config: RunConfig) -> Pair:
        found = train_pair(replace(config, steps=120, record_every=5))
        return Pair(bn=found.plain, plain=found.bn)

    patch.setattr(runs, "train_pair", pair)


def both_learn_at_once(patch: pytest.MonkeyPatch) -> None:
    """No plateau, and one rate for all, so that no arm makes larger steps than another."""
    config = RunConfig(depth=5, width=50, steps=40)
    patch.setattr(gradient_shift, "SETTINGS", dict.fromkeys(gradient_shift.SETTINGS, config))
    rates = dict.fromkeys(gradient_shift.ARMS, config.lr)
    patch.setattr(gradient_shift, "rates_of", lambda setting: rates)


def names_exchanged(patch: pytest.MonkeyPatch) -> None:
    """What is called plain has batch norm, what is said to have it has none; it only gets dark."""

    def pair(seed: int, rates: Any) -> tuple[Any, Any]:
        plain, bn = the_pair(seed, rates)
        return bn, plain

    patch.setattr(shifts, "BASE", replace(shifts.BASE, steps=150))
    patch.setattr(shifts, "pair", pair)
    patch.setattr(shifts, "SHIFTS", dict.fromkeys(shifts.SHIFTS, shifts.SHIFTS["dim"]))


PLANTED: dict[str, Planted] = {
    "less_shift": Planted(arms_changed, "contradicted", seeds=2),
    "less_gradient_shift": Planted(both_learn_at_once, "clear"),
    "shift_explains": Planted(jolts_that_drown, "clear"),
    "independent": Planted(only_scaled, "clear", seeds=2),
    "protects": Planted(names_exchanged, "clear"),
    "other_colours": Planted(plain_has_not_learned, "clear", seeds=5),
    "reestimated": Planted(mirrored, "weak", seeds=2),
}
