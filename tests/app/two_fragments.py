"""An app of two fragments, each with a switch and what it says; for `test_leaving.py`."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))

from ui.streamlits import leave_pages_for_good

leave_pages_for_good()


@st.fragment
def part(name: str) -> None:
    on = st.checkbox(name, key=name)
    st.text(f"{name}: {'on' if on else 'off'}")


part("one")
part("two")
