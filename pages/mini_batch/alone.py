"""A batch of one example: whatever it was, β is left of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from pages.mini_batch.stage import Guess, stage
from ui.scenes import Moment

#: what the question says
Z = 7.0
FIXED: dict[str, Any] = {"gamma": 3.0, "beta": 0.5, "eps": 1e-5}
EXPECTED = {"beta": FIXED["beta"], "scaled": FIXED["gamma"] * Z + FIXED["beta"]}
MARKED = tuple(EXPECTED)


def picture(now: Moment) -> None:
    expected = EXPECTED.get(now.guess or "", 0.0)
    stage(
        now.name,
        np.array([Z]),
        shown=4 if now.seen else 1,
        sliders=(),
        walk=False,
        play=now.seen and not now.whole,
        step=4,
        axis="shared",
        example=1,
        guess=Guess(now.mark(*MARKED), "z_tilde", np.array([expected])),
        **FIXED,
    )
