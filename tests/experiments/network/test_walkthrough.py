"""Places in the little network: what stands there, and what each line takes."""

from __future__ import annotations

import numpy as np
import pytest

from bncore import batch_norm_backward, batch_norm_forward
from bncore.optimizers import OPTIMIZERS
from experiments.network import little, walkthrough
from experiments.network.walkthrough import BATCHES, EPOCHS, LINES, NODES, M, at, lines, reads

NORMS = ("before", "after", "none")


def same(one: little.Little, other: little.Little) -> bool:
    ours, theirs = (little.parameters(each.net) for each in (one, other))
    equal = all(np.array_equal(ours[key], theirs[key]) for key in ours)
    return equal and one.losses == other.losses and np.array_equal(one.rows, other.rows)


def test_a_place_is_where_the_loop_gets_to_by_itself() -> None:
    walked = at("before", "tanh", "adam")
    for _ in range(BATCHES[M] + 4):
        walked = little.next_batch(walked)
    assert (walked.epoch, walked.batch) == (2, 5)
    assert same(walked, at("before", "tanh", "adam", 2, 5))


@pytest.mark.parametrize("m", BATCHES)
def test_an_epoch_is_over_when_every_example_has_been_in_it(m: int) -> None:
    walked, rows = at("before", "tanh", "adam", m=m, seed=3), []
    for _ in range(BATCHES[m]):
        assert walked.x.shape == (m, 2)
        rows += list(walked.rows)
        walked = little.next_batch(walked)
    assert sorted(rows) == list(range(little.EXAMPLES["moons"]))
    assert (walked.epoch, walked.batch) == (2, 1)
    assert same(walked, at("before", "tanh", "adam", 2, 1, m, 3))


def test_another_seed_is_another_network_on_other_points() -> None:
    one, other = (at("before", "tanh", "sgd", seed=seed) for seed in (0, 1))
    assert not np.array_equal(one.net.W[1], other.net.W[1])
    assert not np.array_equal(np.sort(one.x, axis=0), np.sort(other.x, axis=0))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("m", BATCHES)
def test_every_network_is_sound_at_its_last_place_and_has_learned(
    m: int, norm: str, optimizer: str
) -> None:
    """From one m to the next with the other activation."""
    activation = ("tanh", "relu")[list(BATCHES).index(m) % 2]
    end = at(norm, activation, optimizer, EPOCHS, BATCHES[m], m)
    assert not end.diverged and (end.epoch, end.batch) == (EPOCHS, BATCHES[m])
    assert little.evaluate(end).accuracy > 0.85


def test_the_registry_knows_every_line_and_node() -> None:
    assert max(len(lines(norm, "tanh", "sgd", 1, 1)) for norm in NORMS) == LINES
    found = {node for norm in NORMS for node in walkthrough.nodes(norm, "tanh", "sgd", 1, 1)}
    assert found == set(NODES)


# what a line computes from what it takes, by its name in the source and the number of arrays
COMPUTED = {
    "z": lambda a, W, *b: a @ W + sum(b),
    "logits": lambda a, W, b: a @ W + b,
    "a": np.tanh,
    "var": lambda centered: (centered**2).mean(axis=0),
    "std": lambda var: np.sqrt(var + 1e-5),
    "z_norm": lambda centered, std: centered / std,
    "z_tilde": lambda gamma, z_norm, beta: gamma * z_norm + beta,
    "loss": lambda y, log_p: -(y * log_p).sum() / len(y),
    "dlogits": lambda p, y: (p - y) / len(y),
    "da": lambda dz, W: dz @ W.T,
    "da_tilde": lambda dz, W: dz @ W.T,
    "dW": lambda a, dz: a.T @ dz,
    "db": lambda dz: dz.sum(axis=0),
    "dbeta": lambda upstream: upstream.sum(axis=0),
    "dgamma": lambda upstream, z_norm: (upstream * z_norm).sum(axis=0),
    "unbiased": lambda var: var * 6 / 5,
    "running_mean": lambda old, mean: 0.9 * old + 0.1 * mean,
    "running_var": lambda old, unbiased: 0.9 * old + 0.1 * unbiased,
}


@pytest.mark.parametrize("norm", NORMS)
def test_each_line_gives_what_it_computes_from_what_it_takes(norm: str) -> None:
    place, tried = (norm, "tanh", "sgd", 2, 3), set()
    steps = lines(*place)
    for i, line in enumerate(steps):
        name, value = next(iter(line.values.items()), ("", None))
        kind = name.rstrip("0123456789")
        if line.calls or len(line.values) != 1 or kind not in COMPUTED:
            continue
        taken = reads(at(*place), steps, i).values()
        np.testing.assert_allclose(COMPUTED[kind](*taken), value, atol=1e-14, err_msg=line.id)
        tried.add(kind)
    assert len(tried) >= (15 if norm != "none" else 8)


@pytest.mark.parametrize("norm", ["before", "after"])
def test_the_calls_of_batch_norm_take_what_batch_norm_took(norm: str) -> None:
    place = (norm, "relu", "sgd", 1, 2)
    steps, net = lines(*place), at(*place).net
    calls = {line.id.split(".")[1]: i for i, line in enumerate(steps) if line.calls}
    z, gamma, beta = reads(at(*place), steps, calls["batch_norm_forward2"]).values()
    assert gamma is not None and np.array_equal(gamma, net.gamma[2])
    z_tilde, cache = batch_norm_forward(z, gamma, beta, net.eps)
    given = steps[calls["batch_norm_forward2"]].values
    np.testing.assert_allclose(next(iter(given.values())), z_tilde)
    back = calls["batch_norm_backward2"]
    (upstream,) = reads(at(*place), steps, back).values()
    np.testing.assert_allclose(
        next(iter(steps[back].values.values())), batch_norm_backward(upstream, cache)[0]
    )


def test_parameters_are_taken_as_they_are_before_the_update() -> None:
    place = ("before", "tanh", "sgd", 1, 4)
    steps, network = lines(*place), at(*place)
    i = next(i for i, line in enumerate(steps) if line.id == "update.W2")
    taken = reads(network, steps, i)
    assert np.array_equal(taken["W2"], network.net.W[2])
    np.testing.assert_allclose(steps[i].values["W2"], taken["W2"] - 0.1 * taken["dW2"])


def test_the_stack_leads_from_the_loop_to_the_line() -> None:
    steps = lines("before", "tanh", "sgd", 1, 1)
    i = next(i for i, line in enumerate(steps) if line.id == "batch_norm_backward.dz2")
    names = [line.function for line in walkthrough.stack(steps, i)]
    assert names == ["train_step", "backward_before", "batch_norm_backward"]
    calls = [line.calls for line in walkthrough.stack(steps, i)][:2]
    assert calls == names[1:]
