"""The program that draws charts, as the installed Plotly brings it along.

It is served by the app itself under a name that says what is in it, so that a browser loads it once
for all lessons (`ui.packed`), and Python and browser always have the same version.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(plotly.__file__).parent / "package_data"
FILE = "plotly.min.js"


@cache
def address() -> str:
    """Where it is, seen from any page of the app."""
    return f"lab/plotly.{hashlib.sha256((FOLDER / FILE).read_bytes()).hexdigest()[:8]}.js"


class Library:
    """ASGI middleware that answers at one address, below whatever path the app lives at."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.files = app, StaticFiles(directory=FOLDER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith(f"/{address()}"):
            at = {"path": f"/{FILE}", "root_path": ""}
            await self.files({**scope, **at}, receive, send)
        else:
            await self.app(scope, receive, send)
