"""Why γ and β: they choose how much of the activation function is used."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Steps
from pages.mini_batch import LESSON
from pages.mini_batch.batch import current_batch
from pages.mini_batch.common import put, remember, remembered, small_table, value
from pages.mini_batch.stage import visible_range
from ui import controls, drag, page
from ui.numbers import number, percent
from ui.scenes import Moment
from ui.text import t

WORD = f"{LESSON}.why"
BEFORE = {"gamma": 1.0, "beta": 0.0}
MARKED = tuple(BEFORE)  # the sliders

_component = drag.component("bends")


def picture(now: Moment) -> None:
    """z̃ on the curve of g: as it was normalized, then with γ and β under the finger."""
    z, activation = current_batch().z, value("activation")
    with st.container(horizontal=True, vertical_alignment="bottom", key="bends-controls"):
        controls.choice(LESSON, "activation", disabled=not now.seen)
        if now.seen:
            _buttons(z)
    begins: dict[str, Any] = {"from": BEFORE if now.seen and not now.whole else None}
    steps = _steps() if now.seen else experiment.walk(z, **BEFORE, eps=value("eps"))
    drag.mount(
        _component,
        LESSON,
        ("gamma", "beta"),
        key="bends",
        words=_words(activation),
        tracks={
            "gamma": _ends(steps.gamma, steps.std) | {"value": steps.gamma},
            "beta": _ends(steps.beta, steps.mean) | {"value": steps.beta},
        },
        closed=not now.seen,
        z=z.tolist(),
        z_norm=steps.z_norm.tolist(),
        z_tilde=steps.z_tilde.tolist(),
        activation=activation,
        guess={name: now.mark(name) for name in MARKED},
        linear=experiment.LINEAR,
        **begins,
    )
    with st.container(key="given-back"):
        if now.seen and _given_back(steps):
            st.markdown(_printed(steps))


def said(now: Moment) -> dict[str, object]:
    steps, activation = _steps(), value("activation")
    norm, tilde = (experiment.squash(x, activation) for x in (steps.z_norm, steps.z_tilde))
    return {
        "share": t(f"{WORD}.share_{activation}"),
        "norm_share": percent(norm.share, 0),
        "tilde_share": percent(tilde.share, 0),
    }


def more(now: Moment) -> None:
    steps, activation = _steps(), value("activation")
    norm, tilde = (experiment.squash(x, activation) for x in (steps.z_norm, steps.z_tilde))
    page.say(f"{LESSON}/why")
    rows = {
        t(f"{WORD}.low"): [norm.outputs.min(), tilde.outputs.min()],
        t(f"{WORD}.high"): [norm.outputs.max(), tilde.outputs.max()],
    }
    small_table((t(f"{WORD}.of_norm"), t(f"{WORD}.of_tilde")), rows, "why")
    page.source(experiment.give_back, experiment.squash, key="why")


def _steps() -> Steps:
    return experiment.walk(current_batch().z, value("gamma"), value("beta"), value("eps"))


def _ends(now: float, needed: float) -> dict[str, float]:
    """A slider that reaches what it is set to, and what gives z back."""
    end = max(5.0, visible_range(now, needed))
    return {"low": -end, "high": end, "step": end / 500}


def _words(activation: str) -> dict[str, str]:
    names = ("share", "mean", "sd", "value")
    tokens = {name: f"{{{name}}}" for name in names}
    words = {word: t(f"{WORD}.{word}", **tokens) for word in ("alt", "mean", "sd", "straight")}
    words["spoken"] = t(f"{LESSON}.stage.spoken_gamma", value="{value}", sd_tilde="{sd}")
    words["spoken_shift"] = t(f"{LESSON}.stage.spoken_beta", value="{value}", mean_tilde="{mean}")
    words["activation"] = controls.option_label(LESSON, "activation", activation)
    words["counted"] = t(f"{WORD}.share_{activation}")
    return words


# --- z given back ---


def _buttons(z: np.ndarray) -> None:
    st.button(t(f"{WORD}.as_normalized"), key="why-as_normalized", on_click=put(**BEFORE))
    st.button(
        t(f"{LESSON}.give_back"), key="give-back-button", on_click=_give_back, args=(_steps(),)
    )
    st.button(
        t(f"{LESSON}.undo"),
        key="undo-button",
        on_click=_undo,
        disabled=remembered("before") is None,
    )


def _give_back(steps: Steps) -> None:
    remember(before={"gamma": steps.gamma, "beta": steps.beta})
    gamma, beta = experiment.give_back(steps.z, steps.eps)
    LESSON.put(gamma=gamma, beta=beta)


def _undo() -> None:
    LESSON.put(**remembered("before"))
    remember(before=None)


def _given_back(steps: Steps) -> bool:
    return (steps.gamma, steps.beta) == (steps.std, steps.mean)


def _printed(steps: Steps) -> str:
    facts: dict[str, Any] = {
        "var": number(steps.var),
        "eps": number(steps.eps),
        "gamma": number(steps.gamma),
        "beta": number(steps.beta),
        "gap": number(float(np.abs(steps.z_tilde - steps.z).max()), 2),
    }
    return t(f"{LESSON}.given_back", **facts)
