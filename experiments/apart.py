"""Run an experiment in a process of its own, so that it takes nothing from anybody's sliders.

    found = run_apart(partial(once.one_seed, 7, "five"), progress, should_stop)

The process is `python -m experiments.apart`: it imports NumPy and that experiment alone, is nice to
the server, lives as long as the run, and stops the run when its stdin ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from experiments.reporting import Progress, ShouldStop
from experiments.worker import connect, receive, send

ROOT = Path(__file__).parents[1]
Found = TypeVar("Found")


def run_apart(
    run: Callable[[Progress, ShouldStop], Found], progress: Progress, should_stop: ShouldStop
) -> Found:
    """What `run(progress, should_stop)` returns; `run` must be a function that pickle can name.

    `should_stop` is asked each time that the run tells of progress. RuntimeError if the run
    raised: its traceback went to stderr.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "experiments.apart"],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        send(run, process.stdin)
        try:
            while True:
                match receive(process.stdout):
                    case "told", done, of:
                        progress(done, of)
                        if should_stop():
                            process.stdin.close()
                    case "found", found:
                        return found
        except EOFError:
            raise RuntimeError("the process of a run ended without a result") from None


def main() -> None:
    """The other end: one run, from stdin to stdout."""
    answers = connect()
    run = receive(sys.stdin.buffer)
    stopped = threading.Event()

    def listen() -> None:
        os.read(sys.stdin.fileno(), 1)  # nothing ever comes: it returns when the pipe is closed
        stopped.set()

    threading.Thread(target=listen, daemon=True).start()
    found = run(lambda done, of: send(("told", done, of), answers), stopped.is_set)
    send(("found", found), answers)


if __name__ == "__main__":
    main()
