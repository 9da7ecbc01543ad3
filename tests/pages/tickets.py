"""Runs for tests of pages: over in as many looks as a test wants, or at work in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from bncore.config import RunConfig
from experiments.job import Job
from experiments.pair import Accuracies, Pair, PairRun
from experiments.runner import Runner, Status
from experiments.worker import Hall
from ui import runs


class Ticket:
    """A run of a pair as `ui.runs` gives it. `states` are what its first looks find."""

    def __init__(self, job: Job, states: Iterable[str] = (), train: Callable | None = None) -> None:
        self.job, self.states, self.train = job, iter(states), train
        self.state, self.looks, self.stopped_at = "running", 0, None
        self.left = False
        watch = getattr(self.job.function, "keywords", {}).get("watch")
        self.watching: Any = (watch(self.config) if watch is not None else None, None)
        self.parts: list[Any] = []

    @property
    def config(self) -> RunConfig:
        """Of the arm with batch norm."""
        return self.job.key[0]

    @property
    def whole(self) -> Pair:
        """The pair that it comes to."""
        if self.train is not None:
            return self.train(self.config)
        return self.job.function(lambda *_, **__: None, lambda: False)

    @property
    def beginning(self) -> Pair:
        """What a stop leaves: what would be cut off is not trained."""
        if self.train is not None:
            return self.whole.upto(self.stopped_at)
        run = PairRun(self.config)
        run.advance(self.stopped_at)
        return run.upto(self.stopped_at)

    def status(self) -> Status:
        self.looks += 1
        if self.state == "running":
            self.state = next(self.states, "done")
        step = self.stopped_at or min(self.looks * 10, self.config.steps)
        seen, handed = Accuracies(0.5, 0.25), len(self.handed_over)
        return Status(self.state, 2, step, self.config.steps, seen, self.left, handed)

    @property
    def handed_over(self) -> list[Any]:
        """By now, if it is a run that is watched: a part at each look."""
        look, pair = self.watching
        if look is None or self.state != "running":
            return self.parts
        if pair is None:
            pair = PairRun(self.config)
            self.watching = look, pair
        pair.advance(10)
        self.parts += [part] if (part := look(pair)) is not None else []
        return self.parts

    def pieces(self, since: int = 0) -> list[Any]:
        """What a run that is watched has handed over; none of another."""
        return self.parts[since:]

    def stop(self, at: int | None = None) -> None:
        self.state, self.stopped_at = "stopped", at or self.looks * 10

    def result(self) -> Any:
        if self.state == "failed":
            raise RuntimeError
        return self.job.reduce(self.whole if self.stopped_at is None else self.beginning)


def asked_for(
    monkeypatch: pytest.MonkeyPatch, made: Callable[[Job], Ticket] = Ticket
) -> list[Ticket]:
    """What pages ask for from now on; nothing of it reaches the worker."""
    tickets: list[Ticket] = []

    def submit(job: Job) -> Ticket:
        tickets.append(made(job))
        return tickets[-1]

    monkeypatch.setattr(runs, "submit", submit)
    monkeypatch.setattr(runs, "ready", lambda: None)
    return tickets


class Here:
    """A worker in this process: it runs functions that pickle cannot name, too."""

    def __init__(self, answered: Callable, lost: Callable) -> None:
        self.alive = self.heard = True
        self.busy = False
        hall = Hall(answered, seconds=0)
        self.send = lambda command: threading.Thread(target=hall.obey, args=(command,)).start()

    def close(self) -> None:
        self.alive = False


def runner_here(monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Nothing is kept from other tests, and what trains may be a function of the test."""
    made = Runner(Here)
    monkeypatch.setattr(runs, "runner", lambda: made)
    return made
