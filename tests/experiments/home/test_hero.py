"""The pairs of the start page: reduced from the shipped traces, and what is said of them."""

from __future__ import annotations

import json
import zlib

import numpy as np
import pytest

from bncore.batches import Examples
from bncore.config import RunConfig
from bncore.training import train
from experiments import presets
from experiments.home import hero
from experiments.pair import Pair


def unpacked(run: hero.Hero) -> tuple[dict, np.ndarray, np.ndarray]:
    """What a browser makes of the bytes: head, values (2, T, P), images of 0 to 255."""
    head, _, body = zlib.decompress(run.to_bytes()).partition(b"\n")
    told = json.loads(head)
    shape, side = (2, len(told["steps"]), told["images"]), told["side"]
    size = int(np.prod(shape))
    planes = np.frombuffer(body, np.uint8)
    change = planes[:size].astype(np.int64) + 256 * planes[size : 2 * size].astype(np.int64)
    levels = change.reshape(shape).cumsum(axis=1) & 0xFFFF
    values = told["low"] + levels / told["levels"] * (told["high"] - told["low"])
    return told, values, planes[2 * size :].reshape(-1, side, side)


@pytest.mark.parametrize("name", hero.RUNS)
def test_the_browser_gets_what_the_unit_passed_to_its_activation(name: str) -> None:
    run, pair = hero.hero(name), presets.load(name)
    told, values, ink = unpacked(run)
    for arm, trace in enumerate((pair.bn, pair.plain)):
        real = trace.u[:, -1, :, 0].astype(np.float64)
        rounding = (told["high"] - told["low"]) / told["levels"]
        assert np.abs(values[arm] - real).max() <= 0.51 * rounding
        assert np.allclose(told["spread"][arm], real.std(axis=1), rtol=0.01)
        assert np.allclose(told["accuracy"][arm], trace.accuracy, atol=5e-5)
    assert told["steps"] == pair.bn.step.tolist()
    assert np.abs(ink / 255 - run.images).max() <= 0.51 / 15


@pytest.mark.parametrize("name", hero.RUNS)
def test_a_run_is_small_enough_to_travel(name: str) -> None:
    assert len(hero.hero(name).to_bytes()) < 60_000


@pytest.mark.parametrize("name", hero.RUNS)
def test_each_image_stands_at_the_value_that_it_gave(name: str) -> None:
    """The first record again, from the images: another order of images would not fit."""
    run = hero.hero(name)
    config = presets.PRESETS[name].twin()
    again = train(RunConfig(**config.to_dict() | {"steps": 1, "record_every": 1}))
    assert np.allclose(again.u[0, -1, :, 0], run.values[1, 0], atol=2e-3)
    assert np.array_equal(Examples(config).probe, run.images.reshape(len(run.images), -1))


def test_the_first_sentence_is_true_of_the_run() -> None:
    """Sooner with batch norm; both get there."""
    bn, plain = hero.hero("figure1").reached(0.8)
    assert bn is not None and plain is not None and plain >= 4 * bn
    made = presets.provenance("figure1")["outcome"]
    assert (bn, plain) == (made["steps_to_80_bn"], made["steps_to_80_plain"])


def test_the_second_sentence_is_true_of_the_run() -> None:
    """Without batch norm it ends as if guessing, and to its unit all images look alike."""
    run = hero.hero("plain_dead")
    assert presets.PRESETS["plain_dead"].depth == 5
    assert presets.PRESETS["plain_dead"].activation == "sigmoid"
    assert run.accuracy[0, -1] > 0.8 and run.accuracy[1, -1] < 0.15
    assert run.spread[1].max() < 0.01 < 0.9 < run.spread[0].min()


def test_the_third_sentence_is_true_of_the_run() -> None:
    """Batch norm loses, with two images in a mini-batch."""
    run = hero.hero("bn_loses")
    assert presets.PRESETS["bn_loses"].batch_size == 2
    assert run.accuracy[1, -1] > run.accuracy[0, -1] + 0.25


def test_what_was_not_trained_to_the_end_is_refused() -> None:
    pair = presets.load("bn_loses")
    with pytest.raises(ValueError, match="to the end"):
        hero.reduce(Pair(pair.bn, pair.plain.upto(300)))


def test_a_share_that_is_never_reached() -> None:
    assert hero.hero("plain_dead").reached(0.8)[1] is None
