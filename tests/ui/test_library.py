"""Programs for the browser under their own names: what is sent with a message is a line."""

from __future__ import annotations

import re

import pytest

from tests.ui.test_shell import ask
from ui import library, modules
from ui.components import REGISTERED
from ui.lessons import FOLDERS
from ui.library import Library
from ui.packed import HASHED


async def nothing(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module", autouse=True)
def all_lessons() -> None:
    from importlib import import_module
    from pathlib import Path

    import pages

    for folder in FOLDERS.values():
        for file in Path(pages.__path__[0], folder).glob("*.py"):
            if file.name != "page.py":
                import_module(f"pages.{folder}.{file.stem}")


def test_every_component_is_a_file_below_any_path() -> None:
    app = Library(nothing)
    assert len(REGISTERED) > 15
    for name, component in REGISTERED.items():
        text = modules.module(component.js)
        sent = library.module(name, text)
        (at,) = re.findall(r'new URL\("([^"]+)", document\.baseURI\)', sent)
        assert len(sent) < 300 and "\n" in sent
        for path in (f"/{at}", f"/some/where/{at}"):
            status, headers, body = ask(app, path)
            assert (status, body.decode()) == (200, text)
            assert headers["content-type"].startswith("text/javascript")
            assert HASHED.search(path)


def test_another_text_has_another_name_and_nobody_else_is_answered() -> None:
    one, other = (library.module("x", f"export default {n};\n") for n in (1, 2))
    assert one != other
    for path in ("/lab/x.js", "/lab/x.00000000.js", "/lab/../app.py", "/labx", "/lab/"):
        assert ask(Library(nothing), path)[0] == 404
