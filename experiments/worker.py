"""The process that trains for everybody: `python -m experiments.worker`, started by `runner`.

It imports NumPy and the experiments it is asked for, nothing of the app. A process of
multiprocessing or of concurrent.futures would do worse: where Streamlit runs, their "spawn" imports
app.py once more, as `__mp_main__`, and with it Streamlit, Plotly and pandas: some 300 MB in place
of about 50.

Messages are pickles, one after the other: commands come on stdin, answers go to stdout. Both ends
are the same program and nobody else can write to these pipes. The process is nice to the server
(+10) and ends when its stdin does, even in the middle of a step: the server is gone.

Each run has a thread, and one thread at a time works: whoever holds the turn. At a report, a few
hundredths of a second after it got it, a run passes the turn on to the one that waited longest; so
a short run ends long before a long one, and experiments stay plain functions.
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
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

from experiments.job import Job

SLICE = 0.04  # seconds of work before it is the next run's turn
HEARTBEAT = 1.0  # seconds between two signs of life
ENDED = 4  # runs that have ended, of which a stop may still ask for less


class Start(NamedTuple):
    """Command: begin this job. `run` is the name that everything else goes by."""

    run: int
    job: Job


class Cut(NamedTuple):
    """Command: answer with what the run had at `step`, under a number of its own.

    A run that cannot tell is stopped, and answers with what it has.
    """

    number: int
    run: int
    step: int


class Cancel(NamedTuple):
    """Command: forget the run."""

    run: int


class Alive(NamedTuple):
    """Answer, every second: the process is neither stopped nor dead."""


class Progress(NamedTuple):
    """Answer after each turn. `following` has the turn now."""

    run: int
    done: int
    of: int
    seen: Any
    pieces: tuple[bytes, ...]
    following: int


class Done(NamedTuple):
    """Answer when the run has ended: all of it, reduced and pickled."""

    run: int
    done: int
    of: int
    seen: Any
    pieces: tuple[bytes, ...]
    result: bytes


class Piece(NamedTuple):
    """Answer to the `Cut` of that number: reduced and pickled; None if nobody knows any more."""

    number: int
    result: bytes | None


class Failed(NamedTuple):
    """Answer when the run raised; the traceback went to stderr."""

    run: int


Command = Start | Cut | Cancel
Answer = Alive | Progress | Done | Piece | Failed


def _pickled(found: Any) -> bytes:
    return pickle.dumps(found, pickle.HIGHEST_PROTOCOL)


class Dropped(BaseException):
    """Raised inside a run that nobody wants any more."""


class Turns:
    """Who works: the first in the line. All others wait."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._line: deque[int] = deque()

    def join(self, run: int) -> None:
        """To the end of the line."""
        with self._changed:
            self._line.append(run)

    def wait(self, run: int) -> None:
        """Until it is its turn."""
        with self._changed:
            self._changed.wait_for(lambda: self._line[0] == run)

    def following(self) -> int:
        """Who is next when the first goes to the end."""
        with self._changed:
            return self._line[min(1, len(self._line) - 1)]

    def pass_on(self, run: int) -> None:
        """From the first place to the last, and wait again."""
        with self._changed:
            self._line.rotate(-1)
            self._changed.notify_all()
        self.wait(run)

    def leave(self, run: int) -> None:
        """For good."""
        with self._changed:
            self._line.remove(run)
            self._changed.notify_all()


class Course:
    """One job at work. `report` and `should_stop` are what its function is given."""

    def __init__(self, run: int, job: Job, turns: Turns, answer: Callable[[Answer], None]) -> None:
        self.run, self.job, self.turns, self.answer = run, job, turns, answer
        self.done, self.of, self.seen = 0, 1, None
        self.upto: Callable[[int], Any] | None = None
        self.pieces: list[bytes] = []  # pickled: the server counts them, and reads few
        self.cuts: queue.SimpleQueue[Cut] = queue.SimpleQueue()
        self.unanswered: list[Cut] = []
        self.dropped = threading.Event()
        self._since = 0.0

    def work(self, seconds: float) -> bool:
        """From beginning to end, with the turn; whether there is a result."""
        self.seconds = seconds
        self.turns.wait(self.run)
        self._since = time.monotonic()
        try:
            self._work()
            return True
        except Dropped:
            return False
        except Exception:
            traceback.print_exc()
            self.answer(Failed(self.run))
            return False
        finally:
            self.turns.leave(self.run)

    def _work(self) -> None:
        if self.dropped.is_set() and self.cuts.empty():
            raise Dropped
        result = self._reduced(self.job.function(self.report, self.should_stop))
        for cut in self.unanswered:
            self.answer(Piece(cut.number, result))
        if not self.unanswered:  # what was stopped is no result for others
            told = self.done, self.of, self.seen, tuple(self.pieces)
            self.answer(Done(self.run, *told, result))

    def _reduced(self, found: Any) -> bytes:
        return _pickled(self.job.reduce(found))

    def report(
        self,
        done: int,
        of: int,
        *,
        seen: Any = None,
        upto: Callable[[int], Any] | None = None,
        piece: Any = None,
    ) -> None:
        """See `job.Report`. Returns when it is this run's turn again."""
        self.done, self.of, self.seen, self.upto = done, of, seen, upto
        if piece is not None:
            self.pieces.append(_pickled(piece))
        self._look()
        if time.monotonic() - self._since >= self.seconds:
            following = self.turns.following()
            pieces, self.pieces = tuple(self.pieces), []
            self.answer(Progress(self.run, done, of, seen, pieces, following))
            self.turns.pass_on(self.run)
            self._since = time.monotonic()
            self._look()

    def should_stop(self) -> bool:
        """Whether somebody wants what there is."""
        self._look()
        return bool(self.unanswered)

    def _look(self) -> None:
        """Answer what was asked since the last look."""
        while not self.cuts.empty():
            self.answer_cut(self.cuts.get())
        if self.dropped.is_set() and not self.unanswered:
            raise Dropped

    def answer_cut(self, cut: Cut) -> None:
        """At once by `upto`; else the run stops, and the answer is what it has."""
        if self.upto is not None:
            self.answer(Piece(cut.number, self._reduced(self.upto(cut.step))))
        else:
            self.unanswered.append(cut)


class Hall:
    """All runs at work. `seconds` is the length of a turn."""

    def __init__(self, answer: Callable[[Answer], None], seconds: float = SLICE) -> None:
        self.answer, self.seconds = answer, seconds
        self.turns = Turns()
        self.courses: dict[int, Course] = {}
        self._ended: OrderedDict[int, Course] = OrderedDict()
        self._lock = threading.Lock()

    def obey(self, command: Command) -> None:
        """Do what the server says. Runs that are no longer there are passed over in silence."""
        match command:
            case Start(run, job):
                self._start(run, job)
            case Cut(number, run, _):
                with self._lock:
                    course = self.courses.get(run)
                    if course is not None:
                        course.cuts.put(command)
                        return
                    ended = self._ended.get(run)
                if ended is None or ended.upto is None:
                    self.answer(Piece(number, None))
                else:
                    ended.answer_cut(command)
            case Cancel(run):
                with self._lock:
                    course = self.courses.get(run)
                if course is not None:
                    course.dropped.set()

    def _start(self, run: int, job: Job) -> None:
        course = Course(run, job, self.turns, self.answer)
        with self._lock:
            self.courses[run] = course
        self.turns.join(run)
        threading.Thread(target=self._see_through, args=(course,), daemon=True).start()

    def _see_through(self, course: Course) -> None:
        ended = course.work(self.seconds)
        with self._lock:
            del self.courses[course.run]
            if ended:
                self._ended[course.run] = course
                while len(self._ended) > ENDED:
                    self._ended.popitem(last=False)
            late = [course.cuts.get() for _ in range(course.cuts.qsize())]
        for cut in late:  # asked for between its last look and its end
            self.obey(cut)


def main() -> None:
    """Connect a hall to stdin and stdout."""
    answers = _connect()
    outgoing = threading.Lock()

    def answer(message: Answer) -> None:
        with outgoing:
            send(message, answers)

    threading.Thread(target=_beat, args=(answer,), daemon=True).start()
    hall = Hall(answer)
    try:
        while True:
            hall.obey(receive(sys.stdin.buffer))
    finally:
        os._exit(0)


def _beat(answer: Callable[[Answer], None]) -> None:
    while True:
        answer(Alive())
        time.sleep(HEARTBEAT)


def _connect() -> BinaryIO:
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


if __name__ == "__main__":
    # Messages are pickled under the name of their module, which must not be "__main__".
    from experiments import worker

    worker.main()
