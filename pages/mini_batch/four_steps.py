"""The four steps, row by row, with the formula of the step that is shown."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import streamlit as st

from bncore.batchnorm import batch_norm_forward, center
from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Steps
from pages.mini_batch import steps as four
from pages.mini_batch.batch import current_batch, origin
from pages.mini_batch.common import value
from pages.mini_batch.stage import Guess, stage
from ui import page
from ui.numbers import number
from ui.scenes import Moment

MARKED = ("bell", "unit")  # as which values they can be drawn


def picture(now: Moment) -> None:
    """The batch as it comes; once it is revealed it walks through the rows by itself."""
    batch, step = current_batch(), 4 if now.whole else value("step")
    with st.container(border=True, key="step-card"):
        if now.seen:
            four.formula(_steps(), step)
        else:
            st.markdown(origin(batch))
    stage(
        "four_steps",
        batch.z,
        shown=4 if now.seen else 1,
        sliders=("gamma", "beta"),
        step=step,
        play=now.seen and step == 1,
        guess=_guess(now, batch.z),
    )


def _guess(now: Moment, z: np.ndarray) -> Guess:
    """z_norm as a bell curve of the same order, or between −1 and 1."""
    z_norm = experiment.walk(z, 1.0, 0.0, value("eps")).z_norm
    if now.guess == "bell":
        ranks = (z.argsort().argsort() + 0.5) / len(z)
        z_norm = np.array([NormalDist().inv_cdf(float(rank)) for rank in ranks])
    elif now.guess == "unit":
        z_norm = z_norm / (np.abs(z_norm).max() or 1.0)
    return Guess(now.mark(*MARKED), "z_norm", z_norm)


def said(now: Moment) -> dict[str, object]:
    return {"sd_norm": number(_steps().z_norm.std(), 3)}


def more(now: Moment) -> None:
    batch, steps = current_batch(), _steps()
    st.caption(origin(batch))
    four.formulas(steps)
    four.table(batch, steps, now.name)
    page.source(batch_norm_forward, center, key="forward")


def _steps() -> Steps:
    return experiment.walk(current_batch().z, value("gamma"), value("beta"), value("eps"))
