"""What a page asks for later, piece after piece, named in its HTML so that it comes with the rest.

Streamlit's program loads the part that draws an element when the first such element arrives, and a
part's own parts after it; our picture's program comes last, when all of these stand. On a line with
long ways each of these steps is a wait. Every page has the same few elements; which program a
scene's picture has, the first run of the scene tells.

Left out is what Streamlit asks for ahead and no page of ours shows: the letters of its own theme.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ui import library, streamlits
from ui.first import Place

#: parts of Streamlit's program that every page needs: scripts, menu, switches, buttons, pictures
PARTS = ("Html", "PageLink", "ButtonGroup", "Checkbox", "Button", "BidiComponent")
COMPONENTS = ("progress",)
LINKED = re.compile(rb'"\./(static/js/[\w.-]+\.js)"')
UNUSED = re.compile(rb'\s*<link\s[^<>]*rel="preload"[^<>]*SourceSans[^<>]*>')


def head(page: bytes, at: Place, path: str) -> str:
    """All that saves the page at this place a way: links to what it will need, and the server."""
    if path.endswith(f"/{at.lesson}"):
        return f"<script>{streamlits.beside_the_page()}</script>{links(page, at)}"
    return links(page, at)


def links(page: bytes, at: Place) -> str:
    """Links to what it will need besides what it links to already."""
    ours = {library.address_of(name): None for name in COMPONENTS}
    ours |= dict.fromkeys(library.drawn_with(at.lesson, at.scene))
    return "".join(map(_link, [*_parts(page), *filter(None, ours)]))


@lru_cache(maxsize=4)
def _parts(page: bytes) -> tuple[str, ...]:
    linked = {found.decode() for found in LINKED.findall(page)}
    return tuple(sorted(streamlits.parts(PARTS) - linked))


def _link(address: str) -> str:
    return f'<link rel="modulepreload" crossorigin href="./{address}">'
