"""JavaScript modules joined into one text, as a component or a script on the page needs it.

The files of `assets/components` are modules that a browser, Node or an editor can read as they are.
Streamlit takes one text for each component; this puts together a module and all that it imports,
in the order in which they need each other, each once and each in a scope of its own.

What can be joined is small on purpose, and each of these begins a line:

    import { one, two } from "../kit/dom.js";      names alone, on one line or several
    export function | async function | class | const <name>
    export default …                               in the module that is joined, and only there

Anything else that begins a line with `import` or `export` is refused with its file and line, as are
circles, files that are missing, and names that the other module does not export.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ui.files import COMPONENTS

IMPORT = re.compile(r'^import\s*\{([^{}]*)\}\s*from\s*"([^"]*)";?[ \t]*$', re.MULTILINE)
EXPORT = re.compile(r"^export\s+(?=(?:async\s+)?(?:function|class|const)\s+([\w$]+))", re.MULTILINE)
DEFAULT = re.compile(r"^export\s+default\b", re.MULTILINE)
#: what is left of either when all that can be joined is gone, or what could not be joined anywhere
OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\s*\.\s*meta\b|\bimport\s*\(", re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
NAME = re.compile(r"[A-Za-z_$][\w$]*")
PATH = re.compile(r"\w+(?:/\w+)*\.js")  # so that what a scope is called is no other one's name


class JoinError(Exception):
    """The message says where, and what cannot be joined."""


@dataclass(frozen=True)
class Module:
    """A file as it is written, and what it wants of others: names by path."""

    path: str
    text: str
    imports: dict[str, tuple[str, ...]]
    exports: tuple[str, ...]

    @property
    def scope(self) -> str:
        """What the module is called in a joined text: no file can say it, `$` stands for `/`."""
        return self.path.removesuffix(".js").replace("/", "$") + "$"

    def body(self) -> str:
        """The text with its imports taken from the scopes of others."""
        return IMPORT.sub(self._taken, self.text)

    def scoped(self) -> str:
        """The module as an expression: an object of what it exports."""
        inside = EXPORT.sub("", self.body())
        return f"(() => {{\n{inside}\nreturn {{ {', '.join(self.exports)} }};\n}})()"

    def _taken(self, found: re.Match[str]) -> str:
        path = _beside(self.path, found[2])
        lines = "\n" * found[0].count("\n")  # so that a line keeps its number within the file
        return f"const {{ {', '.join(self.imports[path])} }} = {_scope(path)};{lines}"


def module(entry: str, root: Path = COMPONENTS) -> str:
    """One module out of `entry`, a path below `root`, and all that it imports.

    It exports what `entry` exports. Raises JoinError.
    """
    *others, own = _in_order(entry, root)
    return "\n".join([*map(_declared, others), f"// {own.path}", own.body()])


def value(entry: str, root: Path = COMPONENTS) -> str:
    """The same as an expression, for a script that is no module: an object of what `entry` exports.

    A default export has no name there, and is refused.
    """
    *others, own = _in_order(entry, root)
    if found := DEFAULT.search(own.text):
        raise _refused(own.path, own.text, found.start(), "only a module has a default export")
    inside = "\n".join(['"use strict";', *map(_declared, others), f"return {own.scoped()};"])
    return f"(() => {{ {inside} }})()"


def programs(entries: Mapping[str, str], root: Path = COMPONENTS) -> str:
    """An expression: an object of the default exports of some modules, by these names.

    What several of them import is in it once.
    """
    found: dict[str, Module] = {}
    for entry in entries.values():
        found |= {one.path: one for one in _in_order(entry, root)}
    given = []
    for name, entry in entries.items():
        own = found.pop(entry)
        if not DEFAULT.search(own.text):
            raise JoinError(f"{entry}: no default export")
        body = EXPORT.sub("", DEFAULT.sub("return", own.body()))
        given.append(f"{json.dumps(name)}: (() => {{\n{body}\n}})(),")
    inside = "\n".join(['"use strict";', *map(_declared, found.values()), "return {", *given, "};"])
    return f"(() => {{ {inside} }})()"


def _declared(one: Module) -> str:
    return f"// {one.path}\nconst {one.scope} = {one.scoped()};"


def _scope(path: str) -> str:
    return Module(path, "", {}, ()).scope


def _in_order(entry: str, root: Path) -> list[Module]:
    """`entry` and all that it needs, each after what it needs itself; `entry` is the last."""
    found: dict[str, Module] = {}

    def add(path: str, above: tuple[str, ...]) -> None:
        if path in above:
            raise JoinError(f"a circle: {' → '.join([*above[above.index(path) :], path])}")
        if path in found:
            return
        one = _read(path, root)
        for other, names in one.imports.items():
            if not (root / other).is_file():
                raise JoinError(f"{path}: there is no {other}")
            add(other, (*above, path))
            if missing := [name for name in names if name not in found[other].exports]:
                raise JoinError(f"{path}: {other} does not export {', '.join(missing)}")
        if above and (wrong := DEFAULT.search(one.text)):
            raise _refused(path, one.text, wrong.start(), "a default export that nobody can import")
        found[path] = one

    add(entry, ())
    return list(found.values())


def _read(path: str, root: Path) -> Module:
    if not PATH.fullmatch(path):
        raise JoinError(f"{path}: no name of a module below {root.name}")
    if not (root / path).is_file():
        raise JoinError(f"there is no {path} below {root.name}")
    text = (root / path).read_text("utf-8")
    imports: dict[str, tuple[str, ...]] = {}
    for found in IMPORT.finditer(text):
        names = tuple(filter(None, (name.strip() for name in found[1].split(","))))
        if not names or not all(map(NAME.fullmatch, names)):
            raise _refused(path, text, found.start(), "names alone can be imported")
        other = _beside(path, found[2])
        if other in imports:
            raise _refused(path, text, found.start(), f"{other} is imported twice")
        imports[other] = names
    _refuse_the_rest(path, text)
    return Module(path, text, imports, tuple(found[1] for found in EXPORT.finditer(text)))


def _refuse_the_rest(path: str, text: str) -> None:
    rest = text
    for known in (COMMENT, IMPORT, EXPORT, DEFAULT):
        rest = known.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), rest)
    if found := OTHER.search(rest):
        raise _refused(path, text, found.start(), "this way to import or export is not known here")


def _beside(path: str, said: str) -> str:
    """What a module at `path` means by `said`. No way leads out of the folder of components."""
    if not said.startswith(("./", "../")):
        raise JoinError(f"{path}: {said} is no path that begins with ./ or ../")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), said))


def _refused(path: str, text: str, at: int, why: str) -> JoinError:
    line = text.count("\n", 0, at) + 1
    return JoinError(f"{path}:{line}: {why}: {text[at:].splitlines()[0].strip()}")
