"""What runs on the page around a lesson: it stands in the HTML, and a run sends what calls it.

The page (`ui.shell`) gives it to the browser once, as `batchNormLab`, an object of functions:

    follow(language, place)             which language the page is in, and which lesson is open
    keep(lesson, name, scene)           what is remembered of its reader, and keepShow, forget
    turned(scene, turn)                 another scene stands, after so many turns of a page
"""

from __future__ import annotations

import json
from functools import cache

import streamlit as st

from ui import modules, streamlit_words, streamlits
from ui.files import ASSETS

NAME = "batchNormLab"


@cache
def text() -> str:
    """The script of every page."""
    words = json.dumps(streamlit_words.said(), ensure_ascii=False).replace("<", "\\u003c")
    return f"""window.{NAME} = {{
...{modules.value("progress/store.js")},
follow: {streamlits.with_names(f"const SAID = {words};{_file('frame.js')} return follow;")},
turned: {streamlits.with_names(f"{_file('way.js')} return turned;")},
}};
{streamlits.with_names(_file("touch.js"))};
{streamlits.with_names(_file("lists.js"))};"""


def _file(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def call(function: str, *what: object) -> str:
    """What calls a function of the page; a page from before an update may not have it."""
    return f"window.{NAME}?.{function}?.({', '.join(map(json.dumps, what))});"


def run(*calls: str) -> None:
    """Have the browser do so. What has been done is not done again while it stands there."""
    if script := "".join(calls):
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
