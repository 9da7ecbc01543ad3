"""Start the app, warm it, and only then say where it is.

    python tools/serve.py [--port 8501] [--host 0.0.0.0] [any option of `streamlit run`]

The first run imports the frame and the start page, and a first visitor who came by a deep link
would meet that (and a dialog of Streamlit's). So the script is run once, by Streamlit's own health
check, before the address is announced. Port 0 takes any free port.

Without `--host` (or HOST in the environment, or Streamlit's server.address) the app listens on this
computer alone. Streamlit runs in a process of its own (`serve_child.py`), which ends with this one.

Tests use the same start: `with running(port=0) as server: page.goto(server.url)`.
"""

import argparse
import ipaddress
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

APP = Path(__file__).resolve().parent.parent / "app.py"
CHILD = Path(__file__).resolve().with_name("serve_child.py")
SECONDS_TO_START = 90
SECONDS_TO_STOP = 10


class StartError(Exception):
    """The app could not be started; the message says why, in one sentence."""


class Refused(StartError):
    """It was asked for what this computer cannot give, such as a port that is taken."""


class Server(NamedTuple):
    url: str  # as this computer reaches it; no slash at its end
    process: subprocess.Popen[bytes]
    others: str = ""  # as other computers reach it; empty when they cannot


@contextmanager
def running(
    port: int | None = 0, *options: str, app: Path = APP, log: Path | None = None
) -> Iterator[Server]:
    """The warm app, for as long as the block lasts. Its output goes to `log`, or where ours goes.

    Without a port, Streamlit's own settings name it. Raises `StartError` when the port is taken or
    the app does not run.
    """
    output = log.open("wb") if log else None
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, str(CHILD), str(writing), *command(app, port, options)],
        cwd=app.parent,
        env=environment(),
        stdin=subprocess.PIPE,  # nothing is written to it: it ends when we do
        stdout=output,
        stderr=output,
        pass_fds=[writing],
        start_new_session=True,  # a group of its own, so that `stop` reaches its workers too
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            found = settings(pipe, process)
        server = Server(local_url(found), process, others_url(found))
        wait_for(f"{server.url}/_stcore/health", process)
        if found["can_warm"]:
            warm(f"{server.url}/_stcore/script-health-check", app, process)
        yield server
    finally:
        stop(process)
        if output:
            output.close()


def command(app: Path, port: int | None, options: tuple[str, ...]) -> list[str]:
    ours = {
        "server.headless": "true",
        "server.scriptHealthCheckEnabled": "true",
        "browser.gatherUsageStats": "false",
        "logger.hideWelcomeMessage": "true",  # it would name the address too early
        "logger.level": "warning",
    }
    if port is not None:
        ours["server.port"] = str(port)
    flags = [f"--{name}={value}" for name, value in ours.items()]
    return ["run", app.name, *flags, *options]


def environment() -> dict[str, str]:
    """Ours, and one BLAS thread: at these sizes more threads only get in each other's way."""
    return {"OPENBLAS_NUM_THREADS": "1", **os.environ}


def settings(pipe: IO[str], process: subprocess.Popen[bytes]) -> dict:
    """What Streamlit found in its flags, files and variables, as it tells when it has read them."""
    if not select.select([pipe], [], [], SECONDS_TO_START)[0]:
        raise StartError(f"Streamlit did not start within {SECONDS_TO_START} seconds.")
    text = pipe.read()  # one short message, and then the end
    if not text:
        process.wait(SECONDS_TO_START)
        raise StartError(ended(process))
    found = json.loads(text)
    if "refusal" in found:
        raise Refused(found["refusal"])
    return found


def local_url(found: dict) -> str:
    """Where this computer finds the app."""
    address = found["address"]
    itself = address in ("0.0.0.0", "::", "127.0.0.1", "::1")
    return url_of(found, "localhost" if itself else address)


def others_url(found: dict) -> str:
    """Where others find it, as far as this computer knows its own name; empty if nowhere."""
    address = found["address"]
    if address in ("0.0.0.0", "::"):
        known = found["network"]
        address = known if known and not loopback(known) else socket.gethostname()
    return "" if loopback(address) else url_of(found, address)


def loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def url_of(found: dict, host: str) -> str:
    scheme = "https" if found["secure"] else "http"
    place = f"[{host}]" if ":" in host else host
    return f"{scheme}://{place}:{found['port']}/{found['base']}".rstrip("/")


def get(url: str, timeout: float) -> tuple[int, str]:
    """Status and text, asked directly even where a proxy is set.

    A certificate is not examined: it is our own, and may be made out to another name.
    """
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    direct = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
    )
    try:
        with direct.open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(ended(process))
        with suppress(OSError):
            if get(url, timeout=5)[0] == 200:
                return
        time.sleep(0.1)
    raise StartError(f"Streamlit did not answer at {url} within {SECONDS_TO_START} seconds.")


def warm(url: str, app: Path, process: subprocess.Popen[bytes]) -> None:
    try:
        status, text = get(url, timeout=SECONDS_TO_START)
    except OSError as error:
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
            raise StartError(ended(process)) from error
        raise StartError(f"{app.name} did not run to its end: {error}") from error
    if status != 200:
        raise StartError(f"{app.name} does not run to its end: {text.strip() or status}")


def ended(process: subprocess.Popen[bytes]) -> str:
    """One sentence for a Streamlit that ended without being asked to."""
    code = process.returncode
    name = f" ({signal.Signals(-code).name})" if code < 0 else ""
    return f"Streamlit ended by itself with code {code}{name}."


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the app to end, then end whatever it left behind."""
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
    finally:  # also when a second Ctrl-C cuts the wait short
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()


def wanted_host(named: str | None) -> str | None:
    """The option, or HOST: but some shells and compilers keep a name of their own in HOST, and
    nobody's computer is to be opened by that; so an IP address alone counts there.
    """
    if named is not None:
        return named
    with suppress(ValueError):
        return str(ipaddress.ip_address(os.environ.get("HOST", "")))
    return None


def announce(server: Server) -> None:
    print(f"Batch Norm Lab is ready: {server.url}  (Ctrl-C stops it)")
    if server.others:
        print(f"Others in your network can open it too: {server.others}", flush=True)
    else:
        print("It listens on this computer alone; HOST=0.0.0.0 opens it to others.", flush=True)


def asked(about: str) -> tuple[argparse.Namespace, list[str]]:
    """The app and the port, and options for Streamlit, from the command line."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--port", type=int, help="8501, unless Streamlit's settings name another")
    parser.add_argument("--host", help="the address to listen on: 0.0.0.0 lets others in")
    parser.add_argument("--app", type=Path, default=APP, help=argparse.SUPPRESS)
    known, options = parser.parse_known_args()
    if host := wanted_host(known.host):
        options = [f"--server.address={host}", *options]
    return known, options


def main() -> int:
    known, options = asked("Start the app and print its address.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # so that `running` stops its child
    try:
        with running(known.port, *options, app=known.app.resolve()) as server:
            announce(server)
            code = server.process.wait()
            print(ended(server.process), file=sys.stderr)
            return 128 - code if code < 0 else code or 1
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
