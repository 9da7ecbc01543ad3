"""What the scenes of the lesson on why batch norm works have in common."""

from __future__ import annotations

import plotly.graph_objects as go

from pages.why import LESSON
from ui.chart import plot
from ui.files import COMPONENTS
from ui.scenes import Moment
from ui.text import t

STYLE = COMPONENTS / "why.css"


value = LESSON.value


options = LESSON.options


words = LESSON.words


def chart(figure: go.Figure, alt: str, key: str, /, **values: object) -> None:
    """A chart, and the sentence by the label `alt` for those who do not see it."""
    plot(figure, key=key, alt=t(f"{LESSON}.{alt}", **values))


def stands(now: Moment, home: str) -> bool:
    """Whether a widget that several scenes have is drawn in this one: on one page only `home`'s."""
    return not now.whole or now.name == home
