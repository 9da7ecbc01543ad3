"""What is added to Streamlit's page, and all that must pass untouched."""

from __future__ import annotations

import asyncio
import gzip
import html
import json
import re
import tomllib
from pathlib import Path

import pytest
from streamlit import file_util
from streamlit.web.server.starlette.starlette_gzip_middleware import SelectiveGZipMiddleware
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from figures import theme
from tests.loops import finished
from ui import ahead, first, icons, scripts, shell, text

STATIC = file_util.get_static_dir()
PLAIN = Path(STATIC, "index.html").read_bytes()


def streamlits(base: str = ""):
    """Streamlit's own server of its page, packed as it packs it."""
    return SelectiveGZipMiddleware(create_streamlit_static_handler(STATIC, base), base_url=base)


def ask(app, path: str, method: str = "GET", query: str = "", **headers: str):
    """Status, headers and body of one request."""
    said: list[dict] = []

    async def receive():
        await asyncio.Event().wait()  # no body, and nobody hangs up

    async def send(message):
        said.append(message)

    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": sent, "root_path": ""}
    finished(app(scope | {"query_string": query.encode()}, receive, send))
    found = {name.decode().lower(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, b"".join(message.get("body", b"") for message in said[1:])


@pytest.mark.parametrize("path", ["/", "/training", "/no/such/page"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_page_is_dressed_whole(path: str, packed: bool) -> None:
    accepted = {"accept_encoding": "gzip"} if packed else {}
    status, headers, body = ask(shell.Shell(streamlits()), path, **accepted)
    assert status == 200 and int(headers["content-length"]) == len(body)
    assert headers["cache-control"] == "no-cache" and "last-modified" not in headers
    assert headers["vary"] == "Accept-Encoding, Accept-Language"
    assert headers.get("content-encoding") == ("gzip" if packed else None)
    if packed:
        body = gzip.decompress(body)
    page = body.decode()
    assert len(page) > len(PLAIN)
    assert page.index("data-words") < page.index("</head>")
    assert page.index("</head>") < page.index(shell.FRAME.read_text("utf-8"))
    for added in (shell.head(), shell.look(), shell.without_scripts()):
        page = page.replace(added.decode(), "")
    plain = ahead.UNUSED.sub(b"", PLAIN).decode()
    at = first.place({"type": "http", "path": path, "headers": []})
    if at is not None:  # its title, its first words
        page = page.replace(first.head(at), "").replace(first.body(at), "")
        page = page.replace(ahead.head(PLAIN, at, path), "")
        plain = plain.replace("<title>Streamlit</title>", "")
    sheet = shell.SHEET.search(PLAIN)[0].decode()  # stands after these
    ours = icons.linked(sheet.encode()).decode()
    assert page.replace(ours, "") == plain.replace(sheet, "") and page.count(ours) == 1


def test_the_page_holds_the_words_of_every_language() -> None:
    page = shell.dressed(PLAIN).decode()
    words = json.loads(html.unescape(re.search('data-words="([^"]*)"', page)[1]))
    assert tuple(words) == text.languages()
    for code in words:
        assert f'<p lang="{code}">{html.escape(words[code]["no_script"])}</p>' in page


def test_every_colour_of_the_dark_has_its_counterpart_on_paper() -> None:
    both = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]
    said = {dark: both["light"][name] for name, dark in both["dark"].items()}
    known = json.loads(scripts.text().split("\ninLight: ")[1].split(",\n}")[0])
    assert said.items() <= known.items()
    assert all(known[dark] == light for light, dark in theme.COLOURS.values())


def test_what_is_cached_is_asked_for_again_by_its_own_tag() -> None:
    app = shell.Shell(streamlits())
    _, headers, _ = ask(app, "/training")
    status, again, body = ask(app, "/training", if_none_match=headers["etag"])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert "content-length" not in again


def test_a_page_of_an_older_version_in_a_cache_is_replaced() -> None:
    """It was asked for by the tag of Streamlit's file, which is still the same."""
    _, old, _ = ask(streamlits(), "/")
    app = shell.Shell(streamlits())
    for header in ({"if_none_match": old["etag"]}, {"if_modified_since": old["last-modified"]}):
        status, _, body = ask(app, "/", **header)
        assert status == 200 and b"data-words" in body


def test_the_head_of_a_page_says_nothing_that_a_page_would_contradict() -> None:
    status, headers, body = ask(shell.Shell(streamlits()), "/training", "HEAD")
    assert (status, body) == (200, b"") and headers["content-type"].startswith("text/html")
    assert not {"content-length", "etag", "last-modified"} & headers.keys()


@pytest.mark.parametrize("path", ["/favicon.png", "/manifest.json", "/training/_stcore/health"])
def test_what_is_no_page_is_what_streamlit_says(path: str) -> None:
    from starlette.exceptions import HTTPException

    def answer(app):
        try:
            return ask(app, path)
        except HTTPException as error:
            return error.status_code

    assert answer(shell.Shell(streamlits())) == answer(streamlits())


def test_websockets_data_and_errors_pass_through_message_by_message() -> None:
    passed = []

    async def app(scope, receive, send):
        passed.append((scope, receive, send))

    socket = {"type": "websocket", "path": "/_stcore/stream", "headers": []}
    finished(shell.Shell(app)(socket, "receive", "send"))
    assert passed == [(socket, "receive", "send")]

    async def events(scope, receive, send):
        kind = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b"data: 1", "more_body": True})
        assert sent[-1]["body"] == b"data: 1"  # not held back for the rest
        await send({"type": "http.response.body", "body": b""})

    sent: list[dict] = []

    async def send(message):
        sent.append(message)

    page = {"type": "http", "method": "GET", "path": "/live/1", "headers": []}
    finished(shell.Shell(events)(page, None, send))
    assert len(sent) == 3
