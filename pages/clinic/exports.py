"""How a file is made: a few lines for each library, and what may stand in one."""

from __future__ import annotations

import streamlit as st

from experiments.clinic.exports import SNIPPETS
from pages.clinic import LESSON
from pages.clinic.brought import EXAMPLES
from ui.text import t


def show() -> None:
    """The lines for each library, one below the other: tabs would not fit a narrow page."""
    st.markdown(t(f"{LESSON}.layer.export.text", most=f"{EXAMPLES:,}"))
    for name, lines in SNIPPETS.items():
        st.markdown(f"**{t(f'{LESSON}.layer.export.{name}')}**")
        st.code(lines, language="python")
    st.markdown(t(f"{LESSON}.layer.export.names"))
