"""A run that a visitor starts in a lesson: the button, the bar, the stop, and what came of it.

    LIVE = Live("training")         # or Live("network", "growth"), where a lesson has several
    LIVE.start(job)             # in a button's callback; then `rerun_if_pressed` in its fragment
    found = LIVE.take()         # once, when it has ended: before any widget of the page is drawn
    LIVE.watch()                # the bar while it goes on; or, with a picture of its own:
    LIVE.look(draw, 0.15)       # draws again and again, each time with how far the run is
    LIVE.say_stopped(step, sentence)    # beside what is shown of a run that was stopped

What the visitor has going lives in `st.session_state`; the runs themselves are in `ui.runs`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from experiments.job import Job
from experiments.runner import GONE_AFTER, Status, Ticket
from ui import runs
from ui.numbers import percent
from ui.text import t

POLL = 0.25  # seconds between two looks at a run


class Live:
    """The run that this visitor has going in a lesson, or in one of its sections, if any."""

    def __init__(self, lesson: str, section: str = "") -> None:
        self.lesson, self.section = lesson, section

    @property
    def name(self) -> str:
        """What the keys of its widgets end in."""
        return f"{self.lesson}-{self.section}" if self.section else self.lesson

    def ready(self) -> None:
        """Call where a run is watched from its first moment: it need not wait for a process."""
        runs.ready()

    def start(self, job: Job) -> None:
        """Ask for a run, or join the same one of somebody else."""
        self._put(trouble=None, pressed=True, ticket=runs.submit(job))

    def rerun_if_pressed(self) -> None:
        """Once after each `start`: the button's fragment must ask for the rest of the page.

        The button itself cannot tell: it is disabled by then, and a disabled button says no.
        """
        if self.just_pressed():
            st.rerun()

    def just_pressed(self) -> bool:
        """Whether `start` was called since this was last asked."""
        return bool(st.session_state.pop(self._key("pressed"), False))

    def going(self) -> Ticket | None:
        """The run that has not been taken yet."""
        return self._get("ticket")

    def stop(self) -> None:
        """Keep what is trained."""
        if (ticket := self.going()) is not None:
            ticket.stop()

    def trouble(self) -> str | None:
        """Why the last run is not there, in a sentence."""
        return self._get("trouble")

    def say_trouble(self) -> None:
        """That sentence on the page, if there is one."""
        if self.trouble():
            st.error(self.trouble(), icon=":material/error:")

    def say_stopped(self, step: int, sentence: str) -> None:
        """That the run shown was stopped: by the visitor, as `sentence` says, or by the server.

        The server gives up a run that nobody asks about. Whoever was away may have it go on.
        """
        ended = self._get("left")
        if ended is None:
            st.info(sentence)
            return
        with st.container(key=f"left-{self.name}"):
            st.info(t("ui.live.left", step=step, seconds=round(GONE_AFTER)))
            st.button(
                t("ui.live.again"),
                icon=":material/play_circle:",
                key=f"again-{self.name}",
                on_click=self.start,
                args=(ended.job,),
                disabled=self.going() is not None,
            )

    def refuse(self, sentence: str) -> None:
        """Tell the visitor why nothing was started."""
        self._put(trouble=sentence, pressed=True)

    def take(self) -> Any:
        """What came of a run that has ended since this was last asked; None if none has."""
        ticket = self.going()
        status = None if ticket is None else ticket.status()
        if ticket is None or status is None or underway(status):
            return None
        self._put(ticket=None)
        try:
            found = ticket.result()
        except (RuntimeError, TimeoutError):
            self._put(trouble=t("ui.live.failed"))
            return None
        self._put(left=ticket if status.left else None)
        return found

    def watch(self) -> None:
        """The bar and the stop button, four times a second; the page as soon as the run ended."""

        @st.fragment(run_every=POLL)
        def look() -> None:
            ticket = self.going()
            if ticket is None:
                return
            status = ticket.status()
            if not underway(status):
                st.rerun()
            with st.container(border=True, key=f"progress-{self.name}"):
                progress(status)
                self.stop_button()

        if self.going() is not None:
            look()

    def look(self, draw: Callable[[Status | None], None], every: float) -> None:
        """What shows a run while it goes on: drawn so often then, and once without a run.

        What `draw` draws keeps its place from one look to the next, and when the run has ended. The
        button that starts it must stand outside: only a run of what is around begins to look again.
        One on a page is enough: where two end at once, Streamlit may lose the last run of the page.
        """

        @st.fragment(run_every=every if self.going() is not None else None)
        def look() -> None:
            ticket = self.going()
            status = None if ticket is None else ticket.status()
            if status is not None and not underway(status):
                st.rerun()
            draw(status)

        look()

    def stop_button(self, **extra: Any) -> None:
        """For this visitor; what was trained is kept."""
        st.button(
            t("ui.live.stop"),
            icon=":material/stop_circle:",
            key=f"stop-{self.name}",
            on_click=self.stop,
            **extra,
        )

    def wait(self, patience: float) -> None:
        """Show the bar here, for at most so many seconds."""
        ticket, until = self.going(), time.monotonic() + patience
        with st.empty():
            while ticket is not None and underway(ticket.status()) and time.monotonic() < until:
                progress(ticket.status())
                time.sleep(POLL)

    def _key(self, name: str) -> str:
        return f"{self.name}.live.{name}"

    def _get(self, name: str):
        return st.session_state.get(self._key(name))

    def _put(self, **values: object) -> None:
        for name, new in values.items():
            st.session_state[self._key(name)] = new


def underway(status: Status) -> bool:
    """Whether there is something to wait for."""
    return status.state in ("queued", "running")


def progress(status: Status) -> None:
    """A bar with words."""
    if status.state == "queued":
        st.progress(0.0, t("ui.live.queued", ahead=status.ahead))
        return
    known = {"step": status.step, "steps": status.steps}
    if status.seen is None or None in status.seen:
        words = t("ui.live.progress", **known)
    else:
        both = {"bn": percent(status.seen.bn), "plain": percent(status.seen.plain)}
        words = t("ui.live.progress_accuracy", **known, **both)
    st.progress(status.step / status.steps, words)
