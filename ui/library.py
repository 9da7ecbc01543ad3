"""What we make for the browser, as files of the app: loaded once, not sent with every message.

Each lives under a name that says what is in it, so that a browser keeps it for good (`ui.packed`).
What draws charts comes as the installed Plotly brings it along, so that Python and browser have the
same version; the modules of our components are joined by `ui.modules`. What else a page needs as a
file that we make (`ui.icons`) is offered here, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

import plotly
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(plotly.__file__).parent / "package_data"
FILE = "plotly.min.js"
PLACE = "lab/"
TYPES = {"js": "text/javascript", "css": "text/css", "woff2": "font/woff2"}
#: what is offered, by its address
_offered: dict[str, bytes] = {}
_addresses: dict[str, str] = {}  # of components, by name
#: by lesson and scene the components that its picture is drawn with, as far as anybody has seen it
_drawn: dict[tuple[str, str], dict[str, None]] = {}
_drawing: ContextVar[tuple[str, str] | None] = ContextVar("drawing", default=None)


@cache
def address() -> str:
    """Where Plotly is, seen from any page of the app."""
    return _named("plotly", (FOLDER / FILE).read_bytes(), "js")


def module(name: str, text: str) -> str:
    """A module that has the default export of this one, and loads it as a file.

    Streamlit sends a component's module along with every change of its data; it sends this instead.
    """
    _addresses[name] = at = offered(name, text.encode(), "js")
    return f"""// {name}, as a file that the browser keeps
const {{ default: mount }} = await import(new URL("{at}", document.baseURI).href);
export default mount;
"""


def address_of(component: str) -> str:
    """Where a component's program is; empty if there is no such component yet."""
    return _addresses.get(component, "")


@contextmanager
def drawing(lesson: str, scene: str) -> Iterator[None]:
    """Note what this scene's picture is drawn with."""
    before = _drawing.set((lesson, scene))
    try:
        yield
    finally:
        _drawing.reset(before)


def draws(component: str) -> None:
    """That a component is drawn now."""
    if (at := _drawing.get()) is not None:
        _drawn.setdefault(at, {})[address_of(component)] = None


def drawn_with(lesson: str, scene: str) -> tuple[str, ...]:
    """The programs that a scene's picture needs, by their addresses."""
    return tuple(_drawn.get((lesson, scene), ()))


def offered(name: str, data: bytes, kind: str) -> str:
    """The address of a file that is offered from now on; `kind` is one of TYPES."""
    _offered[at := _named(name, data, kind)] = data
    return at


def _named(name: str, data: bytes, kind: str) -> str:
    return f"{PLACE}{name}.{hashlib.sha256(data).hexdigest()[:8]}.{kind}"


class Library:
    """ASGI middleware that answers at these addresses, below whatever path the app lives at."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.files = app, StaticFiles(directory=FOLDER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, found, name = (
            scope["path"].rpartition(f"/{PLACE}") if scope["type"] == "http" else [""] * 3
        )
        at = PLACE + name
        if found and at in _offered:
            kind = TYPES[at.rpartition(".")[2]]
            await Response(_offered[at], media_type=kind)(scope, receive, send)
        elif found and at == address():
            file = {"path": f"/{FILE}", "root_path": ""}
            await self.files({**scope, **file}, receive, send)
        else:
            await self.app(scope, receive, send)
