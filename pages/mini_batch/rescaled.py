"""Every z becomes 10 z + 5, and z̃ stays."""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.mini_batch import batch as experiment
from pages.mini_batch.stage import Guess, stage
from ui.numbers import number
from ui.scenes import Moment

#: what the question says
FACTOR, OFFSET = 10.0, 5.0
FIXED: dict[str, Any] = {"gamma": 1.0, "beta": 0.0, "eps": 1e-5}
#: what the options make of z̃: a factor and an offset
EXPECTED = {"same": (1.0, 0.0), "wide": (FACTOR, 0.0), "moved": (1.0, OFFSET)}
MARKED = tuple(EXPECTED)


def picture(now: Moment) -> None:
    z = _z()
    factor, offset = EXPECTED[now.guess or "same"]
    expected = factor * experiment.walk(z, **FIXED).z_tilde + offset
    stage(
        now.name,
        FACTOR * z + OFFSET if now.seen else z,
        sliders=(),
        walk=False,
        before=FIXED | {"z": z.tolist()} if now.seen and not now.whole else None,
        step=4,
        axis="own",
        example=1,
        guess=Guess(now.mark(*MARKED), "z_tilde", expected),
        **FIXED,
    )


def said(now: Moment) -> dict[str, object]:
    before, after = (experiment.walk(z, **FIXED) for z in (_z(), FACTOR * _z() + OFFSET))
    gap = float(np.abs(after.z_tilde - before.z_tilde).max())
    return {
        "sd_before": number(before.z.std(), 3),
        "sd_after": number(after.z.std(), 3),
        "gap": number(gap, 1),
    }


def _z() -> np.ndarray:
    return experiment.draw("bimodal", 1, 1, 32, 0).z
