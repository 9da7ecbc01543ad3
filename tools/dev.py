"""The app for those who work on it: started anew when a file is saved, errors shown in full.

    python -m tools.dev [--port 8501] [--host 0.0.0.0] [any option of `streamlit run`]

Modules, words, scripts and styles are read once by a server, so another server is what has all of
them new; that takes seconds. An open page waits, loads itself anew (`assets/shell/dev.js`), and its
address brings back what was set. A server that cannot start says why, and the next save is awaited.

Whether a file was saved is asked of the folders, four times a second: some hundred files cost a few
milliseconds, and it works on every system, in containers and on shared drives, which do not tell.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from tools import serve

#: what the app is made of, beside app.py
FOLDERS = ("bncore", "experiments", "figures", "pages", "ui", "assets", "static", ".streamlit")
KINDS = {".py", ".toml", ".md", ".js", ".css", ".html", ".svg", ".json", ".npz", ".woff2"}
#: Streamlit's own name for what happens here; `ui.shell` asks for it
OPTIONS = ("--server.runOnSave=true", "--client.showErrorDetails=full")
PAUSE = 0.25  # s between two looks; what is saved within one is one change

Look = dict[Path, tuple[int, int]]


def main() -> int:
    known, options = serve.asked("Start the app, and again whenever a file of it is saved.")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))  # so that `running` stops its child
    try:
        work(known.app.resolve(), known.port, (*OPTIONS, *options))
    except serve.Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def work(app: Path, port: int | None, options: tuple[str, ...]) -> NoReturn:
    """Keep the app running as it is on disk, until we are stopped."""
    while True:
        before = look(app.parent)  # what is saved while it starts is a change, too
        try:
            with serve.running(port, *options, app=app) as server:
                port = urlsplit(server.url).port  # where open pages look for the next
                serve.announce(server)
                wait_for_save(app.parent, before, server.process)
        except serve.Refused:
            raise
        except serve.StartError as error:
            tell(str(error))
            wait_for_save(app.parent, before)


def wait_for_save(root: Path, before: Look, process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once files were saved, made or removed, and no more of them come; say which."""
    now = before
    while now == before:
        if process is not None and process.poll() is not None:
            tell(serve.ended(process))
            process = None
        now = later(root)
    while (then := later(root)) != now:
        now = then
    tell(f"Saved: {', '.join(sorted(map(str, changes(before, now))))}")


def later(root: Path) -> Look:
    time.sleep(PAUSE)
    return look(root)


def changes(before: Look, now: Look) -> set[Path]:
    return {file for file in before.keys() | now.keys() if before.get(file) != now.get(file)}


def look(root: Path) -> Look:
    """When each file of the app was written, and how long it is."""
    found: Look = {}
    for file in files(root):
        try:
            state = file.stat()
        except OSError:
            continue  # gone since it was listed: an editor writes another and renames it
        found[file.relative_to(root)] = (state.st_mtime_ns, state.st_size)
    return found


def files(root: Path) -> Iterator[Path]:
    """What a server reads: not what editors and Python leave beside it."""
    yield from (file for file in root.glob("*.py") if counts(file))
    for folder in FOLDERS:
        for place, below, names in os.walk(root / folder):
            below[:] = [name for name in below if not name.startswith((".", "__"))]
            yield from (file for name in names if counts(file := Path(place, name)))


def counts(file: Path) -> bool:
    return file.suffix in KINDS and not file.name.startswith((".", "#"))


def tell(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
