"""Runs for all visitors of this server, trained by one worker process (`experiments.worker`).

    ticket = runs.submit(config)    # joins the same run of another visitor, or its cached result
    ticket.status()                 # cheap: ask again and again
    ticket.stop()                   # for this visitor only
    ticket.pair()                   # when done or stopped

A ticket belongs to one visitor and lives in `st.session_state`. When nobody listens to a run any
more (each ticket has been stopped, dropped, or not been asked for its status in half a minute)
the worker forgets the run. A ticket that nobody asked about then says `left`: it was not its
visitor who stopped it, but a locked phone or a tab that the browser put to sleep.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from collections import Counter, OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import streamlit as st

from bncore.config import RunConfig
from experiments.pair import Accuracies, Pair, seconds
from experiments.worker import (
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
LONG = 5.0  # seconds of training
GONE_AFTER = 30.0  # seconds without a question for its status until a ticket counts as left behind
CACHED_PAIRS, CACHED_BYTES = 32, 128 * 2**20
ANSWER_WITHIN = 20.0  # seconds; the worker answers within a slice or two

State = Literal["queued", "running", "done", "stopped", "failed"]


@dataclass(frozen=True)
class Status:
    """What a visitor is shown.

    `ahead`: runs that must end before this one starts. `left`: it was stopped because nobody had
    asked about it for GONE_AFTER seconds, not because its visitor said so.
    """

    state: State
    ahead: int
    step: int
    steps: int
    accuracy_bn: float | None
    accuracy_plain: float | None
    left: bool = False


class Job:
    """One pair in training, whoever waits for it."""

    def __init__(self, config: RunConfig, number: int) -> None:
        self.config, self.number = config, number
        self.lane = "long" if seconds(config) > LONG else "short"
        self.state: State = "queued"
        self.step = 0
        self.accuracies = Accuracies(None, None)
        self.pair: Pair | None = None
        self.tickets: weakref.WeakSet[Ticket] = weakref.WeakSet()


class Ticket:
    """One visitor's part in a job. All its methods may be called from any thread."""

    def __init__(self, manager: Manager, job: Job) -> None:
        self._manager = manager
        self.job = job
        self.asked = manager.clock()
        self.shown = Status("queued", 0, 0, job.config.steps, None, None)
        self.cut: Future[Pair] | None = None  # once stopped

    @property
    def config(self) -> RunConfig:
        """Of the arm with batch norm."""
        return self.job.config

    def status(self) -> Status:
        """How far the run is. A visitor who never asks counts as gone."""
        return self._manager.status(self)

    def stop(self) -> None:
        """Keep exactly the steps that `status` showed last; other visitors' runs go on."""
        self._manager.stop(self)

    def pair(self) -> Pair:
        """All of it when done, the steps shown when stopped; else RuntimeError."""
        if self.cut is not None:
            return self.cut.result(ANSWER_WITHIN)
        if self.job.pair is not None:
            return self.job.pair
        raise RuntimeError(f"no pair of a run that is {self.job.state}")


class Worker:
    """The process, and the thread that listens to it for as long as it lives."""

    def __init__(
        self,
        answered: Callable[[Answer], None],
        lost: Callable[[Worker], None],
    ) -> None:
        self._answered, self._lost = answered, lost
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiments.worker"],
            cwd=ROOT,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._thread = threading.Thread(target=self._listen, name="runs", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def send(self, command: Command) -> None:
        """Pass a command on. If the process is gone, `lost` is about to be called: no error."""
        with suppress(OSError, ValueError):
            send(command, self.process.stdin)

    def close(self) -> None:
        """End the process and the thread. The manager's lock must not be held."""
        self.process.kill()
        self._thread.join()

    def _listen(self) -> None:
        try:
            with suppress(EOFError, OSError, pickle.UnpicklingError):
                while True:
                    self._answered(receive(self.process.stdout))
        finally:
            self.process.kill()
            self.process.wait()
            with suppress(OSError):  # what was still to be sent has nobody to read it
                self.process.stdin.close()
            self.process.stdout.close()
            self._lost(self)


class Manager:
    """Who waits for which run, what the worker trains, and the results kept for all.

    Everything happens under one lock: sessions come from their own threads, answers from the
    worker's.
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
        self._waiting: OrderedDict[RunConfig, Job] = OrderedDict()
        self._running: dict[int, Job] = {}
        self._cuts: dict[int, tuple[Cut, Future[Pair]]] = {}
        self._finished: OrderedDict[RunConfig, Job] = OrderedDict()  # least recently used first

    # for visitors

    def submit(self, config: RunConfig) -> Ticket:
        """A ticket for the run of `config` and its twin."""
        with self._lock:
            self._see_to_worker()
            job = self._find(config)
            if job is None:
                job = self._waiting[config] = Job(config, next(self._numbers))
            ticket = Ticket(self, job)
            job.tickets.add(ticket)
            self._start_waiting()
            return ticket

    def status(self, ticket: Ticket) -> Status:
        """See `Ticket.status`."""
        with self._lock:
            ticket.asked = self.clock()
            if ticket.cut is None:
                ticket.shown = self._status(ticket.job)
            elif ticket.cut.done() and ticket.cut.exception() is not None:
                ticket.shown = replace(ticket.shown, state="failed")
            return ticket.shown

    def stop(self, ticket: Ticket) -> None:
        """See `Ticket.stop`."""
        with self._lock:
            going = ticket.shown.state in ("queued", "running") and ticket.job.state != "failed"
            if going and ticket.cut is None:
                self._leave(ticket)
                self._forget_if_unheard(ticket.job)

    def close(self) -> None:
        """End the worker; what was running has failed. A later submit starts another."""
        with self._lock:
            worker = self._worker
        if worker is not None:
            worker.close()

    # jobs

    def _find(self, config: RunConfig) -> Job | None:
        if config in self._finished:
            self._finished.move_to_end(config)
            return self._finished[config]
        running = (job for job in self._running.values() if job.config == config)
        return self._waiting.get(config) or next(running, None)

    def _status(self, job: Job) -> Status:
        ahead = self._in_lane(job).index(job) + 1 if job.state == "queued" else 0
        return Status(job.state, ahead, job.step, job.config.steps, *job.accuracies)

    def _in_lane(self, job: Job) -> list[Job]:
        return [waiting for waiting in self._waiting.values() if waiting.lane == job.lane]

    def _start_waiting(self) -> None:
        taken = Counter(job.lane for job in self._running.values())
        for job in list(self._waiting.values()):
            if taken[job.lane] < PLACES[job.lane]:
                taken[job.lane] += 1
                del self._waiting[job.config]
                job.state = "running"
                self._running[job.number] = job
                self._send(Start(job.number, job.config))

    def _leave(self, ticket: Ticket, *, left: bool = False) -> None:
        """Give the ticket what it was shown, and take it off its job."""
        job, step = ticket.job, ticket.shown.step
        ticket.shown = replace(ticket.shown, state="stopped", ahead=0, left=left)
        ticket.cut = Future()
        if job.pair is not None:
            ticket.cut.set_result(job.pair.upto(step))
        elif job.state == "queued":
            self._cut_unstarted(job.config, ticket.cut)
        else:
            self._cut(job.number, step, ticket.cut)

    def _cut(self, run: int, step: int, future: Future[Pair]) -> None:
        cut = Cut(next(self._numbers), run, step)
        self._cuts[cut.number] = cut, future
        self._send(cut)

    def _cut_unstarted(self, config: RunConfig, future: Future[Pair]) -> None:
        """Step 0, as it would have been recorded."""
        number = next(self._numbers)
        self._send(Start(number, config))
        self._cut(number, 0, future)
        self._send(Cancel(number))

    def _forget_if_unheard(self, job: Job) -> None:
        """Cancel a job when all its tickets are stopped, dropped, or left behind."""
        left = [ticket for ticket in job.tickets if ticket.cut is None]
        if any(self.clock() - ticket.asked < GONE_AFTER for ticket in left):
            return
        for ticket in left:  # should they come back, they find what they saw
            self._leave(ticket, left=True)
        if self._waiting.get(job.config) is job:
            del self._waiting[job.config]
        elif self._running.pop(job.number, None) is not None:
            self._send(Cancel(job.number))
        self._start_waiting()

    def _keep(self, job: Job) -> None:
        self._finished[job.config] = job
        while len(self._finished) > CACHED_PAIRS or self._cached_bytes() > CACHED_BYTES:
            self._finished.popitem(last=False)

    def _cached_bytes(self) -> int:
        return sum(job.pair.nbytes for job in self._finished.values() if job.pair is not None)

    # the worker

    def _see_to_worker(self) -> None:
        if self._worker is not None and not self._worker.alive:
            self._lost(self._worker)
        if self._worker is None:
            self._worker = self._start_worker(self._answered, self._lost)

    def _send(self, command: Command) -> None:
        if self._worker is not None:  # without one nothing is running, and nothing waits
            self._worker.send(command)

    def _answered(self, answer: Answer) -> None:
        """Runs and cuts have numbers of their own: a late answer finds nobody and is dropped."""
        with self._lock:
            match answer:
                case Progress(run, step, accuracies) if run in self._running:
                    job = self._running[run]
                    job.step, job.accuracies = step, accuracies
                case Done(run, pair):
                    self._done(run, pair)
                case Piece(number, pair) if number in self._cuts:
                    self._cuts.pop(number)[1].set_result(pair)
                case Failed(run):
                    self._failed(run)
            for job in [*self._running.values(), *self._waiting.values()]:
                self._forget_if_unheard(job)

    def _done(self, run: int, pair: Pair) -> None:
        for cut, future in self._take_cuts(run):  # it ended before the worker read of them
            future.set_result(pair.upto(cut.step))
        job = self._running.pop(run, None)
        if job is not None:
            job.state, job.pair, job.step = "done", pair, pair.steps
            job.accuracies = Accuracies(*(_last(arm.accuracy) for arm in (pair.bn, pair.plain)))
            self._keep(job)
        self._start_waiting()

    def _failed(self, run: int) -> None:
        for _, future in self._take_cuts(run):
            future.set_exception(RuntimeError("the run failed"))
        job = self._running.pop(run, None)
        if job is not None:
            job.state = "failed"
        self._start_waiting()

    def _take_cuts(self, run: int) -> list[tuple[Cut, Future[Pair]]]:
        mine = [number for number, (cut, _) in self._cuts.items() if cut.run == run]
        return [self._cuts.pop(number) for number in mine]

    def _lost(self, worker: Worker) -> None:
        """The worker is gone, with all that it had not finished. The next submit starts anew."""
        with self._lock:
            if worker is not self._worker:
                return
            self._worker = None
            for job in [*self._running.values(), *self._waiting.values()]:
                job.state = "failed"
            self._running.clear()
            self._waiting.clear()
            for _, future in self._cuts.values():
                future.set_exception(RuntimeError("the worker is gone"))
            self._cuts.clear()


def _last(accuracy: np.ndarray) -> float | None:
    return float(accuracy[-1]) if len(accuracy) else None


@st.cache_resource(on_release=Manager.close, show_spinner=False)
def manager() -> Manager:
    """The one manager of this server."""
    made = Manager()
    atexit.register(made.close)
    return made


def submit(config: RunConfig) -> Ticket:
    """A ticket for the run of `config` beside its twin without batch norm."""
    return manager().submit(config)
