"""The first minute: what batch norm is, and where to begin."""

import streamlit as st

from ui import page
from ui.lessons import HOME, LESSONS
from ui.text import prose, t

left, right = st.columns([3, 2], gap="large")
with left:
    st.markdown(prose("home/intro"))
with right:
    for lesson in LESSONS:
        if lesson != HOME:
            page.card(lesson)
    st.caption(t("home.link_note"))
