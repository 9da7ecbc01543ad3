"""The network at rest computes what the one in training does, and leaves nothing behind."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest

from bncore import (
    Hook,
    InputError,
    Model,
    Network,
    batch_norm_forward,
    batch_norm_inference,
    forward,
)
from bncore.activations import ACTIVATIONS
from bncore.losses import one_hot, softmax_cross_entropy
from bncore.model import ARRAYS, PLACEMENTS
from bncore.variants import VARIANTS
from tests.bncore.test_torch_reference import NETS, part, views

TOLERANCE = {"float32": 2e-5, "float64": 1e-12}
CASES = list(itertools.product(PLACEMENTS, ACTIVATIONS, TOLERANCE, [(), (3,)]))


def lived_in(norm="before", activation="tanh", dtype="float64", runs=(), **settings) -> Network:
    """A network in which nothing stands at 0 or 1."""
    rng = np.random.default_rng(0)
    net = Network((4, 6, 5, 3), activation, norm, eps=0.01, dtype=dtype, runs=runs, **settings)
    net.params[...] = rng.normal(0.3, 0.7, net.params.shape)
    net.running[...] = rng.uniform(0.4, 2, net.running.shape)
    return net


def batch(dtype="float64", lead=(), m=9, seed=1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.5, 2, (*lead, m, 4)).astype(dtype)


# --- the same numbers ---


@pytest.mark.parametrize("norm, activation, dtype, runs", CASES)
def test_by_the_batch_it_is_the_pass_of_training(norm, activation, dtype, runs):
    net, x = lived_in(norm, activation, dtype, runs), batch(dtype, runs)
    now, near = net.model().forward(x), {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    np.testing.assert_allclose(now.logits, net.forward(x), **near)
    assert now.logits.dtype == dtype and now.logits.shape == (*runs, 9, 3)
    assert len(now.z) == len(now.u) == len(now.a) == 2
    for mine, theirs in zip(now.z, net.z, strict=True):
        np.testing.assert_allclose(mine, theirs, **near)
    for mine, theirs in ((now.mean, net.batch_mean), (now.var, net.batch_var)):
        assert len(mine) == (0 if norm == "none" else 2)
        for a, b in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(a, b[..., 0, :], **near)
    for u, a in zip(now.u, now.a, strict=True):
        if norm != "after":
            np.testing.assert_array_equal(ACTIVATIONS[activation].forward(u), a)
    assert all(part.dtype == dtype for rows in now[:-1] for part in rows)


@pytest.mark.parametrize("norm, activation, dtype, runs", CASES)
def test_by_running_statistics_it_says_what_the_network_predicts(norm, activation, dtype, runs):
    net, x = lived_in(norm, activation, dtype, runs), batch(dtype, runs)
    model = net.model()
    now = model.forward(x, "running")
    np.testing.assert_array_equal(now.logits, net.predict(x))
    given = model.forward(x, (model.running_mean, model.running_var))
    np.testing.assert_array_equal(given.logits, now.logits)
    a = x
    for layer in range(2):  # and that is what the formula says
        z = a @ net.W[layer] + (0 if net.b[layer] is None else net.b[layer])
        by = [model.running_mean, model.running_var, model.gamma, model.beta]
        a = ACTIVATIONS[activation].forward(z) if norm != "before" else z
        if norm != "none":
            a = batch_norm_inference(a, *(rows[layer] for rows in by), net.eps)
        a = ACTIVATIONS[activation].forward(a) if norm == "before" else a
        near = {"rtol": 10 * TOLERANCE[dtype], "atol": 10 * TOLERANCE[dtype]}
        np.testing.assert_allclose(now.a[layer], a, **near)


@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_statistics_of_a_pass_can_be_given_again(norm):
    model, x = lived_in(norm).model(), batch(lead=(5,))
    now = model.forward(x)
    assert now.mean[0].shape == (5, 6)
    again = model.forward(x, (now.mean, now.var))
    np.testing.assert_allclose(again.logits, now.logits, rtol=1e-12)
    one = model.forward(x[2, :1], ([row[2] for row in now.mean], [row[2] for row in now.var]))
    np.testing.assert_allclose(one.logits, now.logits[2, :1], rtol=1e-9)


def test_many_batches_are_each_of_them_alone():
    model, x = lived_in().model(), batch(lead=(2, 3))
    now = model.forward(x)
    for at in np.ndindex(2, 3):
        np.testing.assert_allclose(now.logits[at], model.forward(x[at]).logits, rtol=1e-10)


def test_runs_may_share_their_examples():
    net, x = lived_in(runs=(3,)), batch()
    for statistics in ("batch", "running"):
        together = net.model().forward(x, statistics).logits
        apart = net.model().forward(np.stack([x] * 3), statistics).logits
        np.testing.assert_allclose(together, apart, rtol=1e-12)


@pytest.mark.parametrize("statistics", ["batch", "running"])
@pytest.mark.parametrize("norm", PLACEMENTS)
def test_without_keep_the_same_logits_in_less_memory(norm, statistics):
    model, x = lived_in(norm).model(), batch()
    kept, light = (model.forward(x, statistics, keep=keep) for keep in (True, False))
    np.testing.assert_array_equal(light.logits, kept.logits)
    for a, b in zip((*light.mean, *light.var), (*kept.mean, *kept.var), strict=True):
        np.testing.assert_array_equal(a, b)
    assert light.z == light.u == light.a == ()


def test_one_example_is_zero_by_its_own_statistics():
    now = lived_in().model().forward(batch(m=1))
    np.testing.assert_array_equal(now.var[0], 0)
    np.testing.assert_array_equal(now.u[0], [lived_in().beta[0][0]])


@pytest.mark.parametrize("given, model, found", [(i, j, max(i, j)) for i in (4, 8) for j in (4, 8)])
def test_the_wider_dtype_counts(given, model, found):
    now = lived_in(dtype=f"f{model}").model().forward(batch(f"f{given}"))
    assert now.logits.dtype == now.z[0].dtype == f"f{found}"
    whole = lived_in().model().forward(np.arange(8).reshape(2, 4))
    assert whole.logits.dtype == np.float64


@pytest.mark.parametrize("name", NETS)
def test_the_numbers_of_pytorch(name):
    ref = part(f"net/{name}/")
    norm, activation, _ = name.split("-")
    net = Network((6, 5, 5, 3), activation, norm, dtype=np.float64)
    for moment in ("start", "end"):
        for key, value in part(f"net/{name}/{moment}/").items():
            views(net)[key][...] = value
        if moment == "start":
            logits = net.model().forward(ref["x"][0]).logits
            loss, _ = softmax_cross_entropy(logits, one_hot(ref["labels"][0], 3, np.float64))
            np.testing.assert_allclose(loss, ref["loss"][0], rtol=1e-12)
    running = net.model().forward(ref["x"][0], "running").logits
    np.testing.assert_allclose(running, ref["evaluated"], rtol=1e-9, atol=1e-12)


# --- pure ---


@pytest.mark.parametrize("norm", PLACEMENTS)
@pytest.mark.parametrize("keep", [True, False])
def test_nothing_is_changed_and_nothing_can_be(norm, keep):
    net, x = lived_in(norm), batch()
    model, params, running, kept = net.model(), net.params.copy(), net.running.copy(), x.copy()
    frozen = {
        name: [None if a is None else a.copy() for a in getattr(model, name)] for name in ARRAYS
    }
    x.flags.writeable = False
    now = model.forward(x, keep=keep)
    first = now.logits.copy()
    model.forward(x, "running", hook=lambda layer, z, a: z + 1, keep=keep)
    np.testing.assert_array_equal(now.logits, first)
    np.testing.assert_array_equal(net.params, params)
    np.testing.assert_array_equal(net.running, running)
    np.testing.assert_array_equal(x, kept)
    for name, arrays in frozen.items():
        for before, after in zip(arrays, getattr(model, name), strict=True):
            assert before is after is None or not after.flags.writeable
            if before is not None:
                np.testing.assert_array_equal(before, after)
    for array in (now.logits, *itertools.chain(*now[:-1])):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(FrozenInstanceError):
        model.norm = "after"


def test_it_stays_when_the_network_trains_on():
    net, x = lived_in(), batch()
    model = net.model()
    before = model.forward(x, "running").logits
    net.gradient(x, one_hot(np.zeros(9, int), 3, np.float64))
    net.track()
    net.params += 0.1
    np.testing.assert_array_equal(model.forward(x, "running").logits, before)
    assert np.abs(net.predict(x) - before).max() > 1e-3  # while the network goes by its buffers
    np.testing.assert_array_equal(net.model().forward(x, "running").logits, net.predict(x))


def test_what_it_was_made_of_may_change_afterwards():
    W = (np.ones((4, 2)), np.ones((2, 1)))
    model = Model(W, (None, np.zeros(1)), norm="none")
    before = model.forward(batch()).logits
    W[0][...] = 5
    np.testing.assert_array_equal(model.forward(batch()).logits, before)
    other = replace(model, W=(model.W[0] * 2, model.W[1]))
    assert other.W[1].base is model.W[1].base  # what is frozen is not copied again
    np.testing.assert_allclose(other.forward(batch()).logits, 2 * before)


def test_many_threads_go_through_one_model():
    model = lived_in(activation="relu", dtype="float32").model()
    batches = [batch("float32", seed=seed, m=40) for seed in range(40)]

    def asked(x):
        return model.forward(x, hook=lambda layer, z, a: z * 1.5).logits, model.forward(x).logits

    alone = [asked(x) for x in batches]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(asked, batches * 5))
    for one, other in zip(alone * 5, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_function_is_the_method():
    model, x = lived_in().model(), batch()
    np.testing.assert_array_equal(forward(model, x).logits, model.forward(x).logits)
    assert forward(model, x, "running", keep=False).z == ()


# --- hooks ---


@pytest.mark.parametrize("change", [lambda z: z + 7.0, lambda z: z - 30, lambda z: 1000 * z])
def test_offset_and_factor_vanish_in_batch_norm_and_only_there(change):
    x = batch()
    for norm, statistics, stays in (
        ("before", "batch", True),
        ("before", "running", False),
        ("none", "batch", False),
    ):
        model = replace(lived_in(norm).model(), eps=1e-12)
        plain = model.forward(x, statistics)
        now = model.forward(x, statistics, lambda layer, z, a: change(z) if layer == 1 else z)
        np.testing.assert_array_equal(now.z[0], plain.z[0])
        np.testing.assert_allclose(now.z[1], change(plain.z[1]))
        moved = np.abs(now.logits - plain.logits).max()
        assert moved < 1e-8 if stays else moved > 1e-3


def test_a_hook_behind_z_knows_the_layer_and_what_it_was_given():
    net, x, seen = lived_in(), batch(), []

    def noise(layer, z, a):
        seen.append((layer, a.shape))
        np.testing.assert_allclose(z, a @ net.W[layer], rtol=1e-12)
        return z + a @ np.full(net.W[layer].shape, 0.3)

    now = net.model().forward(x, hook=noise)
    assert seen == [(0, (9, 4)), (1, (9, 6))]
    shifted = replace(net.model(), W=(*(W + 0.3 for W in net.W[:-1]), net.W[-1]))
    np.testing.assert_allclose(now.logits, shifted.forward(x).logits, rtol=1e-9)


def test_two_units_that_change_places():
    net, x = lived_in(), batch()
    places = [1, 0, 2, 3, 4, 5]

    def swap(layer, z, a):
        return z[:, places] if layer == 0 else z

    now, plain = net.model().forward(x, hook=swap), net.model().forward(x)
    np.testing.assert_array_equal(now.z[0], plain.z[0][:, places])
    np.testing.assert_allclose(now.mean[0], plain.mean[0][places])
    assert np.abs(now.logits - plain.logits).max() > 1e-3


@pytest.mark.parametrize("norm", PLACEMENTS)
def test_a_hook_behind_batch_norm_is_behind_z_where_there_is_none(norm):
    model, x = lived_in(norm).model(), batch()
    plain = model.forward(x)
    now = model.forward(x, hook=Hook(y=lambda layer, y: 2 * y + 1 if layer == 1 else y))
    touched = now.u if norm != "after" else now.a
    was = plain.u if norm != "after" else plain.a
    np.testing.assert_allclose(touched[1], 2 * was[1] + 1)
    np.testing.assert_array_equal(now.z[1], plain.z[1])  # z itself is as it was


@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("name", [*VARIANTS, "batch_norm_forward"])
def test_another_normalizer(norm, name):
    model, x = lived_in(norm).model(), batch()
    normalize = VARIANTS.get(name, batch_norm_forward)

    def by(layer, y):
        z_tilde, cache = normalize(y, model.gamma[layer], model.beta[layer], model.eps[layer])
        return z_tilde, cache.mean, cache.var

    now, right = model.forward(x, hook=Hook(norm=by)), model.forward(x)
    np.testing.assert_array_equal(now.z[0], right.z[0])
    moved = np.abs(now.logits - right.logits).max()
    assert moved < 1e-12 if name == "batch_norm_forward" else moved > 1e-6
    entering = now.z[0] if norm == "before" else np.tanh(now.z[0])
    np.testing.assert_array_equal((now.u if norm == "before" else now.a)[0], by(0, entering)[0])


def test_what_a_hook_gives_back_stays_its_own():
    mine = np.ones((9, 6))
    model, x = lived_in().model(), batch()
    for keep in (True, False):
        model.forward(x, hook=lambda layer, z, a: mine if layer == 0 else z, keep=keep)
        assert (mine == 1).all() and mine.flags.writeable


# --- what is refused ---

ONE = np.ones((2, 2))


@pytest.mark.parametrize(
    "call, code, field",
    [
        (lambda m: m.forward(np.ones((9, 5))), "shape", "x"),
        (lambda m: m.forward(np.ones(4)), "shape", "x"),
        (lambda m: m.forward(np.ones((0, 4))), "empty_batch", "x"),
        (lambda m: m.forward([[1.0, 2, np.nan, 4]]), "non_finite", "x"),
        (lambda m: m.forward([["a"] * 4]), "not_numeric", "x"),
        (lambda m: m.forward(batch(), "runing"), "config", "statistics"),
        (lambda m: m.forward(batch(), None), "config", "statistics"),
        (lambda m: m.forward(batch(), (1, 2, 3)), "config", "statistics"),
        (lambda m: m.forward(batch(), (m.running_mean[:1], m.running_var)), "shape", "mean"),
        (lambda m: m.forward(batch(), (1.0, m.running_var)), "shape", "mean"),
        (lambda m: m.forward(batch(), (m.running_mean, m.running_var[::-1])), "shape", "var"),
        (
            lambda m: m.forward(batch(), (m.running_mean, [-v for v in m.running_var])),
            "variance",
            "var",
        ),
        (
            lambda m: m.forward(batch(), ([v * np.inf for v in m.running_mean], m.running_var)),
            "non_finite",
            "mean",
        ),
        (lambda m: m.forward(batch(), hook=lambda layer, z, a: z[:, :2]), "shape", "hook"),
        (lambda m: m.forward(batch(), hook=lambda layer, z, a: None), "not_numeric", "hook"),
        (
            lambda m: replace(m, running_mean=(), running_var=()).forward(batch(), "running"),
            "shape",
            "running_mean",
        ),
        (lambda m: replace(m, activation="swish"), "config", "activation"),
        (lambda m: replace(m, norm="between"), "config", "norm"),
        (lambda m: replace(m, eps=0.0), "eps", "eps"),
        (lambda m: replace(m, eps=(1e-5,)), "shape", "eps"),
        (lambda m: replace(m, W=m.W[::-1]), "shape", "W"),
        (lambda m: replace(m, W=()), "shape", "W"),
        (lambda m: replace(m, W=m.W[:-1]), "shape", "b"),
        (lambda m: replace(m, b=(*m.b[:-1], np.zeros(4))), "shape", "b"),
        (lambda m: replace(m, gamma=m.gamma[:1]), "shape", "gamma"),
        (lambda m: replace(m, beta=(np.zeros(5), *m.beta[1:])), "shape", "beta"),
        (lambda m: replace(m, gamma=(None, m.gamma[1])), "not_numeric", "gamma"),
        (lambda m: Model((ONE, ONE), (None, None), norm="before"), "shape", "gamma"),
    ],
)
def test_refused_with_a_code_and_where(call, code, field):
    with pytest.raises(InputError) as caught:
        call(lived_in().model())
    assert (caught.value.code, caught.value.fields["field"]) == (code, field)
    assert {"expected", "got"} <= caught.value.fields.keys()


def test_runs_and_batches_must_meet():
    with pytest.raises(InputError) as caught:
        lived_in(runs=(3,)).model().forward(batch(lead=(2,)))
    assert caught.value.fields == {"field": "x", "expected": (3, 9, 4), "got": (2, 9, 4)}


def test_what_overflows_on_the_way_comes_out_so():
    model = lived_in("none", "relu", "float32").model()
    huge = replace(model, W=tuple(W * np.float32(1e30) for W in model.W))
    with np.errstate(all="raise"):  # and says nothing of it
        assert not np.isfinite(huge.forward(batch("float32")).logits).all()


# --- once ---

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "pattern, at",
    [
        # `batchnorm` and `variants` are the formula as it is read and taken home
        (r"sqrt\([^\n]*\+ ?[\w.]*eps", {"model", "batchnorm", "variants"}),
        (r"\.update\([\w.]*params", {"descent"}),  # `loop` says it by parameter and layer
    ],
)
def test_the_formula_and_the_loop_stand_once(pattern, at):
    files = [*ROOT.glob("bncore/*.py"), *ROOT.glob("experiments/**/*.py")]
    code = {
        file: re.sub(r'""".*?"""|#[^\n]*', "", file.read_text("utf-8"), flags=re.DOTALL)
        for file in files
    }
    found = {file for file, text in code.items() if re.search(pattern, text)}
    assert {file.relative_to(ROOT).parts[0] for file in found} == {"bncore"}
    assert {file.stem for file in found} == at
