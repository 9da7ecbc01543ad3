"""An app of two fragments, each with a switch and what it says; for `test_leaving.py`."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from ui.streamlits import sort_what_comes_at_once

sort_what_comes_at_once()


@st.fragment
def part(name: str) -> None:
    on = st.checkbox(name, key=name)
    st.text(f"{name}: {'on' if on else 'off'}")


part("one")
part("two")
