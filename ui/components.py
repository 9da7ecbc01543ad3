"""Components: what moves under the finger, mounted and heard in one way.

A component is a folder of `assets/components`; what all of them share is in its `kit/`. What it may
send is declared with it, as a reader of `ui.outside` for each event; what it sends reaches a page
only through that reader. Anything else is one line in the log, and the page stays as it was. A
component is registered by being made.
"""

from __future__ import annotations

import logging
import reprlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from ui import library, modules
from ui.files import COMPONENTS
from ui.lessons import LESSONS
from ui.outside import Reader, Unreadable, count, named, plain, shape, word

#: what a hand has set: `n` counts within one `mount`, so that Python can say what it has seen
COMMIT = shape(mount=word(32), n=count, set=named(plain))
LOG = logging.getLogger(__name__)
#: every component that there is, by name
REGISTERED: dict[str, Component] = {}


@dataclass(frozen=True)
class Mounted:
    """A component as a page has mounted it."""

    component: Component
    key: str
    data: Any


#: whoever is told what would be mounted
_note: ContextVar[Callable[[Mounted], None] | None] = ContextVar("note", default=None)


@contextmanager
def noting(note: Callable[[Mounted], None]) -> Iterator[None]:
    """What would be mounted meanwhile is noted, and not mounted."""
    before = _note.set(note)
    try:
        yield
    finally:
        _note.reset(before)


class Component:
    """`name`, the files of its `html` and `css`, its module, and what it sends: a reader by event.

    The module at `js` has what mounts it as its default export; `ui.modules` adds what it imports.

    One that is not `isolated` lives in the page's own document: for programs that put styles there.
    `asks` is a CSS selector of its controls that nobody but Python can answer.

    Mount it with a `key`, its `data`, and for each event `on_<event>=take`: `take` is called with
    what the reader has read, before the next run of the page. It may raise Unreadable in turn.
    """

    def __init__(
        self,
        name: str,
        events: Mapping[str, Reader[Any]],
        *,
        html: tuple[str, ...] = (),
        css: tuple[str, ...] = (),
        js: str,
        isolated: bool = True,
        asks: str = "",
    ) -> None:
        self.name, self.events, self.js, self.asks = name, dict(events), js, asks
        self.html, self.css = _text(html), _text(css)
        self._mount = st.components.v2.component(
            name,
            html=self.html,
            css=self.css,
            js=library.module(name, modules.module(js)),
            isolate_styles=isolated,
        )
        REGISTERED[name] = self

    def __call__(
        self,
        key: str,
        data: Any = None,
        *,
        width: Any = "stretch",
        height: Any = "content",
        **takes: Callable[[Any], None],
    ) -> None:
        if note := _note.get():
            note(Mounted(self, key, data))
            return
        hear: dict[str, Any] = {
            f"on_{event}_change": partial(self.hear, key, event, takes[f"on_{event}"])
            for event in self.events
        }
        library.draws(self.name)
        self._mount(key=key, data=data, width=width, height=height, **hear)

    def hear(self, key: str, event: str, take: Callable[[Any], None]) -> None:
        """Read what the browser sent, and pass it on."""
        state = st.session_state.get(key)
        sent = state.get(event) if isinstance(state, Mapping) else None
        try:
            take(self.events[event](sent))
        except Unreadable as why:
            LOG.warning("%s sent what is no %s: %s (%r)", self.name, event, reprlib.repr(sent), why)


def settings(lesson: str, names: Iterable[str], sent: Mapping[str, str]) -> dict[str, Any]:
    """Values of a lesson's controls that a browser sent, exactly as a link would give them.

    Raises Unreadable where one is missing or impossible.
    """
    found = {}
    for name in names:
        if name not in sent:
            raise Unreadable(f"no {name}")
        found[name] = LESSONS[lesson].control(name).read(sent[name])
    return found


def _text(files: tuple[str, ...]) -> str | None:
    return "\n".join((COMPONENTS / file).read_text("utf-8") for file in files) or None
