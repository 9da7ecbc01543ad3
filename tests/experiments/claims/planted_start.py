"""Data that need no scaling, and networks whose start batch norm does not touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.why import input_scaling, inputs, spectrum
from tests.experiments.claims.planting import Planted

the_wine, the_hidden = inputs.wine, spectrum.last_hidden


def scaled_wine(patch: pytest.MonkeyPatch) -> None:
    """Every feature comes with mean 0 and sd 1."""
    x = the_wine().x
    wine = replace(the_wine(), x=(x - x.mean(axis=0)) / x.std(axis=0))
    patch.setattr(inputs, "wine", lambda: wine)


def never_raw(patch: pytest.MonkeyPatch) -> None:
    """Wines that are called raw are scaled ones, and every arm is best at the same rate."""
    arms = input_scaling.ARMS | {"raw_hidden": input_scaling.ARMS["scaled"]}
    shipped = input_scaling.over_seeds()
    alike = np.broadcast_to(shipped.accuracy[:, -1:], shipped.accuracy.shape)
    patch.setattr(input_scaling, "ARMS", arms)
    patch.setattr(input_scaling, "over_seeds", lambda: replace(shipped, accuracy=alike))


def never_normalized(patch: pytest.MonkeyPatch) -> None:
    """The networks that are said to have batch norm have none."""
    patch.setattr(spectrum, "last_hidden", lambda x, W, g, norm: the_hidden(x, W, g, "none"))


PLANTED: dict[str, Planted] = {
    "rounder_inputs": Planted(scaled_wine, "weak"),
    "rounder_hidden": Planted(never_normalized, "weak"),
    "replaces_scaling": Planted(never_raw, "clear"),
}
