"""Runs for all visitors: shared, stopped one by one, cached, and safe from a worker that dies."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from bncore.trace import PER_RECORD, PER_STEP
from experiments.pair import Pair, train_pair
from experiments.worker import Cancel, Start, Trainer
from ui import runs
from ui.runs import Manager, Status, Ticket

CONFIG = RunConfig(depth=1, width=8, steps=24, record_every=2, probe=8, units=2)
OTHER = replace(CONFIG, seed=1)
ENDLESS = replace(CONFIG, steps=100_000, record_every=1000)


def assert_same_pair(a: Pair, b: Pair) -> None:
    for one, two in ((a.bn, b.bn), (a.plain, b.plain)):
        for name in PER_RECORD + PER_STEP:
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)
        assert (one.complete, one.diverged_at) == (two.complete, two.diverged_at)


class Here:
    """A worker in this process: it really trains, but obeys and takes turns when told to."""

    def __init__(self, answered, lost) -> None:
        self.alive, self.lost = True, lost
        self.mail: deque = deque()
        self.trainer = Trainer(answered, seconds=0)

    def send(self, command) -> None:
        self.mail.append(command)

    def obey(self) -> None:
        while self.mail:
            self.trainer.obey(self.mail.popleft())

    def turn(self, times: int = 1) -> None:
        """4 steps of a run, for each time; runs take turns."""
        self.obey()
        for _ in range(times):
            self.trainer.turn()
            self.obey()

    def finish(self) -> None:
        self.obey()
        while self.trainer.runs:
            self.turn()

    def close(self) -> None:
        self.alive = False
        self.lost(self)


class Bench:
    """A manager with a worker to be driven by hand, and a clock to be set."""

    def __init__(self) -> None:
        self.workers: list[Here] = []
        self.time = 0.0
        self.manager = Manager(self._start, clock=lambda: self.time)
        self.submit = self.manager.submit

    def _start(self, answered, lost) -> Here:
        self.workers.append(Here(answered, lost))
        return self.workers[-1]

    @property
    def worker(self) -> Here:
        return self.workers[-1]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_run_from_submit_to_done(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    assert ticket.status() == Status("running", 0, 0, 24, None, None)
    bench.worker.turn(2)
    status = ticket.status()
    assert (status.state, status.step) == ("running", 8)
    whole = train_pair(CONFIG)
    assert status.accuracy_bn == whole.bn.accuracy[4]  # recorded every 2 steps
    assert status.accuracy_plain == whole.plain.accuracy[4]
    with pytest.raises(RuntimeError):
        ticket.pair()
    bench.worker.finish()
    assert ticket.status() == Status(
        "done", 0, 24, 24, whole.bn.accuracy[-1], whole.plain.accuracy[-1]
    )
    assert_same_pair(ticket.pair(), whole)


def test_identical_configs_share_one_run(bench: Bench) -> None:
    one = bench.submit(CONFIG)
    bench.worker.turn()
    two = bench.submit(replace(CONFIG))
    assert two.status().step == 4
    bench.worker.finish()
    assert two.pair() is one.pair()


def test_a_complete_pair_is_there_at_once_for_the_next_visitor(bench: Bench) -> None:
    first = bench.submit(CONFIG)
    bench.worker.finish()
    later = bench.submit(CONFIG)
    assert not bench.worker.mail
    assert later.status().state == "done"
    assert later.pair() is first.pair()


# stop


def test_stop_keeps_exactly_the_steps_shown(bench: Bench) -> None:
    ticket, other = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.worker.turn(2)
    assert ticket.status().step == 8
    bench.worker.turn(2)  # trained, not yet shown
    assert other.status().step == 16
    ticket.stop()
    assert (ticket.status().state, ticket.status().step) == ("stopped", 8)
    bench.worker.turn()
    pair = ticket.pair()
    assert pair.steps == 8 and not pair.complete
    assert_same_pair(pair, train_pair(CONFIG).upto(8))
    assert (ticket.status().state, ticket.status().step) == ("stopped", 8)


def test_a_stopped_run_is_not_cached_as_complete(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.status()
    ticket.stop()
    bench.worker.obey()
    assert ticket.pair().steps == 4
    assert not bench.worker.trainer.runs  # nobody listened any more
    again = bench.submit(CONFIG)
    assert (again.status().state, again.status().step) == ("running", 0)
    bench.worker.finish()
    assert_same_pair(again.pair(), train_pair(CONFIG))
    assert ticket.pair().steps == 4


def test_stop_does_not_stop_another_visitors_identical_run(bench: Bench) -> None:
    leaves, stays = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.worker.turn()
    leaves.status()
    leaves.stop()
    bench.worker.turn()
    assert (stays.status().state, stays.status().step) == ("running", 8)
    bench.worker.finish()
    assert stays.status().state == "done"
    assert_same_pair(stays.pair(), train_pair(CONFIG))
    assert leaves.status().state == "stopped" and leaves.pair().steps == 4


def test_one_who_stopped_may_join_again(bench: Bench) -> None:
    leaves, stays = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.worker.turn()
    leaves.stop()
    back = bench.submit(CONFIG)
    stays.stop()
    bench.worker.finish()
    assert back.status().state == "done"


def test_stop_of_a_run_that_has_just_ended_keeps_what_was_shown(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.status()
    bench.worker.finish()
    ticket.stop()
    assert ticket.status().state == "stopped"
    assert_same_pair(ticket.pair(), train_pair(CONFIG).upto(4))


def test_stop_that_crosses_the_last_answer_keeps_what_was_shown(bench: Bench) -> None:
    """The run ends in the worker before it reads of the stop."""
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.status()
    ticket.stop()
    mail = list(bench.worker.mail)
    bench.worker.mail.clear()
    bench.worker.finish()
    bench.worker.mail.extend(mail)
    bench.worker.obey()
    assert_same_pair(ticket.pair(), train_pair(CONFIG).upto(4))
    assert bench.submit(CONFIG).status().state == "running"  # nobody wanted the rest: not kept


def test_stop_before_anything_was_shown_keeps_step_0(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.stop()
    bench.worker.obey()
    assert ticket.pair().steps == 0 and list(ticket.pair().bn.step) == [0]


def test_stop_after_the_end_was_shown_changes_nothing(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.finish()
    ticket.status()
    ticket.stop()
    ticket.stop()
    assert ticket.status().state == "done" and ticket.pair().complete


# the queue


def fill(bench: Bench) -> list[Ticket]:
    """As many runs as there are places for short ones; they go on for the whole test."""
    going_on = replace(CONFIG, steps=4000, record_every=100)
    return [bench.submit(replace(going_on, seed=10 + i)) for i in range(runs.PLACES["short"])]


def test_the_rest_wait_in_order(bench: Bench) -> None:
    busy = fill(bench)
    first, second = bench.submit(CONFIG), bench.submit(OTHER)
    assert first.status() == Status("queued", 1, 0, 24, None, None)
    assert second.status() == Status("queued", 2, 0, 24, None, None)
    bench.worker.turn(20)
    assert len(bench.worker.trainer.runs) == len(busy)
    busy[0].stop()
    assert (first.status().state, second.status().ahead) == ("running", 1)
    busy[3].stop()
    assert second.status().state == "running"


def test_short_runs_do_not_wait_for_long_ones(bench: Bench) -> None:
    long = [bench.submit(replace(ENDLESS, seed=i)) for i in range(runs.PLACES["long"] + 2)]
    short = bench.submit(CONFIG)
    assert short.status().state == "running"
    assert [ticket.status().ahead for ticket in long[-3:]] == [0, 1, 2]
    bench.worker.obey()
    assert len(bench.worker.trainer.runs) == runs.PLACES["long"] + 1
    busy = fill(bench)
    assert (busy[-1].status().state, busy[-1].status().ahead) == ("queued", 1)
    long[0].stop()
    assert [ticket.status().ahead for ticket in long[-2:]] == [0, 1]
    assert busy[-1].status().state == "queued"


def test_an_end_makes_room(bench: Bench) -> None:
    busy = fill(bench)
    for ticket in busy[1:]:
        ticket.stop()
    short = [bench.submit(replace(CONFIG, seed=i)) for i in range(len(busy))]
    assert short[-1].status().state == "queued"
    bench.worker.turn(len(busy) * 8)
    assert {ticket.status().state for ticket in short} == {"done"}
    assert busy[0].status().state == "running"


def test_a_queued_run_that_is_stopped_has_step_0_and_takes_no_place(bench: Bench) -> None:
    busy = fill(bench)
    ticket, next_one = bench.submit(CONFIG), bench.submit(OTHER)
    ticket.status()
    ticket.stop()
    assert next_one.status().ahead == 1
    bench.worker.obey()
    assert (ticket.status().state, ticket.status().ahead) == ("stopped", 0)
    assert_same_pair(ticket.pair(), train_pair(CONFIG).upto(0))
    assert len(bench.worker.trainer.runs) == len(busy)


# visitors who vanish


def test_a_run_whose_ticket_was_dropped_is_cancelled(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    kept = bench.submit(OTHER)
    bench.worker.turn()
    del ticket
    bench.worker.turn()
    assert len(bench.worker.trainer.runs) == 1
    assert kept.status().state == "running"


def test_a_run_that_nobody_asks_about_is_cancelled(bench: Bench) -> None:
    silent, asking = bench.submit(CONFIG), bench.submit(OTHER)
    bench.worker.turn(2)
    assert silent.status().step == 4
    bench.time = runs.GONE_AFTER - 1
    asking.status()
    bench.worker.turn(2)
    assert len(bench.worker.trainer.runs) == 2
    bench.time = runs.GONE_AFTER + 1
    bench.worker.turn()
    bench.worker.obey()
    assert len(bench.worker.trainer.runs) == 1
    assert asking.status().state == "running"
    # whoever comes back finds what there was to see
    assert (silent.status().state, silent.status().step) == ("stopped", 4)
    assert_same_pair(silent.pair(), train_pair(CONFIG).upto(4))
    assert silent.status().left and not asking.status().left
    asking.stop()
    assert asking.status().state == "stopped" and not asking.status().left


def test_one_who_asks_keeps_the_run_for_one_who_does_not(bench: Bench) -> None:
    silent, asking = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.time = runs.GONE_AFTER + 1
    asking.status()
    bench.worker.finish()
    assert silent.status().state == "done"


# the cache


def test_the_cache_is_bounded_by_count(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(runs, "CACHED_PAIRS", 2)
    configs = [replace(CONFIG, seed=i) for i in range(3)]
    for config in configs:
        ticket = bench.submit(config)
        bench.worker.finish()
        bench.submit(configs[0])  # the one that is asked for is not the one to go
    states = [bench.submit(config).status().state for config in configs]
    assert states == ["done", "running", "done"]
    assert ticket.status().state == "done"


def test_the_cache_is_bounded_by_memory(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(runs, "CACHED_BYTES", int(1.5 * train_pair(CONFIG).nbytes))
    tickets = []
    for config in (CONFIG, OTHER):
        tickets.append(bench.submit(config))
        bench.worker.finish()
    assert bench.submit(OTHER).status().state == "done"
    assert bench.submit(CONFIG).status().state == "running"
    assert all(ticket.pair().complete for ticket in tickets)  # whoever has it keeps it


def test_stop_of_a_run_that_is_no_longer_cached_leaves_its_successor_alone(
    bench: Bench, monkeypatch
) -> None:
    monkeypatch.setattr(runs, "CACHED_PAIRS", 0)
    ended = bench.submit(CONFIG)
    bench.worker.turn()
    ended.status()
    bench.worker.finish()
    busy, again = fill(bench), bench.submit(CONFIG)
    ended.stop()
    assert ended.pair().steps == 4
    assert again.status().state == "queued"
    assert {ticket.status().state for ticket in busy} == {"running"}


# failures


def test_a_run_that_raises_fails_alone(bench: Bench, capsys) -> None:
    fails, works = bench.submit(CONFIG.twin()), bench.submit(CONFIG)
    bench.worker.finish()
    assert fails.status().state == "failed"
    with pytest.raises(RuntimeError):
        fails.pair()
    assert works.status().state == "done"


def test_when_the_worker_dies_tickets_fail_and_the_next_submit_starts_another(bench: Bench) -> None:
    done = bench.submit(OTHER)
    bench.worker.finish()
    running = fill(bench)
    queued = bench.submit(CONFIG)
    stopped = running.pop()
    stopped.stop()  # its answer will never come
    queued.status()
    bench.worker.close()
    for ticket in (*running, queued, stopped):
        assert ticket.status().state == "failed"
        with pytest.raises(RuntimeError):
            ticket.pair()
    assert done.status().state == "done" and done.pair().complete

    again = bench.submit(CONFIG)
    assert len(bench.workers) == 2
    bench.worker.finish()
    assert again.status().state == "done"


def test_stop_of_a_run_that_failed_unseen_leaves_its_successor_alone(bench: Bench) -> None:
    busy, failed = fill(bench), bench.submit(CONFIG)
    assert failed.status().state == "queued"
    bench.worker.close()
    busy, again = fill(bench), bench.submit(CONFIG)
    failed.stop()
    assert failed.status().state == "failed"
    assert again.status().state == "queued"
    for ticket in busy:
        ticket.stop()
    bench.worker.finish()
    assert again.status().state == "done"


def test_a_dead_worker_that_was_not_heard_of_yet_is_replaced_too(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.alive = False
    again = bench.submit(CONFIG)
    assert len(bench.workers) == 2
    assert (ticket.status().state, again.status().state) == ("failed", "running")


def test_answers_of_a_worker_that_is_gone_change_nothing(bench: Bench) -> None:
    bench.submit(CONFIG)
    old = bench.worker
    old.close()
    ticket = bench.submit(CONFIG)
    old.turn()
    assert (ticket.status().state, ticket.status().step) == ("running", 0)
    old.finish()
    assert (ticket.status().state, ticket.status().step) == ("running", 0)
    bench.worker.finish()
    assert ticket.status().state == "done"


# the real process


@pytest.fixture
def manager():
    made = Manager()
    yield made
    made.close()


def wait_for(ticket: Ticket, *states: str) -> Status:
    deadline = time.monotonic() + 120
    while (status := ticket.status()).state not in states:
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
    return status


def wait_for_step(ticket: Ticket) -> Status:
    deadline = time.monotonic() + 120
    while (status := ticket.status()).step == 0:
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
    return status


def test_the_process_trains_what_the_core_trains(manager: Manager) -> None:
    ticket = manager.submit(CONFIG)
    assert wait_for(ticket, "done", "failed").state == "done"
    assert_same_pair(ticket.pair(), train_pair(CONFIG))


def test_a_short_run_ends_while_a_long_one_goes_on(manager: Manager) -> None:
    long = manager.submit(ENDLESS)
    wait_for_step(long)
    assert wait_for(manager.submit(CONFIG), "done", "failed").state == "done"
    assert long.status().state == "running"


def test_stop_with_the_process(manager: Manager) -> None:
    leaves, stays = manager.submit(ENDLESS), manager.submit(ENDLESS)
    shown = wait_for_step(leaves)
    leaves.stop()
    pair = leaves.pair()
    assert pair.steps == shown.step and not pair.complete
    whole = train_pair(replace(ENDLESS, steps=shown.step))
    np.testing.assert_array_equal(pair.bn.loss, whole.bn.loss)
    np.testing.assert_array_equal(pair.plain.loss, whole.plain.loss)
    before = stays.status().step
    deadline = time.monotonic() + 120
    while stays.status().step <= max(before, shown.step):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_process_that_is_killed(manager: Manager) -> None:
    ticket = manager.submit(ENDLESS)
    wait_for_step(ticket)
    process = manager._worker.process
    process.kill()
    assert wait_for(ticket, "failed")
    assert process.returncode is not None  # no zombie
    again = manager.submit(CONFIG)
    assert wait_for(again, "done", "failed").state == "done"
    assert manager._worker.process.pid != process.pid


def test_closing_leaves_no_process_and_no_thread() -> None:
    before = set(threading.enumerate())
    manager = Manager()
    wait_for_step(manager.submit(ENDLESS))
    process = manager._worker.process
    manager.close()
    assert process.returncode is not None
    assert set(threading.enumerate()) == before
    manager.close()


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="no priorities here")
def test_the_process_is_nice_to_the_server(manager: Manager) -> None:
    wait_for(manager.submit(CONFIG), "done")
    pid = manager._worker.process.pid
    nicer = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert os.getpriority(os.PRIO_PROCESS, pid) == nicer


def test_many_sessions_at_once(manager: Manager) -> None:
    """Threads that submit, ask and stop: each gets what belongs to it."""
    configs = [replace(CONFIG, seed=i) for i in range(4)]
    results: dict[int, tuple[Ticket, bool]] = {}

    def visit(i: int) -> None:
        ticket = manager.submit(configs[i % 4])
        if i % 3 == 0:
            ticket.status()
            ticket.stop()
        wait_for(ticket, "done", "stopped", "failed")
        results[i] = ticket, ticket.pair().complete

    threads = [threading.Thread(target=visit, args=(i,)) for i in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == 24
    for i, (ticket, complete) in results.items():
        state = ticket.status().state
        assert complete == (state == "done")
        assert state in (("done", "stopped") if i % 3 == 0 else ("done",))
        assert_same_pair(ticket.pair(), train_pair(ticket.config).upto(ticket.status().step))
    assert not manager._running and not manager._waiting and not manager._cuts


def test_there_is_one_manager_for_all_sessions() -> None:
    assert runs.manager() is runs.manager()


def test_commands_name_what_they_mean(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    (start,) = bench.worker.mail
    assert isinstance(start, Start) and start.config == CONFIG
    bench.worker.turn()
    ticket.status()
    ticket.stop()
    assert bench.worker.mail[-1] == Cancel(start.run)
