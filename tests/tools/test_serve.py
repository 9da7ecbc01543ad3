"""The start command: warm before it speaks, one sentence when it cannot, nothing left behind."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from streamlit import net_util

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
    """Also False for what has ended and waits for somebody to take note of it."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def gone(pid):
    """Whether a process ends; a slow machine has time."""
    deadline = time.monotonic() + 60
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def start_as_command(app, *arguments, **variables):
    command = [sys.executable, serve.__file__, f"--app={app}", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "HOST"}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | variables,
        # Behind an `&` of a script Ctrl-C is ignored, also by whatever the tests would start there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@contextmanager
def started(app, *arguments, **variables):
    """The command when it has spoken, and its two lines."""
    command = start_as_command(app, *arguments, **variables)
    try:
        yield command, [command.stdout.readline() for _ in range(2)]
    finally:
        command.terminate()
        rest, errors = command.communicate(timeout=60)
        assert command.returncode == 0 and "Traceback" not in errors and "http" not in rest


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """The options of a server with a certificate of its own making."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("no openssl here to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=lab.test"),
            *("-days", "2", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return {"server.sslCertFile": str(cert), "server.sslKeyFile": str(key)}


def test_the_script_has_run_once_when_the_address_is_known(app):
    """And what it started, such as a worker process that nobody else would end, ends with it."""
    sleeper = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid, flush=True)"
    app.write_text(f"{COUNTING_APP}\n{sleeper}")
    log = app.with_name("log")
    with serve.running(app=app, log=log) as server:
        assert app.with_name("runs").read_text() == "x"
        assert serve.get(f"{server.url}/_stcore/health", timeout=5) == (200, "ok")
        worker = int(log.read_text().split()[0])
        assert alive(server.process.pid) and alive(worker)
    assert not alive(server.process.pid)
    assert gone(worker)


def test_the_command_says_the_address_once_and_ends_its_child(app):
    """By Ctrl-C; `started` sees that it ends as well when it is told to."""
    command = start_as_command(app, "--port=0")
    line = command.stdout.readline()
    url = next(word for word in line.split() if word.startswith("http://"))
    assert serve.get(url, timeout=5)[0] == 200

    command.send_signal(signal.SIGINT)
    rest, errors = command.communicate(timeout=120)
    assert command.returncode == 0
    assert "http" not in rest and "Traceback" not in errors
    with pytest.raises(OSError):
        serve.get(url, timeout=5)


def test_a_taken_port_is_one_sentence(app):
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        command = start_as_command(app, f"--port={port}")
        out, errors = command.communicate(timeout=120)
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


def free_port():
    with socket.create_server(("", 0)) as free:
        return free.getsockname()[1]


def answers(url):
    return serve.get(f"{url}/_stcore/health", timeout=120) == (200, "ok")


def test_a_base_path_a_certificate_and_a_port_among_the_options_are_in_the_address(
    app, certificate
):
    """0.3.0 asked http://localhost:8501/_stcore/health for 90 seconds and gave up."""
    port = free_port()
    flags = [f"--{name}={value}" for name, value in certificate.items()]
    with serve.running(
        0, "--server.baseUrlPath", "lab", f"--server.port={port}", *flags, app=app
    ) as (
        url,
        *_,
    ):
        assert url == f"https://localhost:{port}/lab"
        assert answers(url)


def test_settings_in_a_file_and_in_variables_are_in_the_address(app, monkeypatch):
    port = free_port()
    folder = app.with_name(".streamlit")
    folder.mkdir()
    folder.joinpath("config.toml").write_text(
        f'[server]\nport = {port}\nbaseUrlPath = "overruled"\naddress = "127.0.0.1"\n'
    )
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "/in/a/class/")
    with started(app) as (_, (line, _)):
        url = f"http://localhost:{port}/in/a/class"
        assert line.startswith(f"Batch Norm Lab is ready: {url} ")
        assert answers(url)


def test_by_default_nobody_else_gets_in(app):
    with started(app, "--port=0", HOST="x86_64-conda-linux-gnu") as (_, (line, scope)):
        port = line.split()[5].rpartition(":")[2]
        assert "this computer alone" in scope
        own = net_util.get_internal_ip()
        if serve.loopback(own):
            pytest.skip("this computer is in no network")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((own, int(port)), timeout=120)


def test_opened_to_others_it_says_where_they_find_it(app):
    with started(app, "--port=0", HOST="0.0.0.0") as (_, (line, others)):
        assert answers(line.split()[5])
        url = others.split()[-1]
        own = net_util.get_internal_ip()
        if serve.loopback(own):
            assert socket.gethostname() in url
        else:
            assert own in url and answers(url)


@pytest.mark.parametrize("how", ["HOST", "--host", "--server.address"])
def test_there_are_three_ways_to_open_it(how, monkeypatch):
    monkeypatch.setenv("HOST", "0.0.0.0" if how == "HOST" else "x86_64-conda-linux-gnu")
    monkeypatch.setattr(sys, "argv", ["serve.py"] + [f"{how}=0.0.0.0"] * (how != "HOST"))
    known, options = serve.asked("")
    assert known.port is None and options == ["--server.address=0.0.0.0"]


@pytest.mark.parametrize(
    ("address", "network", "local", "others"),
    [
        ("127.0.0.1", "10.0.0.7", "http://localhost:80", ""),
        ("::1", "10.0.0.7", "http://localhost:80", ""),
        ("127.0.0.5", "10.0.0.7", "http://127.0.0.5:80", ""),
        ("0.0.0.0", "10.0.0.7", "http://localhost:80", "http://10.0.0.7:80"),
        ("::", "10.0.0.7", "http://localhost:80", "http://10.0.0.7:80"),
        ("::", "127.0.0.1", "http://localhost:80", f"http://{socket.gethostname()}:80"),
        ("10.0.0.7", "10.0.0.7", "http://10.0.0.7:80", "http://10.0.0.7:80"),
        ("fd00::2", "10.0.0.7", "http://[fd00::2]:80", "http://[fd00::2]:80"),
    ],
)
def test_addresses(address, network, local, others):
    found = {"address": address, "network": network, "port": 80, "base": "", "secure": False}
    assert (serve.local_url(found), serve.others_url(found)) == (local, others)


def test_an_address_that_is_not_here_is_one_sentence(app):
    command = start_as_command(app, "--port=0", "--host=203.0.113.9")  # of the range for examples
    out, errors = command.communicate(timeout=60)
    assert (command.returncode, out) == (1, "")
    assert errors.count("\n") == 1 and "no address 203.0.113.9" in errors


@pytest.mark.parametrize("option", ["--server.nonsense=1", "--server.sslCertFile=only-one.pem"])
def test_a_streamlit_that_does_not_start_is_said_at_once(app, option):
    command = start_as_command(app, "--port=0", option)
    out, errors = command.communicate(timeout=60)
    assert command.returncode == 1 and "http" not in out
    assert errors.splitlines()[-1].startswith("Streamlit ended by itself with code ")


NAMING_APP = """
import os, subprocess
from pathlib import Path

def name(process, pid):
    Path(__file__).with_name(process).write_text(str(pid))

if not Path(__file__).with_name("sleeper").exists():
    name("streamlit", os.getpid())
    name("sleeper", subprocess.Popen(["sleep", "600"]).pid)
"""


def pids(app):
    return [int(app.with_name(name).read_text()) for name in ("streamlit", "sleeper")]


def test_a_streamlit_that_dies_later_is_said_and_leaves_nothing(app):
    app.write_text(NAMING_APP)
    command = start_as_command(app, "--port=0")
    assert command.stdout.readline()
    streamlit, sleeper = pids(app)
    os.kill(streamlit, signal.SIGKILL)
    _, errors = command.communicate(timeout=60)
    assert errors.splitlines()[-1] == "Streamlit ended by itself with code -9 (SIGKILL)."
    assert command.returncode == 128 + signal.SIGKILL
    assert gone(sleeper)


def test_when_the_command_is_killed_nothing_stays_behind(app):
    """Nobody can catch this signal; 0.3.0 left the server on its port."""
    app.write_text(NAMING_APP)
    command = start_as_command(app, "--port=0")
    assert command.stdout.readline()
    assert all(map(alive, pids(app)))
    command.kill()
    command.communicate(timeout=60)
    assert all(map(gone, pids(app)))


def test_when_the_command_is_killed_at_the_start_nothing_stays_behind(app):
    app.write_text(f"{NAMING_APP}\nimport time; time.sleep(600)")
    command = start_as_command(app, "--port=0")
    while not app.with_name("sleeper").exists():
        assert command.poll() is None
        time.sleep(0.05)
    command.kill()
    command.communicate(timeout=60)
    assert all(map(gone, pids(app)))
