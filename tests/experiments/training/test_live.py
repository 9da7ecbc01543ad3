"""What is shown of a run while it trains is, frame by frame, what is shown of it at the end."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from bncore.config import RunConfig
from experiments.job import pair_job
from experiments.pair import PairRun
from experiments.replay import SENT
from experiments.runner import Runner, Ticket
from experiments.training import live
from experiments.training.live import Part, Watch
from experiments.training.shown import Shown, shown
from tests.experiments.test_replay import unpacked

CALM = RunConfig(depth=2, width=32, steps=300, record_every=2, lr=0.1, seed=5)
WILD = RunConfig(depth=8, width=50, steps=150, record_every=1, lr=1.0)  # one arm diverges


@pytest.fixture
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    made.close()


def joined(parts: list[Part]) -> tuple[dict, dict[str, np.ndarray]]:
    """What a browser has of them: from its first frame on, each replaces what was there."""
    arrays: dict[str, np.ndarray] = {}
    for part in parts:
        about, new = unpacked(part.packed)
        assert about["since"] == part.since <= len(arrays.get("steps", ()))
        for name in SENT:
            kept = arrays[name][: part.since] if part.since else new[name][:0]
            arrays[name] = np.concatenate([kept, new[name]])
    return about, arrays


def the_same(parts: list[Part], finished: Shown, *, whole: bool = True) -> None:
    about, arrays = joined(parts)
    known, wanted = unpacked(finished.packed)
    many = len(arrays["steps"])
    assert many == len(wanted["steps"]) if whole else 1 < many <= len(wanted["steps"])
    for name in SENT:
        if whole or name not in ("counts", "outside"):  # those stand on axes that may have grown
            np.testing.assert_array_equal(arrays[name], wanted[name][:many], name)
    if whole:
        assert {**about, "arrays": 0, "since": 0} == {**known, "arrays": 0}


def watched(ticket: Ticket, until: int | None = None) -> list[Part]:
    """Look at it until it is done, or that far."""
    parts: list[Part] = []
    while (status := ticket.status()).state in ("queued", "running"):
        parts += ticket.pieces(len(parts))[: status.pieces - len(parts)]
        if until is not None and status.step >= until:
            return parts
        time.sleep(0.02)
    return parts + ticket.pieces(len(parts))


@pytest.mark.parametrize("config", [CALM, WILD], ids=["calm", "wild"])
def test_the_frames_of_a_run_are_those_of_the_finished_one_bit_for_bit(
    runner: Runner, config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = runner.submit(pair_job(config, shown, Watch))
    parts = watched(ticket)
    finished = ticket.result()
    assert len(parts) > 1
    the_same(parts, finished)
    assert (finished.replay.diverged[0] is not None) == (config is WILD)


def test_what_is_there_when_it_is_stopped_stays(runner: Runner) -> None:
    long = RunConfig(depth=3, width=64, steps=3000, record_every=16, seed=5)
    ticket = runner.submit(pair_job(long, shown, Watch))
    parts = watched(ticket, until=600)
    ticket.stop()
    finished = ticket.result()
    assert finished.stopped is not None and finished.stopped >= 600
    the_same(parts, finished, whole=False)


def test_who_comes_later_finds_the_result_without_what_was_shown_on_the_way(
    runner: Runner,
) -> None:
    job = pair_job(CALM, shown, Watch)
    watched(runner.submit(job))
    again = runner.submit(job)
    assert again.status().state == "done" and again.pieces() == []
    assert again.result().packed


def test_parts_come_with_the_first_update_and_no_oftener_than_they_can_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [100.0]
    monkeypatch.setattr(live.time, "monotonic", lambda: now[0])
    watch, run = Watch(CALM), PairRun(CALM)
    assert watch(run) is None  # the loss of the first mini-batch is not known yet
    run.advance(4)
    first = watch(run)
    assert first is not None and first.since == 0
    run.advance(4)
    assert watch(run) is None
    now[0] += live.EVERY
    assert watch(run) is not None
    assert watch(run) is None
    run.advance(CALM.steps)
    assert watch(run) is not None  # the rest, at once
