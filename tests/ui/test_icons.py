"""The font of the icons: small, and every icon that a page may show is in it."""

from __future__ import annotations

import re

import pytest
from fontTools.ttLib import TTFont

from tests.ui.test_packed import GZIP
from tests.ui.test_shell import PLAIN, ask, streamlits
from tools import build_icons
from ui import icons, library, shell
from ui.lessons import LESSONS
from ui.packed import FOR_GOOD, Packed


def test_every_icon_that_is_named_is_in_the_font_and_no_other() -> None:
    """`make icons` writes it anew; a new version of Streamlit may name others."""
    known = build_icons.names(build_icons.theirs())
    ours = {entry.icon.strip(":").removeprefix("material/") for entry in LESSONS.values()}
    wanted = build_icons.wanted(known)
    assert ours | {"ios_share", "cast_for_education", "keyboard_arrow_down"} <= wanted
    assert build_icons.names(icons.FONT) == wanted


def test_the_signs_are_streamlits_own() -> None:
    theirs, ours = TTFont(build_icons.theirs()), TTFont(icons.FONT)
    drawn = {
        font: {name: one.LigGlyph for name, _, one in build_icons.ligatures(font)}
        for font in (theirs, ours)
    }
    for name, glyph in drawn[ours].items():
        assert ours["glyf"][glyph] == theirs["glyf"][drawn[theirs][name]], name
        assert ours["hmtx"][glyph] == theirs["hmtx"][drawn[theirs][name]], name
    assert icons.FONT.stat().st_size < 20_000


@pytest.mark.parametrize("path", ["/", "/noise"])
def test_the_page_loads_ours(path: str) -> None:
    app = Packed(library.Library(shell.Shell(streamlits())))
    _, _, page = ask(app, path)
    (sheet,) = re.findall(r'<link rel="stylesheet"[^>]*href="\.(/[^"]*)"', page.decode())
    status, headers, css = ask(app, sheet)
    assert status == 200 and headers["content-type"].startswith("text/css")
    assert headers["cache-control"] == FOR_GOOD
    assert b"MaterialSymbols" not in css and b"SourceSans" not in css and b"SourceCode" in css
    assert ask(app, sheet, **GZIP)[1]["content-encoding"] == "gzip"
    urls = set(re.findall(r"url\((?!data:)([^)]*)\)", css.decode()))
    (font,) = [url for url in urls if "icons" in url]
    assert len(urls) > 4 and all(url.startswith(("../static/media/", font)) for url in urls)
    for url in urls:
        at = f"/lab/{url}" if url == font else url.removeprefix("..")
        status, headers, _ = ask(app, at)
        assert status == 200 and headers["cache-control"] == FOR_GOOD
        assert headers["content-type"] == "font/woff2", url


def test_a_sheet_that_is_another_stays_as_it_is() -> None:
    (link,) = shell.SHEET.findall(PLAIN)
    for other in (b"<link>", link.replace(b"index.", b"gone."), link.replace(b"./static", b"/x")):
        assert icons.linked(other) == other
