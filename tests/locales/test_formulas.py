"""Formulas that every browser can read."""

from __future__ import annotations

import re
from pathlib import Path

LOCALES = Path(__file__).parents[2] / "assets" / "locales"
TEXTS = sorted(file for file in LOCALES.rglob("*") if file.suffix in (".md", ".toml"))
ALIGNED = re.compile(r"\\begin\{(aligned|alignedat|align|split)\*?\}(.*?)\\end\{\1\*?\}", re.DOTALL)


def test_what_is_aligned_is_aligned_at_something() -> None:
    """KaTeX writes an empty `columnspacing` where nothing is; Firefox logs that as an error."""
    found = [(file, each) for file in TEXTS for each in ALIGNED.finditer(file.read_text("utf-8"))]
    assert len(TEXTS) > 100 and found
    loose = [
        f"{file.relative_to(LOCALES)}: {each[0][:80]}" for file, each in found if "&" not in each[2]
    ]
    assert not loose, "use gathered"
