"""What the tools that train say about how their files were made."""

from __future__ import annotations

import ast
import json
import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
HOUSE = ("bncore", "experiments")
KEPT = {"experiments.evidence"}  # keeps numbers, makes none
#: of a syntax tree: what people read and machines do not
UNREAD = {"annotation", "returns", "type_comment", "ctx", "kind"}


def versions() -> dict[str, str]:
    """What decides the last bits."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{blas['name']} {blas['version']}",
        "machine": platform.machine(),
    }


def rounded(value: Any) -> Any:
    """Numbers with six digits, at any depth."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


# --- fingerprints ---


def fingerprint(settings: Mapping[str, Any], module: str) -> dict[str, str]:
    """Of what decides numbers: the settings, and the code of a module and all it stands on.

    Comments, docstrings, formatting, type hints, and where a file lies do not count.
    """
    return {"settings": _hashed(json.dumps(settings, sort_keys=True)), "code": _code(module)}


@cache
def _code(module: str) -> str:
    parts = sorted(_hashed(shape(_file(name).read_text("utf-8"))) for name in stands_on(module))
    return _hashed("\n".join(parts))


def _hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


@cache
def stands_on(module: str) -> frozenset[str]:
    """The module, and those of bncore and experiments that it imports, at any remove."""
    found: set[str] = set()
    left = {module}
    while left:
        name = left.pop()
        found.add(name)
        left |= _imported(name) - found - KEPT
    return frozenset(found)


@cache
def _imported(module: str) -> frozenset[str]:
    """Of the house, at any depth of its code."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(_file(module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{alias.name}" for alias in node.names}
            named |= inside | {node.module}
    return frozenset(name for name in named if name.split(".")[0] in HOUSE and _file(name).exists())


def _file(module: str) -> Path:
    """Of a package its __init__; of a folder without one, and of what is no module, no file."""
    path = ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def shape(source: str) -> str:
    """What a text of Python does, written the same by every version of Python."""
    return _shape(ast.parse(source))


def _shape(node: Any) -> str:
    if isinstance(node, list):
        return f"[{' '.join(_shape(one) for one in node if not _is_unread(one))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [(name, value) for name, value in ast.iter_fields(node) if name not in UNREAD]
    parts = [f"{name}={_shape(value)}" for name, value in fields if value not in (None, [])]
    return f"{type(node).__name__}({' '.join(parts)})"


def _is_unread(node: Any) -> bool:
    """A docstring or another string that stands for itself; an import, followed by `stands_on`."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
