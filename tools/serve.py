"""Start the app, warm it, and only then say where it is.

    python tools/serve.py [--port 8501] [any option of `streamlit run`]

The first run imports the frame and the start page, and a first visitor who came by a deep link
would meet that (and a dialog of Streamlit's). So the script is run once, by Streamlit's own health
check, before the address is announced. Port 0 takes any free port.

Tests use the same start: `with running(port=0) as server: page.goto(server.url)`.
"""

import argparse
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

APP = Path(__file__).resolve().parent.parent / "app.py"
SECONDS_TO_START = 90
SECONDS_TO_STOP = 10


class StartError(Exception):
    """The app could not be started; the message says why, in one sentence."""


class Server(NamedTuple):
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def running(
    port: int = 0, *options: str, app: Path = APP, log: Path | None = None
) -> Iterator[Server]:
    """The warm app, for as long as the block lasts. Its output goes to `log`, or where ours goes.

    Raises `StartError` when the port is taken or the app does not run.
    """
    port = free_port(port)
    output = log.open("wb") if log else None
    process = subprocess.Popen(
        command(app, port, options),
        cwd=app.parent,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,  # a group of its own, so that `stop` reaches its workers too
    )
    try:
        url = f"http://localhost:{port}"
        wait_for(f"{url}/_stcore/health", process)
        warm(f"{url}/_stcore/script-health-check", app)
        yield Server(url, process)
    finally:
        stop(process)
        if output:
            output.close()


def command(app: Path, port: int, options: tuple[str, ...]) -> list[str]:
    settings = {
        "server.port": port,
        "server.headless": "true",
        "server.scriptHealthCheckEnabled": "true",
        "browser.gatherUsageStats": "false",
        "logger.hideWelcomeMessage": "true",  # it would name the address too early
        "logger.level": "warning",
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    return [sys.executable, "-m", "streamlit", "run", app.name, *flags, *options]


def environment() -> dict[str, str]:
    """Ours, and one BLAS thread: at these sizes more threads only get in each other's way."""
    return {"OPENBLAS_NUM_THREADS": "1", **os.environ}


def free_port(port: int) -> int:
    """The same port if nobody has it, any free one for 0."""
    try:
        with socket.create_server(("", port)) as free:
            return int(free.getsockname()[1])
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        raise StartError(
            f"Port {port} {'is taken' if taken else 'cannot be used'}; "
            "choose another, as in: make run PORT=8600"
        ) from error


def get(url: str, timeout: float) -> tuple[int, str]:
    """Status and text, asked directly even where a proxy is set."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=timeout) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise StartError(f"Streamlit ended by itself with code {process.returncode}.")
        with suppress(OSError):
            if get(url, timeout=5)[0] == 200:
                return
        time.sleep(0.1)
    raise StartError(f"Streamlit did not answer within {SECONDS_TO_START} seconds.")


def warm(url: str, app: Path) -> None:
    status, text = get(url, timeout=SECONDS_TO_START)
    if status != 200:
        raise StartError(f"{app.name} does not run to its end: {text.strip() or status}")


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


def main() -> int:
    parser = argparse.ArgumentParser(description="Start the app and print its address.")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--app", type=Path, default=APP, help=argparse.SUPPRESS)
    known, options = parser.parse_known_args()

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # so that `running` stops its child
    try:
        with running(known.port, *options, app=known.app.resolve()) as server:
            print(f"Batch Norm Lab is ready: {server.url}  (Ctrl-C stops it)", flush=True)
            return server.process.wait()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
