"""The rivals of batch norm: numerical gradients, what each forgets, and PyTorch's answers."""

from pathlib import Path

import numpy as np
import pytest

import bncore
from bncore import (
    InputError,
    Network,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_over_maps_forward,
    dyt_backward,
    dyt_forward,
    fold,
    group_norm_forward,
    instance_norm_forward,
    layer_norm_forward,
    norm_backward,
    rms_norm_forward,
)
from bncore.losses import one_hot
from bncore.normalizers import NORMALIZERS
from bncore.optimizers import SGD
from tests.bncore.gradients import numerical_gradient, relative_error

FIXTURE = Path(__file__).parents[1] / "fixtures" / "normalizers_reference.npz"
with np.load(FIXTURE) as file:
    REFERENCE = {name: file[name] for name in file.files}
EPS, GROUPS, ALPHA = 1e-3, 5, 0.7
FORWARD = {
    "batch": lambda z, g, b, eps=EPS: batch_norm_over_maps_forward(z, g, b, eps),
    "layer": lambda z, g, b, eps=EPS: layer_norm_forward(z, g, b, eps),
    "group": lambda z, g, b, eps=EPS: group_norm_forward(z, g, b, GROUPS, eps),
    "instance": lambda z, g, b, eps=EPS: instance_norm_forward(z, g, b, eps),
    "rms": lambda z, g, b, eps=EPS: rms_norm_forward(z, g, b, eps),
    "dyt": lambda z, g, b, eps=EPS: dyt_forward(z, g, b, ALPHA),
}
CASES = [(kind, name) for kind in ("dense", "maps") for name in FORWARD]
CASES.remove(("dense", "instance"))


def back(name, upstream, cache):
    return (dyt_backward if name == "dyt" else norm_backward)(upstream, cache)


def given(shape, seed=0):
    """z whose units differ, gamma and beta worth the name, and an upstream gradient."""
    rng = np.random.default_rng((seed, *shape))
    n, of_unit = shape[1], (shape[1], *[1] * (len(shape) - 2))
    z = rng.normal(rng.normal(0, 2, of_unit), rng.uniform(0.3, 3, of_unit), shape)
    return z, rng.normal(1, 0.6, n), rng.normal(0, 0.6, n), rng.normal(size=shape)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_pytorch_answers_the_same(kind, name):
    z, gamma, beta, upstream = (
        REFERENCE[f"{kind}/{each}"] for each in ("z", "gamma", "beta", "dz_tilde")
    )
    z_tilde, cache = FORWARD[name](z, gamma, beta)
    found = {"z_tilde": z_tilde}
    names = ("dz", "dgamma", "dbeta", "dalpha")
    found |= dict(zip(names, back(name, upstream, cache), strict=False))
    for key, array in found.items():
        expected = REFERENCE[f"{kind}/{name}/{key}"]
        np.testing.assert_allclose(array, expected, rtol=1e-10, atol=1e-12, err_msg=key)
    assert f"{kind}/{name}/dz" in REFERENCE


@pytest.mark.parametrize("shape", [(3, 10), (2, 5, 2, 3)], ids=str)
@pytest.mark.parametrize("name", FORWARD)
def test_the_way_back_is_the_slope_of_the_way_there(name, shape):
    if name == "instance" and len(shape) < 3:
        return
    z, gamma, beta, upstream = given(shape)
    _, cache = FORWARD[name](z, gamma, beta)
    found = back(name, upstream, cache)

    def loss(_):
        return float((FORWARD[name](z, gamma, beta)[0] * upstream).sum())

    for array, gradient in zip((z, gamma, beta), found[:3], strict=True):
        assert relative_error(numerical_gradient(loss, array), gradient) < 1e-7
    if name == "dyt":
        alpha = np.array([ALPHA])
        slope = numerical_gradient(
            lambda a: float((dyt_forward(z, gamma, beta, a[0])[0] * upstream).sum()), alpha
        )
        assert slope[0] == pytest.approx(found[3], rel=1e-6)


def test_batch_norm_is_one_of_them():
    z, gamma, beta, upstream = given((7, 10))
    found, cache = FORWARD["batch"](z, gamma, beta)
    expected, own = batch_norm_forward(z, gamma, beta, EPS)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    for a, b in zip(
        norm_backward(upstream, cache), batch_norm_backward(upstream, own), strict=True
    ):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


#: what is done to z of maps (m, C, H, W) → who does not notice
FORGETS = {
    "one unit's scale": ({"batch", "instance"}, lambda z, rng: z * of_axis(z, 1, rng)),
    "one unit's offset": ({"batch", "instance"}, lambda z, rng: z + of_axis(z, 1, rng)),
    "one example's scale": (
        {"layer", "group", "instance", "rms"},
        lambda z, rng: z * of_axis(z, 0, rng),
    ),
    "one example's offset": (
        {"layer", "group", "instance"},
        lambda z, rng: z + of_axis(z, 0, rng),
    ),
    "the scale of all": (
        {"batch", "layer", "group", "instance", "rms"},
        lambda z, rng: 3 * z,
    ),
}


def of_axis(z, axis, rng):
    """A positive number for each index of an axis."""
    return rng.uniform(0.5, 3, [k if a == axis else 1 for a, k in enumerate(z.shape)])


@pytest.mark.parametrize("what", FORGETS)
@pytest.mark.parametrize("name", FORWARD)
def test_what_each_forgets_and_what_it_does_not(name, what):
    forget, change = FORGETS[what]
    z, gamma, beta, _ = given((4, 10, 3, 5))
    changed = change(z, np.random.default_rng(5))
    before, after = (FORWARD[name](each, gamma, beta, 1e-12)[0] for each in (z, changed))
    moved = np.abs(after - before).max()
    assert moved < 1e-9 if name in forget else moved > 0.01


@pytest.mark.parametrize("name", FORWARD)
def test_whom_the_other_examples_reach(name):
    z, gamma, beta, _ = given((4, 10, 3, 5))
    other = z.copy()
    other[1:] += np.random.default_rng(3).normal(size=other[1:].shape)
    moved = np.abs(FORWARD[name](other, gamma, beta)[0][0] - FORWARD[name](z, gamma, beta)[0][0])
    assert (moved.max() > 0.01) == (name == "batch")


@pytest.mark.parametrize("name", sorted(set(FORWARD) - {"dyt"}))
def test_each_set_is_standardized(name):
    z, gamma, beta, _ = given((4, 10, 3, 5))
    over, cells, z_norm, _ = FORWARD[name](z, gamma, beta, 1e-12)[1]
    np.testing.assert_allclose((cells.z_norm**2).mean(axis=over.axes), 1, rtol=1e-9)
    if over.centered:
        np.testing.assert_allclose(cells.z_norm.mean(axis=over.axes), 0, atol=1e-12)
    assert z_norm.shape == z.shape
    sets = {"batch": 10, "layer": 4, "group": 4 * GROUPS, "instance": 40, "rms": 4}
    assert cells.mean.size == cells.std.size == sets[name]


@pytest.mark.parametrize("name", FORWARD)
def test_float32_stays_and_nothing_is_changed(name):
    z, gamma, beta, upstream = (x.astype(np.float32) for x in given((4, 10, 3, 5)))
    kept = z.copy()
    z_tilde, cache = FORWARD[name](z, gamma, beta)
    dz, dgamma, dbeta, *_ = back(name, upstream, cache)
    assert {x.dtype for x in (z_tilde, dz, dgamma, dbeta)} == {np.dtype(np.float32)}
    assert (z == kept).all()
    if name != "dyt":
        far = (1e4 + 0.01 * z).astype(np.float32)  # keeps its digits far from 0
        if name != "rms":
            exact = FORWARD[name](far.astype(np.float64), gamma, beta, 1e-9)[0]
            assert np.abs(FORWARD[name](far, gamma, beta, 1e-9)[0] - exact).max() < 1e-5


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda z, g, b: layer_norm_forward(z, g[:-1], b), "gamma"),
        (lambda z, g, b: rms_norm_forward(z, g, b[:-1]), "beta"),
        (lambda z, g, b: group_norm_forward(z, g, b, 3), "groups"),
        (lambda z, g, b: group_norm_forward(z, g, b, 20), "groups"),
        (lambda z, g, b: instance_norm_forward(z, g, b), "z"),
        (lambda z, g, b: layer_norm_forward(z * np.nan, g, b), "z"),
        (lambda z, g, b: layer_norm_forward(z[0], g, b), "z"),
        (lambda z, g, b: layer_norm_forward(z, g, b, eps=0), "eps"),
        (lambda z, g, b: dyt_forward(z, g, b, alpha=np.nan), "alpha"),
    ],
)
def test_bad_input_is_refused(call, field):
    z, gamma, beta, _ = given((3, 10))
    with pytest.raises(InputError) as caught:
        call(z, gamma, beta)
    assert caught.value.fields["field"] == field


# --- a network under each


@pytest.mark.parametrize("name", NORMALIZERS[1:])
def test_a_network_trains_as_pytorchs(name):
    ref = {
        key.removeprefix(f"net/{name}/"): value
        for key, value in REFERENCE.items()
        if key.startswith(f"net/{name}/")
    }
    net = Network((6, 10, 10, 3), normalizer=name, dtype=np.float64)

    def views():
        return {
            f"{attribute}{layer}": view if attribute == "W" else view.reshape(-1)
            for attribute in ("W", "b", "gamma", "beta", "alpha")
            for layer, view in enumerate(getattr(net, attribute))
            if view is not None
        }

    assert set(views()) == {key[6:] for key in ref if key.startswith("start/")}
    for key, view in views().items():
        view[...] = ref[f"start/{key}"]
    step, losses = SGD(net.params, 0.2), []
    for x, labels in zip(ref["x"], ref["labels"], strict=True):
        losses.append(net.gradient(x, one_hot(labels, 3, np.float64)))
        net.track()
        step.update(net.params, net.grads)
    np.testing.assert_allclose(losses, ref["loss"], rtol=1e-9)
    for key, view in views().items():
        np.testing.assert_allclose(view, ref[f"end/{key}"], rtol=1e-8, atol=1e-10, err_msg=key)
    for found in (net.predict(ref["x"][0]), net.model().forward(ref["x"][0]).logits):
        np.testing.assert_allclose(found, ref["evaluated"], rtol=1e-8)


@pytest.mark.parametrize("name", NORMALIZERS)
def test_runs_side_by_side_are_those_alone(name):
    x = np.random.default_rng(0).normal(size=(2, 8, 6))
    targets = one_hot(np.arange(16).reshape(2, 8) % 3, 3, np.float64)
    both = Network((6, 10, 3), normalizer=name, dtype=np.float64, runs=(2,), seed=0)
    both.gradient(x, targets)
    for r in range(2):
        one = Network((6, 10, 3), normalizer=name, dtype=np.float64, seed=r)
        one.gradient(x[r], targets[r])
        np.testing.assert_allclose(both.grads[r], one.grads, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(
            both.model().forward(x).logits[r], one.forward(x[r]), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize("name", NORMALIZERS[1:])
def test_a_network_under_a_rival_answers_one_example_at_a_time_and_keeps_no_statistics(name):
    net = Network((6, 10, 3), normalizer=name, dtype=np.float64, seed=1)
    x = np.random.default_rng(1).normal(size=(5, 6))
    alone = np.concatenate([net.predict(one[None]) for one in x])
    np.testing.assert_allclose(net.forward(x), alone, rtol=1e-12, atol=1e-14)
    assert net.running.size == 0 and net.model().running_mean == ()
    assert net.copy().normalizer == net.model().astype(np.float32).normalizer == name
    assert f"normalizer={name!r}" in repr(net) and f"normalizer={name!r}" in repr(net.model())
    with pytest.raises(InputError):
        fold(net)


@pytest.mark.parametrize(
    "settings",
    [{"normalizer": "instance"}, {"normalizer": "layer", "norm": "none"}, {"normalizer": "group"}],
)
def test_a_network_refuses_what_it_cannot_be_under(settings):
    with pytest.raises(InputError) as caught:
        Network((6, 12, 3), **settings)
    assert caught.value.fields["field"] == "normalizer"


def test_all_of_them_are_public():
    names = {"layer_norm_forward", "group_norm_forward", "instance_norm_forward"}
    assert names | {"rms_norm_forward", "norm_backward", "dyt_forward"} <= set(bncore.__all__)
