"""A run in a process of its own: same result, small, heard of, stopped, honest when it fails."""

from __future__ import annotations

import os
import sys
from functools import partial
from itertools import count

import numpy as np
import pytest

from experiments import tolerance
from experiments.apart import run_apart

STEPS = 5


def of_its_process(progress, should_stop) -> tuple[int, set[str]]:
    print("a stray print")
    for done in range(STEPS):
        progress(done + 1, STEPS)
    return os.getpid(), set(sys.modules)


def endless(progress, should_stop) -> int:
    for done in count(1):
        progress(done, 0)
        if should_stop():
            return done
    raise AssertionError


def failing(progress, should_stop) -> None:
    raise FloatingPointError


def test_it_runs_elsewhere_and_tells_how_far_it_is() -> None:
    told = []
    pid, modules = run_apart(of_its_process, lambda *step: told.append(step), lambda: False)
    assert pid != os.getpid()
    assert told == [(done + 1, STEPS) for done in range(STEPS)]
    assert "numpy" in modules and not {"streamlit", "pandas", "plotly"} & modules


def test_it_stops_when_it_is_asked_to() -> None:
    told = []
    assert run_apart(endless, lambda *step: told.append(step), lambda: len(told) >= 3) >= 3


def test_a_run_that_raised_is_an_error_here_too() -> None:
    with pytest.raises(RuntimeError, match="without a result"):
        run_apart(failing, lambda *_: None, lambda: False)


def test_an_experiment_gives_the_same_there_as_here() -> None:
    run = partial(tolerance.cell, 1, 0.1, 3)
    there, here = (
        run_apart(run, lambda *_: None, lambda: False),
        run(lambda *_: None, lambda: False),
    )
    np.testing.assert_array_equal(there.accuracy, here.accuracy)
    assert there.complete
