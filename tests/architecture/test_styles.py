"""A style sheet that is sent alone is sent from outside of what runs again by itself.

Streamlit keeps HTML that is nothing but a style in a place of its own, where the next run of a
fragment writes over what others have put there. What a fragment shows brings its look along
(`ui.tables`, `ui.page.at_once`), or its page sends it once.
"""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]


def styles_alone(body: ast.AST) -> list[int]:
    """Lines on which `st.html` is given the name of a style sheet and nothing else."""
    return [
        node.lineno
        for node in ast.walk(body)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "st.html"
        and ast.unparse(node.args[0]).rpartition(".")[2].endswith(("STYLE", "CSS"))
    ]


def test_no_function_sends_a_style_alone() -> None:
    found = {}
    for file in (*(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        functions = [each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
        if lines := [line for each in functions for line in styles_alone(each)]:
            found[str(file.relative_to(ROOT))] = lines
    assert not found
    assert styles_alone(ast.parse("def f():\n    st.html(place.STYLE)")) == [2]
