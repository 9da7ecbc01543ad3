"""What `app.py` runs: the start of a server, and the frame around a lesson on every run.

At the start only the frame is imported. What a lesson needs is imported when it is opened for the
first time, so that a lesson nobody has opened costs nothing, however many there are.
"""

from __future__ import annotations

import gc
import logging
import sys
from copy import copy
from functools import cache

import streamlit as st

from bncore import __version__
from ui import library, page, progress, state, streamlits
from ui.files import ROOT
from ui.lesson import Lesson
from ui.lessons import HOME, LESSONS, script
from ui.text import t

LOG = logging.getLogger(__name__)
_settled = 0  # modules that the garbage collector no longer looks at


@cache
def warm_up() -> None:
    """What is done once, before the first visitor comes."""
    streamlits.take_pages_for_ours()
    streamlits.sort_what_comes_at_once()
    streamlits.send_all_that_was_drawn()
    streamlits.read_the_theme_once()
    settle_modules()


def settle_modules() -> None:
    """Take what was imported since the last time out of the garbage collector's sight.

    Else it would be scanned again and again, in everybody's runs.
    """
    global _settled
    if len(sys.modules) == _settled:
        return
    _settled = len(sys.modules)
    gc.collect()
    gc.freeze()


def apologise(error: Exception) -> bool:
    """Say one sentence in the user's language in place of a traceback; the log has the rest.

    Who asked Streamlit for details is shown them.
    """
    LOG.exception("A page failed", exc_info=error)
    if st.get_option("client.showErrorDetails") == "full":
        return False
    st.error(t("ui.broken"), icon=":material/build:")
    return True


def run() -> None:
    """Draw the frame and the lesson in it."""
    warm_up()
    # Copies: one that is run must not be run again, in no other session either.
    chosen = st.navigation([copy(each) for each in page.pages().values()], position="hidden")
    lesson = chosen.url_path or HOME
    entry = LESSONS[lesson]
    _go_where_it_has_moved(entry)
    default = entry.default if entry.scenes else None
    state.begin(lesson, entry.controls, entry.meant, default, _of_others(entry))
    st.set_page_config(
        page_title=t("ui.page_title", lesson=page.title(lesson)),
        page_icon=str(ROOT / "assets" / "images" / "icon.svg"),
        layout="wide",
        initial_sidebar_state=256,  # px: the longest title of a lesson
        menu_items={"About": t("ui.about", version=__version__)},
    )
    page.header(lesson)
    if state.setting("view") in progress.WITH_MENU:
        page.menu()
    page.complain()
    with library.drawing(lesson, ""):
        chosen.run()
    page.footer(__version__)
    if not entry.scenes:
        page.publish(lesson)  # a scene has done so itself
    settle_modules()


def _go_where_it_has_moved(entry: Lesson) -> None:
    """Follow a link whose controls have gone to another lesson, with all that it says."""
    for name, lesson in entry.moved.items():
        given = st.query_params.get(name)
        if given is not None and given != LESSONS[lesson].written_default(name):
            st.switch_page(script(lesson), query_params=st.query_params.to_dict())


def _of_others(entry: Lesson) -> set[str]:
    """Controls that an older link names here although another lesson has them now.

    It carried all controls of a lesson: those that have moved away stand in it at their defaults,
    and those that have not moved come along to where the others are now.
    """
    came_from = (other for other in LESSONS.values() if entry in other.moved.values())
    return {*entry.moved, *(control.name for other in came_from for control in other.controls)}
