"""A unit whose spread is small beside ε: γ is not the standard deviation of z̃."""

from __future__ import annotations

import numpy as np

from experiments.mini_batch import batch as experiment
from pages.mini_batch.stage import Guess, stage
from ui.numbers import number
from ui.scenes import Moment

#: what the question says
VAR, EPS, GAMMA = 1e-6, 1e-5, 2.0
MARKED = ("gamma",)  # z̃ with that standard deviation


def picture(now: Moment) -> None:
    z = _z()
    stage(
        now.name,
        z,
        shown=4 if now.seen else 1,
        sliders=(),
        walk=False,
        play=now.seen and not now.whole,
        step=4,
        axis="own",
        example=1,
        gamma=GAMMA,
        beta=0.0,
        eps=EPS,
        guess=Guess(now.mark(*MARKED), "z_tilde", GAMMA * (z - z.mean()) / z.std()),
    )


def said(now: Moment) -> dict[str, object]:
    steps = experiment.walk(_z(), GAMMA, 0.0, EPS)
    return {"sd_norm": number(steps.z_norm.std(), 2), "sd_tilde": number(steps.z_tilde.std(), 2)}


def _z() -> np.ndarray:
    """The unit with two humps, made so small."""
    z = experiment.draw("bimodal", 1, 1, 32, 0).z
    return z * np.sqrt(VAR) / z.std()
