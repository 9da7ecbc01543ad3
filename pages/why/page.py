"""Why batch norm works: the reasons that are given, put to the test, one part at a time."""

from __future__ import annotations

from importlib import import_module

import streamlit as st

from pages.why import LESSON
from pages.why import parts as why
from ui import controls, page

st.html(why.STYLE)
page.say(f"{LESSON}/intro")
part = controls.choice(LESSON, "part", wrap=True)
import_module(f"pages.why.{part}").show()  # a part that nobody looks at is not even imported
why.onward(part)
