"""Who may import whom, read from the source: app → pages → ui → experiments → bncore."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ("app", "pages", "ui", "figures", "experiments", "bncore")
#: folder → what of the house, and which of the four packages, it may import
ALLOWED = {
    "bncore": {"bncore", "numpy"},
    "experiments": {"experiments", "bncore", "numpy"},
    "figures": {"figures", "numpy", "plotly", "pandas"},
    "ui": {"ui", "figures", "experiments", "bncore", "numpy", "pandas", "plotly", "streamlit"},
    "pages": {*HOUSE, "numpy", "pandas", "plotly", "streamlit"} - {"app"},
    "app.py": {"ui", "streamlit"},
}
WATCHED = {*HOUSE, "numpy", "pandas", "plotly", "streamlit"}


def imported(file: Path) -> set[str]:
    """Top-level names of everything a file imports, at any depth of its code."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def files(part: str) -> list[Path]:
    return [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))


@pytest.mark.parametrize("part", ALLOWED)
def test_a_folder_imports_only_what_stands_below_it(part: str) -> None:
    assert files(part)
    for file in files(part):
        assert imported(file) & WATCHED <= ALLOWED[part], file.relative_to(ROOT)


def modules(file: Path) -> set[str]:
    """All modules that a file imports, or imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


FOLDERS = [folder for folder in sorted((ROOT / "pages").iterdir()) if (folder / "page.py").exists()]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_lesson_imports_another(folder: Path) -> None:
    for file in folder.glob("*.py"):
        of_pages = {name.split(".")[1] for name in modules(file) if name.startswith("pages.")}
        assert of_pages <= {folder.name}, file.relative_to(ROOT)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_charts_are_pure_and_an_entry_is_light(folder: Path) -> None:
    for file in folder.glob("charts*.py"):
        assert imported(file) & WATCHED <= {"figures", "pages", "numpy", "plotly"}, file
    tree = ast.parse((folder / "__init__.py").read_text("utf-8"))
    at_once = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert at_once <= {"__future__", "ui.lesson", "ui.state"}


@pytest.mark.parametrize("part", ["bncore", "experiments"])
def test_the_core_needs_numpy_and_the_standard_library_only(part: str) -> None:
    import sys

    for file in files(part):
        outside = imported(file) - set(sys.stdlib_module_names) - ALLOWED[part]
        assert not outside, f"{file.relative_to(ROOT)} imports {outside}"


def test_relative_imports_are_not_used() -> None:
    for part in ALLOWED:
        for file in files(part):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                assert not (isinstance(node, ast.ImportFrom) and node.level), file
