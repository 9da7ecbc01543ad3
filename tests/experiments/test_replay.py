"""The replay is the run: what is shown at a step is what the traces hold at that step."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from bncore.config import RunConfig
from bncore.trace import Trace
from experiments import presets
from experiments.pair import Pair, recording, train_pair
from experiments.replay import (
    ARMS,
    BINS,
    MANTISSA,
    PANELS,
    PERCENTILES,
    SENT,
    Follower,
    Replay,
    _pack,
    replay,
)

CALM = RunConfig(depth=4, width=32, steps=400, record_every=2, lr=0.1, seed=3)
WILD = RunConfig(depth=8, width=50, steps=120, record_every=2, lr=1.0)


@pytest.fixture(scope="module")
def calm() -> Pair:
    return train_pair(CALM)


@pytest.fixture(scope="module")
def wild() -> Pair:
    """Its plain arm diverges."""
    return train_pair(WILD)


def arm(pair: Pair, name: str) -> Trace:
    return pair.bn if name == "bn" else pair.plain


@pytest.mark.parametrize("which", ["calm", "wild"])
def test_each_frame_is_the_histogram_of_the_trace(
    which: str, request: pytest.FixtureRequest
) -> None:
    pair = request.getfixturevalue(which)
    shown = replay(pair)
    for t in range(0, len(shown.steps), 13):
        for panel, (name, view) in enumerate(PANELS):
            trace = arm(pair, name)
            record = min(t, shown.ended[ARMS.index(name)])
            assert trace.step[record] == shown.steps[record]
            for layer in range(pair.config.depth):
                x = getattr(trace, view)[record, layer].ravel()
                edges = shown.edges(view, layer)
                counts, _ = np.histogram(x, bins=edges)
                np.testing.assert_array_equal(shown.counts[t, panel, layer], counts)
                outside = [(x < edges[0]).sum(), (x > edges[-1]).sum()]
                np.testing.assert_array_equal(shown.outside[t, panel, layer], outside)
                assert counts.sum() + sum(outside) == shown.examples == x.size


def test_every_number_is_that_of_its_record(calm: Pair) -> None:
    shown = replay(calm)
    assert len(shown.steps) == len(calm.bn.step) > 100
    np.testing.assert_array_equal(shown.steps, calm.bn.step)
    for t in (0, 1, 57, 200):
        for a, name in enumerate(ARMS):
            trace = arm(calm, name)
            assert shown.accuracy[t, a] == trace.accuracy[t]
            steps = slice(trace.step[t - 1], trace.step[t]) if t else slice(0, 1)
            assert shown.loss[t, a] == pytest.approx(trace.loss[steps].mean(), rel=1e-6)
        for s, x in enumerate((calm.plain.z[t], calm.bn.z[t], calm.bn.u[t])):
            x = x.astype(np.float64)
            np.testing.assert_allclose(shown.mean[t, s], x.mean(axis=(1, 2)), atol=1e-9)
            np.testing.assert_allclose(shown.sd[t, s], x.std(axis=(1, 2)), rtol=1e-9)
            wanted = np.percentile(x[..., 0], PERCENTILES, axis=1).T
            np.testing.assert_allclose(shown.percentiles[t, s], wanted, rtol=1e-9)
        for shown_at, learned in ((shown.gamma[t], calm.bn.gamma), (shown.beta[t], calm.bn.beta)):
            np.testing.assert_allclose(shown_at[:, 0], learned[t].mean(axis=1), atol=1e-6)
            assert (shown_at[:, 1] <= shown_at[:, 2]).all()


@pytest.mark.parametrize("name", presets.PRESETS)
def test_presets_have_a_hundred_recorded_steps_and_arms_that_start_alike(name: str) -> None:
    pair = presets.load(name)
    shown = replay(pair)
    assert len(shown.steps) > 100
    assert np.isin(shown.steps, pair.bn.step).all()
    assert pair.bn.w0_digest == pair.plain.w0_digest
    both = min(len(pair.bn.batch_digest), len(pair.plain.batch_digest))
    assert both > 10
    np.testing.assert_array_equal(pair.bn.batch_digest[:both], pair.plain.batch_digest[:both])


@pytest.mark.parametrize("steps", [100, 200, 300, 500, 600, 1000, 1500, 2000, 3000])
def test_every_length_on_offer_records_at_least_a_hundred_steps(steps: int) -> None:
    config = RunConfig(steps=steps, record_every=recording(steps))
    assert 100 <= len(config.record_steps) - 1 <= 200


def test_an_arm_that_ended_keeps_its_last_real_frame(wild: Pair) -> None:
    shown = replay(wild)
    assert wild.plain.diverged_at is not None and wild.bn.diverged_at is None
    assert shown.diverged == (wild.plain.diverged_at, None)
    plain, bn = shown.ended
    assert plain == len(wild.plain.step) - 1 < bn == len(shown.steps) - 1
    for panel in (0, 2):
        last = shown.counts[plain, panel]
        assert (shown.counts[plain:, panel] == last).all()
    assert np.isfinite(shown.mean).all() and np.isfinite(shown.sd).all()


def test_an_arm_that_blows_up_does_not_squeeze_the_other(wild: Pair) -> None:
    """With batch norm nearly all is on the axis, and spread over more than a bin or two."""
    shown = replay(wild)
    off = shown.outside[:, [1, 3]].sum(axis=3) / shown.examples
    assert np.quantile(off, 0.9) <= 0.02
    occupied = (shown.counts[:, [1, 3]] > 0).sum(axis=3)
    assert np.median(occupied) >= BINS / 5
    plain_off = shown.outside[shown.ended[0], 0].sum(axis=1)
    assert plain_off.max() > shown.examples / 2  # stated, not hidden


@pytest.mark.parametrize("stop", [0, 1, 57])
def test_a_stopped_pair_shows_its_recorded_steps_and_no_others(calm: Pair, stop: int) -> None:
    pair = calm.upto(stop)
    shown = replay(pair)
    np.testing.assert_array_equal(shown.steps, calm.bn.step[calm.bn.step <= stop])
    x = pair.plain.z[-1, 2].ravel()
    np.testing.assert_array_equal(shown.counts[-1, 0, 2], np.histogram(x, shown.edges("z", 2))[0])
    unpacked(shown.to_bytes())


COMPARED = (1, 51, 99, 101)  # a replay of the whole takes as long as many looks


@pytest.mark.parametrize("which", ["calm", "wild"])
@pytest.mark.parametrize("often", [1, 7, 50])
def test_who_follows_a_run_has_at_any_time_its_replay_bit_for_bit(
    which: str, often: int, request: pytest.FixtureRequest
) -> None:
    """As if it had been stopped there; in the end, all of it."""
    pair = request.getfixturevalue(which).upto(160)
    follower, frames = Follower(pair.config), {}
    sent = 0
    for step in [*range(1, pair.steps, often), pair.steps]:
        so_far = pair.upto(step)
        found = follower.follow(so_far)
        if found is not None:
            since, new = found
            sent += len(new.steps)
            for name in SENT:
                frames[name] = np.concatenate([frames.get(name, [])[:since], getattr(new, name)]) \
                    if since else getattr(new, name)  # fmt: skip
            last = new
        if step in COMPARED or step == pair.steps:
            wanted = replay(so_far)
            for name in SENT:
                np.testing.assert_array_equal(frames[name], getattr(wanted, name), name)
            for name in ("low", "high", "labels"):
                np.testing.assert_array_equal(getattr(last, name), getattr(wanted, name), name)
    assert last.ended == wanted.ended
    assert sent < 15 * len(wanted.steps)  # an axis that grows sends all of them again


def test_axes_only_grow(calm: Pair) -> None:
    low, high = np.inf, -np.inf
    for step in range(1, CALM.steps, 57):
        shown = replay(calm.upto(step))
        assert (shown.low <= low).all() and (shown.high >= high).all()
        low, high = shown.low, shown.high


def test_a_beginning_tells_nothing_of_what_comes(wild: Pair) -> None:
    shown = replay(wild)
    first = shown.upto(0)
    assert first.ended == (0, 0) and first.diverged == (None, None)
    assert all(len(getattr(first, name)) == 1 for name in SENT)
    assert shown.upto(len(shown.steps) - 1).diverged == shown.diverged


# ------------------------------------------------------------------ what travels


def unpacked(sent: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """Undo to_bytes as the browser does, written from its description alone."""
    head, body = zlib.decompress(sent).split(b"\n", 1)
    about, arrays, at = json.loads(head), {}, 0
    for part in about["arrays"]:
        size = int(np.prod(part["shape"]))
        folded = np.zeros(size, np.int64)
        for plane in range(part["planes"]):
            folded |= np.frombuffer(body, np.uint8, size, at).astype(np.int64) << (8 * plane)
            at += size
        change = np.where(folded % 2, -(folded + 1) // 2, folded // 2)
        whole = change.reshape(-1, part["shape"][0]).cumsum(axis=1).T.reshape(part["shape"])
        if part["kind"] == "float":
            bits = (np.abs(whole) << (23 - MANTISSA)).astype(np.uint32)
            whole = np.copysign(bits.view(np.float32), np.where(whole < 0, -1.0, 1.0))
        arrays[part["name"]] = whole
    assert at == len(body)
    return about, arrays


@pytest.mark.parametrize("which", ["calm", "wild"])
def test_what_is_sent_is_what_was_counted(which: str, request: pytest.FixtureRequest) -> None:
    shown = replay(request.getfixturevalue(which))
    about, arrays = unpacked(shown.to_bytes())
    assert about["ended"] == list(shown.ended) and about["diverged"] == list(shown.diverged)
    assert about["low"] == shown.low.tolist() and about["high"] == shown.high.tolist()
    assert list(arrays) == list(SENT)
    for name in ("steps", "counts", "outside"):
        np.testing.assert_array_equal(arrays[name], getattr(shown, name))
    for name in set(SENT) - {"steps", "counts", "outside"}:
        np.testing.assert_allclose(arrays[name], getattr(shown, name), rtol=2.0**-MANTISSA)


def test_floats_of_any_size_and_sign_survive_the_packing() -> None:
    rng = np.random.default_rng(1)
    x = rng.standard_normal((50, 7)) * 10.0 ** rng.integers(-30, 30, (50, 7))
    x[3, 2], x[9] = 0.0, 1.0
    packed, planes = _pack(x)
    part = {"name": "x", "shape": [50, 7], "kind": "float", "planes": planes}
    sent = zlib.compress(json.dumps({"arrays": [part]}).encode() + b"\n" + packed)
    np.testing.assert_allclose(unpacked(sent)[1]["x"], x, rtol=2.0**-MANTISSA)


def layers(pair: Pair, many: int) -> Pair:
    """The first layers of a pair."""
    names = ("z", "mean", "var", "gamma", "beta")
    cut = [
        replace(
            trace,
            config=replace(trace.config, depth=many),
            **{name: getattr(trace, name)[:, :many] for name in names},
        )
        for trace in (pair.bn, pair.plain)
    ]
    return Pair(*cut)


def test_two_hundred_frames_at_depth_four_fit_in_100_kb(calm: Pair) -> None:
    shown = replay(calm)
    assert shown.counts.shape[:3] == (201, 4, 4)
    assert len(shown.to_bytes()) <= 100 * 1024


def test_the_size_grows_linearly_with_depth() -> None:
    pair = train_pair(replace(CALM, depth=8, record_every=4))
    sizes = [len(_sent(layers(pair, many))) for many in (2, 4, 6, 8)]
    growth = np.diff(sizes)
    assert growth.min() > 0 and growth.max() / growth.min() < 1.5, sizes
    assert sizes[-1] <= 100 * 1024


def _sent(pair: Pair) -> bytes:
    shown: Replay = replay(pair)
    return shown.to_bytes()
