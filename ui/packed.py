"""Files that never change under their name: compressed once, kept in memory, cached for good.

Streamlit sends its program as it is, since its own compression would begin anew at every request.
But a name with a hash of the content in it stands for the same bytes for ever: one compressed copy
is right for as long as the server lives, and a browser need not ask for it a second time. That
holds for Streamlit's program, our fonts (`static/`) and what draws charts (`ui.library`) alike.
Everything else passes through untouched.

Where the package `brotli` is installed, browsers that take it get files smaller by a seventh.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from weakref import WeakValueDictionary

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: eight characters of a hash before the ending, in a folder of files
HASHED = re.compile(r"/(?:static|lab)/(?:.+/)?[^/]+[.][\w-]{8}([.]\w+)$")
SMALLER = {".js", ".css", ".json", ".svg", ".ttf", ".wasm"}  # the others are compressed already
FOR_GOOD = "public, max-age=31536000, immutable"
BOUND = 32 * 2**20  # bytes that are kept: several times all of Streamlit's program
CONDITIONS = {"range", "if-none-match", "if-modified-since"}
#: how bytes are packed, by the name that browsers know it by, the smallest first
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": partial(gzip.compress, mtime=0)}
with suppress(ImportError):
    import brotli

    # Two steps below its best, which takes twenty times as long for a twelfth less.
    PACKERS = {"br": partial(brotli.compress, quality=9)} | PACKERS


class Packed:
    """ASGI middleware; what has no hash in its name passes through."""

    def __init__(self, app: ASGIApp, bound: int = BOUND) -> None:
        self.app, self.bound = app, bound
        # by address and way of packing; asked for last, at the end
        self.kept: OrderedDict[tuple[str, str], list[Message]] = OrderedDict()
        # Of sixty who ask at once for what is not kept yet, one reads and packs, the others wait.
        self.making: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = HASHED.search(scope["path"]) if scope["type"] == "http" else None
        if not found:
            await self.app(scope, receive, send)
            return
        asked, path = Headers(scope=scope), scope["path"]
        smaller = found[1] in SMALLER
        whole = scope["method"] == "GET" and not CONDITIONS & set(asked)
        way = packing(asked)
        if not (smaller and whole and way):
            await self.app(_plain(scope), receive, _marking(send, varies=smaller))
            return
        key = path, way
        async with self.making.setdefault(key, asyncio.Lock()):
            said = self.kept.get(key) or await self.pack(scope, receive, way)
        if key in self.kept:
            self.kept.move_to_end(key)
        for message in said:  # outside the lock: a slow line holds nobody up
            await send(dict(message))

    async def pack(self, scope: Scope, receive: Receive, way: str) -> list[Message]:
        """Ask for the file, and if it comes, keep it compressed; what is to be sent."""
        said: list[Message] = []

        async def hear(message: Message) -> None:
            said.append(message)

        await self.app(_plain(scope), receive, _marking(hear, varies=True))
        cut = not said or said[-1].get("more_body")  # whoever asked has gone
        if cut or said[0]["status"] != 200 or not is_file(said[0]):
            return said
        start, *parts = said
        plain = b"".join(part.get("body", b"") for part in parts)
        # Done once, and beside everybody's runs: those who pack let others work meanwhile.
        body = await asyncio.to_thread(PACKERS[way], plain)
        headers = MutableHeaders(scope=start)
        headers["content-encoding"], headers["content-length"] = way, str(len(body))
        if tag := headers.get("etag"):
            headers["etag"] = f"W/{tag.removeprefix('W/')}"  # the bytes are others
        del headers["accept-ranges"]
        packed = [start, {"type": "http.response.body", "body": body}]
        self.keep((scope["path"], way), packed)
        return packed

    def keep(self, key: tuple[str, str], packed: list[Message]) -> None:
        self.kept[key] = packed
        while sum(len(body["body"]) for _, body in self.kept.values()) > self.bound:
            self.kept.popitem(last=False)


def packing(asked: Headers) -> str:
    """The smallest way of packing that a browser takes and does not refuse; empty if none."""
    offers = (offer.partition(";") for offer in asked.get("accept-encoding", "").split(","))
    refused = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*")
    taken = {name.strip().lower() for name, _, weight in offers if not refused.fullmatch(weight)}
    if "*" in taken:
        taken.add("gzip")
    return next((way for way in PACKERS if way in taken), "")


def is_file(start: Message) -> bool:
    """And not Streamlit's page, which it sends in place of a file that is not there."""
    said = Headers(raw=start["headers"]).get("cache-control", "")
    return start["status"] in (200, 206, 304) and "no-cache" not in said


def _plain(scope: Scope) -> Scope:
    """The same request, to be answered by the file as it is, and by its bytes."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    ways = {k: v for k, v in scope.get("extensions", {}).items() if k != "http.response.pathsend"}
    return {**scope, "headers": headers, "extensions": ways}


def _marking(send: Send, *, varies: bool) -> Send:
    """A `send` that says of a file that it stays what it is, whoever asks."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start" and is_file(message):
            headers = MutableHeaders(scope=message)
            headers["cache-control"] = FOR_GOOD
            if varies:
                headers.add_vary_header("Accept-Encoding")
        await send(message)

    return marked
