"""A batch of one example: whatever it was, β is left of it."""

from __future__ import annotations

import numpy as np

from pages.mini_batch.stage import stage
from ui.scenes import Moment

#: what the question says
Z, GAMMA, BETA = 7.0, 3.0, 0.5


def picture(now: Moment) -> None:
    stage(
        now.name,
        np.array([Z]),
        shown=4 if now.seen else 1,
        sliders=(),
        walk=False,
        play=now.seen and not now.whole,
        **{"gamma": GAMMA, "beta": BETA, "eps": 1e-5, "step": 4, "axis": "shared", "example": 1},
    )
