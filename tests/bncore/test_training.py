"""Runs: what is recorded is the run, twins share all but batch norm, ends are clean."""

import warnings
from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest

from bncore import InputError, Network, Run, RunConfig, Trace, data, train, train_together
from bncore.batches import ORDER, PROBE, WEIGHTS, BatchOrder, ClassOrder, Examples
from bncore.losses import one_hot, softmax_cross_entropy
from bncore.trace import OTHERS, PER_RECORD, PER_STEP

SMALL = RunConfig(dataset="moons", depth=2, width=6, units=4, batch_size=16, steps=22, probe=20)
DEAD = RunConfig(norm="none", depth=8, lr=3.0, steps=60, width=20)  # overflows after a few steps


def assert_same(a: Trace, b: Trace, tolerance: float = 0) -> None:
    for name in (*PER_RECORD, *PER_STEP):
        x, y = getattr(a, name), getattr(b, name)
        assert x.dtype == y.dtype and x.shape == y.shape, name
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance, err_msg=name)
    assert [getattr(a, name) for name in OTHERS] == [getattr(b, name) for name in OTHERS]


@pytest.mark.parametrize("norm", ["none", "before", "after"])
def test_shapes_and_dtypes(norm):
    trace = train(replace(SMALL, norm=norm))
    T, S, L, P, K, width = 7, 22, 2, 20, 4, 6
    statistics = width if norm != "none" else 0
    shapes = {
        "step": (T,),
        "loss": (S,),
        "accuracy": (T,),
        "test_loss": (T,),
        "z": (T, L, P, K),
        "mean": (T, L, K),
        "var": (T, L, K),
        "gamma": (T, L, width),
        "beta": (T, L, width),
        "running_mean": (T, L, statistics),
        "running_var": (T, L, statistics),
        "grad_norm": (T, L + 1),
        "w_norm": (T, L + 1),
        "batch_digest": (S,),
    }
    assert {name: getattr(trace, name).shape for name in shapes} == shapes
    assert trace.step.tolist() == [0, 4, 8, 12, 16, 20, 22]
    assert trace.z.dtype == trace.gamma.dtype == np.float32
    assert train(replace(SMALL, norm=norm, dtype="float64")).z.dtype == np.float64
    assert trace.complete and trace.diverged_at is None
    assert len(fields(Trace)) == len(shapes) + len(OTHERS)
    if norm == "none":
        assert (trace.gamma == 1).all() and (trace.beta == 0).all()
    else:
        assert np.abs(trace.gamma[-1] - 1).min() > 0 and np.abs(trace.beta[-1]).min() > 0


@pytest.mark.parametrize("sample", ["fixed", "batch"])
def test_the_record_is_what_a_plain_loop_finds(sample):
    """The whole loop once more, written down as one would on paper."""
    config = replace(SMALL, sample=sample, weight_decay=0.01, dtype="float64", steps=6)
    config = replace(config, record_every=2)
    trace = train(config)
    split = data.load("moons", 0, np.float64)
    net = Network((2, 6, 6, 2), dtype=np.float64)
    net.initialize("he", 1.0, [np.random.default_rng((0, WEIGHTS))])
    order = np.random.default_rng((0, ORDER)).permutation(600).reshape(-1)
    probe = split.x_train[np.random.default_rng((0, PROBE)).choice(600, 20, replace=False)]
    targets = one_hot(split.y_train, 2, np.float64)
    t = 0
    for step in range(7):
        batch = order[16 * step : 16 * step + 16]
        if step % 2 == 0:
            net.forward(probe if sample == "fixed" else split.x_train[batch])
            z = np.stack([z[:, :4] for z in net.z])
            np.testing.assert_allclose(trace.z[t], z, rtol=1e-10)
            np.testing.assert_allclose(trace.mean[t], z.mean(axis=1), rtol=1e-9)
            np.testing.assert_allclose(trace.var[t], z.var(axis=1), rtol=1e-9)
            for name in ("gamma", "beta", "running_mean", "running_var"):
                rows = np.concatenate(getattr(net, name))
                np.testing.assert_allclose(getattr(trace, name)[t], rows, rtol=1e-9, atol=1e-12)
            logits = net.predict(split.x_test)
            assert trace.accuracy[t] == np.mean(logits.argmax(axis=1) == split.y_test)
            of_test, _ = softmax_cross_entropy(logits, one_hot(split.y_test, 2, np.float64))
            np.testing.assert_allclose(trace.test_loss[t], of_test, rtol=1e-9)
        loss = net.gradient(split.x_train[batch], targets[batch])
        if step % 2 == 0:
            norms = [np.linalg.norm(dW) for dW in net.dW]
            np.testing.assert_allclose(trace.grad_norm[t], norms, rtol=1e-8)
            np.testing.assert_allclose(trace.w_norm[t], [np.linalg.norm(W) for W in net.W])
            t += 1
        if step < 6:
            np.testing.assert_allclose(trace.loss[step], loss, rtol=1e-10)
        for dW, W in zip(net.dW, net.W, strict=True):
            dW += 0.01 * W
        net.track()
        net.params -= 0.1 * net.grads
    assert t == len(trace.step) == 4


@pytest.mark.parametrize("norm, optimizer", list(product(["none", "before"], ["sgd", "adam"])))
def test_same_config_same_bits(norm, optimizer):
    config = replace(SMALL, norm=norm, optimizer=optimizer)
    assert_same(train(config), train(config))


@pytest.mark.parametrize("sample", ["fixed", "batch"])
def test_portions_do_not_matter(sample):
    config = replace(SMALL, sample=sample)
    run = Run(config)
    for n in (1, 0, 2, 5, 3, 100):
        run.advance(n)
        run.trace()
    assert run.done and run.step == 22
    assert_same(run.trace(), train(config))


@pytest.mark.parametrize("norm", ["before", "after"])
def test_twins_share_weights_batches_and_probe(norm):
    config = replace(SMALL, norm=norm)
    trace, twin = train(config), train(config.twin())
    assert trace.w0_digest == twin.w0_digest
    np.testing.assert_array_equal(trace.batch_digest, twin.batch_digest)
    np.testing.assert_array_equal(trace.z[0, 0], twin.z[0, 0])  # same W, same images
    assert np.abs(trace.z[-1, 0] - twin.z[-1, 0]).max() > 1e-3


def test_another_seed_is_another_run():
    a, b = train(SMALL), train(replace(SMALL, seed=1))
    assert a.w0_digest != b.w0_digest and a.batch_digest[0] != b.batch_digest[0]


def test_other_settings_leave_the_random_streams_alone():
    a = train(SMALL)
    others = {"lr": 0.2, "activation": "tanh", "probe": 7, "optimizer": "adam", "dtype": "float64"}
    for name, value in others.items():
        b = train(replace(SMALL, **{name: value}))
        np.testing.assert_array_equal(a.batch_digest, b.batch_digest)
    assert train(replace(SMALL, activation="tanh")).w0_digest == a.w0_digest


def test_what_was_recorded_cannot_be_changed_by_training_on():
    run = Run(SMALL)
    run.advance(9)
    trace = run.trace()
    kept = {name: getattr(trace, name).copy() for name in PER_RECORD + PER_STEP}
    run.advance(9)
    for name, array in kept.items():
        np.testing.assert_array_equal(getattr(trace, name), array)
        with pytest.raises(ValueError, match="read-only"):
            getattr(trace, name)[...] = 0


@pytest.mark.parametrize("sample", ["fixed", "batch"])
def test_the_network_of_a_run_is_a_copy(sample):
    config = replace(SMALL, sample=sample)
    run = Run(config)
    run.advance(8)
    network = run.network
    network.forward(data.load("moons").x_train[:16])
    network.track()
    network.params += 1
    run.advance(100)
    assert_same(run.trace(), train(config))


def test_batches_cover_each_epoch_once_in_a_new_order():
    order = BatchOrder(10, 3, np.random.default_rng(0))
    epochs = [np.concatenate([order.next() for _ in range(3)]) for _ in range(2)]
    for epoch in epochs:
        assert len(np.unique(epoch)) == 9 and epoch.min() >= 0 and epoch.max() < 10
    assert (epochs[0] != epochs[1]).any()
    other = BatchOrder(10, 3, np.random.default_rng(1))
    assert (np.concatenate([other.next() for _ in range(3)]) != epochs[0]).any()


def test_the_digest_tells_index_streams_apart():
    one, same, other = (BatchOrder(10, 3, np.random.default_rng(s)) for s in (0, 0, 1))
    for order in (one, same, other):
        order.next()
    assert one.digest == same.digest != other.digest
    first = one.digest
    one.next()
    assert one.digest != first


# Fewer images, few classes at a time, groups, dropout


def test_at_their_defaults_the_noise_and_the_subset_change_no_bit():
    spelled_out = replace(SMALL, n_train=600, group=16)  # all images, and the whole batch as one
    ours, theirs = train(SMALL), train(spelled_out)
    assert_same(replace(theirs, config=SMALL), ours)


@pytest.mark.parametrize(
    "change", [{"n_train": 100}, {"group": 4}, {"keep": 0.8}, {"classes_per_batch": 1}], ids=str
)
def test_each_of_them_changes_the_run(change):
    changed, plain = train(replace(SMALL, **change)), train(SMALL)
    assert np.abs(changed.loss - plain.loss).max() > 1e-3
    assert changed.w0_digest == plain.w0_digest
    same_batches = (changed.batch_digest == plain.batch_digest).all()
    assert same_batches == ("group" in change or "keep" in change)  # streams of their own


def test_subsets_are_nested_and_keep_the_shares():
    y = data.load("digits").y_train
    inner = np.arange(0)
    for n in (10, 64, 256, 1000, len(y)):
        rows = data.shares(y, n)
        assert len(np.unique(rows)) == n and (np.diff(rows) > 0).all()
        assert np.isin(inner, rows).all()
        counts = np.bincount(y[rows], minlength=10)
        assert np.abs(counts - np.bincount(y) * n / len(y)).max() < 1
        inner = rows


def test_a_run_on_a_subset_sees_nothing_else():
    split = data.load("digits", 3)
    examples = Examples(RunConfig(n_train=80, batch_size=20, probe=70, seed=3))
    rows = data.shares(split.y_train, 80)
    np.testing.assert_array_equal(examples.x, split.x_train[rows])
    np.testing.assert_array_equal(examples.targets.argmax(axis=1), split.y_train[rows])
    assert max(examples.order.next().max() for _ in range(9)) < 80
    assert (examples.probe[:, None] == examples.x).all(axis=-1).any(axis=1).all()
    np.testing.assert_array_equal(examples.x_test, split.x_test)


@pytest.mark.parametrize("k, m", [(1, 50), (2, 50), (3, 50), (5, 50), (10, 10)])
def test_a_batch_holds_just_so_many_classes(k, m):
    config = RunConfig(batch_size=m, classes_per_batch=k)
    examples, y = Examples(config), data.load("digits").y_train
    seen, images = set(), set()
    for _ in range(60):
        batch = examples.order.next()
        counts = np.bincount(y[batch], minlength=10)
        assert (counts > 0).sum() == k and counts.sum() == m and np.ptp(counts[counts > 0]) <= 1
        assert batch.dtype == np.int64
        seen |= set(y[batch])
        images |= set(batch)
    assert len(seen) == 10 and len(images) > 400


def test_a_class_deals_out_all_its_images_before_it_repeats_one():
    y = np.repeat([0, 1], 30)
    order = ClassOrder(y, 6, 1, np.random.default_rng(0))
    dealt = {0: [], 1: []}
    for _ in range(40):
        batch = order.next()
        dealt[y[batch[0]]].extend(batch)
    for rows in dealt.values():
        assert len(rows) >= 60 and len(set(rows[:30])) == len(set(rows[30:60])) == 30
        assert rows[:30] != rows[30:60]


def test_a_class_smaller_than_its_part_of_a_batch_repeats_itself():
    order = ClassOrder(np.repeat([0, 1], 3), 8, 1, np.random.default_rng(0))
    batch = order.next()
    assert len(batch) == 8 and len(np.unique(batch)) == 3


def test_twins_share_dropout_and_sorted_batches():
    config = replace(SMALL, keep=0.7, classes_per_batch=1, group=4)
    trace, twin = train(config), train(config.twin())
    np.testing.assert_array_equal(trace.batch_digest, twin.batch_digest)
    assert trace.w0_digest == twin.w0_digest


def test_dropout_and_groups_are_off_in_what_is_recorded_of_the_probe():
    quiet = RunConfig(dataset="moons", steps=1, record_every=1, probe=64)
    noisy = replace(quiet, keep=0.5, group=4)
    np.testing.assert_array_equal(train(noisy).z[0], train(quiet).z[0])
    assert train(noisy).test_loss[0] == train(quiet).test_loss[0]
    assert abs(train(noisy).loss[0] - train(quiet).loss[0]) > 1e-3


# Ends


def test_a_diverging_run_ends_and_says_where():
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        run = Run(DEAD)
        run.advance(1000)
        trace = run.trace()
    assert run.done and trace.complete
    assert 0 < trace.diverged_at < 60 and run.step == trace.diverged_at
    assert len(trace.loss) == len(trace.batch_digest) == trace.diverged_at
    assert trace.step[-1] <= trace.diverged_at
    for name in set(PER_RECORD + PER_STEP) - {"test_loss"}:
        assert np.isfinite(getattr(trace, name)).all(), name
    assert np.isfinite(trace.u).all()
    run.advance(10)
    assert run.step == trace.diverged_at
    assert_same(trace, train(DEAD))


def test_its_twin_with_norm_goes_on():
    trace = train(replace(DEAD, norm="before", steps=20))
    assert trace.diverged_at is None and len(trace.loss) == 20
    dead = train(DEAD)
    shared = min(len(dead.loss), 20)
    np.testing.assert_array_equal(trace.batch_digest[:shared], dead.batch_digest[:shared])


def test_a_network_that_is_broken_from_the_start():
    trace = train(replace(DEAD, init_scale=1e12))
    assert trace.diverged_at == 0 and trace.complete
    assert len(trace.step) == len(trace.loss) == 0 and trace.z.shape == (0, 8, 128, 8)


@pytest.mark.parametrize("norm", ["none", "before", "after"])
def test_a_batch_of_one_trains_without_nan(norm):
    trace = train(replace(SMALL, norm=norm, batch_size=1, sample="batch"))
    assert trace.diverged_at is None and trace.z.shape[2] == 1
    assert np.isfinite(trace.running_var).all() and np.isfinite(trace.u).all()
    if norm != "none":
        assert (trace.running_var == 1).all()


def test_progress_and_stop():
    seen = []
    trace = train(
        replace(SMALL, steps=300),
        progress=lambda *now: seen.append(now),
        should_stop=lambda: len(seen) >= 5,
    )
    assert [step for step, _, _ in seen] == [3, 6, 9, 12, 15]
    assert all(steps == 300 and 0 <= accuracy <= 1 for _, steps, accuracy in seen)
    assert not trace.complete and trace.diverged_at is None
    assert trace.step[-1] == 12 and len(trace.loss) == 15
    assert_same(replace(trace.upto(12)), train(replace(SMALL, steps=300)).upto(12))


def test_it_learns():
    config = RunConfig(steps=200)
    trace = train(config)
    assert trace.accuracy[0] < 0.3 and trace.accuracy[-1] > 0.93
    assert trace.loss[-20:].mean() < 0.2 < trace.loss[:5].mean()


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam"])
def test_every_optimizer_lowers_the_loss(optimizer):
    lr = {"sgd": 0.1, "momentum": 0.02, "rmsprop": 0.003, "adam": 0.01}[optimizer]
    trace = train(RunConfig(optimizer=optimizer, lr=lr, steps=80))
    assert trace.loss[-10:].mean() < 0.6 * trace.loss[:3].mean()


def test_weight_decay_shrinks_weights_and_spares_gamma():
    free, decayed = (train(replace(SMALL, steps=60, weight_decay=w)) for w in (0, 0.5))
    assert (decayed.w_norm[-1] < free.w_norm[-1]).all()
    alone = train(replace(SMALL, lr=1e-9, steps=60, weight_decay=0.5))
    np.testing.assert_allclose(alone.gamma, 1, atol=1e-6)


# What enters the activation


@pytest.mark.parametrize("norm", ["none", "before", "after"])
def test_u(norm):
    trace = train(replace(SMALL, norm=norm))
    if norm != "before":
        np.testing.assert_array_equal(trace.u, trace.z)
        return
    t, layer, unit = 5, 1, 2
    z = trace.z[t, layer, :, unit].astype(float)
    expected = (z - z.mean()) / np.sqrt(z.var() + trace.config.eps)
    expected = trace.gamma[t, layer, unit] * expected + trace.beta[t, layer, unit]
    np.testing.assert_allclose(trace.u[t, layer, :, unit], expected, atol=1e-5)
    assert trace.u.dtype == np.float32 and trace.u.shape == trace.z.shape


# Cutting and keeping


def test_upto_is_the_run_stopped_there():
    whole = train(SMALL)
    for stop in (0, 4, 20):
        run = Run(SMALL)
        run.advance(stop)
        assert_same(whole.upto(stop), run.trace())
        assert not whole.upto(stop).complete
    between = whole.upto(10)
    assert between.step[-1] == 8 and len(between.loss) == 10
    assert whole.upto(22) is whole


def test_upto_before_and_after_the_end_of_a_diverged_run():
    trace = train(DEAD)
    cut = trace.upto(trace.diverged_at - 1)
    assert cut.diverged_at is None and not cut.complete and len(cut.loss) < len(trace.loss)
    assert_same(trace.upto(trace.diverged_at), trace)
    assert_same(trace.upto(10**6), trace)


def test_a_trace_survives_its_file(tmp_path):
    for config in (SMALL, DEAD, replace(SMALL, norm="after", units=0, dtype="float64")):
        trace = train(config)
        trace.save(tmp_path / "trace.npz")
        assert_same(Trace.load(tmp_path / "trace.npz"), trace)
        with np.load(tmp_path / "trace.npz", allow_pickle=False) as file:
            assert all(file[name].dtype != object for name in file.files)


def test_z_can_be_kept_in_half(tmp_path):
    trace = train(replace(SMALL, units=0))
    trace.save(tmp_path / "half.npz", z_dtype="float16")
    half = Trace.load(tmp_path / "half.npz")
    assert half.z.dtype == np.float32
    np.testing.assert_allclose(half.z, trace.z, rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(half.mean, trace.mean)


# Runs side by side


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"norm": "none", "activation": "sigmoid"},
        {"norm": "after", "optimizer": "adam", "lr": 0.01},
        {"optimizer": "momentum", "sample": "batch", "lr": 0.02},
        {"optimizer": "rmsprop", "lr": 0.003, "weight_decay": 0.01},
        {"batch_size": 1},
        {"group": 4, "keep": 0.8, "n_train": 200, "classes_per_batch": 1},
    ],
    ids=str,
)
def test_runs_stacked_are_runs_alone(change):
    config = replace(SMALL, dtype="float64", **change)
    configs = [replace(config, seed=s, lr=config.lr * f) for s, f in ((0, 1), (5, 1), (5, 3))]
    for stacked, one in zip(train_together(configs), configs, strict=True):
        assert stacked.config == one
        assert_same(stacked, train(one), tolerance=1e-8)


def test_a_diverging_run_does_not_touch_its_neighbours():
    configs = [replace(DEAD, lr=lr) for lr in (0.01, DEAD.lr, 0.02)]
    traces = train_together(configs)
    assert [t.diverged_at is None for t in traces] == [True, False, True]
    for stacked, config in zip(traces, configs, strict=True):
        alone = train(config)
        assert stacked.diverged_at == alone.diverged_at and stacked.complete
        assert stacked.step.tolist() == alone.step.tolist()
        shared = slice(0, 10) if alone.diverged_at is None else slice(0, 3)
        np.testing.assert_allclose(stacked.loss[shared], alone.loss[shared], rtol=1e-4)


def test_stacks_need_like_runs():
    for name, value in (("depth", 3), ("norm", "none"), ("steps", 5), ("optimizer", "adam")):
        with pytest.raises(InputError) as caught:
            train_together([SMALL, replace(SMALL, **{name: value})])
        assert caught.value.code == "config" and caught.value.fields["field"] == name
    with pytest.raises(InputError):
        train_together([])
