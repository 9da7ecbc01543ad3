"""What the parts of the lesson on why batch norm works have in common."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from pages.why import LESSON
from ui import streamlits
from ui.chart import plot
from ui.files import COMPONENTS
from ui.text import t

TURNED = f"{LESSON}.turned"  # in the session: a button has led to another part
STYLE = COMPONENTS / "why.css"


value = LESSON.value


options = LESSON.options


words = LESSON.words


def chart(figure: go.Figure, alt: str, key: str, /, **values: object) -> None:
    """A chart, and the sentence by the label `alt` for those who do not see it."""
    plot(figure, key=key, alt=t(f"{LESSON}.{alt}", **values))


def onward(part: str) -> None:
    """A button to the next part, which begins at the top of the page."""
    parts = options("part")
    here = parts.index(part)
    if st.session_state.pop(TURNED, False):
        _to_the_top(here)
    if part == parts[-1]:
        return
    following = parts[here + 1]
    title = t(f"{LESSON}.controls.part.options.{following}")
    st.button(
        t(f"{LESSON}.onward", part=title),
        icon=":material/arrow_forward:",
        key=f"onward-{part}",
        type="primary",
        on_click=_turn,
        args=(following,),
    )


def _turn(part: str) -> None:
    LESSON.put(part=part)
    st.session_state[TURNED] = True


def _to_the_top(here: int) -> None:
    # The number makes the element another one for each part, so that the browser runs it again.
    script = f"document.querySelector(STREAMLIT.main).scrollTo(0, 0); /* {here} */"
    st.html(f"<script>{streamlits.with_names(script)}</script>", unsafe_allow_javascript=True)
