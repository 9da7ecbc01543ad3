"""Who is told how the server does."""

from __future__ import annotations

import pytest

from tests.loops import finished
from ui.private import Private, from_here, is_private


def asked(path: str, client: str, server: str = "10.0.0.5", **headers: str) -> int:
    """The status that a request from `client` gets; the app behind would answer 200."""
    sent: list[dict] = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        **{"type": "http", "method": "GET", "path": path, "headers": raw},
        **{"client": (client, 5), "server": (server, 80)},
    }
    finished(Private(app)(scope, None, send))
    return sent[0]["status"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/lab/_stcore/script-health-check/"])
def test_others_get_nothing(path: str) -> None:
    assert asked(path, "192.0.2.7") == 404
    assert asked(path, "testclient") == 404
    assert asked(path, "127.0.0.1", x_forwarded_for="192.0.2.7") == 404  # by a proxy
    assert asked(path, "127.0.0.1") == asked(path, "::1") == 200
    assert asked(path, "10.0.0.5") == 200  # by its own name


def test_all_else_passes() -> None:
    for path in ("/", "/noise", "/_stcore/health", "/_stcore/metrics/more", "/metrics"):
        assert asked(path, "192.0.2.7") == 200
    assert not is_private("/_stcore/stream") and not from_here({"headers": [], "client": None})
