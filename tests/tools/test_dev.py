"""`make dev`: what counts as saved, and a server that is started anew, whatever was saved."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from streamlit import config

from tools import dev
from ui import frame, shell

ROOT = Path(__file__).parents[2]
#: shows what a file of words says that is read once, like ours
APP = """
from functools import cache
from pathlib import Path
import streamlit as st

HERE = Path(__file__).parent

@cache
def words():
    return (HERE / "assets" / "words.toml").read_text()

(HERE / "shown").write_text(words() + st.get_option("client.showErrorDetails"))
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "words.toml").write_text("hello ")
    file = tmp_path / "app.py"
    file.write_text(APP)
    return file


# --- what counts ---


def test_everything_the_app_is_made_of_is_watched() -> None:
    """Every file in git below the app's folders, but for what tells people alone."""
    listed = subprocess.run(
        ["git", "ls-files", "app.py", *dev.FOLDERS], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("no git here to ask")
    known = {Path(name) for name in listed.stdout.splitlines() if (ROOT / name).exists()}
    unseen = known - dev.look(ROOT).keys()
    assert {file.suffix for file in unseen} <= {"", ".txt", ".gz", ".png", ".webp", ".typed"}


def test_what_editors_and_python_leave_behind_is_not() -> None:
    for name in (".app.py.swp", "app.py~", "#app.py#", ".#app.py", "4913", "app.pyc", ".x.py"):
        assert not dev.counts(Path(name)), name
    assert not [file for file in dev.look(ROOT) if "__pycache__" in file.parts]


def test_what_is_saved_made_and_removed_is_a_change(app: Path) -> None:
    root, words = app.parent, Path("assets/words.toml")
    before = dev.look(root)
    assert before.keys() == {Path("app.py"), words}
    (root / "assets" / "new.css").write_text("")
    (root / "notes.txt").write_text("not the app's")
    (root / words).write_text("longer than before")
    app.unlink()
    assert dev.changes(before, dev.look(root)) == {Path("app.py"), words, Path("assets/new.css")}
    assert dev.changes(before, before) == set()


def test_what_is_saved_together_is_one_change(
    app: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looks follow each other here without a pause; a save happens in each of three."""
    names = ["a.py", "b.py", "c.py"]

    def pause(_: float) -> None:
        if names:
            (app.parent / names.pop(0)).touch()

    monkeypatch.setattr(dev.time, "sleep", pause)
    dev.wait_for_save(app.parent, dev.look(app.parent))
    assert capsys.readouterr().out == "Saved: a.py, b.py, c.py\n"


# --- what the app does with it ---


def test_the_page_opens_itself_anew_under_make_dev_alone() -> None:
    """And errors are shown in full there, in place of the one sentence."""
    assert dev.OPTIONS == ("--server.runOnSave=true", "--client.showErrorDetails=full")
    for developing in (False, True):
        with options(developing):
            assert (b"location.reload()" in shell.head.__wrapped__()) is developing
            frame.LOG.disabled = True  # the fault is ours
            assert frame.apologise(ValueError("on purpose")) is not developing
            frame.LOG.disabled = False


@contextmanager
def options(developing: bool) -> Iterator[None]:
    """As on the command line of `make dev`, or as in config.toml."""
    names = ("server.runOnSave", "client.showErrorDetails")
    before = {name: config.get_option(name) for name in names}
    try:
        for name, (on, off) in zip(names, ((True, False), ("full", "none")), strict=True):
            config.set_option(name, on if developing else off)
        yield
    finally:
        for name, value in before.items():
            config.set_option(name, value)


# --- a real one ---


@contextmanager
def developing(app: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.dev", f"--app={app}", *options],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "HOST"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=60)


def said(process: subprocess.Popen[str], wanted: str) -> str:
    """The next line that has this in it; Streamlit says something now and then, too."""
    assert process.stdout is not None
    while wanted not in (line := process.stdout.readline()):
        assert line, f"ended without saying {wanted}"
    return line


def test_a_save_starts_it_anew_and_a_fault_is_said_and_outlived(app: Path) -> None:
    words, shown = app.parent / "assets" / "words.toml", app.parent / "shown"
    with developing(app, "--port=0") as process:
        address = said(process, "ready: http://localhost:")
        assert shown.read_text() == "hello full"

        words.write_text("good evening ")
        said(process, "Saved: assets/words.toml")
        assert said(process, "ready") == address  # open pages come back to it
        assert shown.read_text() == "good evening full"

        app.write_text("raise ValueError")
        said(process, "Saved: app.py")
        said(process, "app.py does not run to its end")
        app.write_text(APP)
        assert said(process, "ready") == address


def test_a_port_that_is_taken_ends_it(app: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with developing(app, f"--port={port}") as process:
            assert process.wait(120) == 1
            assert process.stderr is not None and "is taken" in process.stderr.read()
