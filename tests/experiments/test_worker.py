"""The worker: fair turns, obedience, and a process that is small and never outlives its server."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bncore import RunConfig
from experiments import worker
from experiments.job import Job, pair_job
from experiments.pair import train_pair
from experiments.why import tolerance
from experiments.worker import (
    Alive,
    Answer,
    Cancel,
    Cut,
    Done,
    Failed,
    Hall,
    Piece,
    Progress,
    Start,
)

ROOT = Path(__file__).parents[2]
CONFIG = RunConfig(depth=1, width=8, steps=12, record_every=1, probe=8, units=2)
LONG = replace(CONFIG, steps=100_000, record_every=1000)


def failing(progress, should_stop) -> None:
    progress(0, 1)
    raise FloatingPointError


def counting(of: int, progress, should_stop) -> int:
    """Cannot tell what it had at an earlier step."""
    for done in range(of):
        if should_stop():
            return done
        progress(done + 1, of)
    return of


def handing_over(progress, should_stop) -> str:
    for done, piece in enumerate("abc", 1):
        progress(done, 3, piece=piece)
    return "abc"


def modules(progress, should_stop) -> set[str]:
    print("a stray print")
    return set(sys.modules)


class Heard:
    """A hall in this process, and its answers in order. Each report is the end of a turn."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.hall = Hall(self.answers.append, seconds=0)

    def until(self, enough: Callable[[list[Answer]], bool]) -> None:
        deadline = time.monotonic() + 120
        while not enough(self.answers):
            assert time.monotonic() < deadline, self.answers[-3:]
            time.sleep(0.001)

    def of(self, kind: type) -> list[Any]:
        return [answer for answer in self.answers if isinstance(answer, kind)]


@pytest.fixture
def heard() -> Iterator[Heard]:
    made = Heard()
    yield made
    for run in list(made.hall.courses):
        made.hall.obey(Cancel(run))


def test_a_run_ends_with_all_of_it(heard: Heard) -> None:
    heard.hall.obey(Start(5, pair_job(CONFIG)))
    heard.until(lambda answers: any(isinstance(each, Done) for each in answers))
    assert [answer.done for answer in heard.of(Progress)] == [0, 4, 8, 12]
    (done,) = heard.of(Done)
    assert (done.run, done.done, done.of) == (5, 12, 12)
    whole = train_pair(CONFIG)
    np.testing.assert_array_equal(pickle.loads(done.result).bn.loss, whole.bn.loss)
    assert done.seen.bn == whole.bn.accuracy[-1]


def test_only_the_reduction_goes_into_the_pipe(heard: Heard) -> None:
    heard.hall.obey(Start(1, Job("n", partial(counting, 3), reduce=str)))
    heard.until(lambda answers: bool(heard.of(Done)))
    assert pickle.loads(heard.of(Done)[0].result) == "3"


def test_runs_take_turns_so_that_a_short_one_does_not_wait_for_a_long_one(heard: Heard) -> None:
    for run, of in ((1, 10_000_000), (2, 4), (3, 4)):
        heard.hall.obey(Start(run, Job(run, partial(counting, of))))
    heard.until(lambda answers: len(heard.of(Done)) == 2)
    assert {done.run for done in heard.of(Done)} == {2, 3}
    turns = [answer.run for answer in heard.of(Progress)]
    begun = turns[turns.index(3) :]  # all three are there: each after the other
    assert begun[:6] in ([3, 1, 2, 3, 1, 2], [3, 2, 1, 3, 2, 1])


def test_each_turn_names_the_one_that_follows(heard: Heard) -> None:
    for run in (1, 2):
        heard.hall.obey(Start(run, Job(run, partial(counting, 10_000_000))))
    heard.until(lambda answers: len(answers) > 50)
    told = heard.of(Progress)[:50]
    for now, following in pairwise(told[10:]):
        assert now.following == following.run


def test_a_cut_is_answered_with_exactly_those_steps(heard: Heard) -> None:
    heard.hall.obey(Start(1, pair_job(LONG)))
    heard.until(lambda answers: len(heard.of(Progress)) > 3)
    heard.hall.obey(Cut(77, 1, 5))
    heard.until(lambda answers: bool(heard.of(Piece)))
    (piece,) = heard.of(Piece)
    pair = pickle.loads(piece.result)
    assert piece.number == 77 and pair.steps == 5 and not pair.complete
    before = len(heard.of(Progress))
    heard.until(lambda answers: len(heard.of(Progress)) > before + 2)  # the run itself goes on


def test_a_cut_before_anything_was_trained_gives_step_0(heard: Heard) -> None:
    heard.hall.obey(Start(1, pair_job(LONG)))
    heard.hall.obey(Cut(2, 1, 0))
    heard.hall.obey(Cancel(1))
    heard.until(lambda answers: bool(heard.of(Piece)) and not heard.hall.courses)
    assert pickle.loads(heard.of(Piece)[0].result).steps == 0


def test_a_cut_of_a_run_that_has_just_ended_is_answered_too(heard: Heard) -> None:
    heard.hall.obey(Start(1, pair_job(CONFIG)))
    heard.until(lambda answers: bool(heard.of(Done)) and not heard.hall.courses)
    heard.hall.obey(Cut(3, 1, 4))
    heard.until(lambda answers: bool(heard.of(Piece)))
    assert pickle.loads(heard.of(Piece)[0].result).steps == 4


def test_a_run_that_cannot_tell_stops_and_answers_with_what_it_has(heard: Heard) -> None:
    heard.hall.obey(Start(1, Job("n", partial(counting, 10_000_000))))
    heard.until(lambda answers: len(heard.of(Progress)) > 3)
    heard.hall.obey(Cut(9, 1, 0))
    heard.until(lambda answers: bool(heard.of(Piece)))
    assert 3 < pickle.loads(heard.of(Piece)[0].result) < 10_000_000
    assert not heard.of(Done)  # half a result must not be kept for others


def test_a_cancelled_run_is_forgotten_and_so_is_an_unknown_one(heard: Heard) -> None:
    heard.hall.obey(Start(1, pair_job(LONG)))
    heard.until(lambda answers: bool(heard.of(Progress)))
    heard.hall.obey(Cancel(1))
    heard.until(lambda answers: not heard.hall.courses)
    heard.hall.obey(Cancel(1))
    heard.hall.obey(Cut(2, 50, 0))
    assert heard.answers[-1] == Piece(2, None) and not heard.of(Done)


def test_pieces_are_handed_over_in_order_while_it_goes_on(heard: Heard) -> None:
    heard.hall.obey(Start(1, Job("p", handing_over)))
    heard.until(lambda answers: bool(heard.of(Done)))
    told = [*heard.of(Progress), *heard.of(Done)]
    assert [pickle.loads(piece) for each in told for piece in each.pieces] == ["a", "b", "c"]
    assert any(progress.pieces for progress in heard.of(Progress))


def test_a_run_that_fails_leaves_the_others_alone(heard: Heard, capsys) -> None:
    heard.hall.obey(Start(1, Job("f", failing)))
    heard.hall.obey(Start(2, pair_job(CONFIG)))
    heard.until(lambda answers: bool(heard.of(Done)))
    assert heard.of(Failed) == [Failed(1)] and heard.of(Done)[0].run == 2
    assert "FloatingPointError" in capsys.readouterr().err


# the process


def test_it_imports_nothing_of_the_app() -> None:
    program = (
        "import sys, experiments.worker;"
        "print({name.split('.')[0] for name in sys.modules}"
        " & {'streamlit', 'plotly', 'pandas', 'ui', 'figures', 'pages', 'app'})"
    )
    out = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert out.stdout.strip() == "set()"


class Process:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "experiments.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def say(self, command: worker.Command) -> None:
        worker.send(command, self.process.stdin)

    def hear(self, *kinds: type) -> Answer:
        """The next answer of these kinds."""
        while not isinstance(answer := worker.receive(self.process.stdout), kinds):
            pass
        return answer

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait(60)


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process()
    yield made
    made.process.kill()
    made.process.wait()
    made.process.stdout.close()


def test_the_process_trains_what_the_core_trains(process: Process) -> None:
    process.say(Start(1, pair_job(CONFIG)))
    done = process.hear(Done)
    np.testing.assert_array_equal(pickle.loads(done.result).bn.z, train_pair(CONFIG).bn.z)
    process.end()
    assert process.process.returncode == 0


def test_the_process_ends_with_its_server_even_in_the_middle_of_a_run(process: Process) -> None:
    process.say(Start(1, pair_job(LONG)))
    process.hear(Progress)
    process.end()


def test_the_process_says_that_it_is_alive_with_nothing_to_do(process: Process) -> None:
    assert [process.hear(Alive) for _ in range(2)] == [Alive(), Alive()]
    process.end()


def test_nothing_but_answers_goes_into_the_pipe(process: Process) -> None:
    """A run that fails writes its traceback elsewhere, and one that prints does, too."""
    process.say(Start(1, Job("f", failing)))
    assert process.hear(Failed) == Failed(1)
    process.say(Start(2, Job("m", modules)))
    found = pickle.loads(process.hear(Done).result)
    assert "numpy" in found and not {"streamlit", "pandas", "plotly"} & found
    process.end()


def test_an_experiment_gives_the_same_there_as_here(process: Process) -> None:
    run = partial(tolerance.cell, 1, 0.1, 3)
    process.say(Start(1, Job("t", run)))
    there, here = pickle.loads(process.hear(Done).result), run(lambda *_: None, lambda: False)
    np.testing.assert_array_equal(there.accuracy, here.accuracy)
    assert there.complete
    process.end()
