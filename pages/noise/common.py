"""What the scenes of the lesson on noise share: which image meets which batches, and words."""

from __future__ import annotations

import html

import streamlit as st

from experiments.noise import batches as experiment
from experiments.noise.batches import BySize, Noise
from experiments.trained import trained
from figures.digits import data_uri
from pages.noise import LESSON
from ui import page
from ui.files import COMPONENTS
from ui.numbers import short
from ui.tables import Cell
from ui.text import mode, t

STYLE = COMPONENTS / "noise.css"
REACH = 3.2  # standard deviations that the axis of z_norm shows on both sides of 0


value = LESSON.value


words = LESSON.words


def measured() -> Noise:
    """The image, layer, unit, batch size and draw that are chosen."""
    return experiment.one_example(*place(), value("m"), value("seed"))


def place() -> tuple[int, int, int]:
    """Image, layer and unit as the experiments count them, from 0."""
    return value("image") - 1, value("layer") - 1, value("unit") - 1


@st.cache_resource(max_entries=256, show_spinner=False)
def by_size(image: int, layer: int, unit: int, seed: int) -> BySize:
    """A fifth of a second for a new image: kept for everyone."""
    return experiment.by_size(image, layer, unit, seed)


def at_once(body: str) -> None:
    page.at_once(body, STYLE)


def picture_of(image: int) -> str:
    """Where an image stands that a control chooses, for a browser."""
    source, _ = data_uri(trained().data.x_train[[image - 1]].reshape(1, 8, 8), 1, mode())
    return source


def name_of(image: int) -> str:
    """Which one it is, and what it shows."""
    return t(f"{LESSON}.digit", image=image, digit=int(trained().data.y_train[image - 1]))


def digit(name: str) -> None:
    """The image that a control chooses, crisp, with what it is."""
    said = html.escape(name_of(value(name)))
    at_once(
        f'<figure class="noise-digit"><img src="{picture_of(value(name))}" width="96" '
        f'alt="{said}"><figcaption>{said}</figcaption></figure>'
    )


def ends(*exact: float) -> tuple[float, float]:
    """The axis of z_norm: the same for every batch size and for dropout."""
    far = max(REACH, *(abs(x) + 1 for x in exact))
    return -far, far


def cells(*numbers: float) -> list[Cell]:
    return [Cell(short(x), value=f"{x:.4g}") for x in numbers]
