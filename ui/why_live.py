"""Experiments that a visitor runs anew with a seed: a second or two each, one at a time for all.

They train more arms than the pairs that `ui.runs` hands to its worker. Each gets a process of its
own; a thread waits for it, and only one, so that a full class does not fill the machine.

    LIVE = Live("noisy")
    LIVE.begin(key, run)     # in a button's callback; run(progress, should_stop) trains, and can
                             # be pickled
    LIVE.found(key)          # what came of it, or None
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from experiments.apart import run_apart
from experiments.reporting import Progress, ShouldStop
from ui import live
from ui.runs import GONE_AFTER, State, Status
from ui.text import t
from ui.why import LESSON

LOG = logging.getLogger(__name__)
Run = Callable[[Progress, ShouldStop], Any]  # what it returns has `complete`
KEPT = 32  # results, for whoever asks for the same


class Job:
    """One visitor's run. It speaks as `ui.runs.Ticket` does."""

    def __init__(self, key: Hashable, run: Run) -> None:
        self.key, self.run = key, run
        self.state: State = "queued"
        self.step, self.steps = 0, 1
        self.ahead = 0
        self.result: Any = None
        self.asked = time.monotonic()
        self.left = False  # given up because nobody asked about it
        self._stopped = threading.Event()

    def status(self) -> Status:
        """How far it is. A visitor who never asks counts as gone, and the run is stopped."""
        self.asked = time.monotonic()
        left = self.left and self.state == "stopped"
        return Status(self.state, self.ahead, self.step, self.steps, None, None, left)

    def stop(self) -> None:
        """Keep what is trained. It ends within a step or two."""
        self._stopped.set()

    def pair(self) -> Any:
        """The result, all of it or up to where it was stopped; else RuntimeError."""
        if self.result is None:
            raise RuntimeError(f"nothing of a run that is {self.state}")
        return self.result

    def work(self) -> None:
        """Have it trained. Called by the one thread."""
        self.state = "running"
        try:
            self.result = run_apart(self.run, self._told, self._should_stop)
            self.state = "done" if self.result.complete else "stopped"
        except Exception:
            LOG.exception("A live experiment failed")
            self.state = "failed"

    def _told(self, done: int, of: int) -> None:
        self.step, self.steps = done, of

    def _should_stop(self) -> bool:
        if self._stopped.is_set():
            return True
        self.left = self.left or time.monotonic() - self.asked > GONE_AFTER
        return self.left


class Line:
    """Jobs in order, one at a time, and the latest complete results."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: list[Job] = []  # the first one is at work
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def join(self, key: Hashable, run: Run) -> Job:
        """A job at the end of the line, or one that is done because somebody had the same."""
        job = Job(key, run)
        with self._lock:
            if key in self._kept:
                job.result, job.state = self._kept[key], "done"
                return job
            job.ahead = len(self._jobs)
            self._jobs.append(job)
            if job.ahead == 0:
                threading.Thread(target=self._work, name="experiments", daemon=True).start()
        return job

    def _work(self) -> None:
        """Until nobody waits any more."""
        job: Job | None = self._jobs[0]
        while job is not None:
            job.work()
            job = self._next(job)

    def _next(self, done: Job) -> Job | None:
        """Keep what is complete, and let the others move up."""
        with self._lock:
            if done.state == "done":
                self._keep(done)
            self._jobs.remove(done)
            for place, job in enumerate(self._jobs):
                job.ahead = place
            return self._jobs[0] if self._jobs else None

    def _keep(self, job: Job) -> None:
        self._kept[job.key] = job.result
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)


@st.cache_resource(show_spinner=False)
def line() -> Line:
    """The one line of this server."""
    return Line()


class Live(live.Live):
    """The run that this visitor has going in one experiment, and what came of the last one."""

    def __init__(self, experiment: str) -> None:
        super().__init__(LESSON, experiment)
        self._place = f"{LESSON}.own.{experiment}"  # in the session: (key, result)

    def begin(self, key: Hashable, run: Run) -> None:
        """Ask for a run."""
        self._asked_for(line().join((self.name, key), run))

    def again(self, ended: Job) -> None:
        """Ask for the same once more."""
        self.begin(ended.key[1], ended.run)

    def settle(self) -> None:
        """Take over what has ended. Call before any widget is drawn."""
        job = self.going()
        found = self.take()
        if found is not None:
            st.session_state[self._place] = (job.key[1], found)

    def found(self, key: Hashable) -> Any:
        """The result of the last run, if that was one with this key."""
        known = st.session_state.get(self._place)
        return known[1] if known is not None and known[0] == key else None

    def button(self, key: Hashable, run: Run) -> None:
        """The button, and the bar and the stop while it goes on."""
        st.button(
            t(f"{LESSON}.live.train"),
            icon=":material/play_circle:",
            type="primary",
            key=f"train-{self.name}",
            on_click=self.begin,
            args=(key, run),
            disabled=self.going() is not None,
        )
        self.rerun_if_pressed()
