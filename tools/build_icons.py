"""Cut the icons that the app shows out of Streamlit's font of four thousand, for ui/icons.py.

    make icons

A browser fetches that font for the first icon on a page, 370 kB. The ones that are shown are those
that our code and words name, and those that Streamlit's own program does. A name is spelled out in
the page and drawn as one sign by a ligature of the font; these stay as they are.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import streamlit
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(streamlit.__file__).parent / "static" / "static"
ICONS = ROOT / "assets" / "shell" / "icons.woff2"
NAMED = re.compile(r":material/([a-z0-9_]+)")
FILLED_IN = ":material/{"  # whatever such a file says may be the name of an icon


def theirs() -> Path:
    """Streamlit's font of all icons."""
    (found,) = (PROGRAM / "media").glob("MaterialSymbols-Rounded.*.woff2")
    return found


def ligatures(font: TTFont) -> Iterator[tuple[str, list[object], object]]:
    """Every name that becomes a sign, with the list that its ligature stands in."""
    spelled = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, found in getattr(table, "ExtSubTable", table).ligatures.items():
                for one in found:
                    yield "".join(spelled[each] for each in [first, *one.Component]), found, one


def names(file: Path) -> set[str]:
    """The icons that a font draws."""
    return {name for name, _, _ in ligatures(TTFont(file))}


def wanted(known: set[str]) -> set[str]:
    """The icons that a page may show: as our files and Streamlit's name them."""
    files = [ROOT / "app.py", *(PROGRAM / "js").glob("*.js")]
    for folder in ("ui", "pages", "assets"):
        files += [
            each
            for each in (ROOT / folder).rglob("*")
            if each.suffix in (".py", ".toml", ".md", ".js")
        ]
    found: set[str] = set()
    for file in files:
        text = file.read_text("utf-8")
        found.update(NAMED.findall(text))
        if file.suffix == ".py" and FILLED_IN in text:
            said = (
                node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)
            )
            found.update(each for each in said if isinstance(each, str))
    return found & known


def main() -> None:
    font = TTFont(theirs(), recalcTimestamp=False)
    kept = wanted({name for name, _, _ in ligatures(font)})
    for name, found, one in list(ligatures(font)):
        if name not in kept:
            found.remove(one)
    options = Options()
    options.layout_features, options.hinting = ["rlig", "liga"], False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(kept) + " ")
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(ICONS)
    print(f"{ICONS.relative_to(ROOT)}: {len(kept)} icons, {ICONS.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
