"""Every number of the step-through, against computations that share no line with it.

`Reference` is the same network in textbook form, where anything on the way can be nudged: all
gradients are compared with central differences of its loss. Optimizers are compared with their
usual formulas, whole runs with bncore's fast network.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bncore import Network
from bncore.errors import InputError
from bncore.optimizers import OPTIMIZERS
from experiments.network import little as experiment
from experiments.network import loop
from experiments.network.little import (
    Little,
    advance,
    evaluate,
    functions,
    lines,
    next_batch,
    next_epoch,
    nodes,
    numbers,
    parameter_counts,
    parameters,
    paths,
    phase,
    shapes,
    start,
)
from experiments.network.watch import Watch

NORMS = ("none", "before", "after")
RECIPES = [("tanh", "adam"), ("relu", "momentum"), ("sigmoid", "rmsprop"), ("tanh", "sgd")]
H = 1e-6
G = {
    "tanh": np.tanh,
    "relu": lambda z: z * (z > 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def shaken(little: Little, seed: int) -> Little:
    """The same with gamma, beta, b and running statistics far from 1 and 0."""
    rng, net = np.random.default_rng(seed), experiment.thawed(little.net)
    for arrays in (net.gamma, net.beta, net.b, net.running_mean):
        for layer, array in arrays.items():
            arrays[layer] = rng.normal(0.3, 0.8, array.shape)
    for layer, array in net.running_var.items():
        net.running_var[layer] = rng.uniform(0.5, 3, array.shape)
    return replace(little, net=net)


class Reference:
    """One forward pass by the textbook; `nudge` adds to whatever is named on the way."""

    def __init__(self, little: Little) -> None:
        self.little, self.settings = little, little.settings
        self.given = {f"{n}{layer}": a for (n, layer), a in parameters(little.net).items()}
        self.last = len(little.net.W)

    def run(self, nudge: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        nudge, found = nudge or {}, {}

        def put(name: str, value: np.ndarray) -> np.ndarray:
            found[name] = value + nudge.get(name, 0)
            return found[name]

        p = {name: value + nudge.get(name, 0) for name, value in self.given.items()}
        a = self.little.x
        for k in range(1, self.last):
            z = put(f"z{k}", np.einsum("mi,ij->mj", a, p[f"W{k}"]) + p.get(f"b{k}", 0))
            if self.settings.norm == "before":
                z = put(f"z_tilde{k}", self.normalize(z, k, p, put))
            a = put(f"a{k}", G[self.settings.activation](z))
            if self.settings.norm == "after":
                a = put(f"a_tilde{k}", self.normalize(a, k, p, put))
        logits = put("logits", np.einsum("mi,ij->mj", a, p[f"W{self.last}"]) + p[f"b{self.last}"])
        found["p"] = np.exp(logits) / np.exp(logits).sum(1)[:, None]
        found["log_p"] = np.log(found["p"])
        found["loss"] = -np.mean(np.log(found["p"][self.little.y == 1]))
        return found

    def normalize(self, z: np.ndarray, k: int, p: dict, put: Callable) -> np.ndarray:
        mean, var = put(f"mean{k}", z.mean(0)), put(f"var{k}", z.var(0))
        std = put(f"std{k}", np.sqrt(var + self.settings.eps))
        z_norm = put(f"z_norm{k}", (z - mean) / std)
        return p[f"gamma{k}"] * z_norm + p[f"beta{k}"]

    def helper(self, name: str, run: dict[str, np.ndarray]) -> np.ndarray:
        """What only the code has a name for; batch norm calls what it gives z_tilde anywhere."""
        if name == "shifted":
            return run["logits"] - run["logits"].max(1, keepdims=True)
        kind, k = name[:-1], name[-1]
        taken = run[f"a{k}" if self.settings.norm == "after" else f"z{k}"]
        return {
            "z_centered": lambda: taken - taken.mean(0),
            "unbiased": lambda: taken.var(0, ddof=1),
            "z_tilde": lambda: run[f"a_tilde{k}"],
        }[kind]()

    def gradient(self, name: str) -> np.ndarray:
        """dloss/dname by central differences."""
        shape = np.shape(self.given[name] if name in self.given else self.run()[name])
        found = np.empty(shape)
        for i in np.ndindex(shape):
            step = np.zeros(shape)
            step[i] = H
            found[i] = (self.run({name: step})["loss"] - self.run({name: -step})["loss"]) / (2 * H)
        return found


@pytest.mark.parametrize("activation", ["tanh", "relu", "sigmoid"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("seed", [0, 3])
def test_every_number_of_the_step(norm: str, activation: str, seed: int) -> None:
    """No name goes unchecked: forward by the textbook, back by central differences."""
    m = 5 + seed
    little = shaken(advance(start(seed, m, activation, norm), 3), seed)
    steps, reference = numbers(lines(little)), Reference(little)
    forward = reference.run()
    updated = {"running_mean", "running_var", "W", "b", "gamma", "beta"}  # by the next test
    checked = {name: value for name, value in steps.items() if name.rstrip("123") not in updated}
    for name, value in checked.items():
        if name.startswith("d"):
            expected = reference.gradient(name[1:])
            error = np.abs(np.reshape(value, expected.shape) - expected).max()
            assert error < 1e-8 * max(1, 10 * np.abs(expected).max()), name
        else:
            expected = forward[name] if name in forward else reference.helper(name, forward)
            np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-12, err_msg=name)
    assert {f"d{name}" for name in reference.given} <= checked.keys()
    wanted = "loss p logits dlogits z1 z2 dz1 dz2 a1 a2"
    wanted += {"none": "", "before": " da1 dz_tilde1 mean1 var2", "after": " da_tilde2 std1"}[norm]
    assert set(wanted.split()) <= checked.keys()


class Textbook:
    """The optimizers as they are usually printed, with averages in place of bncore's sums."""

    def __init__(self, kind: str, lr: float) -> None:
        self.kind, self.lr, self.t, self.m, self.v = kind, lr, 0, 0.0, 0.0

    def step(self, g: np.ndarray) -> np.ndarray:
        self.t += 1
        if self.kind == "sgd":
            return -self.lr * g
        if self.kind == "momentum":
            self.m = 0.9 * self.m + g
            return -self.lr * self.m
        if self.kind == "rmsprop":
            self.v = 0.9 * self.v + 0.1 * g**2
            return -self.lr * g / (np.sqrt(self.v) + 1e-8)
        self.m, self.v = 0.9 * self.m + 0.1 * g, 0.999 * self.v + 0.001 * g**2
        m_hat, v_hat = self.m / (1 - 0.9**self.t), self.v / (1 - 0.999**self.t)
        return -self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("activation, optimizer", RECIPES)
def test_updates_and_running_statistics(norm: str, activation: str, optimizer: str) -> None:
    """Five steps of every parameter, and of running_mean and running_var."""
    little = start(2, 7, activation, norm, optimizer, lr=0.05)
    given = {f"{n}{layer}": a.copy() for (n, layer), a in parameters(little.net).items()}
    books = {name: Textbook(optimizer, 0.05) for name in given}
    running = {k: (np.zeros(3), np.ones(3)) for k in little.net.running_mean}
    for _ in range(5):
        steps = numbers(lines(little))
        for name in given:
            given[name] = given[name] + books[name].step(steps[f"d{name}"])
            np.testing.assert_allclose(steps[name], given[name], rtol=1e-9, atol=1e-12)
        for k, (mean, var) in running.items():
            z = steps[f"z{k}"] if norm == "before" else steps[f"a{k}"]
            running[k] = 0.9 * mean + 0.1 * z.mean(0), 0.9 * var + 0.1 * z.var(0, ddof=1)
            np.testing.assert_allclose(steps[f"running_mean{k}"], running[k][0], rtol=1e-10)
            np.testing.assert_allclose(steps[f"running_var{k}"], running[k][1], rtol=1e-10)
        little = next_batch(little)
    if norm != "none":
        assert np.abs(given["gamma1"] - 1).min() > 1e-4 < np.abs(given["beta2"]).min()


def fast(little: Little) -> Network:
    """bncore's network with the same parameters."""
    settings = little.settings
    net = Network(settings.sizes, settings.activation, settings.norm, dtype=np.float64)
    for name in ("W", "b", "gamma", "beta"):
        for layer, array in getattr(little.net, name).items():
            getattr(net, name)[layer - 1][...] = array
    return net


@pytest.mark.parametrize("dataset, m", [("moons", 6), ("digits", 64)])
@pytest.mark.parametrize("norm", NORMS)
def test_the_same_training_as_the_fast_network(norm: str, dataset: str, m: int) -> None:
    """At both sizes, over an epoch, with the test set at its end."""
    little = start(4, m, "relu", norm, "momentum", 0.02, dataset)
    known, net = experiment.examples(dataset, 4), fast(little)
    step, losses = OPTIMIZERS["momentum"](net.params, 0.02), []
    for batch in np.split(little.order[: little.settings.batches * m], little.settings.batches):
        losses.append(net.gradient(known.x[batch], known.y[batch]))
        net.track()
        step.update(net.params, net.grads)
    little = next_epoch(little)
    assert (little.epoch, little.batch, little.step) == (2, 1, len(losses))
    np.testing.assert_allclose(little.losses, losses, rtol=1e-9)
    assert net.params == pytest.approx(fast(little).params, rel=1e-8, abs=1e-10)
    logits = loop.predict(known.x_test, little.net)
    np.testing.assert_allclose(logits, net.predict(known.x_test), rtol=1e-7, atol=1e-9)
    accuracy, loss = net.evaluate(known.x_test, known.y_test.argmax(axis=1))
    score = evaluate(little)
    assert (score.accuracy, score.loss) == (accuracy, pytest.approx(float(loss)))


@pytest.mark.parametrize("norm", NORMS)
def test_the_lines_are_those_of_the_source_in_its_order(norm: str) -> None:
    little = start(norm=norm)
    steps, known = lines(little), functions(little.settings)
    assert {line.function for line in steps} == set(known)
    assert len({line.id for line in steps}) == len(steps)
    for line in steps:
        rows = inspect.getsource(known[line.function]).splitlines()
        stripped = [row.strip() for row in rows[line.first : line.last + 1]]
        assert [row.strip() for row in line.code.splitlines()] == stripped
        assert line.shapes == {name: np.shape(v) for name, v in line.values.items()}
    order = [phase(line) for line in steps]
    wanted = [p for p in experiment.PHASES if p != "track" or norm != "none"]
    assert list(dict.fromkeys(order)) == wanted and order == sorted(order, key=wanted.index)
    places = [(line.layer, line.depth) for line in steps if phase(line) == "backward"]
    layers = [layer for layer, _ in places if layer]
    assert layers == sorted(layers, reverse=True) and set(layers) == {1, 2}


def test_a_call_stands_before_the_lines_that_it_runs() -> None:
    steps = lines(start())
    for at, line in enumerate(steps):
        if line.calls:
            assert (steps[at + 1].function, steps[at + 1].depth) == (line.calls, line.depth + 1)
            last = [
                s for s in steps[at + 1 :] if s.function == line.calls and s.layer == line.layer
            ]
            for name, value in line.values.items():
                inside = [s.values[name] for s in last if name in s.values]
                assert not inside or np.array_equal(inside[0], value)
        elif at + 1 < len(steps):
            assert steps[at + 1].depth <= line.depth
    assert sum(line.calls is not None for line in steps) == 5 + 4


def test_watching_changes_nothing() -> None:
    little = advance(start(optimizer="adam"), 4)
    before = {key: array.copy() for key, array in parameters(little.net).items()}
    steps, later = numbers(lines(little)), next_batch(little)
    assert later.losses[-1] == steps["loss"]
    for (name, layer), array in parameters(later.net).items():
        np.testing.assert_array_equal(steps[f"{name}{layer}"], array)
        np.testing.assert_array_equal(before[name, layer], little.net.__dict__[name][layer])
        assert not np.array_equal(before[name, layer], array)
    for value in steps.values():
        assert np.ndim(value) == 0 or not value.flags.writeable
    with pytest.raises(ValueError):
        later.net.W[1][0] = 0


def doubles() -> np.ndarray:
    one = np.ones(2)
    one *= 2
    np.multiply(one, 2, one)
    return one


def test_values_are_those_of_their_moment() -> None:
    watch = Watch([doubles])
    with watch.watching():
        doubles()
    assert [line.values["one"].tolist() for line in watch.lines] == [[1, 1], [2, 2], [4, 4]]


def test_whoever_traced_before_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def other(frame: object, event: str, arg: object) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(other)
    try:
        lines(start())
        assert sys.gettrace() is other
        with pytest.raises(IndexError), Watch([fails]).watching():
            fails()
        assert sys.gettrace() is other
    finally:
        sys.settrace(before)


def fails() -> np.ndarray:
    one = np.ones(1)
    two = one[len(one)]
    return two


def test_lines_up_to_a_failure_are_kept() -> None:
    watch = Watch([fails])
    with pytest.raises(IndexError), watch.watching():
        fails()
    assert [line.code for line in watch.lines] == ["one = np.ones(1)"]


@pytest.mark.parametrize("norm", ["before", "after"])
@pytest.mark.parametrize("layer", [1, 2])
def test_three_paths_make_the_gradient(norm: str, layer: int) -> None:
    little = shaken(advance(start(1, 6, "tanh", norm), 2), 1)
    found, reference = paths(little, layer), Reference(little)
    given = {"before": f"z{layer}", "after": f"a{layer}"}[norm]
    assert found.name == given[0] and set(found.through) == set(experiment.PATHS)
    true = reference.gradient(given)
    np.testing.assert_allclose(found.numerical, true, atol=1e-9)
    np.testing.assert_allclose(sum(found.through.values()), found.dz, rtol=1e-12, atol=1e-15)
    assert found.without().difference < 1e-8
    tilde = {"before": f"z_tilde{layer}", "after": f"a_tilde{layer}"}[norm]
    np.testing.assert_allclose(found.upstream, reference.gradient(tilde), atol=1e-9)
    # each path alone, with the other two held still
    z_norm, mean, std = (reference.gradient(f"{n}{layer}") for n in ("z_norm", "mean", "std"))
    run, m = reference.run(), little.settings.m
    scale = run[f"std{layer}"]
    alone = {"z_norm": z_norm / scale, "var": std * run[f"z_norm{layer}"] / m}
    for name, expected in (alone | {"mean": np.broadcast_to(mean / m, z_norm.shape)}).items():
        np.testing.assert_allclose(found.through[name], expected, atol=1e-8, err_msg=name)


def test_without_a_path_the_gradient_is_wrong() -> None:
    """Not the sum over the batch (mean), nor the product with z_norm (var), is 0 any longer."""
    little = shaken(advance(start(1), 2), 1)
    found, z_norm = paths(little, 1), numbers(lines(little))["z_norm1"]
    size = np.abs(found.numerical).max()
    assert np.abs(found.dz.sum(0)).max() < 1e-12
    assert np.abs((found.dz * z_norm).sum(0)).max() < 0.01 * size  # 0 but for eps
    for dropped in [("mean",), ("var",), ("var", "mean"), ("z_norm",)]:
        wrong = found.without(*dropped)
        assert wrong.difference > 0.02 * size
        assert wrong.share == pytest.approx(wrong.difference / size)
        kept = [found.through[path] for path in experiment.PATHS if path not in dropped]
        np.testing.assert_array_equal(wrong.dz, np.sum(kept, axis=0))
    assert np.abs(found.without("mean").dz.sum(0)).max() > 0.05 * size
    assert np.abs((found.without("var").dz * z_norm).sum(0)).max() > 0.05 * size


def test_no_paths_without_batch_norm() -> None:
    with pytest.raises(InputError):
        paths(start(norm="none"), 1)


def test_an_epoch_shows_every_example_once() -> None:
    little, seen = start(m=8), []
    for batch in range(1, 13):
        assert (little.epoch, little.batch) == (1, batch)
        known = experiment.examples("moons", 0)
        np.testing.assert_array_equal(little.x, known.x[little.rows])
        np.testing.assert_array_equal(little.y, known.y[little.rows])
        seen += little.rows.tolist()
        little = next_batch(little)
    assert sorted(seen) == list(range(96))
    assert (little.epoch, little.batch) == (2, 1)
    assert little.order.tolist() != seen
    at_once = next_epoch(start(m=8))
    assert at_once.losses == little.losses == advance(start(m=8), 12).losses
    np.testing.assert_array_equal(at_once.net.W[1], little.net.W[1])
    assert next_epoch(advance(start(m=5), 7)).step == 19  # the 96th is left out
    assert advance(start(m=5), 40).epoch == 3


def test_points_are_standardized_and_classes_balanced() -> None:
    known = experiment.examples("moons", 5)
    np.testing.assert_allclose(known.x.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(known.x.std(0), 1)
    assert known.y.sum(0).tolist() == [48, 48]
    assert known.x_test.shape == (200, 2) and 0.7 < known.x_test.std() < 1.3


@pytest.mark.parametrize("norm", NORMS)
def test_it_learns(norm: str) -> None:
    scores = []
    for seed in range(5):
        little = start(seed, norm=norm)
        first = evaluate(little)
        for _ in range(20):
            little = next_epoch(little)
        scores.append(evaluate(little).accuracy)
        assert evaluate(little).loss < first.loss
    assert np.mean(scores) > 0.85


def test_placements_start_from_the_same_weights_and_batches() -> None:
    for layer in (1, 2, 3):
        same = [start(3, norm=norm).net.W[layer] for norm in NORMS]
        assert all(np.array_equal(W, same[0]) for W in same)
    assert start(3, norm="none").rows.tolist() == start(3, norm="after").rows.tolist()
    assert not np.array_equal(start(3).net.W[1], start(4).net.W[1])


@pytest.mark.parametrize("norm, lr", [("none", 1e150), ("before", 1e200)])
def test_a_step_out_of_range_is_not_taken(norm: str, lr: float) -> None:
    little = start(1, activation="relu", norm=norm, lr=lr)
    found = advance(little, 30)
    assert found.diverged and found.step < 30
    assert all(np.isfinite(array).all() for array in parameters(found.net).values())
    assert next_epoch(found) is found
    one_by_one = little
    while not one_by_one.diverged:
        one_by_one = next_batch(one_by_one)
    assert one_by_one.losses == found.losses


@pytest.mark.parametrize(
    "wrong",
    [{"m": 1}, {"m": 97}, {"norm": "inside"}, {"optimizer": "lamb"}, {"lr": 0.0}, {"lr": np.nan}],
)
def test_impossible_settings_are_refused(wrong: dict) -> None:
    with pytest.raises(InputError) as refusal:
        start(**wrong)
    assert refusal.value.code == "config" and refusal.value.fields["field"] in wrong


def test_parameters_of_the_little_network_by_hand() -> None:
    with_bn = parameter_counts((2, 3, 3, 2))
    assert [(c.W, c.b, c.gamma, c.beta, c.running) for c in with_bn] == [
        (6, 0, 3, 3, 6),
        (9, 0, 3, 3, 6),
        (6, 2, 0, 0, 0),
    ]
    assert [c.learned for c in parameter_counts((2, 3, 3, 2), keep_bias=True)] == [15, 18, 8]
    assert [c.learned for c in parameter_counts((2, 3, 3, 2), "none")] == [9, 12, 8]
    digits = parameter_counts((64, 50, 50, 50, 10))
    assert [c.learned for c in digits] == [3300, 2600, 2600, 510]


@pytest.mark.parametrize("keep_bias", [False, True])
@pytest.mark.parametrize("norm", NORMS)
def test_parameters_are_as_many_as_the_networks_have(norm: str, keep_bias: bool) -> None:
    for sizes in ((2, 3, 3, 2), (64, 50, 50, 50, 10)):
        net, counts = Network(sizes, norm=norm, keep_bias=keep_bias), None
        counts = parameter_counts(sizes, norm, keep_bias)
        assert sum(c.learned for c in counts) == net.params.size
        assert sum(c.running for c in counts) == net.running.size


@pytest.mark.parametrize("dataset, m", [("moons", 5), ("digits", 32)])
@pytest.mark.parametrize("norm", NORMS)
def test_nodes_hold_the_numbers_and_shapes_of_the_batch(norm: str, dataset: str, m: int) -> None:
    little = advance(start(m=m, norm=norm, dataset=dataset), 1)
    steps, expected = numbers(lines(little)), shapes(little.settings.sizes, m, norm)
    given = {f"{n}{layer}": array for (n, layer), array in parameters(little.net).items()}
    given |= {"x": little.x, "y": little.y}
    seen = {}
    for node in nodes(little):
        assert node.shape == expected[next(iter(node.values))]
        for name, value in node.values.items():
            np.testing.assert_array_equal(value, given.get(name, steps.get(name)))
        for name, value in node.gradients.items():
            np.testing.assert_array_equal(value, steps[name])
        if node.kind not in ("x", "y"):
            assert node.shown in functions(little.settings).values()
        seen |= node.values
    assert {name: np.shape(value) for name, value in seen.items()} == expected
    gradients = {name for node in nodes(little) for name in node.gradients}
    assert {f"d{name}" for name in given if name not in "xy"} <= gradients


def test_nodes_of_the_map_in_order() -> None:
    ids = {norm: " ".join(node.id for node in nodes(start(norm=norm))) for norm in NORMS}
    end = "W3 b3 logits p y loss"
    assert ids == {
        "none": f"x W1 b1 z1 a1 W2 b2 z2 a2 {end}",
        "before": f"x W1 z1 bn1 z_tilde1 a1 W2 z2 bn2 z_tilde2 a2 {end}",
        "after": f"x W1 z1 a1 bn1 a_tilde1 W2 z2 a2 bn2 a_tilde2 {end}",
    }
