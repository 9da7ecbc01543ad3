"""Runs for all visitors: shared, stopped one by one, kept, and safe from a worker that is lost."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from bncore import RunConfig
from bncore.trace import PER_RECORD, PER_STEP
from experiments import runner as module
from experiments.job import Job, pair_job
from experiments.pair import Accuracies, Pair, train_pair
from experiments.runner import Runner, Status, Ticket, Worker
from experiments.worker import Cancel, Hall, Progress, Start

CONFIG = RunConfig(depth=1, width=8, steps=24, record_every=2, probe=8, units=2)
OTHER = replace(CONFIG, seed=1)
ENDLESS = replace(CONFIG, steps=100_000, record_every=1000)


def failing(progress, should_stop) -> None:
    progress(0, 1)
    raise FloatingPointError


def counting(of: int, progress, should_stop) -> int:
    """Cannot tell what it had at an earlier step."""
    for done in range(of):
        if should_stop():
            return done
        progress(done + 1, of, piece=done)
    return of


def handing(of: int, size: int, progress, should_stop) -> int:
    """Hands over so many bytes at each step."""
    for done in range(of):
        progress(done + 1, of, piece=bytes(size))
    return of


def stuck(progress, should_stop) -> None:
    progress(0, 1)
    while True:
        time.sleep(0.01)


def fatal(progress, should_stop) -> None:
    progress(0, 1)
    os._exit(1)


def assert_same_pair(a: Pair, b: Pair) -> None:
    for one, two in ((a.bn, b.bn), (a.plain, b.plain)):
        for name in PER_RECORD + PER_STEP:
            np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)
        assert (one.complete, one.diverged_at) == (two.complete, two.diverged_at)


class Here:
    """A worker in this process: it really trains, but obeys and takes turns when told to.

    A run's first turn ends where nothing is trained yet, each of the others 4 steps later.
    """

    def __init__(self, answered, lost) -> None:
        self.alive = self.heard = True
        self.busy = False
        self.lost, self.answered = lost, answered
        self.mail: deque = deque()
        self.hall = Hall(self._answer, seconds=0)
        self.permits = threading.Semaphore(0)
        self.events: queue.SimpleQueue = queue.SimpleQueue()
        self.waiting = False  # a run stands at the end of its turn

    def _answer(self, answer) -> None:
        self.answered(answer)
        self.events.put(answer)
        if isinstance(answer, Progress):
            self.permits.acquire()

    def send(self, command) -> None:
        self.mail.append(command)

    def obey(self) -> None:
        """Read the mail; where a run begins in an empty hall, to the end of its first turn."""
        while self.mail:
            self.hall.obey(self.mail.popleft())
            self._wait()

    def turn(self, times: int = 1) -> None:
        self.obey()
        for _ in range(times):
            if not self.waiting:
                return
            self.waiting = False
            self.permits.release()
            self._wait()
            self.obey()

    def _wait(self) -> None:
        """Until a turn has ended, or nobody is left to have one."""
        deadline = time.monotonic() + 120
        while not self.waiting and (self.hall.courses or not self.events.empty()):
            assert time.monotonic() < deadline
            try:
                self.waiting = isinstance(self.events.get(timeout=0.01), Progress)
            except queue.Empty:
                continue

    def finish(self) -> None:
        self.obey()
        while self.hall.courses:
            self.turn()

    def close(self) -> None:
        self.alive = False
        self.lost(self)


class Bench:
    """A runner with a worker to be driven by hand, and a clock to be set."""

    def __init__(self) -> None:
        self.workers: list[Here] = []
        self.time = 0.0
        self.runner = Runner(self._start, clock=lambda: self.time)

    def submit(self, config: RunConfig) -> Ticket:
        return self.runner.submit(pair_job(config))

    def _start(self, answered, lost) -> Here:
        self.workers.append(Here(answered, lost))
        return self.workers[-1]

    @property
    def worker(self) -> Here:
        return self.workers[-1]

    def leave(self) -> None:
        for worker in self.workers:
            for run in list(worker.hall.courses):
                worker.hall.obey(Cancel(run))
            for _ in range(100):
                worker.permits.release()


@pytest.fixture
def bench():
    made = Bench()
    yield made
    made.leave()


def test_a_run_from_submit_to_done(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    assert ticket.status() == Status("running", 0, 0, 24)
    bench.worker.turn(2)
    status = ticket.status()
    assert (status.state, status.step, status.steps) == ("running", 8, 24)
    whole = train_pair(CONFIG)
    # recorded every 2 steps
    assert status.seen == Accuracies(whole.bn.accuracy[4], whole.plain.accuracy[4])
    with pytest.raises(RuntimeError):
        ticket.result()
    bench.worker.finish()
    last = Accuracies(whole.bn.accuracy[-1], whole.plain.accuracy[-1])
    assert ticket.status() == Status("done", 0, 24, 24, last)
    assert_same_pair(ticket.result(), whole)


def test_a_worker_that_was_made_ready_takes_the_first_run(bench: Bench) -> None:
    bench.runner.ready()
    bench.runner.ready()
    assert len(bench.workers) == 1
    bench.submit(CONFIG)
    assert len(bench.workers) == 1


def test_identical_configs_share_one_run(bench: Bench) -> None:
    one = bench.submit(CONFIG)
    bench.worker.turn()
    two = bench.submit(replace(CONFIG))
    assert two.status().step == 4
    bench.worker.finish()
    assert two.going is one.going
    assert_same_pair(two.result(), one.result())


def test_a_complete_pair_is_there_at_once_for_the_next_visitor(bench: Bench) -> None:
    first = bench.submit(CONFIG)
    bench.worker.finish()
    later = bench.submit(CONFIG)
    assert not bench.worker.mail
    assert later.status().state == "done"
    assert_same_pair(later.result(), first.result())


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
    pair = ticket.result()
    assert pair.steps == 8 and not pair.complete
    assert_same_pair(pair, train_pair(CONFIG).upto(8))
    assert (ticket.status().state, ticket.status().step) == ("stopped", 8)


def test_a_stopped_run_is_not_cached_as_complete(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.status()
    ticket.stop()
    bench.worker.turn()
    assert ticket.result().steps == 4
    assert not bench.worker.hall.courses  # nobody listened any more
    again = bench.submit(CONFIG)
    assert (again.status().state, again.status().step) == ("running", 0)
    bench.worker.finish()
    assert_same_pair(again.result(), train_pair(CONFIG))
    assert ticket.result().steps == 4


def test_stop_does_not_stop_another_visitors_identical_run(bench: Bench) -> None:
    leaves, stays = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.worker.turn()
    leaves.status()
    leaves.stop()
    bench.worker.turn()
    assert (stays.status().state, stays.status().step) == ("running", 8)
    bench.worker.finish()
    assert stays.status().state == "done"
    assert_same_pair(stays.result(), train_pair(CONFIG))
    assert leaves.status().state == "stopped" and leaves.result().steps == 4


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
    bench.worker.obey()
    assert ticket.status().state == "stopped"
    assert_same_pair(ticket.result(), train_pair(CONFIG).upto(4))


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
    assert_same_pair(ticket.result(), train_pair(CONFIG).upto(4))
    assert bench.submit(CONFIG).status().state == "running"  # nobody wanted the rest: not kept


def test_stop_before_anything_was_shown_keeps_step_0(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.turn()
    ticket.stop()
    bench.worker.turn()
    assert ticket.result().steps == 0 and list(ticket.result().bn.step) == [0]


def test_stop_after_the_end_was_shown_changes_nothing(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.finish()
    ticket.status()
    ticket.stop()
    ticket.stop()
    assert ticket.status().state == "done" and ticket.result().complete


# the queue


GOING_ON = replace(CONFIG, steps=4000, record_every=100)


def fill(bench: Bench) -> list[Ticket]:
    """As many runs as there are places for short ones; they go on for the whole test."""
    places = range(module.PLACES["short"])
    return [bench.submit(replace(GOING_ON, seed=10 + place)) for place in places]


def turns_until(bench: Bench, *tickets: Ticket, state: str = "done") -> None:
    """Turns, until these are in that state; each visitor keeps asking."""
    for _ in range(1000):
        if all(ticket.status().state == state for ticket in tickets):
            return
        bench.worker.turn()
    raise AssertionError([ticket.status() for ticket in tickets])


def test_the_rest_wait_in_order(bench: Bench) -> None:
    busy = fill(bench)
    first, second = bench.submit(CONFIG), bench.submit(OTHER)
    assert (first.status().state, first.status().ahead) == ("queued", 1)
    assert (second.status().state, second.status().ahead) == ("queued", 2)
    bench.worker.turn(20)
    assert len(bench.worker.hall.courses) == len(busy)
    busy[0].stop()
    assert (first.status().state, second.status().ahead) == ("running", 1)
    busy[3].stop()
    assert second.status().state == "running"


def test_short_runs_do_not_wait_for_long_ones(bench: Bench) -> None:
    long = [bench.submit(replace(ENDLESS, seed=i)) for i in range(module.PLACES["long"] + 2)]
    short = bench.submit(CONFIG)
    assert short.status().state == "running"
    assert [ticket.status().ahead for ticket in long[-3:]] == [0, 1, 2]
    bench.worker.obey()
    assert len(bench.worker.hall.courses) == module.PLACES["long"] + 1
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
    turns_until(bench, *short)
    assert busy[0].status().state == "running"


def test_a_queued_run_that_is_stopped_has_step_0_and_takes_no_place(bench: Bench) -> None:
    busy = fill(bench)
    ticket, next_one = bench.submit(CONFIG), bench.submit(OTHER)
    ticket.status()
    ticket.stop()
    assert next_one.status().ahead == 1
    bench.worker.turn(3 * len(busy))
    assert (ticket.status().state, ticket.status().ahead) == ("stopped", 0)
    assert_same_pair(ticket.result(), train_pair(CONFIG).upto(0))
    assert len(bench.worker.hall.courses) == len(busy)


# jobs that cannot tell what they had


def unshared(of: int, key: object = "n") -> Job:
    return Job(key, partial(counting, of))


def test_a_run_that_cannot_tell_belongs_to_one_visitor(bench: Bench) -> None:
    one, two = bench.runner.submit(unshared(40)), bench.runner.submit(unshared(40))
    bench.worker.turn(6)
    one.status()
    one.stop()
    turns_until(bench, two)
    assert two.result() == 40 and 0 < one.result() < 40
    assert one.status().state == "stopped"
    kept = bench.runner.submit(unshared(40))
    assert kept.status().state == "done" and kept.result() == 40


def test_pieces_arrive_while_it_goes_on(bench: Bench) -> None:
    ticket = bench.runner.submit(unshared(40))
    bench.worker.turn(4)
    early = ticket.pieces()
    assert early == list(range(len(early))) and 0 < len(early) < 40
    turns_until(bench, ticket)
    assert ticket.pieces() == list(range(40)) and ticket.pieces(37) == [37, 38, 39]


# visitors who vanish


def test_a_run_whose_ticket_was_dropped_is_cancelled(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    kept = bench.submit(GOING_ON)
    bench.worker.turn()
    del ticket
    bench.worker.turn(4)
    assert len(bench.worker.hall.courses) == 1
    assert kept.status().state == "running"


def test_a_run_that_nobody_asks_about_is_cancelled(bench: Bench) -> None:
    silent, asking = bench.submit(CONFIG), bench.submit(GOING_ON)
    bench.worker.turn(3)
    assert silent.status().step == 4
    bench.time = module.GONE_AFTER - 1
    asking.status()
    bench.worker.turn(2)
    assert len(bench.worker.hall.courses) == 2
    bench.time = module.GONE_AFTER + 1
    bench.worker.turn(4)
    assert len(bench.worker.hall.courses) == 1
    assert asking.status().state == "running"
    # whoever comes back finds what there was to see
    assert (silent.status().state, silent.status().step) == ("stopped", 4)
    assert_same_pair(silent.result(), train_pair(CONFIG).upto(4))
    assert silent.status().left and not asking.status().left
    asking.stop()
    assert asking.status().state == "stopped" and not asking.status().left


def test_who_went_away_keeps_nobody_waiting(bench: Bench) -> None:
    fill(bench)
    gone = fill(bench)  # the same runs: still in their places
    waiting = bench.submit(CONFIG)
    assert waiting.status().state == "queued"
    bench.time = module.HURRY + 1
    gone[0].status()
    assert waiting.status().state == "running"
    assert gone[0].status().state == "running"
    assert {ticket.status().state for ticket in gone[1:]} == {"stopped"}


def test_one_who_asks_keeps_the_run_for_one_who_does_not(bench: Bench) -> None:
    silent, asking = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.time = module.GONE_AFTER + 1
    asking.status()
    bench.worker.finish()
    assert silent.status().state == "done"


# what is kept


def test_what_is_kept_is_bounded_by_count(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    configs = [replace(CONFIG, seed=i) for i in range(3)]
    for config in configs:
        ticket = bench.submit(config)
        bench.worker.finish()
        bench.submit(configs[0])  # the one that is asked for is not the one to go
    states = [bench.submit(config).status().state for config in configs]
    assert states == ["done", "running", "done"]
    assert ticket.status().state == "done"


def test_what_is_kept_is_bounded_by_memory(bench: Bench, monkeypatch) -> None:
    size = len(pickle.dumps(train_pair(CONFIG)))
    monkeypatch.setattr(module, "KEPT_BYTES", int(1.5 * size))
    tickets = []
    for config in (CONFIG, OTHER):
        tickets.append(bench.submit(config))
        bench.worker.finish()
    assert bench.submit(OTHER).status().state == "done"
    assert bench.submit(CONFIG).status().state == "running"
    assert all(ticket.result().complete for ticket in tickets)  # whoever has it keeps it


def test_what_live_runs_hand_over_counts_as_kept(bench: Bench, monkeypatch) -> None:
    """Pieces are in the server's memory for as long as anybody has the run, ended or not."""
    kept = bench.submit(CONFIG)
    bench.worker.finish()
    monkeypatch.setattr(module, "KEPT_BYTES", len(kept.going.result) + 5000)
    hands_over = Job("heavy", partial(handing, 40, 1000))
    ticket = bench.runner.submit(hands_over)
    bench.worker.turn(3)
    assert ticket.status().pieces > 0 and bench.submit(CONFIG).status().state == "done"
    bench.worker.turn(5)
    assert ticket.status().state == "running"
    assert bench.submit(CONFIG).status().state != "done", "the oldest result makes room"
    bench.worker.finish()
    assert ticket.result() == 40 and len(ticket.pieces()) == 40, "whoever has them keeps them"
    assert bench.runner.submit(hands_over).status().state == "running", "nothing is kept meanwhile"
    del ticket
    gc.collect()
    bench.worker.finish()
    light = bench.submit(OTHER)
    bench.worker.finish()
    assert light.status().state == bench.submit(OTHER).status().state == "done"


def test_stop_of_a_run_that_is_no_longer_kept_leaves_its_successor_alone(
    bench: Bench, monkeypatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 0)
    ended = bench.submit(CONFIG)
    bench.worker.turn()
    ended.status()
    bench.worker.finish()
    busy, again = fill(bench), bench.submit(CONFIG)
    ended.stop()
    bench.worker.obey()
    assert ended.result().steps == 4
    assert again.status().state == "queued"
    assert {ticket.status().state for ticket in busy} == {"running"}


# failures


def test_a_run_that_raises_fails_alone(bench: Bench, capsys) -> None:
    fails, works = bench.submit(CONFIG.twin()), bench.submit(CONFIG)
    bench.worker.finish()
    assert fails.status().state == "failed"
    with pytest.raises(RuntimeError):
        fails.result()
    assert works.status().state == "done"


def test_when_the_worker_is_lost_its_runs_start_anew_for_everybody(bench: Bench) -> None:
    done = bench.submit(OTHER)
    bench.worker.finish()
    running, queued = fill(bench), bench.submit(CONFIG)
    bench.worker.turn(9)
    assert running[0].status().step > 0
    bench.worker.close()
    assert len(bench.workers) == 2
    assert {ticket.status().state for ticket in running} == {"running"}
    assert running[0].status().step == 0
    assert (queued.status().state, queued.status().ahead) == ("queued", 1)
    assert done.status().state == "done" and done.result().complete
    for ticket in running:
        ticket.stop()
    turns_until(bench, queued)
    assert_same_pair(queued.result(), train_pair(CONFIG))


def test_a_run_that_is_twice_at_its_turn_when_the_worker_is_lost_has_failed(bench: Bench) -> None:
    ticket = bench.submit(GOING_ON)
    bench.worker.turn()
    bench.worker.close()
    assert ticket.status().state == "running"
    bench.worker.turn()
    bench.worker.close()
    assert ticket.status().state == "failed"
    with pytest.raises(RuntimeError):
        ticket.result()


def test_a_stop_whose_answer_will_never_come_fails(bench: Bench) -> None:
    stopped, other = bench.submit(CONFIG), bench.submit(CONFIG)
    bench.worker.turn()
    stopped.status()
    stopped.stop()
    bench.worker.close()
    assert stopped.status().state == "failed"
    with pytest.raises(RuntimeError):
        stopped.result()
    assert other.status().state == "running"


def test_a_worker_that_never_spoke_is_not_started_again_and_again(bench: Bench) -> None:
    tickets = [bench.submit(CONFIG), bench.submit(OTHER)]
    bench.worker.heard = False
    bench.worker.close()
    assert len(bench.workers) == 1
    assert {ticket.status().state for ticket in tickets} == {"failed"}
    again = bench.submit(CONFIG)
    bench.worker.finish()
    assert len(bench.workers) == 2 and again.status().state == "done"


def test_a_lost_worker_that_was_not_heard_of_yet_is_replaced_too(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    bench.worker.alive = False
    again = bench.submit(OTHER)
    assert len(bench.workers) == 2
    assert (ticket.status().state, again.status().state) == ("running", "running")


def test_answers_of_a_worker_that_is_gone_change_nothing(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    old = bench.worker
    old.turn()
    old.close()
    old.turn(2)
    assert (ticket.status().state, ticket.status().step) == ("running", 0)
    bench.worker.finish()
    assert ticket.status().state == "done"


def test_commands_name_what_they_mean(bench: Bench) -> None:
    ticket = bench.submit(CONFIG)
    (start,) = bench.worker.mail
    assert isinstance(start, Start) and start.job.key == pair_job(CONFIG).key
    bench.worker.turn()
    ticket.status()
    ticket.stop()
    assert bench.worker.mail[-1] == Cancel(start.run)


# the real process


@pytest.fixture
def runner(monkeypatch):
    """One that looks at its worker twice a second, and is patient where a machine is busy."""
    monkeypatch.setattr(module, "SILENT", 12)
    made = Runner(partial(Worker, look=0.5))
    yield made
    made.close()


def wait_for(ticket: Ticket, *states: str, others: Sequence[Ticket] = ()) -> Status:
    """Meanwhile the visitors of `others` keep asking: who does not counts as gone."""
    deadline = time.monotonic() + 120
    while (status := ticket.status()).state not in states:
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
        for other in others:
            other.status()
    return status


def wait_for_step(ticket: Ticket) -> Status:
    deadline = time.monotonic() + 120
    while (status := ticket.status()).step == 0:
        assert time.monotonic() < deadline, status
        time.sleep(0.01)
    return status


def test_the_process_trains_what_the_core_trains(runner: Runner) -> None:
    ticket = runner.submit(pair_job(CONFIG))
    assert wait_for(ticket, "done", "failed").state == "done"
    assert_same_pair(ticket.result(), train_pair(CONFIG))


def test_a_short_run_ends_while_a_long_one_goes_on(runner: Runner) -> None:
    long = runner.submit(pair_job(ENDLESS))
    wait_for_step(long)
    assert wait_for(runner.submit(pair_job(CONFIG)), "done", "failed").state == "done"
    assert long.status().state == "running"


def test_stop_with_the_process(runner: Runner) -> None:
    leaves, stays = runner.submit(pair_job(ENDLESS)), runner.submit(pair_job(ENDLESS))
    shown = wait_for_step(leaves)
    leaves.stop()
    pair = leaves.result()
    assert pair.steps == shown.step and not pair.complete
    whole = train_pair(replace(ENDLESS, steps=shown.step))
    np.testing.assert_array_equal(pair.bn.loss, whole.bn.loss)
    np.testing.assert_array_equal(pair.plain.loss, whole.plain.loss)
    before = stays.status().step
    deadline = time.monotonic() + 120
    while stays.status().step <= max(before, shown.step):
        assert time.monotonic() < deadline
        time.sleep(0.01)


SOME = [replace(CONFIG, seed=seed, steps=800, record_every=100) for seed in range(3)]


def lose(runner: Runner, how: signal.Signals) -> tuple[int, list[Ticket]]:
    """Runs at work in a process that gets a signal, and its number."""
    tickets = [runner.submit(pair_job(config)) for config in SOME]
    wait_for(last := runner.submit(pair_job(GOING_ON)), "running", others=tickets)
    while last.status().step == 0:
        assert wait_for(tickets[0], "running", "done", others=tickets)
        time.sleep(0.01)
    process = runner._worker.process
    os.kill(process.pid, how)
    return process.pid, tickets


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"])
def test_a_worker_that_is_killed_or_stopped_under_load_loses_nobodys_run(
    runner: Runner, how: str
) -> None:
    pid, tickets = lose(runner, getattr(signal, how))
    for ticket, config in zip(tickets, SOME, strict=True):
        assert wait_for(ticket, "done", "failed", others=tickets).state == "done"
        assert_same_pair(ticket.result(), train_pair(config))
    assert runner._worker.process.pid != pid


def test_nobody_waits_for_a_worker_that_stands_still(runner: Runner) -> None:
    """More commands than a pipe holds go to a process that reads none: no caller is held up."""
    wait_for_step(runner.submit(pair_job(ENDLESS)))
    os.kill(runner._worker.process.pid, signal.SIGSTOP)
    large = bytes(200_000)
    tickets = [runner.submit(Job(i, partial(counting, 5), partial(_beside, large))) for i in "ab"]
    assert {ticket.status().state for ticket in tickets} == {"running"}
    for ticket in tickets:
        assert wait_for(ticket, "done", "failed", others=tickets).state == "done"


def _beside(large: bytes, found: int) -> int:
    return found


def test_a_run_that_hangs_ends_with_a_sentence_and_the_others_go_on(
    runner: Runner, monkeypatch
) -> None:
    monkeypatch.setattr(module, "STUCK", 12)
    works = runner.submit(pair_job(SOME[0]))
    hangs = runner.submit(Job("hangs", stuck))
    assert wait_for(hangs, "failed", others=[works])
    assert wait_for(works, "done", "failed").state == "done"


def test_a_run_that_ends_its_process_does_so_twice_and_no_more(runner: Runner) -> None:
    fatal_one = runner.submit(Job("fatal", fatal))
    assert wait_for(fatal_one, "failed")
    again = runner.submit(pair_job(CONFIG))
    assert wait_for(again, "done", "failed").state == "done"


def test_closing_leaves_no_process_and_no_thread() -> None:
    before = set(threading.enumerate())
    runner = Runner()
    wait_for_step(runner.submit(pair_job(ENDLESS)))
    process = runner._worker.process
    runner.close()
    assert process.returncode is not None
    assert set(threading.enumerate()) == before
    runner.close()


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="no priorities here")
def test_the_process_is_nice_to_the_server(runner: Runner) -> None:
    wait_for(runner.submit(pair_job(CONFIG)), "done")
    pid = runner._worker.process.pid
    nicer = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
    assert os.getpriority(os.PRIO_PROCESS, pid) == nicer


def test_many_sessions_at_once(runner: Runner) -> None:
    """Threads that submit, ask and stop: each gets what belongs to it."""
    configs = [replace(CONFIG, seed=i) for i in range(4)]
    results: dict[int, tuple[Ticket, bool]] = {}

    def visit(i: int) -> None:
        ticket = runner.submit(pair_job(configs[i % 4]))
        if i % 3 == 0:
            ticket.status()
            ticket.stop()
        wait_for(ticket, "done", "stopped", "failed")
        results[i] = ticket, ticket.result().complete

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
        whole = train_pair(ticket.result().config)
        assert_same_pair(ticket.result(), whole.upto(ticket.status().step))
    assert not runner._running and not runner._waiting and not runner._cuts
