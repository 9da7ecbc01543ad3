"""Why batch norm works: the reasons that are given, put to the test, one scene at a time."""

from __future__ import annotations

import streamlit as st

from pages.why import LESSON
from pages.why.live import LIVES
from pages.why.parts import STYLE
from ui import scenes

st.html(STYLE)
for live in LIVES.values():
    live.settle()  # before any widget is drawn
scenes.run(LESSON)
