"""The one way a chart is drawn. Charts are for reading: nothing stands over them.

With a mouse a part can be drawn larger; how to come back is said in the page's language, which
Plotly takes from the `locales` of its configuration. A finger scrolls the page and reads values
(`assets/touch.js`).
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui.text import language, t

# What Plotly may say on its own, by the names of our words.
NOTICES = {
    "Double-click to zoom back out": "zoomed",
    "Double-click on legend to isolate one trace": "legend",
}


def plot(figure: go.Figure, *, key: str, alt: str) -> None:
    """A chart in the house's look, and the sentence for those who do not see it."""
    st.plotly_chart(figure, key=key, alt=alt, theme=None, config=configuration())


def configuration() -> dict[str, Any]:
    """No toolbar, and notices in the page's language."""
    said = {notice: t(f"ui.chart.{word}") for notice, word in NOTICES.items()}
    return {
        "displayModeBar": False,
        "locale": language(),
        "locales": {language(): {"dictionary": said}},
    }
