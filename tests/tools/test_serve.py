"""The start command: warm before it speaks, one sentence when it cannot, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tools import serve

COUNTING_APP = """
from pathlib import Path
import streamlit as st

with open(Path(__file__).with_name("runs"), "a") as runs:
    runs.write("x")
st.write("hello")
"""


@pytest.fixture
def app(tmp_path):
    path = tmp_path / "app.py"
    path.write_text(COUNTING_APP)
    return path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def start_as_command(app, *arguments):
    command = [sys.executable, serve.__file__, f"--app={app}", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_script_has_run_once_when_the_address_is_known(app):
    with serve.running(app=app) as server:
        assert app.with_name("runs").read_text() == "x"
        assert serve.get(f"{server.url}/_stcore/health", timeout=5) == (200, "ok")
        assert alive(server.process.pid)
    assert not alive(server.process.pid)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_the_address_once_and_ends_its_child(app, how):
    command = start_as_command(app, "--port=0")
    line = command.stdout.readline()
    url = next(word for word in line.split() if word.startswith("http://"))
    assert serve.get(url, timeout=5)[0] == 200

    command.send_signal(how)
    rest, errors = command.communicate(timeout=30)
    assert command.returncode == 0
    assert "http" not in rest and "Traceback" not in errors
    with pytest.raises(OSError):
        serve.get(url, timeout=5)


def test_a_taken_port_is_one_sentence(app):
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        command = start_as_command(app, f"--port={port}")
        out, errors = command.communicate(timeout=30)
    assert (command.returncode, out) == (1, "")
    assert errors.count("\n") == 1 and f"Port {port} is taken" in errors


def test_an_app_that_fails_is_not_announced(app):
    app.write_text("raise ValueError('broken on purpose')")
    command = start_as_command(app, "--port=0")
    out, errors = command.communicate(timeout=60)
    assert command.returncode == 1
    assert "http" not in out
    assert "broken on purpose" in errors
    assert errors.splitlines()[-1].startswith("app.py does not run")


def test_what_the_app_started_ends_with_it(app):
    """A worker process that nobody else would end."""
    sleeper = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid, flush=True)"
    app.write_text(sleeper)
    log = app.with_name("log")
    with serve.running(app=app, log=log):
        worker = int(log.read_text().split()[0])
        assert alive(worker)
    deadline = time.monotonic() + 10
    while alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(worker)
