"""The first minute: two networks to touch, what batch norm is and why, and where to begin."""

import streamlit as st

from pages.home import start as home
from ui import page
from ui.text import prose, t

first, second = st.columns([5, 7], gap="medium", vertical_alignment="center")
with first:
    st.markdown(prose("home/what"))
    home.begin()
    home.promise()
with second:
    home.picture()
home.lessons()
page.say("home/four_steps")
st.caption(t("home.link_note"))
