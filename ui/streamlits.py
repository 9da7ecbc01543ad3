"""What of Streamlit we use that it does not promise to keep, all in one place.

Each is a debt: Streamlit has no public way to it, and a new version may take it away. Where the
names stand, and what tells when one is gone (`tests/ui/test_streamlits.py`, unless said):

- here, what Python reaches for: one function each, with the reason and its own test;
- `assets/streamlit.js`, what scripts look for on the page; `with_names` puts it in front of them;
- `assets/frame.css`, `assets/shell/print.css` and `assets/components/home/page.css`, the style
  sheets for the screen, for paper, and for the one page whose look must be there with its first
  words. Every other sheet says `.stApp` and `.stMarkdown` at most, to be stronger than
  Streamlit's own;
- `ui.streamlit_words`, the sentences that are said in the reader's language instead;
- `ui.shell`, the ends of the HTML page's head and body, where ours is put in
  (`tests/ui/test_shell.py`), and `ui.icons`, how its style sheet names the font of its icons
  (`tests/ui/test_icons.py`), and `ui.ahead`, of which parts its program consists
  (`tests/ui/test_ahead.py`); its `history.js` counts on `history.pushState` being called for each
  new address (`tests/browser/test_history.py`);
- `tools/serve_child.py`, how `streamlit run` reads its settings (`tests/tools/test_serve.py`);
- `tests/visits.py`, what AppTest cannot do by itself.

A private name anywhere else fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue, _update_script_finished_message
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import ScriptRunner, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState, add_script_run_ctx
from streamlit.runtime.scriptrunner_utils.shared_run_state import SharedRunState
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import is_element_id

from ui.files import ASSETS

T = TypeVar("T")
#: what HTML of ours stands in on a page: style sheets count on the names to be stronger than others
MARKDOWN = "stApp stMarkdown"
NAMES = ASSETS / "streamlit.js"
#: how a file of Streamlit's program names another that it cannot do without
IMPORTED = re.compile(r'\b(?:from|import)\s*"\./([\w.-]+\.js)"')


def take_pages_for_ours() -> None:
    """Keep Streamlit from reading the folder `pages/` as an app of its older kind.

    It would take the first visit for one: a cold deep link would meet a "Page not found" dialog.
    st.navigation corrects it, but a visit late. No setting says so.
    """
    PagesManager.uses_pages_directory = False


@cache
def sort_what_comes_at_once() -> None:
    """Let nothing be heard of a page that is left, and everything of one that stays.

    A hand's last press may come right after the press that leaves. Streamlit then either goes back
    (it joins the two requests and takes the later one's page), or, once the new page stands,
    announces a run of the old one for a fragment that is gone, and the browser clears its page for
    it. So a fragment of another page does not join a visit that waits, and a run of fragments that
    are all gone is not begun. What was moved in two fragments at once comes as a request of one of
    them: the other runs after it.
    """
    join, run = ScriptRequests._request_rerun_locked, ScriptRunner._run_script

    @wraps(join)
    def join_what_stays(self: ScriptRequests, new: RerunData) -> bool:
        waiting = self._rerun_data
        leaves = self._state == ScriptRequestType.RERUN and not waiting.fragment_id_queue
        if leaves and new.fragment_id and new.page_script_hash != waiting.page_script_hash:
            return True
        return join(self, new)

    @wraps(run)
    def run_what_is_there(self: ScriptRunner, request: RerunData) -> None:
        asked = request.fragment_id_queue
        if asked and not any(self._fragment_storage.contains(name) for name in asked):
            return
        run(self, request)
        context = get_script_run_ctx()  # of the last run: a fragment may have asked for the page
        whole = context is None or context.fragment_ids_this_run is None
        if not whole and (unheard := _unheard(self, request)):
            page, query = request.page_script_hash, request.query_string
            self._requests.request_rerun(
                RerunData(query, page_script_hash=page, fragment_id_queue=unheard)
            )

    for kind, ours in ((ScriptRequests, join_what_stays), (ScriptRunner, run_what_is_there)):
        setattr(kind, ours.__name__, ours)  # `wraps` has given it the name


@cache
def send_all_that_was_drawn() -> None:
    """Let a fragment that begins anew drop nothing of what waits to be sent.

    Streamlit drops what it still had to send of that fragment, and keeps the rest: what a fragment
    inside had drawn, as a drawer of code is, for which the browser then has no place and breaks off
    with "Bad delta path"; and the end of a run of the whole page, after which the browser takes
    away what it was not sent, so that all below moves up and is written over. What was drawn is
    sent in its order; it could have been on its way by then.
    """
    clear = ForwardMsgQueue.clear

    @wraps(clear)
    def clear_for_a_page(
        self: ForwardMsgQueue,
        retain_lifecycle_msgs: bool = False,
        fragment_ids_this_run: list[str] | None = None,
    ) -> None:
        if fragment_ids_this_run is None:
            clear(self, retain_lifecycle_msgs)
            return
        # An end that is no longer the last one takes nothing away: the browser might do so after
        # the new run has begun, and take that one's place for it.
        self._queue = [_update_script_finished_message(message, True) for message in self._queue]
        self._delta_index_map = {}  # what comes now does not take an earlier one's place

    ForwardMsgQueue.clear = clear_for_a_page  # type: ignore[method-assign]


@cache
def read_the_theme_once() -> None:
    """Let every run begin with the theme as the first one read it.

    Streamlit reads all its settings again for each run's first message, six times, on the one
    thread that all sessions share; that took as long as sending ten elements. They do not change
    as long as the server runs.
    """
    read = app_session._populate_theme_msg

    @cache
    def theme(section: str) -> CustomThemeConfig:
        found = CustomThemeConfig()
        read(found, section)
        return found

    def populate(msg: CustomThemeConfig, section: str = "theme") -> None:
        msg.MergeFrom(theme(section))

    app_session._populate_theme_msg = populate


def _unheard(runner: ScriptRunner, request: RerunData) -> list[str]:
    """Fragments of what a hand moved in the same breath as something of those that have run.

    The browser sends both moves at once and names one fragment: the drawer that was opened there
    while the page told what it had kept would stay empty.
    """
    if request.widget_states is None:
        return []
    values, asked = runner._session_state._state, set(request.fragment_id_queue)
    known, there = values._new_widget_state.widget_metadata, runner._fragment_storage
    found = dict.fromkeys(
        known[widget.id].fragment_id
        for widget in request.widget_states.widgets
        if widget.id in known and values._widget_changed(widget.id)
    )
    return [
        name
        for name in found
        if name and name not in asked and there.contains(name)
        if not there.has_ancestor_in(name, asked)
    ]


def came_by_history() -> bool:
    """Whether the browser's Back or Forward asked for this run; nothing public tells a script."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def static(path: str) -> bytes | None:
    """A file of what Streamlit gives to a browser, by its address below the app's; None if gone."""
    file = Path(st.__file__).parent / "static" / path
    return file.read_bytes() if file.is_file() else None


def beside_the_page() -> str:
    """A script that says where the server is: beside a page whose address ends in its name.

    Streamlit's program would first ask below that address, and be told twice that nothing is there.
    """
    return "window.__streamlit = { BACKEND_BASE_URL: new URL('./', location.href).href };"


@cache
def parts(names: tuple[str, ...]) -> frozenset[str]:
    """Files of Streamlit's program, by the names of what they draw, and all that these import."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    found: set[Path] = set()
    new = {file for name in names for file in folder.glob(f"{name}.????????.js")}
    while new:
        found |= new
        texts = [file.read_text("utf-8") for file in new]
        new = {folder / name for text in texts for name in IMPORTED.findall(text)} - found
    return frozenset(f"static/js/{file.name}" for file in found)


def apart(function: Callable[[], T], values: Mapping[str, Any], hear: Callable[[Any], None]) -> T:
    """What a function of the page gives, with nothing of what it draws sent and nothing kept.

    It runs in a copy of this run, in which the session has these values besides; `hear` is told
    each element that it draws, as Streamlit would have sent it. No public way leads to a second
    look at a page in the middle of the first.
    """
    here = get_script_run_ctx()
    if here is None:
        raise RuntimeError("no run to copy")
    kept = SessionState()
    for part in (
        here.session_state._state._old_state,
        here.session_state._state._new_session_state,
    ):
        for name, value in part.items():
            if not is_element_id(name):
                kept[name] = value
    for name, value in values.items():
        kept[name] = value

    def drawn(message: ForwardMsg) -> None:
        if message.delta.HasField("new_element"):
            hear(message.delta.new_element)

    there = replace(
        here,
        _enqueue=drawn,
        session_state=SafeSessionState(kept, lambda: None),
        fragment_storage=MemoryFragmentStorage(),
        shared=SharedRunState(),
        cursors={},
        fragment_ids_this_run=None,
    )
    script = ThreadState.get().active_script_hash

    def run() -> T:
        add_script_run_ctx(ctx=there)
        with there.run_with_active_hash(script):
            return function()

    with ThreadPoolExecutor(1) as one:
        return one.submit(run).result()


def with_names(script: str) -> str:
    """A script that may say STREAMLIT, and keeps what it declares to itself."""
    return f"(() => {{ {_names()}\n{script} }})()"


@cache
def _names() -> str:
    return NAMES.read_text("utf-8")
