"""The icons of a page: those that are shown, in place of Streamlit's font of four thousand.

That font is the heaviest file of a first visit, 370 kB of 900, and Streamlit asks for it before
anything else. Its style sheet names it; so the page loads a copy of that sheet which names ours
(`tools/build_icons.py`). Both are addressed by their content, like all that a browser may keep.

The copy also leaves out the letters of Streamlit's own theme, another 170 kB: they are asked for
in the moment before ours is known, and no page shows them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ui import library, streamlits
from ui.files import ASSETS

FONT = ASSETS / "shell" / "icons.woff2"
FACE = re.compile(rb"url\(\.\./media/MaterialSymbols-Rounded\.[\w-]+\.woff2\)")
LETTERS = re.compile(rb'@font-face\{font-family:"?Source Sans"?;[^}]*\}')
#: as the style sheet's neighbours are seen from where its copy stands
ELSEWHERE = (b"url(../", b"url(../static/")
ADDRESS = re.compile(rb'href="\./(static/css/[\w.-]+\.css)"')


@lru_cache(maxsize=4)
def linked(sheet: bytes) -> bytes:
    """A link to Streamlit's style sheet, led to the copy; as it is where there is none to make."""
    found = ADDRESS.search(sheet)
    text = streamlits.static(found[1].decode()) if found else None
    if found is None or text is None or not FACE.search(text):
        return sheet
    font = library.offered("icons", FONT.read_bytes(), "woff2").removeprefix(library.PLACE)
    copy = FACE.sub(f"url({font})".encode(), LETTERS.sub(b"", text)).replace(*ELSEWHERE)
    at = library.offered("streamlit", copy, "css")
    return sheet.replace(found[0], f'href="./{at}"'.encode())
