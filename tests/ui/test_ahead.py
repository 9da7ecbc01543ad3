"""What a page asks for ahead is there, is not asked for twice, and is what the page will need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import streamlit

from tests.pages.helpers import opened
from tests.ui.test_shell import PLAIN, ask, streamlits
from ui import ahead, library, shell
from ui import streamlits as debts
from ui.lessons import LESSONS, address
from ui.packed import FOR_GOOD, Packed

STATIC = Path(streamlit.__file__).parent / "static"


def asked_ahead(page: bytes) -> list[str]:
    return re.findall(r'<link rel="modulepreload" crossorigin href="\.(/[^"]*)"', page.decode())


@pytest.mark.parametrize("name", ahead.PARTS)
def test_every_part_is_still_one_of_streamlits(name: str) -> None:
    """A version that calls it otherwise is met here; until then a page would wait a little."""
    assert [each for each in debts.parts((name,)) if Path(each).name.startswith(f"{name}.")]


def test_a_part_brings_what_it_cannot_do_without() -> None:
    found = debts.parts(("BidiComponent",))
    assert len(found) > 3 and all((STATIC / each).is_file() for each in found)
    for each in found:
        text = (STATIC / each).read_text("utf-8")
        told = re.findall(r'from"\./([^"]+)"', text)
        assert {f"static/js/{other}" for other in told} <= found


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_page_asks_for_what_its_first_scene_is_drawn_with(lesson: str) -> None:
    """Who comes after the first visitor is told, too, what draws the picture."""
    opened(lesson)
    app = Packed(library.Library(shell.Shell(streamlits())))
    page = ask(app, address(lesson))[2]
    links = asked_ahead(page)
    assert len(links) == len(set(links))
    assert all(b'href=".' + link.encode() in page for link in asked_ahead(PLAIN))
    new = set(links) - set(asked_ahead(PLAIN))
    assert f"/{library.address_of('progress')}" in new
    scenes = LESSONS[lesson].scenes
    for program in library.drawn_with(lesson, scenes[0].name) if scenes else ():
        assert f"/{program}" in new
    for link in new:
        status, headers, body = ask(app, link)
        assert status == 200 and headers["cache-control"] == FOR_GOOD and len(body) < 100_000


def test_a_picture_tells_what_draws_it() -> None:
    opened("noise", scene="draw")
    assert library.drawn_with("noise", "draw") == (library.address_of("draws"),)
    assert library.drawn_with("noise", "nothing") == () == library.drawn_with("no", "lesson")


def test_letters_that_no_page_shows_are_not_asked_for() -> None:
    page = ask(shell.Shell(streamlits()), "/")[2].decode()
    fonts = re.findall(r'<link[^>]*as="font"[^>]*>', page)
    assert ahead.UNUSED.search(PLAIN) and "SourceSans" not in page
    assert len(fonts) == 1 and "lab-sans-latin" in fonts[0]
    (url,) = re.findall(r'src:url\("([^"]*)"\)', page)
    assert f'href="{url}"' in fonts[0] and (Path(__file__).parents[2] / url[6:]).is_file()


def test_a_page_below_the_root_says_where_the_server_is() -> None:
    """Streamlit's program reads it where it looks for its server, and there alone."""
    program = "".join(
        file.read_text("utf-8") for file in (STATIC / "static" / "js").glob("index.*.js")
    )
    assert "window.__streamlit" in program and ".BACKEND_BASE_URL)" in program
    told = f"<script>{debts.beside_the_page()}</script>"
    app = shell.Shell(streamlits())
    for path, says in (("/noise", 1), ("/", 0), ("/noise/", 0), ("/nothing", 0), ("/home", 1)):
        page = ask(app, path)[2].decode()
        assert page.count(told) == says, path
        assert not says or page.index(told) < page.index("</head>")
