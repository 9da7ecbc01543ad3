"""Charts are drawn by one function, so that none comes with another configuration."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def charts(file: Path) -> list[str]:
    """Names of Streamlit's functions for charts that a file mentions."""
    names = (
        node.attr
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
    )
    return [name for name in names if name.endswith("_chart") or name == "pyplot"]


def test_nobody_draws_a_chart_another_way() -> None:
    files = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found = {file.name: used for file in files if (used := charts(file))}
    assert found == {}
