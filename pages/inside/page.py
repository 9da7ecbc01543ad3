"""What happens deeper inside, scene by scene."""

from __future__ import annotations

import streamlit as st

from pages.inside import LESSON
from ui import scenes
from ui.files import COMPONENTS

st.html(COMPONENTS / "lines.css")
scenes.run(LESSON)
