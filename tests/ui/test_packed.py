"""Files with a hash in their name: compressed once, cached for good, the same bytes at the end."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import plotly
import pytest

from tests.loops import finished
from tests.ui.test_shell import STATIC, ask, streamlits
from ui import library, packed
from ui.packed import Packed

ROOT = Path(__file__).parents[2]
GZIP = {"accept_encoding": "gzip, deflate, br"}
FILES = sorted(file for file in Path(STATIC).rglob("*") if file.parent != Path(STATIC))


def address(file: Path) -> str:
    return f"/static/{file.relative_to(Path(STATIC, 'static')).as_posix()}"


def one(ending: str) -> Path:
    """A file of Streamlit's program, not too small."""
    return next(f for f in FILES if f.suffix == ending and f.stat().st_size > 5000)


class Counted:
    """How often the files themselves are read."""

    def __init__(self, app) -> None:
        self.app, self.times = app, 0

    async def __call__(self, *call) -> None:
        self.times += 1
        await self.app(*call)


def test_every_file_of_streamlits_program_is_named_by_its_content() -> None:
    """What lies beside them, such as the icon, is not."""
    files = [file for file in FILES if file.is_file()]
    assert len(files) > 100
    assert [file.name for file in files if not packed.HASHED.search(address(file))] == []
    for path in ("/", "/training", "/favicon.png", "/manifest.json", "/static/js/a.js", "/a.b"):
        assert not packed.HASHED.search(path)


@pytest.mark.parametrize("ending", [".js", ".css"])
def test_a_file_is_read_and_packed_once_and_stays_what_it_was(ending: str) -> None:
    app, file = Packed(inner := Counted(streamlits())), one(ending)
    for _ in range(3):
        status, headers, body = ask(app, address(file), **GZIP)
        assert status == 200 and headers["content-encoding"] == "gzip"
        assert int(headers["content-length"]) == len(body) < file.stat().st_size / 2
        assert gzip.decompress(body) == file.read_bytes()
        assert headers["cache-control"] == packed.FOR_GOOD
        assert headers["vary"] == "Accept-Encoding" and headers["etag"].startswith('W/"')
    assert inner.times == 1


@pytest.mark.parametrize("accepts", ["", "br", "gzip;q=0, br", "identity"])
def test_who_does_not_take_gzip_gets_the_file_as_it_is(accepts: str) -> None:
    app, file = Packed(streamlits()), one(".js")
    ask(app, address(file), **GZIP)
    status, headers, body = ask(app, address(file), accept_encoding=accepts)
    assert (status, body) == (200, file.read_bytes()) and "content-encoding" not in headers
    assert headers["vary"] == "Accept-Encoding"


def test_a_part_of_a_file_is_a_part_of_the_file_as_it_is() -> None:
    app, file = Packed(streamlits()), one(".js")
    status, headers, body = ask(app, address(file), range="bytes=10-19", **GZIP)
    assert (status, body) == (206, file.read_bytes()[10:20])
    assert headers["content-range"].startswith("bytes 10-19/") and "content-encoding" not in headers


def test_what_a_browser_has_is_not_sent_again() -> None:
    app, file = Packed(streamlits()), one(".js")
    _, headers, _ = ask(app, address(file), **GZIP)
    status, again, body = ask(app, address(file), if_none_match=headers["etag"], **GZIP)
    assert (status, body) == (304, b"") and again["cache-control"] == packed.FOR_GOOD


def test_the_head_of_a_file_has_no_body() -> None:
    status, headers, body = ask(Packed(streamlits()), address(one(".js")), "HEAD", **GZIP)
    assert (status, body) == (200, b"") and headers["cache-control"] == packed.FOR_GOOD


def test_fonts_are_kept_for_good_and_not_packed_again() -> None:
    app, file = Packed(streamlits()), one(".woff2")
    status, headers, body = ask(app, address(file), **GZIP)
    assert (status, body) == (200, file.read_bytes()) and "content-encoding" not in headers
    assert headers["cache-control"] == packed.FOR_GOOD and not app.kept


def test_the_page_in_place_of_a_file_that_is_gone_is_not_kept() -> None:
    """Else a browser that asks for a file of the last version would have a page for it for good."""
    app = Packed(streamlits())
    status, headers, body = ask(app, "/static/js/Gone.AbCd1234.js", **GZIP)
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert headers["cache-control"] == "no-cache" and b"<html" in body and not app.kept


def test_what_is_kept_is_bounded_and_the_oldest_goes_first() -> None:
    files = sorted((f for f in FILES if f.suffix == ".js"), key=lambda f: f.stat().st_size)[-40:-34]
    app = Packed(inner := Counted(streamlits()), bound=1)
    for file in files[:2]:  # larger than all that may be kept: sent all the same
        _, _, body = ask(app, address(file), **GZIP)
        assert gzip.decompress(body) == file.read_bytes() and not app.kept
    sizes = [len(gzip.compress(file.read_bytes())) for file in files]
    app = Packed(inner, bound=sum(sizes[1:]))
    for file in files:
        ask(app, address(file), **GZIP)
    assert list(app.kept) == [address(file) for file in files[1:]]


def test_of_many_who_ask_at_once_one_reads_the_file() -> None:
    app, file = Packed(inner := Counted(streamlits())), one(".js")
    bodies: list[bytes] = []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        bodies.append(message.get("body", b""))

    headers = [(b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "GET", "path": address(file), "headers": headers}
    scope |= {"root_path": "", "query_string": b""}

    async def herd():
        await asyncio.gather(*(app(dict(scope), receive, send) for _ in range(60)))

    finished(herd())
    assert inner.times == 1
    assert {gzip.decompress(body) for body in bodies if body} == {file.read_bytes()}


def test_all_else_passes_through_as_it_came() -> None:
    passed = []

    async def app(*call):
        passed.append(call)

    calls = [
        ({"type": "websocket", "path": "/static/js/index.AbCd1234.js"}, "receive", "send"),
        ({"type": "http", "path": "/training"}, "receive", "send"),
        ({"type": "http", "path": "/media/0123.AbCd1234.js"}, "receive", "send"),
    ]
    for call in calls:
        finished(Packed(app)(*call))
    assert passed == calls


@pytest.mark.parametrize("base", ["", "/some/where"])
def test_what_draws_charts_is_plotlys_own_at_an_address_that_says_which(base: str) -> None:
    app = Packed(library.Library(streamlits()))
    path = f"{base}/{library.address()}"
    file = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    status, headers, body = ask(app, path, **GZIP)
    assert status == 200 and gzip.decompress(body) == file.read_bytes()
    assert re.match(r"(text|application)/javascript", headers["content-type"])
    assert headers["cache-control"] == packed.FOR_GOOD
    assert len(body) < 1_500_000
    other = re.sub(r"[0-9a-f]{8}", "01234567", path)
    assert ask(app, other)[1]["content-type"].startswith("text/html")  # Streamlit's: no such file


def test_our_fonts_are_named_by_their_content() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    faces = [face["url"] for face in config["theme"]["fontFaces"]]
    for url in faces:
        assert packed.HASHED.search(f"/{url}")
        file = ROOT / url.removeprefix("app/")
        assert hashlib.sha256(file.read_bytes()).hexdigest()[:8] in file.name
    assert len(faces) == len([*(ROOT / "static").rglob("*.woff2")])
