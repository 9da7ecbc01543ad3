"""The experiments of the lesson on rivals: by other sums, and with their claims made to fall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bncore import RunConfig
from bncore.normalizers import NORMALIZERS
from experiments import evidence
from experiments.rivals import cells, depth, devices, only, small
from experiments.rivals.arms import ARMS, of_arm, start
from experiments.trained import trained


def test_the_arms_are_what_a_network_may_be_under_and_start_alike() -> None:
    assert set(ARMS) == {"none", *NORMALIZERS}
    configs = [replace(RunConfig(), seed=seed) for seed in (3, 4)]
    W = [start(arm)([of_arm(one, arm) for one in configs]).W for arm in ARMS]
    for others in W[1:]:
        for one, other in zip(W[0], others, strict=True):
            np.testing.assert_array_equal(one, other)
    assert (W[0][0][0] != W[0][0][1]).any()


# --- whose mean, whose spread


def by_hand(z: np.ndarray, sets: np.ndarray, over: str) -> np.ndarray:
    """z_norm, set by set, from the cells that are said to share."""
    found = np.empty_like(z)
    for each in np.unique(sets):
        mine = z[sets == each]
        mean = 0.0 if over == "rms" else mine.mean()
        found[sets == each] = (mine - mean) / np.sqrt(((mine - mean) ** 2).mean() + cells.EPS)
    return found


@pytest.mark.parametrize("over", cells.OVER)
def test_what_a_cell_is_normalized_with_is_what_lights_up(over: str) -> None:
    _, _, z = cells.batch()
    found = cells.normalized(z, over)
    assert z.shape == found.sets.shape == (cells.EXAMPLES, cells.UNITS)
    if over == "none":
        assert (found.z_norm == z).all() and len(np.unique(found.sets)) == z.size
        return
    np.testing.assert_allclose(found.z_norm, by_hand(z, found.sets, over), atol=1e-12)
    np.testing.assert_allclose(found.z_norm, (z - found.mean) / found.std, atol=1e-12)
    assert {int((found.sets == each).sum()) for each in np.unique(found.sets)} == {found.count}


@pytest.mark.parametrize("over", cells.OVER_MAPS)
def test_the_same_of_maps(over: str) -> None:
    _, _, z = cells.maps()
    found = cells.normalized(z, over)
    spread = np.broadcast_to(found.sets[..., None, None], z.shape)
    np.testing.assert_allclose(found.z_norm, by_hand(z, spread, over), atol=1e-12)
    assert {int((spread == each).sum()) for each in np.unique(spread)} == {found.count}


def test_the_maps_are_those_of_their_filters() -> None:
    x, _, z = cells.maps()
    image = np.pad(x[1].reshape(8, 8), 1)
    expected = (image[3:6, 4:7] * cells.FILTERS[2]).sum()
    assert z[1, 2, 3, 4] == pytest.approx(expected)


def test_the_small_network_has_learned() -> None:
    from bncore import data

    digits = data.load("digits")
    assert cells.network().score(digits.x_test, digits.y_test) > 0.8


# --- small batches


def test_the_size_of_a_batch_is_evidence_of_these_settings() -> None:
    found, about = small.load(), evidence.about("rivals_small")
    assert RunConfig(**about["config"]) == small.config(64)
    assert about["arms"] == list(ARMS) and about["sizes"] == list(small.SIZES)
    assert found.test.shape == (len(ARMS), len(small.SIZES), len(small.SEEDS))
    for arm, means in about["mean"].items():
        ours = [found.of(arm, m).mean() for m in small.SIZES]
        np.testing.assert_allclose(ours, means, rtol=1e-5)
    assert all(small.config(m).steps * m == small.SEEN for m in small.SIZES)


def test_every_arm_that_learns_has_its_best_rate_inside_the_grid_and_it_is_the_best() -> None:
    found = small.load()
    guesses = found.test.mean(axis=-1) < 0.2
    assert (found.inside | guesses).all()
    assert (np.array(small.RATES)[found.score.argmax(axis=-1)] == found.rate).all()


@pytest.mark.parametrize("claim", small.CLAIMS)
def test_a_claim_on_small_batches_falls_where_batch_norm_is_layer_norm(claim: str) -> None:
    found = small.load()
    test = found.test.copy()
    test[ARMS.index("batch")] = test[ARMS.index("layer")]
    assert small.CLAIMS[claim](found) and not small.CLAIMS[claim](replace(found, test=test))


def test_exact_statistics_do_not_save_it() -> None:
    """What the drawer says: the weights themselves have learned less."""
    found = small.load()
    for m in (4, 2, 1):
        own = found.of("batch", m).mean()
        assert abs(found.exact[small.SIZES.index(m)].mean() - own) < 0.05


def test_given_more_steps_the_others_come_closer() -> None:
    """What the drawer says: twice the steps at m = 64, in the evidence on depth."""

    def lead(of) -> float:
        return float(of("batch").mean() - of("layer").mean())

    assert depth.BASE.steps == 2 * small.config(64).steps and depth.DEPTHS[0] == small.BASE.depth
    soon = lead(lambda arm: small.load().of(arm, 64))
    later = lead(lambda arm: depth.load().of(arm, 3))
    assert 0 < later < 0.6 * soon


def test_a_shorter_rerun_shows_the_same() -> None:
    from functools import partial

    from experiments import rates

    for arm, least, most in (("batch", 0.0, 0.6), ("layer", 0.8, 1.0)):
        base = replace(of_arm(small.config(2), arm), steps=1200, record_every=1200, lr=0.03)
        runs = [replace(base, lr=0.01, seed=seed) for seed in (0, 1)]
        found = rates.accuracy(runs, [partial(rates.testing, base)], start=start(arm))[0]
        assert (least < found).all() and (found < most).all()


# --- what only batch norm has


def test_what_stays_is_what_the_sums_say() -> None:
    found = only.load()
    assert found.moved.shape == (len(ARMS), len(only.DEEDS), len(only.SEEDS))
    for arm in ARMS:
        for deed in only.DEEDS:
            assert found.stays(arm, deed) == (deed in only.FORGETS[arm]), (arm, deed)
            if not found.stays(arm, deed):  # far from the line between both
                assert found.of("moved", arm, deed) > 5 * only.STAYS


@pytest.mark.parametrize("arm", ["batch", "layer"])
def test_a_rerun_does_the_same(arm: str) -> None:
    shipped = only.load()
    found, kept, accuracy = only.measure(arm, 1)
    for at, (moved, changed) in enumerate(found):
        expected = shipped.moved[ARMS.index(arm), at, 1]
        if expected > only.STAYS:
            assert moved == pytest.approx(expected, rel=0.35)
        else:
            assert moved < only.STAYS and changed == 0
    assert kept == shipped.running[ARMS.index(arm)] == (300 if arm == "batch" else 0)
    assert accuracy > 0.9


@pytest.mark.parametrize("claim", only.CLAIMS)
def test_a_claim_on_what_stays_falls(claim: str) -> None:
    found = only.load()
    other = replace(
        found,
        moved=found.moved[::-1],
        running=np.ones(len(ARMS), int),
        accuracy=0.5 * found.accuracy,
    )
    assert only.CLAIMS[claim](found) and not only.CLAIMS[claim](other)


# --- devices


@pytest.fixture(scope="module")
def apart() -> devices.Apart:
    return devices.apart()


def test_accumulation_is_a_device_for_each_part_and_not_a_larger_batch(apart) -> None:
    assert apart.between.max() < 1e-11
    assert (apart.accumulated[1:] > 0.2).all() and (apart.accumulated[0] == 0).all()
    assert (np.diff(apart.parts.mean(axis=-1)) > 0.1).all()


def test_synchronized_statistics_are_those_of_all_and_layer_norm_needs_none(apart) -> None:
    assert apart.synchronized.max() < 1e-13 and apart.layer.max() < 1e-13
    np.testing.assert_allclose(apart.noise[1:], apart.law[1:], rtol=0.15)


def test_parts_are_what_batch_norm_of_each_part_alone_does() -> None:
    """By the model at rest: the logits of a part, normalized by itself, are those of the group."""
    x, targets = devices.drawn(5)
    ghost, whole = devices.network("batch", 16), devices.network()
    model = whole.model()
    by_hand = np.concatenate([model.forward(part).logits for part in np.split(x, 4)])
    ghost.gradient(x, targets)
    p = np.exp(by_hand - by_hand.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    bias = (p - targets).mean(axis=0)  # the gradient of the last b, from those logits
    np.testing.assert_allclose(ghost.db[-1][0], bias, atol=1e-12)
    assert devices.M == 64 and devices.STEP in trained().snapshots


def test_the_sums_of_parts_give_the_statistics_of_all() -> None:
    x, _ = devices.drawn(2)
    mean, var = devices.together(*devices.means(x, 8))
    z = devices.network().model().forward(x).z[0]
    np.testing.assert_allclose(mean, z.mean(axis=0), atol=1e-13)
    np.testing.assert_allclose(var, z.var(axis=0), atol=1e-12)


# --- depth


@pytest.mark.parametrize("claim", depth.CLAIMS)
def test_a_claim_on_depth_falls_where_dyt_and_batch_norm_change_places(claim: str) -> None:
    found = depth.load()
    test = found.test.copy()
    test[[ARMS.index("batch"), ARMS.index("dyt")]] = test[[ARMS.index("dyt"), ARMS.index("batch")]]
    test[0, 0] = 0.1
    assert depth.CLAIMS[claim](found) and not depth.CLAIMS[claim](replace(found, test=test))


def test_at_depth_every_arm_that_learns_has_its_best_rate_inside_the_grid() -> None:
    found, about = depth.load(), evidence.about("rivals_depth")
    assert RunConfig(**about["config"]) == depth.BASE and about["depths"] == list(depth.DEPTHS)
    assert (np.array(depth.RATES)[found.score.argmax(axis=-1)] == found.rate).all()
    outside = [(ARMS[a], depth.DEPTHS[d]) for a, d in np.argwhere(~found.inside)]
    assert all(found.of(*each).mean() < 0.2 or each == ("batch", 10) for each in outside)


def test_a_signal_shrinks_under_dyt_and_not_under_batch_norm() -> None:
    """What the answer says: before training, layer by layer."""
    size = {}
    for arm in ("dyt", "none", "batch"):
        config = of_arm(replace(depth.BASE, depth=10), arm)
        model = start(arm)([config]).model()
        x = trained().data.x_test[None, :200]
        a = model.forward(x).a
        size[arm] = float(a[-1].std() / a[0].std())
    assert size["dyt"] < 0.01 and size["none"] > 0.2 and size["batch"] > 0.5
