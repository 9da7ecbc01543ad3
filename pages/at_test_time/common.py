"""What the scenes on train and test share: words, charts, digits as pictures."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go

from figures.digits import data_uri
from figures.theme import colour
from pages.at_test_time import LESSON
from ui import page, text
from ui.chart import plot
from ui.files import COMPONENTS
from ui.numbers import percent
from ui.tables import Cell
from ui.text import t

STYLE = COMPONENTS / "test_time.css"
DIGIT = 8  # pixels that an image is high and wide


value = LESSON.value


def put(**values: Any) -> Callable[[], None]:
    """A callback that sets controls."""
    return lambda: LESSON.put(**values)


words = LESSON.words


def chart(figure: go.Figure, name: str, *, key: str = "", **said: object) -> None:
    """A figure with the sentence that stands for it; `key` where there are two of a name."""
    plot(
        figure,
        key=f"figure-{name}{key}",
        alt=t(f"{LESSON}.{name}.alt", **said),
    )


def accurate(share: float) -> Cell:
    """An accuracy in a table."""
    return Cell(percent(share), value=f"{share:.4f}")


# --- digits as pictures ---


def pictures(*figures: str) -> None:
    """Figures side by side."""
    at_once(f'<div class="digits">{"".join(figures)}</div>')


def at_once(body: str) -> None:
    page.at_once(body, STYLE)


def picture_of(
    x: np.ndarray, columns: int, scale: int, alt: str, caption: str = "", idea: str = ""
) -> str:
    """Images x (k, 64) in rows of `columns`, `scale` times enlarged; framed where an idea is."""
    source, width = data_uri(x.reshape(-1, DIGIT, DIGIT), columns, text.mode())
    frame = f' class="subject" style="--hue: {colour(idea, text.mode())}"' if idea else ""
    below = f"<figcaption>{html.escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure{frame}><img src="{source}" width="{width * scale}" alt="{html.escape(alt)}">'
        f"{below}</figure>"
    )


def answered(x: np.ndarray, said: np.ndarray, labels: np.ndarray, alt: str) -> None:
    """Images x (k, 64) with what the network said below each, and a mark where it is wrong."""
    hue = colour("error", text.mode())
    shown = []
    for image, answer, label in zip(x, said, labels, strict=True):
        right = answer == label
        below = f"{answer} {'✓' if right else '✗'}"
        style = "" if right else f' style="color: {hue}"'
        drawn = picture_of(image[None], columns=1, scale=5, alt=t(alt, digit=label, said=answer))
        below = f'<figcaption class="answer"{style}>{below}</figcaption>'
        shown.append(drawn.replace("</figure>", below + "</figure>"))
    pictures(*shown)
