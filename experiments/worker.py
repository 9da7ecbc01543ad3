"""The process that trains for everybody: `python -m experiments.worker`, started by `ui.runs`.

It imports NumPy and the core, nothing of the app. A process of multiprocessing or of
concurrent.futures would do worse: where Streamlit runs, their "spawn" imports app.py once more,
as `__mp_main__`, and with it Streamlit, Plotly and pandas: some 300 MB in place of about 50.

Messages are pickles, one after the other: commands come on stdin, answers go to stdout. Both ends
are the same program and nobody else can write to these pipes. The process is nice to the server
(+10), trains all its runs in turn, a few hundredths of a second each, so that a short run ends long
before a long one, and ends when its stdin does, even in the middle of a step: the server is gone.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from bncore.config import RunConfig
from experiments.pair import Accuracies, Pair, PairRun

SLICE = 0.04  # seconds of training before it is the next run's turn
STEPS_AT_A_TIME = 4  # between two looks at the clock


class Start(NamedTuple):
    """Command: train this pair. `run` is the name that everything else goes by."""

    run: int
    config: RunConfig


class Cut(NamedTuple):
    """Command: answer with what the run recorded up to `step`, under a number of its own."""

    number: int
    run: int
    step: int


class Cancel(NamedTuple):
    """Command: forget the run."""

    run: int


class Progress(NamedTuple):
    """Answer after each slice."""

    run: int
    step: int
    accuracies: Accuracies


class Done(NamedTuple):
    """Answer when the run has ended, with all of it."""

    run: int
    pair: Pair


class Piece(NamedTuple):
    """Answer to the `Cut` of that number."""

    number: int
    pair: Pair


class Failed(NamedTuple):
    """Answer when the run raised; the traceback went to stderr."""

    run: int


Command = Start | Cut | Cancel
Answer = Progress | Done | Piece | Failed


class Trainer:
    """The runs in training; each `turn` belongs to the one that waited longest."""

    def __init__(self, answer: Callable[[Answer], None], seconds: float = SLICE) -> None:
        self.answer, self.seconds = answer, seconds
        self.runs: dict[int, PairRun] = {}  # in the order of their turns

    def obey(self, command: Command) -> None:
        """Do what the server says. Runs that are no longer there are passed over in silence."""
        match command:
            case Start(run, config):
                self._guarded(run, lambda: self._start(run, config))
            case Cut(number, run, step) if run in self.runs:
                self.answer(Piece(number, self.runs[run].pair().upto(step)))
            case Cancel(run):
                self.runs.pop(run, None)

    def turn(self) -> None:
        """Train the run whose turn it is for one slice, and tell how far it came."""
        run = next(iter(self.runs))
        self._guarded(run, lambda: self._train(run))

    def _start(self, run: int, config: RunConfig) -> None:
        self.runs[run] = PairRun(config)

    def _train(self, run: int) -> None:
        training = self.runs.pop(run)
        end = time.monotonic() + self.seconds
        training.advance(STEPS_AT_A_TIME)
        while not training.done and time.monotonic() < end:
            training.advance(STEPS_AT_A_TIME)
        if training.done:
            self.answer(Done(run, training.pair()))
            return
        self.runs[run] = training
        self.answer(Progress(run, training.step, training.accuracies))

    def _guarded(self, run: int, action: Callable[[], None]) -> None:
        """One run that fails must not take the others with it."""
        try:
            action()
        except Exception:
            traceback.print_exc()
            self.runs.pop(run, None)
            self.answer(Failed(run))


def work(commands: queue.SimpleQueue[Command], answer: Callable[[Answer], None]) -> None:
    """Obey and train for ever; with nothing to train, wait for a command."""
    trainer = Trainer(answer)
    while True:
        while not trainer.runs or not commands.empty():
            trainer.obey(commands.get())
        trainer.turn()


def main() -> None:
    """Connect `work` to stdin and stdout."""
    answers = connect()

    def answer(message: Answer) -> None:
        send(message, answers)

    commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, commands), daemon=True).start()
    work(commands, answer)


def connect() -> BinaryIO:
    """Settle as a process that serves another one; returns the pipe for its answers."""
    if hasattr(os, "nice"):
        os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server; stdin ends with it
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    sys.stdout = sys.stderr  # a stray print would garble the answers
    return answers


def send(message: Any, pipe: BinaryIO) -> None:
    """One message into a pipe."""
    pickle.dump(message, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """The next message; EOFError when the other end is gone."""
    return pickle.load(pipe)


def _listen(pipe: BinaryIO, commands: queue.SimpleQueue[Command]) -> None:
    try:
        while True:
            commands.put(receive(pipe))
    finally:
        os._exit(0)


if __name__ == "__main__":
    # Messages are pickled under the name of their module, which must not be "__main__".
    from experiments import worker

    worker.main()
