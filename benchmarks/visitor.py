"""A visitor without a browser: it speaks to a running app as Streamlit's own page does.

It opens a scene, sends what a component would send when a hand lets go of a slider, and waits until
the app has answered in full: `script_finished`. It keeps what it must send back, no more. The
messages' names are Streamlit's own (`streamlit.proto`), and what is relied on of them is tested
against a real app.
"""

from __future__ import annotations

import json
import time
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

STREAM = "_stcore/stream"
LARGEST = 64 * 2**20  # bytes of one message
EVENTS = "$$STREAMLIT_INTERNAL_KEY_{}__events"  # what a component's triggers come under


class Answered(NamedTuple):
    """What an action came to."""

    seconds: float  # from what was sent to the end of its run
    messages: int
    bytes: int  # on the WebSocket
    ok: bool  # the run ended well, with no traceback and none of the app's apologies


class Mounted(NamedTuple):
    """A component on the page."""

    id: str
    fragment: str
    numbers: dict[str, list[str]]  # its sliders' options, or their two ends, as a link writes them
    seen: int  # how often Python has heard its hand


class Visitor:
    """One session. `url` is the app's address, without a slash at its end."""

    def __init__(self, url: str, session: ClientConnection) -> None:
        self.url, self.session = url, session
        self.page = ""  # the hash of its script
        self.pages: dict[str, str] = {}  # of all lessons
        self.components: dict[str, Mounted] = {}

    async def open(self, lesson: str, **query: object) -> Answered:
        """A link to a lesson's scene."""
        self.components = {}
        message = BackMsg()
        message.rerun_script.query_string = urlencode({"lang": "en", **query})
        message.rerun_script.page_name = lesson
        return await self._run(message, lesson)

    async def go(self, lesson: str) -> Answered:
        """Choose a lesson from the menu."""
        self.components = {}
        message = BackMsg()
        message.rerun_script.page_script_hash = self.pages[lesson]
        message.rerun_script.query_string = "lang=en"
        return await self._run(message, lesson)

    async def drag(self, key: str, **values: str) -> Answered:
        """Let go of a component's sliders at these values, written as in a link."""
        mounted = self.components[key]
        sent = {"mount": "visitor", "n": mounted.seen + 1, "set": values}
        self.components[key] = mounted._replace(seen=mounted.seen + 1)
        message = BackMsg()
        message.rerun_script.page_script_hash = self.page
        message.rerun_script.fragment_id = mounted.fragment
        widgets = message.rerun_script.widget_states.widgets
        widgets.add(id=mounted.id, json_value="{}")
        widgets.add(id=EVENTS.format(mounted.id)).json_trigger_value = json.dumps(
            [{"event": "commit", "value": sent}]
        )
        return await self._run(message, self.lesson)

    async def _run(self, message: BackMsg, lesson: str) -> Answered:
        self.lesson = lesson
        message.rerun_script.context_info.url = f"{self.url}/{lesson}"
        message.rerun_script.context_info.locale = "en-US"
        message.rerun_script.context_info.timezone = "UTC"
        began, messages, size, ok = time.perf_counter(), 0, 0, True
        await self.session.send(message.SerializeToString())
        while True:
            data = await self.session.recv()
            assert isinstance(data, bytes)
            messages, size = messages + 1, size + len(data)
            heard = ForwardMsg.FromString(data)
            ok = ok and self._hear(heard)
            if heard.WhichOneof("type") == "script_finished":
                done = heard.script_finished
                if done == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue  # the app has begun anew by itself
                ended = done in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                )
                return Answered(time.perf_counter() - began, messages, size, ok and ended)

    def _hear(self, heard: ForwardMsg) -> bool:
        """Note what is needed later; False for what a visitor must never meet."""
        kind = heard.WhichOneof("type")
        if kind == "new_session":
            self.page = heard.new_session.page_script_hash
        if kind == "navigation":
            pages = heard.navigation.app_pages
            self.pages = {page.url_pathname: page.page_script_hash for page in pages}
        if kind != "delta" or heard.delta.WhichOneof("type") != "new_element":
            return True
        element = heard.delta.new_element
        if element.WhichOneof("type") == "bidi_component":
            self._mount(heard.delta.fragment_id, element.bidi_component)
        return element.WhichOneof("type") != "exception"

    def _mount(self, fragment: str, component: BidiComponent) -> None:
        key = component.id.split("-", 2)[2]  # $$ID, a hash, the key
        try:
            tracks = json.loads(component.json).get("tracks", {})
        except (ValueError, AttributeError):
            tracks = {}
        numbers = {
            name: track.get("options") or [str(track["low"]), str(track["high"])]
            for name, track in tracks.items()
        }
        seen = self.components[key].seen if key in self.components else 0
        self.components[key] = Mounted(component.id, fragment, numbers, seen)


def arriving(url: str) -> connect:
    """The connection of a new session, to be entered with `async with`."""
    at = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}[at.scheme]
    return connect(
        f"{scheme}://{at.netloc}{at.path}/{STREAM}",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        origin=f"{at.scheme}://{at.netloc}",  # type: ignore[arg-type]
        max_size=LARGEST,
        open_timeout=60,
    )
