"""The worker: fair turns, obedience, and a process that is small and never outlives its server."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bncore import RunConfig
from experiments import worker
from experiments.pair import train_pair
from experiments.worker import Cancel, Cut, Done, Failed, Piece, Progress, Start, Trainer

ROOT = Path(__file__).parents[2]
CONFIG = RunConfig(depth=1, width=8, steps=12, record_every=1, probe=8, units=2)


@pytest.fixture
def answers() -> list[worker.Answer]:
    return []


@pytest.fixture
def trainer(answers) -> Trainer:
    """It trains STEPS_AT_A_TIME in each turn, whatever the clock says."""
    return Trainer(answers.append, seconds=0)


def test_a_run_ends_with_all_of_it(trainer, answers) -> None:
    trainer.obey(Start(5, CONFIG))
    while trainer.runs:
        trainer.turn()
    assert [answer.step for answer in answers[:-1]] == [4, 8]
    assert all(isinstance(answer, Progress) and answer.run == 5 for answer in answers[:-1])
    assert isinstance(answers[-1], Done) and answers[-1].run == 5
    np.testing.assert_array_equal(answers[-1].pair.bn.loss, train_pair(CONFIG).bn.loss)


def test_runs_take_turns_so_that_a_short_one_does_not_wait_for_a_long_one(trainer, answers) -> None:
    trainer.obey(Start(1, replace(CONFIG, steps=400)))
    trainer.turn()
    trainer.obey(Start(2, CONFIG))
    trainer.obey(Start(3, CONFIG))
    for _ in range(9):
        trainer.turn()
    assert [answer.run for answer in answers] == [1, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    assert [answer.run for answer in answers if isinstance(answer, Done)] == [2, 3]


def test_a_cut_is_answered_with_exactly_those_steps(trainer, answers) -> None:
    trainer.obey(Start(1, CONFIG))
    trainer.turn()
    trainer.turn()
    trainer.obey(Cut(77, 1, 5))
    piece = answers[-1]
    assert isinstance(piece, Piece) and piece.number == 77
    np.testing.assert_array_equal(piece.pair.bn.step, np.arange(6))
    assert not piece.pair.complete
    trainer.turn()
    assert isinstance(answers[-1], Done)  # the run itself went on


def test_a_cancelled_run_is_forgotten(trainer, answers) -> None:
    trainer.obey(Start(1, CONFIG))
    trainer.obey(Cancel(1))
    trainer.obey(Cancel(1))
    trainer.obey(Cut(2, 1, 0))
    assert not trainer.runs and not answers


def test_a_run_that_fails_leaves_the_others_alone(trainer, answers, capsys) -> None:
    trainer.obey(Start(1, CONFIG.twin()))  # has no twin of its own
    trainer.obey(Start(2, CONFIG))
    trainer.turn()
    assert answers == [Failed(1), Progress(2, 4, answers[1].accuracies)]
    assert "InputError" in capsys.readouterr().err


def test_a_run_that_fails_in_training_leaves_the_others_alone(trainer, answers) -> None:
    trainer.obey(Start(1, CONFIG))
    trainer.obey(Start(2, CONFIG))
    trainer.runs[1].advance = None  # type: ignore[assignment]
    trainer.turn()
    trainer.turn()
    assert [type(answer) for answer in answers] == [Failed, Progress]


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


@pytest.fixture
def process():
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments.worker"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_process_trains_what_the_core_trains(process) -> None:
    worker.send(Start(1, CONFIG), process.stdin)
    while not isinstance(answer := worker.receive(process.stdout), Done):
        assert isinstance(answer, Progress)
    np.testing.assert_array_equal(answer.pair.bn.z, train_pair(CONFIG).bn.z)
    process.stdin.close()
    assert process.wait(30) == 0


def test_the_process_ends_with_its_server_even_in_the_middle_of_a_run(process) -> None:
    worker.send(Start(1, replace(CONFIG, steps=100_000, record_every=1000)), process.stdin)
    assert isinstance(worker.receive(process.stdout), Progress)
    process.stdin.close()
    process.wait(30)


def test_nothing_but_answers_goes_into_the_pipe(process) -> None:
    """A run that fails writes its traceback elsewhere."""
    worker.send(Start(1, CONFIG.twin()), process.stdin)
    assert worker.receive(process.stdout) == Failed(1)
    worker.send(Start(2, CONFIG), process.stdin)
    assert isinstance(worker.receive(process.stdout), Progress | Done)
    process.stdin.close()
