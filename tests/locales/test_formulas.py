"""Formulas that every browser can read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LOCALES = Path(__file__).parents[2] / "assets" / "locales"
TEXTS = sorted(file for file in LOCALES.rglob("*") if file.suffix in (".md", ".toml"))
ALIGNED = re.compile(r"\\begin\{(aligned|alignedat|align|split)\*?\}(.*?)\\end\{\1\*?\}", re.DOTALL)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: str(file.relative_to(LOCALES)))
def test_what_is_aligned_is_aligned_at_something(file: Path) -> None:
    """KaTeX writes an empty `columnspacing` where nothing is; Firefox logs that as an error."""
    for found in ALIGNED.finditer(file.read_text("utf-8")):
        assert "&" in found[2], f"{found[0][:80]}: use gathered"
