"""How a file is made: a few lines for each library, and what may stand in one."""

from __future__ import annotations

import streamlit as st

from experiments.clinic.exports import SNIPPETS
from pages.clinic import LESSON
from pages.clinic.brought import EXAMPLES
from ui.text import t


def show() -> None:
    """A tab for each library."""
    st.markdown(t(f"{LESSON}.layer.export.text", most=f"{EXAMPLES:,}"))
    names = tuple(SNIPPETS)
    for name, tab in zip(
        names, st.tabs([t(f"{LESSON}.layer.export.{name}") for name in names]), strict=True
    ):
        with tab:
            st.code(SNIPPETS[name], language="python")
    st.markdown(t(f"{LESSON}.layer.export.names"))
