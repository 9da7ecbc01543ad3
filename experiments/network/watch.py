"""Running code under observation: which line ran when, and what it computed.

The lines are those of the functions themselves, so what a page lights up is what ran.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from types import CodeType, FrameType
from typing import Any

import numpy as np

INDEX = "layer"  # the loop variable that names are numbered by
NOT_SHOWN = "checks."  # statements that only refuse bad input


@dataclass(frozen=True)
class Line:
    """A statement that ran, and what it left behind.

    `values` holds what it assigned, or the arrays that it changed, each under its name in the
    code and the layer's number: z1, mean1, dW3, loss. Arrays are read-only copies. A statement
    that called a watched function (`calls`) stands before the lines of that function, with the
    values that it has in the end.
    """

    function: str  # its name; `first` and `last` count the lines of its source from 0
    first: int
    last: int
    code: str
    depth: int  # 0 in the outermost function
    layer: int | None
    calls: str | None = None
    values: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Unique in a step: the function and what is computed or called, as forward_before.z1."""
        called = f"{self.calls}{self.layer or ''}"
        return f"{self.function}.{called if self.calls else next(iter(self.values))}"

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the values; () for a number."""
        return {name: np.shape(value) for name, value in self.values.items()}


@dataclass(frozen=True)
class Statement:
    """A simple statement of a function, before it runs."""

    first: int
    last: int
    code: str
    targets: tuple[Target, ...]  # what it assigns, or the arguments of a call for its effect
    by_layer: bool  # within a loop over layers


@dataclass(frozen=True)
class Target:
    """z, or dW[layer]: an expression to be looked up, its name, and that of its index."""

    name: str
    code: str
    whole: CodeType
    index: CodeType | None

    @classmethod
    def of(cls, node: ast.expr) -> Target:
        if isinstance(node, ast.Subscript):
            name, index = ast.unparse(node.value), _lookup(node.slice)
            return cls(name, ast.unparse(node), _lookup(node), index)
        return cls(ast.unparse(node), ast.unparse(node), _lookup(node), None)


def _lookup(node: ast.expr) -> CodeType:
    return compile(ast.unparse(node), "<watch>", "eval")


@cache
def statements(function: Callable[..., Any]) -> dict[int, Statement]:
    """Simple statements by every line they cover, counted from 0 in the function's source."""
    source = textwrap.dedent(inspect.getsource(function))
    rows = source.splitlines()
    found: dict[int, Statement] = {}
    for node, by_layer in _simple(ast.parse(source).body[0], False):
        first, last = node.lineno - 1, node.end_lineno - 1
        code = textwrap.dedent("\n".join(rows[first : last + 1]))
        targets = tuple(Target.of(target) for target in _targets(node))
        one = Statement(first, last, code, targets, by_layer)
        found |= dict.fromkeys(range(first, last + 1), one)
    return found


def _simple(node: ast.AST, by_layer: bool) -> Iterator[tuple[Any, bool]]:
    """Assignments and calls inside `node`, each with whether a loop over layers is around it."""
    for child in getattr(node, "body", []):
        if isinstance(child, (ast.Assign, ast.AugAssign)) or _is_call(child):
            yield child, by_layer
        looping = isinstance(child, ast.For) and getattr(child.target, "id", "") == INDEX
        yield from _simple(child, by_layer or looping)


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _targets(node: Any) -> Iterator[ast.expr]:
    if _is_call(node):
        yield from node.value.args
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


class Watch:
    """Collects the lines of the watched functions while `watching()`."""

    def __init__(self, functions: Iterable[Callable[..., Any]]) -> None:
        self.functions: dict[CodeType, Callable[..., Any]] = {
            inspect.unwrap(f).__code__: inspect.unwrap(f) for f in functions
        }
        self.lines: list[Line] = []
        self._open: dict[FrameType, tuple[int, Statement]] = {}  # by frame: place in lines
        self._stack: list[FrameType] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within this, in this thread. Whoever traced before (a debugger) goes on afterwards."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)
            self.lines = [line for line in self.lines if line.values or line.calls]

    def _enter(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        if frame.f_code not in self.functions:
            return None
        if self._stack and self._stack[-1] in self._open:
            place, _statement = self._open[self._stack[-1]]
            called = frame.f_code.co_name
            self.lines[place] = replace(self.lines[place], calls=called)
        self._stack.append(frame)
        return self._follow

    def _follow(self, frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        if event == "exception":  # the statement did not come to its end
            self._open.pop(frame, None)
        at = frame.f_lineno - frame.f_code.co_firstlineno
        statement = statements(self.functions[frame.f_code]).get(at) if event == "line" else None
        if event in ("line", "return") and not self._goes_on(frame, statement):
            self._close(frame)
            if statement is not None and NOT_SHOWN not in statement.code:
                self._begin(frame, statement)
        if event == "return":
            self._stack.pop()
        return self._follow

    def _goes_on(self, frame: FrameType, statement: Statement | None) -> bool:
        """Another line of the statement that is running."""
        return statement is not None and self._open.get(frame, (0, None))[1] is statement

    def _begin(self, frame: FrameType, statement: Statement) -> None:
        layer = frame.f_locals[INDEX] if statement.by_layer else self._layer_of_caller()
        where = frame.f_code.co_name, statement.first, statement.last
        self._open[frame] = len(self.lines), statement
        self.lines.append(Line(*where, statement.code, len(self._stack) - 1, layer))

    def _layer_of_caller(self) -> int | None:
        if len(self._stack) < 2 or self._stack[-2] not in self._open:
            return None
        return self.lines[self._open[self._stack[-2]][0]].layer

    def _close(self, frame: FrameType) -> None:
        """The statement is done: take what it left behind."""
        if frame not in self._open:
            return
        place, statement = self._open.pop(frame)
        self.lines[place].values.update(_left_behind(frame, statement, self.lines[place].layer))


def _left_behind(frame: FrameType, statement: Statement, layer: int | None) -> dict[str, Any]:
    """What was computed, by name: z becomes z1 in layer 1, dW[L] becomes dW3, loss stays.

    Python's own numbers are sizes and settings, and not meant.
    """
    values, names = {}, dict(frame.f_locals)
    for target in statement.targets:
        value = eval(target.whole, frame.f_globals, names)
        if isinstance(value, np.ndarray):
            value = value.copy()
            value.flags.writeable = False
        if isinstance(value, (np.ndarray, np.floating)):
            number = layer if target.index is None else eval(target.index, names)
            values[target.name + ("" if number is None else str(number))] = value
    return values
