"""Runs for all visitors of a server, trained by one worker process (`experiments.worker`).

    runner = Runner()
    ticket = runner.submit(job)     # joins the same run of another visitor, or its kept result
    ticket.status()                 # cheap: ask again and again
    ticket.pieces(since)            # what it has handed over so far
    ticket.stop()                   # for this visitor only
    ticket.result()                 # when done or stopped

A ticket belongs to one visitor. When nobody listens to a run any more (each ticket has been
stopped, dropped, or not been asked for its status in half a minute; in a few seconds where others
wait for the place) the worker forgets the run.

Whether the worker is alive is not asked of the operating system: a process that is stopped, or
stuck, is there and serves nobody. It says every second that it is alive, and after each turn how
far a run is; when either stays away it is killed and replaced. Its runs start anew, for everybody;
one that has twice been at its turn when the worker was lost has failed.

Inside, a `Worker` has `send` and `close` and calls back with answers: an executor of
`concurrent.futures` could stand in its place.
"""

from __future__ import annotations

import itertools
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from experiments.job import Job
from experiments.worker import (
    Alive,
    Answer,
    Cancel,
    Command,
    Cut,
    Done,
    Failed,
    Piece,
    Progress,
    Start,
    receive,
    send,
)

ROOT = Path(__file__).parents[1]
# Runs that share the worker; the others wait in order. Short ones have places of their own, so that
# they never wait for long ones. All places taken by the largest runs of the lessons: about 0.6 GB.
PLACES = {"short": 6, "long": 3}
GONE_AFTER = 30.0  # seconds without a question for its status until a ticket counts as left behind
HURRY = 6.0  # the same, where somebody waits for the place
# Results, for whoever asks for the same. The bytes are theirs and those of the pieces that runs
# have handed over, for as long as anybody has them: where these need the room, results go.
KEPT, KEPT_BYTES = 64, 64 * 2**20
ANSWER_WITHIN = 20.0  # seconds; the worker answers within a slice or two
LOOK = 1.0  # seconds between two looks at the worker
SILENT, STUCK = 6, 40  # looks without a sign of life, without the end of a turn
STARTING = 60  # looks until the first sign of life
STRIKES = 2  # times that a run may be at its turn when the worker is lost

State = Literal["queued", "running", "done", "stopped", "failed"]


@dataclass(frozen=True)
class Status:
    """What a visitor is shown.

    `ahead`: runs that must end before this one starts. `seen`: what the run tells on its way, and
    `pieces` how many it has handed over.
    `left`: it was stopped because nobody had asked about it for long, not because its visitor
    said so: a locked phone, or a tab that the browser put to sleep.
    """

    state: State
    ahead: int
    step: int
    steps: int
    seen: Any = None
    left: bool = False
    pieces: int = 0


class Going:
    """One job, whoever waits for it."""

    def __init__(self, job: Job, number: int) -> None:
        self.job, self.number = job, number
        self.state: State = "queued"
        self.step, self.steps, self.seen = 0, job.steps, None
        self.pieces: list[bytes] = []
        self.weight = 0  # bytes of the pieces
        self.result: bytes | None = None
        self.strikes = 0
        self.tickets: weakref.WeakSet[Ticket] = weakref.WeakSet()

    def tell(self, answer: Progress | Done) -> None:
        """Take over how far it is."""
        self.step, self.steps, self.seen = answer.done, answer.of, answer.seen
        self.pieces += answer.pieces
        self.weight += sum(map(len, answer.pieces))

    def bare(self) -> Going:
        """Its result, for those who ask later: without what was shown on the way."""
        kept = Going(self.job, self.number)
        kept.state, kept.result = self.state, self.result
        kept.step, kept.steps, kept.seen = self.step, self.steps, self.seen
        return kept

    def begin(self, number: int) -> None:
        """From the start, under a new number: late answers to the old one find nobody."""
        self.state, self.number = "running", number
        self.step, self.seen, self.pieces, self.weight = 0, None, [], 0


class Ticket:
    """One visitor's part in a job. All its methods may be called from any thread."""

    def __init__(self, runner: Runner, going: Going) -> None:
        self._runner = runner
        self.going = going
        self.asked = runner.clock()
        self.shown = Status("queued", 0, 0, going.job.steps)
        self.cut: Future[bytes | None] | None = None  # once stopped

    @property
    def job(self) -> Job:
        """What it is a ticket for."""
        return self.going.job

    def status(self) -> Status:
        """How far the run is. A visitor who never asks counts as gone."""
        return self._runner.status(self)

    def pieces(self, since: int = 0) -> list[Any]:
        """What the run has handed over, from number `since` on: copies, as `result` gives."""
        return [pickle.loads(piece) for piece in self.going.pieces[since:]]

    def stop(self) -> None:
        """Keep exactly the steps that `status` showed last; other visitors' runs go on."""
        self._runner.stop(self)

    def result(self) -> Any:
        """All of it when done, the steps shown when stopped; else RuntimeError.

        Each call gives a copy of its own.
        """
        found = self.cut.result(ANSWER_WITHIN) if self.cut is not None else None
        found = found if found is not None else self.going.result
        if found is None:
            raise RuntimeError(f"no result of a run that is {self.going.state}")
        return pickle.loads(found)


class Worker:
    """The process, and three threads: one writes, one reads, one looks whether it lives."""

    def __init__(
        self, answered: Callable[[Answer], None], lost: Callable[[Worker], None], look: float = LOOK
    ) -> None:
        self._answered, self._lost = answered, lost
        self._look_every = look
        self._outgoing: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._silent = self._stuck = 0  # looks since the last sign
        self.heard = False  # whether it ever spoke
        self.busy = False  # whether it has anything to do; set by the runner
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiments.worker"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._to: Any = self.process.stdin
        self._from: Any = self.process.stdout
        self._threads = [
            threading.Thread(target=target, name="runs", daemon=True)
            for target in (self._write, self._read, self._watch)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether nothing is known to the contrary."""
        return not self._closed.is_set() and self.process.poll() is None

    def send(self, command: Command) -> None:
        """Pass a command on; never waits. If the process is gone, `lost` is about to be called."""
        self._outgoing.put(command)

    def close(self) -> None:
        """End the process and the threads. The runner's lock must not be held."""
        self.process.kill()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        with suppress(OSError, ValueError):
            while (command := self._outgoing.get()) is not None:
                send(command, self._to)
        with suppress(OSError, ValueError):  # what was still to be sent has nobody to read it
            self._to.close()

    def _read(self) -> None:
        try:
            with suppress(EOFError, OSError, pickle.UnpicklingError):
                while True:
                    self._take(receive(self._from))
        finally:
            self._closed.set()
            self._outgoing.put(None)
            self.process.kill()
            self.process.wait()
            self._from.close()
            self._lost(self)

    def _take(self, answer: Answer) -> None:
        self.heard, self._silent = True, 0
        if not isinstance(answer, Alive):
            self._stuck = 0
            self._answered(answer)

    def _watch(self) -> None:
        """Looks are counted, not seconds: when the server itself was asleep nobody is to blame."""
        while not self._closed.wait(self._look_every):
            self._silent += 1
            self._stuck = self._stuck + 1 if self.busy else 0
            patience = SILENT if self.heard else STARTING
            if self._silent > patience or self._stuck > STUCK:
                self.process.kill()


class Runner:
    """Who waits for which run, what the worker trains, and the results kept for all.

    Everything happens under one lock, in which nothing waits: sessions come from their own
    threads, answers from the worker's.
    """

    def __init__(
        self,
        start_worker: Callable[..., Worker] = Worker,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self._start_worker = start_worker
        self._lock = threading.RLock()
        self._worker: Worker | None = None
        self._numbers = itertools.count(1)
        self._waiting: list[Going] = []
        self._running: dict[int, Going] = {}
        self._known: weakref.WeakSet[Going] = weakref.WeakSet()  # also those that ended, in use
        self._at: int | None = None  # the run that has the turn
        self._cuts: dict[int, tuple[Cut, Future[bytes | None]]] = {}
        self._kept: OrderedDict[Hashable, Going] = OrderedDict()  # least recently used first

    # for visitors

    def ready(self) -> None:
        """Have the worker started: somebody may soon want a run, and then not wait for it."""
        with self._lock:
            self._see_to_worker()

    def submit(self, job: Job) -> Ticket:
        """A ticket for a job."""
        with self._lock:
            self._see_to_worker()
            going = self._find(job)
            if going is None:
                going = Going(job, 0)
                self._known.add(going)
                self._waiting.append(going)
            ticket = Ticket(self, going)
            going.tickets.add(ticket)
            self._forget_unheard()
            self._start_waiting()
            return ticket

    def status(self, ticket: Ticket) -> Status:
        """See `Ticket.status`."""
        with self._lock:
            ticket.asked = self.clock()
            if ticket.cut is None:
                ticket.shown = self._status(ticket.going)
            elif ticket.cut.done() and ticket.cut.exception() is not None:
                ticket.shown = replace(ticket.shown, state="failed")
            self._forget_unheard()
            return ticket.shown

    def stop(self, ticket: Ticket) -> None:
        """See `Ticket.stop`."""
        with self._lock:
            going = ticket.shown.state in ("queued", "running") and ticket.going.state != "failed"
            if going and ticket.cut is None:
                self._leave(ticket)
                self._forget_unheard()

    def close(self) -> None:
        """End the worker; what was running has failed. A later submit starts another."""
        with self._lock:
            worker = self._worker
            self._give_up()
        if worker is not None:
            worker.close()

    # jobs

    def _find(self, job: Job) -> Going | None:
        if job.key in self._kept:
            self._kept.move_to_end(job.key)
            return self._kept[job.key]
        others = (*self._running.values(), *self._waiting)
        return next((going for going in others if job.shared and going.job.key == job.key), None)

    def _status(self, going: Going) -> Status:
        ahead = self._in_lane(going).index(going) + 1 if going.state == "queued" else 0
        told = going.step, going.steps, going.seen
        return Status(going.state, ahead, *told, pieces=len(going.pieces))

    def _in_lane(self, going: Going) -> list[Going]:
        return [waiting for waiting in self._waiting if waiting.job.lane == going.job.lane]

    def _start_waiting(self) -> None:
        taken = Counter(going.job.lane for going in self._running.values())
        for going in list(self._waiting):
            if self._worker is not None and taken[going.job.lane] < PLACES[going.job.lane]:
                taken[going.job.lane] += 1
                self._waiting.remove(going)
                going.begin(next(self._numbers))
                self._running[going.number] = going
                self._at = self._at or going.number
                self._send(Start(going.number, going.job))

    def _leave(self, ticket: Ticket, *, left: bool = False) -> None:
        """Give the ticket what it was shown, and take it off its job."""
        going, step = ticket.going, ticket.shown.step
        ticket.shown = replace(ticket.shown, state="stopped", ahead=0, left=left)
        ticket.cut = Future()
        if going.state == "queued":
            self._cut_unstarted(going.job, ticket.cut)
        else:
            self._cut(going.number, step, ticket.cut)

    def _cut(self, run: int, step: int, future: Future[bytes | None]) -> None:
        cut = Cut(next(self._numbers), run, step)
        self._cuts[cut.number] = cut, future
        self._send(cut)

    def _cut_unstarted(self, job: Job, future: Future[bytes | None]) -> None:
        """Its beginning, as it would have been recorded."""
        number = next(self._numbers)
        self._send(Start(number, job))
        self._cut(number, 0, future)
        self._send(Cancel(number))

    def _forget_unheard(self) -> None:
        """Cancel the jobs whose tickets are all stopped, dropped, or left behind."""
        for going in [*self._running.values(), *self._waiting]:
            left = [ticket for ticket in going.tickets if ticket.cut is None]
            patience = HURRY if self._somebody_waits_for(going) else GONE_AFTER
            if any(self.clock() - ticket.asked < patience for ticket in left):
                continue
            for ticket in left:  # should they come back, they find what they saw
                self._leave(ticket, left=True)
            self._cancel(going)
        self._start_waiting()

    def _somebody_waits_for(self, going: Going) -> bool:
        lane = self._in_lane(going)
        return any(other is not going for other in lane)

    def _cancel(self, going: Going) -> None:
        if going in self._waiting:
            self._waiting.remove(going)
        elif self._running.pop(going.number, None) is not None:
            self._send(Cancel(going.number))

    def _keep(self, going: Going) -> None:
        self._kept[going.job.key] = going.bare()
        self._make_room()

    def _make_room(self) -> None:
        while self._kept and (len(self._kept) > KEPT or self._kept_bytes() > KEPT_BYTES):
            self._kept.popitem(last=False)

    def _kept_bytes(self) -> int:
        results = sum(len(going.result or b"") for going in self._kept.values())
        return results + sum(going.weight for going in self._known)

    # the worker

    def _see_to_worker(self) -> None:
        if self._worker is not None and not self._worker.alive:
            self._lost(self._worker)
        if self._worker is None:
            self._worker = self._start_worker(self._answered, self._lost)

    def _send(self, command: Command) -> None:
        if self._worker is not None:
            self._worker.send(command)
            self._worker.busy = True

    def _answered(self, answer: Answer) -> None:
        """Runs and cuts have numbers of their own: a late answer finds nobody and is dropped."""
        with self._lock:
            match answer:
                case Progress(run=run) if run in self._running:
                    self._running[run].tell(answer)
                    self._make_room()
                    self._at = answer.following
                case Done(run=run) if run in self._running:
                    self._done(self._running.pop(run), answer)
                case Piece(number, result) if number in self._cuts:
                    self._cuts.pop(number)[1].set_result(result)
                case Failed(run):
                    self._failed(run)
            if self._at not in self._running:
                self._at = next(iter(self._running), None)
            self._forget_unheard()
            if self._worker is not None:
                self._worker.busy = bool(self._running or self._cuts)

    def _done(self, going: Going, answer: Done) -> None:
        going.tell(answer)
        going.state, going.result = "done", answer.result
        self._keep(going)

    def _failed(self, run: int) -> None:
        mine = [number for number, (cut, _) in self._cuts.items() if cut.run == run]
        for number in mine:
            self._cuts.pop(number)[1].set_exception(RuntimeError("the run failed"))
        going = self._running.pop(run, None)
        if going is not None:
            going.state = "failed"

    def _lost(self, worker: Worker) -> None:
        """The worker is gone: another one starts what it was at, from the beginning."""
        with self._lock:
            if worker is not self._worker:
                return
            if not worker.heard:  # it cannot start at all
                self._give_up()
                return
            self._worker = None
            self._drop_cuts()
            running, at = list(self._running.values()), self._at
            self._running.clear()
            self._at = None
            for going in running:
                going.strikes += going.number == at
                going.state = "failed" if going.strikes >= STRIKES else "queued"
            self._waiting[:0] = [going for going in running if going.state == "queued"]
            if self._waiting:
                self._see_to_worker()
                self._start_waiting()

    def _give_up(self) -> None:
        """Nothing that was going can be had."""
        self._worker = None
        self._drop_cuts()
        for going in [*self._running.values(), *self._waiting]:
            going.state = "failed"
        self._running.clear()
        self._waiting.clear()

    def _drop_cuts(self) -> None:
        for _, future in self._cuts.values():
            future.set_exception(RuntimeError("the worker is gone"))
        self._cuts.clear()
