"""The first minute: two networks to touch, what batch norm is and why, and where to begin."""

import streamlit as st

from ui import home, page, progress
from ui.text import prose, t

progress.settle()
page.at_once("", home.STYLE)
first, second = st.columns([5, 7], gap="medium")
with first:
    st.markdown(prose("home/what"))
    home.begin()
    st.caption(t("home.true"))
with second:
    home.picture()
home.lessons()
said, written = st.columns([5, 7], gap="medium")
with said:
    st.subheader(t("home.four_steps"), anchor=False)
    st.markdown(prose("home/said"))
with written:
    st.markdown(prose("home/written"))
st.caption(t("home.link_note"))
