"""What the experiments of lesson `conv` measure, against sums of their own; and what ships."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import Network, batch_norm_forward, data
from bncore.batches import WEIGHTS, stream
from bncore.conv import conv_forward, pixels
from experiments.conv import affine, branch, channel, net, rank, twin
from experiments.conv.net import Arms

SHORT = {"steps": 12, "record_every": 12}


# --- at the start: the trunk ---


def by_hand(norm: str, blocks: int) -> tuple[list[float], list[float]]:
    """Mean squares of trunk and branch, block by block, with the network's own weights."""
    sizes = (64, *[branch.WIDTH] * (branch.BLOCKS + 1), 10)
    network = Network(sizes, norm=norm, dtype=np.float64, seed=0)
    t = data.load("digits", dtype=np.float64).x_train[: branch.IMAGES] @ network.W[0]
    trunk, branches = [float((t**2).mean())], []
    for W in network.W[1 : blocks + 1]:
        n = branch.WIDTH
        normed = batch_norm_forward(t, np.ones(n), np.zeros(n))[0] if norm == "before" else t
        added = np.maximum(normed, 0) @ W
        t = t + added
        trunk.append(float((t**2).mean()))
        branches.append(float((added**2).mean()))
    return trunk, branches


@pytest.mark.parametrize("norm", ["none", "before"])
def test_the_trunk_by_hand(norm: str) -> None:
    found, blocks = branch.growth(norm), 6
    trunk, branches = by_hand(norm, blocks)
    np.testing.assert_allclose(found.trunk[: blocks + 1], trunk, rtol=1e-9)
    np.testing.assert_allclose(found.branch[:blocks], branches, rtol=1e-9)


def test_without_batch_norm_it_doubles_and_with_it_grows_by_the_same_each_time() -> None:
    plain, bn = branch.growth("none"), branch.growth("before")
    factor = (plain.trunk[-1] / plain.trunk[0]) ** (1 / branch.BLOCKS)
    assert 1.8 < factor < 2.2
    assert (np.abs(bn.branch - bn.branch.mean()) < 0.25).all()  # every branch is equally large
    grown = np.diff(bn.trunk).reshape(5, -1).mean(axis=1)
    assert (np.abs(grown - bn.branch.mean()) < 0.3).all()
    blocks = np.arange(1, branch.BLOCKS + 1)
    assert (np.abs(bn.share[9:] * (blocks[9:] + 1) - 1) < 0.35).all()  # about 1/(l + 1)
    assert (plain.share > 0.35).all()


# --- do images stay different ---


def test_rank_and_cosine_of_what_is_known() -> None:
    rng = np.random.default_rng(0)
    one = np.outer(rng.random(7) + 0.1, rng.normal(size=5))
    assert rank.effective_rank(one) == pytest.approx(1)
    assert rank.mean_cosine(one) == pytest.approx(1)
    q, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    assert rank.effective_rank(3 * q) == pytest.approx(6)
    assert rank.mean_cosine(q) == pytest.approx(0, abs=1e-12)
    a = rng.normal(size=(5, 4))
    pairs = [
        a[i] @ a[j] / np.linalg.norm(a[i]) / np.linalg.norm(a[j])
        for i in range(5)
        for j in range(i)
    ]
    assert rank.mean_cosine(a) == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("seed", range(3))
def test_images_become_alike_without_batch_norm_alone_and_not_with_tanh(seed: int) -> None:
    plain, bn = rank.collapse("none", seed=seed), rank.collapse("before", seed=seed)
    assert plain.rank[-1] < 3 and bn.rank[-1] > 25
    assert plain.cosine[-1] > 0.95 and bn.cosine[-1] < 0.5
    assert rank.collapse("none", "tanh", seed).rank[-1] > 15


# --- one channel ---


def test_the_maps_are_a_convolution_of_the_digits() -> None:
    model = channel.network()
    W = model.W[0][0].astype(float).reshape(3, 3, 1, -1).transpose(3, 2, 0, 1)
    x = data.load("digits").x_train[: channel.IMAGES].reshape(-1, 1, 8, 8).astype(float)
    z, _ = conv_forward(x, W, np.zeros(len(W)))
    for c in (0, 5):
        found = channel.channel(c)
        np.testing.assert_allclose(found.maps, z[:, c], atol=1e-5)
        np.testing.assert_array_equal(found.z, pixels(found.maps[:, None])[:, 0])


def test_counts_are_those_of_the_network() -> None:
    network, found = net.started([twin.CONFIG]), channel.counts()
    assert found["channels"] == network.gamma[0].shape[-1]
    network.forward(np.zeros((1, channel.BATCH, 64), np.float32))
    assert found["numbers"] == network.z[0].shape[-2]
    assert found["per_pixel"] == network.z[0].shape[-2] // channel.BATCH * found["channels"]


def test_the_network_that_ships_is_a_trained_one() -> None:
    split, model = data.load("digits"), channel.network()
    right = model.predict(split.x_test[None])[0] == split.y_test
    assert right.mean() > 0.9


# --- trained ---


def test_arms_of_a_kind_start_alike_and_a_seed_decides() -> None:
    kinds = [
        net.Kind(replace(each.config, **SHORT), each.start, ()) for each in twin.KINDS.values()
    ]
    found, again = (net.compared(kinds, (0.1, 0.1), (3,), 6) for _ in range(2))
    np.testing.assert_array_equal(found.accuracy, again.accuracy)
    assert found.accuracy.shape == (2, 1, 3) and found.complete
    bn, plain = (kind.start([replace(kind.config, seed=3)]) for kind in kinds)
    for a, b in zip(bn.W, plain.W, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_run_that_is_stopped_gives_what_it_has() -> None:
    found = twin.one_seed(0, "same", should_stop=lambda: True)
    assert not found.complete and len(found.step) < len(twin.of("same").step)


def test_the_scaled_branch_begins_switched_off() -> None:
    network = branch.residual("scaled", [branch.CONFIG.twin()])
    assert all((scale == 0).all() for scale in network.scale)
    assert len(network.scale) == branch.CONFIG.depth - 1


@pytest.mark.parametrize("arm", affine.ARMS)
def test_what_is_not_trained_stays(arm: str) -> None:
    config = replace(affine.CONFIG, **SHORT)
    runs = net.Kind(config, affine.KINDS[arm].start, ()).arm(0.1, (0, 1))
    before = runs.network.copy()
    for _ in runs.train((config.steps,)):
        pass
    moved = {
        name: [bool((a != b).any()) for a, b in zip(*pair, strict=True)]
        for name, pair in {
            "W": (runs.network.W, before.W),
            "gamma": (runs.network.gamma, before.gamma),
            "beta": (runs.network.beta, before.beta),
        }.items()
    }
    weights = {"all": [True] * 4, "affine": [False] * 4, "last": [False] * 3 + [True]}[arm]
    assert moved["W"] == weights
    assert moved["gamma"] == moved["beta"] == [arm != "last"] * 3
    changed = int((runs.network.params[0] != before.params[0]).sum())
    assert 0.8 * affine.counts()[arm] < changed <= affine.counts()[arm]


def test_the_first_weights_are_those_of_any_run() -> None:
    network = branch.residual("sum", [branch.CONFIG])
    plain = Network((64, *[50] * 32, 10), norm="none")
    plain.initialize("he", 1.0, [stream(branch.CONFIG, WEIGHTS)])
    np.testing.assert_array_equal(network.W[5][0], plain.W[5])


# --- what ships ---

SHIPPED = {
    "own": lambda: twin.load().own,
    "same": lambda: twin.load().same,
    "branch": branch.load,
    "affine": affine.load,
}


@pytest.mark.parametrize("load", SHIPPED.values(), ids=SHIPPED)
def test_means_and_intervals_are_those_of_the_seeds(load) -> None:
    found: Arms = load()
    seeds = len(found.seeds)
    for a, runs in enumerate(found.accuracy[..., -1].astype(float)):
        assert found.mean[a] == pytest.approx(sum(runs) / seeds)
        spread = (sum((runs - runs.mean()) ** 2) / (seeds - 1)) ** 0.5
        assert found.half[a] == pytest.approx(2.5706 * spread / seeds**0.5, rel=1e-3, abs=1e-9)


def test_every_rate_is_best_within_its_grid() -> None:
    for kinds, found in ((twin.KINDS, twin.load().own), (branch.KINDS, branch.load())):
        for kind, rate in zip(kinds.values(), found.rate, strict=True):
            assert rate in kind.rates


def test_claims_fall_when_the_effect_is_gone() -> None:
    """Arms that are all like the first one, or like chance."""
    for module, claims in ((branch, branch.CLAIMS), (affine, affine.CLAIMS)):
        found = module.load()
        assert all(claim(found) for claim in claims.values())
        alike = replace(found, accuracy=np.broadcast_to(found.accuracy[:1], found.accuracy.shape))
        chance = replace(found, accuracy=found.accuracy * 0 + 0.1)
        assert not all(claim(alike) for claim in claims.values())
        assert not all(claim(chance) for claim in claims.values())
    found = twin.load()
    alike = replace(found.own, accuracy=found.own.accuracy[[0, 0]])
    assert not twin.CLAIMS["it_leads"](replace(found, own=alike))
    assert not twin.CLAIMS["far_at_one_rate"](replace(found, same=alike))
