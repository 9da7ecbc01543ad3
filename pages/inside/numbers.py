"""What the scenes on longer runs share: words, numbers over seeds, charts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from pages.inside import LESSON
from ui.chart import plot
from ui.text import t

value = LESSON.value


def say(key: str, **values: object) -> None:
    st.markdown(t(f"{LESSON}.{key}", **values))


def chart(figure: go.Figure, key: str, alt: str, **values: object) -> None:
    """A figure with the sentence that stands for it."""
    plot(
        figure,
        key=f"figure-{key}",
        alt=t(f"{LESSON}.{alt}", **values),
    )


class Over(NamedTuple):
    """What many seeds came to, in the order in which `Line` takes it."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def over(values: np.ndarray) -> Over:
    """Mean, least and largest over the last axis."""
    return Over(values.mean(axis=-1), values.min(axis=-1), values.max(axis=-1))
