"""Why γ and β: what the activation makes of z_norm and of z̃."""

from __future__ import annotations

import streamlit as st

from experiments.mini_batch import batch as experiment
from experiments.mini_batch.batch import Steps
from pages.mini_batch import LESSON
from pages.mini_batch import charts as figures
from pages.mini_batch.common import put, small_table
from ui import controls, text
from ui.chart import plot
from ui.numbers import number
from ui.text import t

OFFERS = {"as_normalized": (1.0, 0.0), "wide": (4.0, 0.0), "aside": (1.0, 3.0)}


def why(steps: Steps) -> None:
    """g(z_norm) beside g(z̃), and how many of each g treats as a straight line."""
    word = f"{LESSON}.why"
    with st.container(horizontal=True, vertical_alignment="bottom", key="why"):
        activation = controls.choice(LESSON, "activation")
        for name, (gamma, beta) in OFFERS.items():
            st.button(t(f"{word}.{name}"), key=f"why-{name}", on_click=put(gamma=gamma, beta=beta))
    norm, tilde = (experiment.squash(x, activation) for x in (steps.z_norm, steps.z_tilde))
    share = t(f"{word}.share_{activation}")
    said = {"share": share, "norm_share": f"{norm.share:.0%}", "tilde_share": f"{tilde.share:.0%}"}
    left, right = st.columns([4, 3], gap="medium", vertical_alignment="center")
    with left:
        words = {
            "norm_title": t(f"{word}.norm_title"),
            "tilde_title": t(
                f"{word}.tilde_title", gamma=number(steps.gamma), beta=number(steps.beta)
            ),
            "axis": t(f"{word}.axis"),
        }
        linear = experiment.LINEAR if activation == "sigmoid" else None
        curve = experiment.curve(activation, norm.inputs, tilde.inputs)
        figure = figures.squashed(
            text.mode(),
            (curve.inputs, curve.outputs),
            (norm.inputs, norm.outputs),
            (tilde.inputs, tilde.outputs),
            linear,
            words,
        )
        alt = t(
            f"{word}.alt",
            activation=controls.option_label(LESSON, "activation", activation),
            **said,
        )
        plot(figure, key="squashed", alt=alt)
    with right:
        rows = {
            t(f"{word}.low"): [norm.outputs.min(), tilde.outputs.min()],
            t(f"{word}.high"): [norm.outputs.max(), tilde.outputs.max()],
        }
        small_table((t(f"{word}.of_norm"), t(f"{word}.of_tilde")), rows, "why")
        st.markdown(t(f"{word}.say", **said))
