"""What the app tells this computer alone.

Streamlit answers anyone who asks how many sessions it has and what they cost (`metrics`), and runs
the script for anyone who asks whether it runs. Both are for whoever looks after the server.
"""

from __future__ import annotations

import ipaddress

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PRIVATE = ("/_stcore/metrics", "/_stcore/script-health-check")
#: says that a proxy asks for somebody else, who may be anywhere
FORWARDED = {b"forwarded", b"x-forwarded-for", b"x-real-ip"}


class Private:
    """ASGI middleware: to others there is nothing at these addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_private(scope["path"]) and not from_here(scope):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def is_private(path: str) -> bool:
    return path.rstrip("/").endswith(PRIVATE)


def from_here(scope: Scope) -> bool:
    """Whether a program on this computer asks, for itself."""
    if FORWARDED & {name.lower() for name, _ in scope["headers"]}:
        return False
    client, server = ((scope.get(end) or ("",))[0] for end in ("client", "server"))
    try:
        return ipaddress.ip_address(client).is_loopback or client == server
    except ValueError:
        return False
