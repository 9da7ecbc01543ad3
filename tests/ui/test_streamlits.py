"""Private names of Streamlit: each is still there, and none stands outside its place.

What the places are, and why, is said in `ui.streamlits`.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from functools import cache
from pathlib import Path

import pytest
import streamlit
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.testing.v1 import AppTest

from ui import streamlits
from ui.streamlit_words import SAID

ROOT = Path(__file__).parents[2]
PUBLIC = {"streamlit", "streamlit.testing.v1"}
HOUSE = ("bncore", "experiments", "figures", "pages", "tests", "tools", "ui")

#: who may import what is not public: the module of debts, and tests of what we stand beside
IMPORTERS = {
    "ui/streamlits.py",
    "tests/ui/test_streamlits.py",
    "tests/app/test_leaving.py",
    "tests/visits.py",
    "tests/conftest.py",
    "tools/serve_child.py",
    "tests/tools/test_dev.py",
    "tests/tools/test_serve.py",
    "tests/ui/test_shell.py",
}
SCRIPTS = {"assets/streamlit.js"}
SHEETS = {"assets/frame.css", "assets/shell/print.css", "assets/components/home/page.css"}
EVERYWHERE = {"stApp", "stMarkdown"}  # in style sheets, to be stronger than Streamlit's own
#: Python that looks at the page like a test
LOOKING = {"tools/pictures.py"}

#: Streamlit's own classes and test ids, and those of what it is made of
NAME = re.compile(
    r"\bst[A-Z][\w-]*|\b(?:katex|dvn|modebar)[\w-]*|\bdata-(?:test[\w-]+|collapsed)|"
    r"\btest[A-Z]\w*State|\breactAria\w+"
)
COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


@cache
def program() -> str:
    """All that Streamlit gives to a browser."""
    static = Path(streamlit.__file__).parent / "static"
    files = (file for kind in ("js", "css") for file in static.rglob(f"*.{kind}"))
    return "\n".join(["", *(file.read_text("utf-8", "ignore") for file in files), ""])


def names_in(file: str) -> set[str]:
    return set(NAME.findall(COMMENT.sub("", (ROOT / file).read_text("utf-8")))) - {"data-testid"}


def assets(kind: str) -> list[str]:
    found = (ROOT / "assets").rglob(f"*.{kind}")
    return sorted(file.relative_to(ROOT).as_posix() for file in found)


def sources() -> list[str]:
    files = [ROOT / "app.py", *(file for part in HOUSE for file in (ROOT / part).rglob("*.py"))]
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


# --- each is still there ---


def stands(name: str) -> bool:
    """Whether a name stands in Streamlit's program as a word of its own."""
    text, at = program(), -1
    while (at := text.find(name, at + 1)) >= 0:
        around = text[at - 1], text[at + len(name)]
        if not any(letter.isalnum() or letter in "-_" for letter in around):
            return True
    return False


@pytest.mark.parametrize("file", sorted(SCRIPTS | SHEETS))
def test_every_name_is_still_streamlits(file: str) -> None:
    """print.css once hid three things that Streamlit no longer drew, under names long gone."""
    names = names_in(file) - {"reactAriaTopLayer"}
    assert names
    assert [name for name in sorted(names) if not stands(name)] == []


def test_what_streamlit_tells_about_itself_is_still_told() -> None:
    names = (ROOT / "assets" / "streamlit.js").read_text("utf-8")
    for word in ("notRunning", "CONNECTED"):
        assert word in names and stands(word)
    assert "reactAriaTopLayer" in names and "data-react-aria-top-layer" in program()


def test_every_new_address_is_still_pushed_onto_the_history() -> None:
    """What assets/shell/history.js stands in front of; that it works, test_history.py says."""
    assert "history.pushState(" in program()


def test_what_streamlit_says_is_still_what_is_looked_for() -> None:
    """A new version of Streamlit that words something differently is met here, not by readers."""
    for key, said in SAID.items():
        said = said.removesuffix(". Running the app's main page.")
        for part in filter(None, re.split(r"\{name\}", said)):
            assert part.strip() in program(), key


def test_the_switch_for_a_folder_of_pages_is_still_read() -> None:
    assert "PagesManager.uses_pages_directory" in inspect.getsource(PagesManager)
    before = PagesManager.uses_pages_directory
    try:
        PagesManager.uses_pages_directory = None
        streamlits.take_pages_for_ours()
        assert PagesManager.uses_pages_directory is False
    finally:
        PagesManager.uses_pages_directory = before


def test_the_theme_is_read_once_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit reads it section by section, through the name that is replaced."""
    plain = inspect.getattr_static(app_session, "_populate_theme_msg")
    monkeypatch.setattr(app_session, "_populate_theme_msg", plain)  # put back in the end
    assert inspect.getsource(app_session.AppSession).count(" _populate_theme_msg(") == 6
    theirs, ours, read = CustomThemeConfig(), CustomThemeConfig(), []
    plain(theirs), plain(theirs.dark, "theme.dark")
    monkeypatch.setattr(
        app_session, "_populate_theme_msg", lambda *what: (read.append(what[1]), plain(*what))
    )
    streamlits.read_the_theme_once.__wrapped__()
    for _ in range(2):
        ours.Clear()
        app_session._populate_theme_msg(ours)
        app_session._populate_theme_msg(ours.dark, "theme.dark")
        assert ours == theirs
    assert read == ["theme", "theme.dark"]


def test_what_was_drawn_is_sent_though_a_fragment_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While what it, a fragment inside, and the whole page had to send is on its way."""
    ended: list[int] = []
    ends = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_SUCCESSFULLY
    drawn = (
        ([0, 0], "", "add_block"),
        ([0, 0, 0], "outer", "add_block"),
        ([0, 0, 0, 0], "inner", "new_element"),
        ([0, 1], "other", "new_element"),
    )

    def left(queue: ForwardMsgQueue) -> list[str]:
        for path, fragment, kind in drawn:
            message = ForwardMsg()
            message.metadata.delta_path.extend(path)
            message.delta.fragment_id = fragment
            getattr(message.delta, kind).SetInParent()
            queue.enqueue(message)
        for status in ends:
            queue.enqueue(ForwardMsg(script_finished=status))
        queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["outer"])
        message.delta.new_element.SetInParent()
        queue.enqueue(message)  # the same place once more
        sent = queue.flush()
        ended[:] = [each.script_finished for each in sent if each.HasField("script_finished")]
        return [each.delta.fragment_id or each.WhichOneof("type") for each in sent]

    plain = inspect.getattr_static(ForwardMsgQueue, "clear")
    plain = getattr(plain, "__wrapped__", plain)
    monkeypatch.setattr(ForwardMsgQueue, "clear", plain)  # put back in the end
    # else it is no longer needed
    both = ["script_finished"] * 2
    assert left(ForwardMsgQueue()) == ["delta", "inner", "other", *both, "other"]
    streamlits.send_all_that_was_drawn.__wrapped__()
    assert left(ForwardMsgQueue()) == ["delta", "outer", "inner", "other", *both, "other"]
    assert ended == [ForwardMsg.FINISHED_EARLY_FOR_RERUN, ForwardMsg.FINISHED_SUCCESSFULLY]
    queue = ForwardMsgQueue()
    queue.enqueue(ForwardMsg())
    queue.clear(retain_lifecycle_msgs=True)
    assert queue.is_empty()


def test_a_run_still_knows_whether_back_asked_for_it() -> None:
    fields = {field.name for field in dataclasses.fields(ScriptRunContext)}
    assert "is_history_navigation" in fields
    assert get_script_run_ctx(suppress_warning=True) is None
    assert streamlits.came_by_history() is False  # outside a run, too


def test_a_second_look_sends_nothing_and_keeps_nothing() -> None:
    """Keys of the page may be drawn again; values are those of the session, or the given ones."""

    def page() -> None:
        import streamlit as st

        from ui import streamlits

        def look() -> tuple[object, ...]:
            moved = st.slider("in another language", 0, 9, key="moved")
            st.session_state["kept"] = "by the look"
            return moved, st.session_state["given"], st.session_state["own"]

        st.session_state.setdefault("own", "mine")
        st.session_state["kept"] = "by the page"
        moved, heard = st.slider("moved", 0, 9, key="moved"), []
        given = {"given": 4, "moved": moved}
        for _ in range(2):
            seen = streamlits.apart(look, given, lambda each: heard.append(each.WhichOneof("type")))
        st.text(f"{moved} {seen} {st.session_state['kept']} {heard}")

    at = AppTest.from_function(page).run()
    at.slider(key="moved").set_value(7).run()
    assert not at.exception and len(at.slider) == 1
    assert at.text[0].value == "7 (7, 4, 'mine') by the page ['slider', 'slider']"


def test_a_script_that_says_names_has_them() -> None:
    script = streamlits.with_names("STREAMLIT.main;")
    assert script.index("const STREAMLIT = {") < script.index("STREAMLIT.main;")


# --- none stands elsewhere ---


def imports(file: str) -> set[str]:
    """What of Streamlit a file imports, as modules."""
    text, found = (ROOT / file).read_text("utf-8"), set[str]()
    for node in ast.walk(ast.parse(text if "streamlit" in text else "")):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner if node.module == "streamlit" else {node.module}
    return {name for name in found if name.split(".")[0] == "streamlit"}


def test_nobody_else_imports_what_is_not_public() -> None:
    found = {file for file in sources() if imports(file) - PUBLIC}
    assert found == IMPORTERS


@pytest.mark.parametrize("kind", ["js", "css"])
def test_nobody_else_says_names_of_the_page(kind: str) -> None:
    places, free = (SCRIPTS, set()) if kind == "js" else (SHEETS, EVERYWHERE)
    found = {file: names for file in assets(kind) if (names := names_in(file) - free)}
    assert {file: found[file] for file in found.keys() - places} == {}


def test_no_python_says_names_of_the_page() -> None:
    """Apart from tests, which look at pages, and what takes pictures of them."""
    found = set()
    for file in sources():
        if file.startswith("tests/"):
            continue
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            if isinstance(node, ast.Constant) and re.search(
                r"[.=\"']st[A-Z]\w+|data-test-", str(node.value)
            ):
                found.add(file)
    assert found - {"ui/streamlits.py"} == LOOKING


def test_every_name_of_the_dictionary_is_used() -> None:
    listed = re.findall(r"^  (\w+): ", (ROOT / "assets" / "streamlit.js").read_text("utf-8"), re.M)
    texts = [(ROOT / file).read_text("utf-8") for file in assets("js")]
    texts += [(ROOT / file).read_text("utf-8") for file in sources() if file.startswith("pages/")]
    used = set(re.findall(r"STREAMLIT\.(\w+)", "\n".join(texts)))
    assert used == set(listed)
