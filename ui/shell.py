"""What this app adds to the one HTML page that Streamlit serves at every address.

All that Streamlit shows comes through a WebSocket. What must be there without one (the sentence
that it is missing, the language of the page), before it (the look of the frame) or beside it (how a
page is printed, what the browser's history keeps of it) has to stand in the HTML itself:
`assets/shell/`, with the words of every language, since which one the visitor reads is known in the
browser alone. What a link leads to is said there too, in its language (`ui.first`).
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from functools import cache, lru_cache

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import ahead, first, icons, scripts, streamlits, text
from ui.files import ASSETS
from ui.packed import PACKERS, packing

SHELL = ASSETS / "shell"
FRAME = ASSETS / "frame.css"
#: asked of Streamlit's file, which is not what the browser has, and is packed when it is dressed
CONDITIONS = {b"if-none-match", b"if-modified-since", b"range", b"accept-encoding"}
TITLE = re.compile(rb"<title>[^<]*</title>")
SHEET = re.compile(rb'\s*<link rel="stylesheet"[^>]*>')


class Shell:
    """ASGI middleware; WebSockets, data and static files pass through untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and may_be_page(scope["path"]):
            whole = [(name, value) for name, value in scope["headers"] if name not in CONDITIONS]
            await self.app({**scope, "headers": whole}, receive, Dresser(scope, send))
        else:
            await self.app(scope, receive, send)


class Dresser:
    """A `send` that holds an HTML page back until it has all of it, and lets the rest through."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and is_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self.finish(self.start)

    async def finish(self, start: Message) -> None:
        headers, asked = MutableHeaders(scope=start), Headers(scope=self.scope)
        del headers["last-modified"]  # of Streamlit's file alone
        headers["vary"] = "Accept-Encoding, Accept-Language"
        if self.scope["method"] == "HEAD":
            del headers["content-length"], headers["etag"]
            body = b""
        else:
            at = first.place(self.scope)
            more = ahead.head(self.body, at, self.scope["path"]) if at else ""
            way = packing(asked)
            tag, body = packed(self.body, at, more, way)
            headers["etag"] = tag
            if way:
                headers["content-encoding"] = way
            headers["content-length"] = str(len(body))
            if tag in asked.get("if-none-match", ""):
                start["status"], body = 304, b""
                del headers["content-length"]
        await self.send(start)
        await self.send({"type": "http.response.body", "body": body})


def may_be_page(path: str) -> bool:
    """Whether a page of the app may live at a path: its name has no ending."""
    return "." not in path.rsplit("/", 1)[-1] and "/_stcore/" not in path


def is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and headers.get("content-type", "").startswith("text/html")
        and "content-encoding" not in headers
    )


@lru_cache(maxsize=8)
def dressed(page: bytes, at: first.Place | None = None, more: str = "") -> bytes:
    """The page with our own at the end of its head and at the beginning of its body.

    Streamlit's style sheet, for which a browser waits, comes after the first words. `more` is what
    this page asks for ahead.
    """
    said, shown = (first.head(at), first.body(at)) if at else ("", "")
    if at:
        page = TITLE.sub(b"", page, 1)
    sheets = b"".join(map(icons.linked, SHEET.findall(page)))
    return (
        ahead.UNUSED.sub(b"", SHEET.sub(b"", page))
        .replace(b"</head>", (said + more).encode() + head() + b"</head>", 1)
        .replace(b"<body>", b"<body>" + without_scripts() + shown.encode() + sheets + look(), 1)
    )


@lru_cache(maxsize=128)
def packed(page: bytes, at: first.Place | None, more: str, way: str) -> tuple[str, bytes]:
    """The dressed page as a browser takes it, with the tag that stands for it."""
    plain = dressed(page, at, more)
    body = PACKERS[way](plain) if way else plain
    return f'W/"{hashlib.sha256(plain).hexdigest()[:32]}"', body


@cache
def head() -> bytes:
    words = html.escape(json.dumps(text.in_all_languages("connection"), ensure_ascii=False))
    return (
        f"{first.fonts()}<style>{_file('shell.css')}{_file('first.css')}</style>"
        f'<style media="print">{_file("print.css")}</style>'
        f'<script data-words="{words}">{_script("shell.js")}</script>'
        f"<script>{_script('history.js')}</script><script>{_script('keys.js')}</script>"
        f"<script>{scripts.text()}</script>"
        + (f"<script>{_script('dev.js')}</script>" if st.get_option("server.runOnSave") else "")
    ).encode()


def _script(name: str) -> str:
    return streamlits.with_names(_file(name))


def _file(name: str) -> str:
    return (SHELL / name).read_text("utf-8")


@cache
def look() -> bytes:
    """How every page looks, before anything is on it: what came later would make it jump.

    It stands in the body, since Streamlit adds its own styles to the head, and the last one counts.
    """
    return f"<style>{FRAME.read_text('utf-8')}</style>".encode()


@cache
def without_scripts() -> bytes:
    sentences = (
        f'<p lang="{code}">{html.escape(words["no_script"])}</p>'
        for code, words in text.in_all_languages("connection").items()
    )
    below = ".lab-first { position: relative; min-height: 100vh; }"  # that no sentence is covered
    late = ".lab-first p:last-child { display: none; }"
    return f"<noscript><style>{below}{late}</style>{''.join(sentences)}</noscript>".encode()
