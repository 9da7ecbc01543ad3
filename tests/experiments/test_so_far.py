"""What is handed over while a pair trains is what a stop there would keep, bit for bit."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from experiments import job
from experiments.network import optimizers, placement, scale
from experiments.pair import Kept, kept, train_pair
from experiments.so_far import PIECES, Watch

RUNS = {
    "growth": (scale.config(1.0, 0.001, 150, 3), scale.measured),
    "optimizers": (
        replace(optimizers.config("sgd", 0.1, "before", 3), steps=90),
        optimizers.course,
    ),
    "placement": (
        replace(placement.config("relu", "before", 0.1, 3), steps=90),
        placement.course,
    ),
}


def same(one: Any, other: Any) -> None:
    """In every number."""
    if is_dataclass(one):
        for field in fields(one):
            same(*(getattr(each, field.name) for each in (one, other)))
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            same(one[name], other[name])
    else:
        np.testing.assert_equal(one, other)


@pytest.mark.parametrize("name", RUNS)
def test_every_piece_is_what_a_stop_keeps_and_watching_changes_nothing(name: str) -> None:
    config, keep = RUNS[name]
    pieces: list[tuple[int, Kept]] = []

    def progress(done: int, of: int, *, piece: Any = None, **_: Any) -> None:
        if piece is not None:
            pieces.append((done, piece))

    watched = job.train_pair(config, progress, lambda: False, partial(Watch, keep))
    alone = train_pair(config)
    same(kept(keep, watched), kept(keep, alone))
    assert len(pieces) > 10
    every = config.steps // PIECES
    for done, piece in pieces:
        same(piece, kept(keep, alone.upto(done - done % every)))
    same(pieces[-1][1], kept(keep, alone))  # the last one is all of it


def test_the_way_of_growth_only_becomes_longer() -> None:
    config, keep = RUNS["growth"]
    whole = keep(train_pair(config).bn)
    part = keep(train_pair(config).bn.upto(100))
    np.testing.assert_array_equal(part.length, whole.length[: len(part.length)])


def test_a_watched_run_is_another_job() -> None:
    config, keep = RUNS["growth"]
    reduce = partial(kept, keep)
    watched = job.pair_job(config, reduce, partial(Watch, keep))
    assert watched.key != job.pair_job(config, reduce).key
    assert watched.key == job.pair_job(config, reduce, partial(Watch, keep)).key
