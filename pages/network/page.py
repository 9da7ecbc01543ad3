"""Batch norm inside a network so small that every number can be seen, scene by scene."""

from __future__ import annotations

import streamlit as st

from pages.network import LESSON
from ui import scenes
from ui.files import COMPONENTS

st.html(COMPONENTS / "network" / "page.css")
scenes.run(LESSON)
