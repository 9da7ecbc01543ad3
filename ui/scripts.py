"""What runs on the page around a lesson: it stands in the HTML, and a run sends what calls it.

The page (`ui.shell`) gives it to the browser once, as `batchNormLab`, an object of functions:

    follow(language, place)             which language the page is in, and which lesson is open
    keep(lesson, name, scene)           what is remembered of its reader, and keepShow, forget
    turned(scene, turn)                 another scene stands, after so many turns of a page
    hear(place, when, calls)            what a run calls, unless something later was heard there

and `inLight`, the counterpart on paper of each colour that is chosen for the dark.
"""

from __future__ import annotations

import json
import time
from functools import cache

import streamlit as st

from figures import theme
from ui import modules, streamlit_words, streamlits
from ui.files import ASSETS

NAME = "batchNormLab"
SAID = "scripts.said"  # in the session: what was called last at each place, and when
#: what .streamlit/config.toml says for the light and for the dark
THEMED = (
    *("primaryColor", "backgroundColor", "secondaryBackgroundColor"),
    *("textColor", "linkColor", "borderColor"),
)


@cache
def text() -> str:
    """The script of every page."""
    words = json.dumps(streamlit_words.said(), ensure_ascii=False).replace("<", "\\u003c")
    paper = f"const {{ inLight }} = {modules.value('kit/paper.js')};{_file('paper.js')}"
    return f"""window.{NAME} = {{
...{modules.value("progress/store.js")},
follow: {streamlits.with_names(f"const SAID = {words};{_file('frame.js')} return follow;")},
turned: {streamlits.with_names(f"{_file('way.js')} return turned;")},
...{modules.value("kit/hear.js")},
inLight: {json.dumps(_in_light())},
}};
{streamlits.with_names(paper)};
{streamlits.with_names(_file("touch.js"))};
{streamlits.with_names(_file("lists.js"))};
{streamlits.with_names(_file("menu.js"))};"""


def _in_light() -> dict[str, str]:
    """Of every colour of ours, and of Streamlit's theme, in the dark: the one in the light."""
    frame = {
        st.get_option(f"theme.dark.{name}"): st.get_option(f"theme.light.{name}") for name in THEMED
    }
    return {str(dark).upper(): light for dark, light in (frame | theme.in_light()).items()}


def _file(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def call(function: str, *what: object) -> tuple[object, ...]:
    """A call of a function of the page, for `run`; a page from before an update may not have it."""
    return function, *what


def run(place: str, *calls: tuple[object, ...]) -> None:
    """Have the browser do so. What has been done is not done again while it stands there.

    The browser may mount what stood here before once more, even after what stands here now, as
    scenes change; so calls say when they were first made. It is the time of day, since a page may
    come to another server in the middle.
    """
    said = st.session_state.setdefault(SAID, {})
    text = json.dumps(calls)
    before, when = said.get(place, ("", 0))
    if text != before:
        when = max(when + 1, time.time_ns() // 1_000_000)
        said[place] = text, when
    heard = f"window.{NAME}?.hear?.({json.dumps(place)}, {when}, {text});"
    st.html(f"<script>{heard}</script>", unsafe_allow_javascript=True)
