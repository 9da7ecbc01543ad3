"""One mini-batch of one unit through the four steps of batch norm, scene by scene."""

from __future__ import annotations

import streamlit as st

from pages.mini_batch import LESSON
from ui import scenes
from ui.files import COMPONENTS

st.html(COMPONENTS / "mini_batch.css")
scenes.run(LESSON)
