"""Data that need no scaling, and networks whose start batch norm does not touch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.why import init_scale, input_scaling, inputs, spectrum
from tests.experiments.claims.planting import Planted

the_wine, the_hidden = inputs.wine, spectrum.last_hidden
the_start = init_scale.config


def scaled_wine(patch: pytest.MonkeyPatch) -> None:
    """Every feature comes with mean 0 and sd 1."""
    x = the_wine().x
    wine = replace(the_wine(), x=(x - x.mean(axis=0)) / x.std(axis=0))
    patch.setattr(inputs, "wine", lambda: wine)


def never_raw(patch: pytest.MonkeyPatch) -> None:
    """Wines that are called raw are scaled ones, and every arm is best at the same rate."""
    arms = input_scaling.ARMS | {"raw_hidden": input_scaling.ARMS["scaled"]}
    the_shipped = input_scaling.over_seeds

    def shipped(optimizer: str = "sgd") -> input_scaling.OverSeeds:
        found = the_shipped(optimizer)
        scaled = list(input_scaling.ARMS).index("scaled")
        alike = np.broadcast_to(found.validated[:, [scaled]], found.validated.shape)
        return replace(found, validated=alike)

    patch.setattr(input_scaling, "ARMS", arms)
    patch.setattr(input_scaling, "over_seeds", shipped)


def never_normalized(patch: pytest.MonkeyPatch) -> None:
    """The networks that are said to have batch norm have none."""
    patch.setattr(spectrum, "last_hidden", lambda x, W, g, norm: the_hidden(x, W, g, "none"))


def nowhere_normalized(patch: pytest.MonkeyPatch) -> None:
    """No network has batch norm, whatever it is called."""
    shipped = init_scale.chosen()
    plain = replace(shipped, accuracy=np.stack(2 * [shipped.accuracy[0]]))
    patch.setattr(init_scale, "config", lambda norm, start: the_start("none", start))
    patch.setattr(init_scale, "chosen", lambda: plain)


PLANTED: dict[str, Planted] = {
    "rounder_inputs": Planted(scaled_wine, "weak"),
    "rounder_hidden": Planted(never_normalized, "weak"),
    "any_init": Planted(nowhere_normalized, "contradicted", seeds=2),
    "replaces_scaling": Planted(never_raw, "clear", seeds=2),
}
