"""A function with all that it needs, as one text that runs where only `bncore` is installed.

What a lesson shows as its code is a function of `experiments`, which is not installed. `closure`
collects it and everything of `experiments` that it leans on, in an order that runs, and the imports
of what is left: NumPy, bncore, the standard library.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
from collections.abc import Iterator
from functools import cache
from types import ModuleType

OURS = "experiments"


class NotClosed(Exception):
    """The message says what cannot be taken out of its module, and where it stands."""


class Closure:
    """Grows with each `add`: `texts`, and the `imports` of all of them.

    What the same name means in two modules cannot stand in one notebook: NotClosed says so.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._imported: dict[str, set[str]] = {
            "": {"import numpy as np"}
        }  # by module, "" whole ones
        self._whose: dict[str, str] = {}  # module by name of what has been taken
        self._parts: dict[tuple[str, str], list[str]] = {}

    def add(self, path: str) -> list[str]:
        """`experiments.noise.batches.meet`: the new texts, each after what it needs."""
        module, _, name = path.rpartition(".")
        known = len(self.texts)
        self._take(module, name)
        return self.texts[known:]

    def _take(self, module: str, name: str) -> None:
        if name in self._whose:
            if self._whose[name] != module:
                raise NotClosed(f"{module} and {self._whose[name]} both have a {name}")
            return
        self._whose[name] = module
        page = _page(module)
        if name not in page.defined:
            raise NotClosed(f"{module} has no {name}")
        node = page.defined[name]
        for needed in _names(node):
            if needed in page.defined:
                self._take(module, needed)
            elif needed in page.imported:
                self._import(page, needed)
        text = page.text(node)
        if text not in self.texts:  # `STEPS, LR = 150, 0.1` defines two names at once
            self.texts.append(text)

    def _import(self, page: Page, name: str) -> None:
        source, original = page.imported[name]
        if source.split(".")[0] == OURS:
            if original is None or original != name or _is_module(f"{source}.{original}"):
                raise NotClosed(
                    f"{page.name} takes {name} from {source} as a module or by another name"
                )
            self._take(source, name)
            return
        if original is None:
            line = f"import {source}" + ("" if source == name else f" as {name}")
            self._imported[""].add(line)
        else:
            called = original if original == name else f"{original} as {name}"
            self._imported.setdefault(source, set()).add(called)

    def imports(self) -> list[str]:
        """The standard library's, NumPy's and bncore's, in this order."""
        lines = sorted(self._imported[""])
        for source, names in sorted(self._imported.items()):
            if source:
                lines.append(f"from {source} import {', '.join(sorted(names))}")
        return sorted(lines, key=lambda line: ("bncore" in line, "numpy" in line))


class Page:
    """What a module's top level defines and imports."""

    def __init__(self, module: ModuleType) -> None:
        self.name = module.__name__
        self.source = inspect.getsource(module)
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, tuple[str, str | None]] = {}
        for node in ast.parse(self.source).body:
            for name in _defines(node):
                self.defined[name] = node
            self.imported |= dict(_imports(node))

    def text(self, node: ast.stmt) -> str:
        """The lines of a definition, with its decorators."""
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        return "\n".join(self.source.splitlines()[first - 1 : node.end_lineno])


@cache
def _page(module: str) -> Page:
    return Page(importlib.import_module(module))


def _is_module(path: str) -> bool:
    try:
        return importlib.util.find_spec(path) is not None
    except ModuleNotFoundError:
        return False


def _defines(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _imports(node: ast.stmt) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """Names, each with its module and what it is called there; a whole module is called None."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield each.asname or each.name, (each.name, None)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for each in node.names:
            yield each.asname or each.name, (node.module, each.name)


def _names(node: ast.stmt) -> Iterator[str]:
    """What a definition mentions, in the order of the text; its annotations too."""
    seen = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id not in seen:
            seen.add(each.id)
            yield each.id
