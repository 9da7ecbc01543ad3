"""The one runner of this server: what visitors start is trained by it (`experiments.runner`)."""

from __future__ import annotations

import atexit

import streamlit as st

from experiments.job import Job
from experiments.runner import Runner, Ticket


@st.cache_resource(on_release=Runner.close, show_spinner=False)
def runner() -> Runner:
    """Its process starts with the first run, or when a page has it `ready`."""
    made = Runner()
    atexit.register(made.close)
    return made


def ready() -> None:
    """A page is open from which one starts a run, and watches it from its first moment."""
    runner().ready()


def submit(job: Job) -> Ticket:
    """This visitor's ticket for a job; it belongs into `st.session_state`."""
    return runner().submit(job)
