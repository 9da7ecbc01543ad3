"""Pairs: one difference, common progress, stop, divergence, files."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import InputError, RunConfig, train
from bncore.trace import PER_RECORD, PER_STEP, Trace
from experiments.pair import Pair, PairRun, recording, seconds, train_pair

SMALL = RunConfig(depth=2, width=12, steps=40, record_every=3, probe=16, units=4, seed=3)
# He's weights 30 times too large: the plain arm is gone after a few steps.
WILD = replace(SMALL, init_scale=30.0, depth=6, lr=3.0)


def assert_same(a: Trace, b: Trace) -> None:
    for name in PER_RECORD + PER_STEP:
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name), err_msg=name)
    assert (a.config, a.w0_digest, a.diverged_at) == (b.config, b.w0_digest, b.diverged_at)


def assert_same_pair(a: Pair, b: Pair) -> None:
    assert_same(a.bn, b.bn)
    assert_same(a.plain, b.plain)


@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_arms_differ_in_batch_norm_alone(norm: str) -> None:
    pair = train_pair(replace(SMALL, norm=norm))
    assert pair.plain.config == replace(pair.bn.config, norm="none")
    assert pair.bn.w0_digest == pair.plain.w0_digest
    np.testing.assert_array_equal(pair.bn.batch_digest, pair.plain.batch_digest)
    assert len(pair.bn.batch_digest) == SMALL.steps
    np.testing.assert_array_equal(pair.bn.z[0, 0], pair.plain.z[0, 0])  # same W, same images
    assert not np.array_equal(pair.bn.loss, pair.plain.loss)


def test_each_arm_is_the_run_that_it_would_be_alone() -> None:
    run = PairRun(SMALL)
    for n in (1, 7, 2, 30):
        run.advance(n)
    assert_same(run.pair().bn, train(SMALL))
    assert_same(run.pair().plain, train(SMALL.twin()))
    assert run.done and run.pair().complete


def test_both_arms_are_equally_far_after_each_advance() -> None:
    run = PairRun(SMALL)
    assert (run.step, run.done) == (0, False)
    for n, expected in ((1, 1), (6, 7), (5, 12), (100, 40)):
        run.advance(n)
        assert run.step == run.bn.step == run.plain.step == expected
        assert len(run.pair().bn.loss) == len(run.pair().plain.loss) == expected


def test_accuracies_are_those_of_the_latest_record() -> None:
    run = PairRun(SMALL)
    run.advance(10)
    pair = run.pair()
    assert run.accuracies == (pair.bn.accuracy[-1], pair.plain.accuracy[-1])


def test_when_one_arm_diverges_the_other_goes_on() -> None:
    run = PairRun(WILD)
    run.advance(WILD.steps)
    pair = run.pair()
    assert pair.plain.diverged_at is not None and pair.plain.diverged_at < 30
    assert pair.bn.diverged_at is None and len(pair.bn.loss) == WILD.steps
    assert run.done and pair.complete and pair.steps == WILD.steps
    assert_same(pair.bn, train(WILD))


def test_progress_is_that_of_the_arm_that_goes_on() -> None:
    run = PairRun(WILD)
    run.advance(30)
    assert run.plain.done and not run.done
    assert run.step == 30 == run.pair().steps


@pytest.mark.parametrize("step", [0, 1, 3, 11, 39])
def test_upto_keeps_the_steps_of_a_run_stopped_there(step: int) -> None:
    stopped = PairRun(SMALL)
    stopped.advance(step)
    cut = train_pair(SMALL).upto(step)
    assert_same_pair(cut, stopped.pair())
    assert not cut.complete and cut.steps == step
    assert list(cut.bn.step) == list(range(0, step + 1, SMALL.record_every))


def test_upto_the_end_is_everything() -> None:
    pair = train_pair(SMALL)
    assert pair.upto(SMALL.steps).complete
    assert_same_pair(pair.upto(SMALL.steps), pair)


def test_upto_knows_that_an_arm_had_diverged_by_then() -> None:
    pair = train_pair(WILD)
    diverged_at = pair.plain.diverged_at
    assert diverged_at is not None
    later, before = pair.upto(diverged_at + 1), pair.upto(diverged_at - 1)
    assert later.plain.diverged_at == diverged_at and later.plain.complete
    assert not later.bn.complete and not later.complete
    assert before.plain.diverged_at is None and not before.plain.complete


def test_there_is_no_pair_without_batch_norm() -> None:
    with pytest.raises(InputError) as caught:
        PairRun(SMALL.twin())
    assert caught.value.code == "config" and caught.value.fields["field"] == "norm"


@pytest.mark.parametrize("config", [SMALL, WILD], ids=["calm", "diverging"])
def test_a_file_gives_back_the_pair(tmp_path, config: RunConfig) -> None:
    pair = train_pair(config)
    pair.save(tmp_path / "pair.npz")
    back = Pair.load(tmp_path / "pair.npz")
    for saved, arm in ((back.bn, pair.bn), (back.plain, pair.plain)):
        assert saved.z.dtype == arm.z.dtype and saved.complete == arm.complete
        assert_same(replace(saved, z=arm.z), arm)
        distance = np.abs(arm.z - arm.mean[:, :, None])
        rounding = 1e-6 * np.abs(arm.mean)[:, :, None] + 1e-30
        assert (np.abs(saved.z - arm.z) <= distance / 2000 + rounding).all()


def test_a_file_holds_a_constant_unit_and_numbers_beyond_float16(tmp_path) -> None:
    pair = train_pair(SMALL)
    z = pair.bn.z.copy()
    z[:, 0, :, 0] = 7.25
    z[:, 1, :, 1] = 1e9 * (1 + np.arange(z.shape[2]))
    wide = z.astype(np.float64)
    odd = replace(pair.bn, z=z, mean=wide.mean(axis=2), var=wide.var(axis=2))
    Pair(odd, pair.plain).save(tmp_path / "pair.npz")
    back = Pair.load(tmp_path / "pair.npz").bn.z
    assert (back[:, 0, :, 0] == 7.25).all()
    np.testing.assert_allclose(back[:, 1, :, 1], z[:, 1, :, 1], rtol=1e-3)


def test_a_file_needs_no_pickle(tmp_path) -> None:
    train_pair(SMALL).save(tmp_path / "pair.npz")
    with np.load(tmp_path / "pair.npz", allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


@pytest.mark.parametrize("steps", [99, 100, 150, 199, 200, 397, 398, 399, 500, 1500, 2999, 3000])
def test_recording_gives_100_to_200_records(steps: int) -> None:
    config = RunConfig(steps=steps, record_every=recording(steps))
    assert 100 <= len(config.record_steps) <= 200


@pytest.mark.parametrize("steps", [1, 7, 98])
def test_recording_keeps_every_step_of_a_short_run(steps: int) -> None:
    assert recording(steps) == 1


def test_seconds_puts_runs_in_order() -> None:
    usual = RunConfig()
    for name, more in {"steps": 3000, "depth": 8, "width": 128, "batch_size": 256}.items():
        assert seconds(replace(usual, **{name: more})) > seconds(usual)
    assert seconds(replace(usual, dataset="mnist")) > seconds(usual)
    assert seconds(usual) > seconds(replace(usual, dataset="moons"))


def test_nbytes_counts_what_is_kept() -> None:
    pair = train_pair(SMALL)
    assert pair.nbytes > pair.upto(20).nbytes > pair.bn.z[:7].nbytes
