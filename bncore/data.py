"""The data: two sets of handwritten digits from `bncore/datasets/` and three 2-D toy sets.

Pixels are scaled to 0..1; toy points are centred and reach about ±1. The split into training
and test examples, the order of both, and the toy points themselves depend on the seed alone.
Every array is read-only, so that networks can share one copy.

A new set is one line in `DATASETS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bncore.errors import InputError

Array = NDArray[Any]
FOLDER = Path(__file__).resolve().parent / "datasets"
SEED_STREAM = 0xDA7A  # keeps the data's random numbers apart from others drawn from the same seed


class Dataset(NamedTuple):
    """Examples are rows: x (m, n) in the asked dtype, y (m,) class numbers from 0 as int64."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array

    @property
    def n_features(self) -> int:
        return int(self.x_train.shape[1])

    @property
    def n_classes(self) -> int:
        return int(self.y_train.max()) + 1


@dataclass(frozen=True)
class Source:
    """Where a set comes from: `make(rng)` gives all examples (x, y), before they are split."""

    make: Callable[[np.random.Generator], tuple[Array, Array]]
    n_train: int
    n_test: int
    n_classes: int
    scale: float = 1.0  # the largest stored value; x is divided by it
    image_shape: tuple[int, int] | None = None


@cache
def read_images(name: str) -> tuple[Array, Array]:
    """All images of `bncore/datasets/<name>.npz`: x (m, pixels) uint8, y (m,) uint8, read once."""
    with np.load(FOLDER / f"{name}.npz") as file:
        return _locked(file["x"]), _locked(file["y"])


def _stored(name: str, rng: np.random.Generator) -> tuple[Array, Array]:
    return read_images(name)


def moons(rng: np.random.Generator, m: int = 800, noise: float = 0.1) -> tuple[Array, Array]:
    """Two half circles that reach into each other."""
    y = np.arange(m) % 2
    angle = np.pi * rng.random(m)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    x = np.where(y[:, None] == 0, upper, -upper)
    return (x + noise * rng.standard_normal((m, 2))) / 1.5, y


def circles(rng: np.random.Generator, m: int = 800, noise: float = 0.07) -> tuple[Array, Array]:
    """A ring of radius 0.9 around a ring of radius 0.45."""
    y = np.arange(m) % 2
    angle = 2 * np.pi * rng.random(m)
    radius = np.where(y == 0, 0.9, 0.45) + noise * rng.standard_normal(m)
    return _polar(radius, angle), y


def spirals(rng: np.random.Generator, m: int = 800, noise: float = 0.02) -> tuple[Array, Array]:
    """Two arms that wind one and a half times around each other."""
    y = np.arange(m) % 2
    along = np.sqrt(rng.uniform(0.01, 1.0, m))  # the root spreads the points evenly over the arm
    x = _polar(along, 3 * np.pi * along + np.pi * y)
    return x + noise * rng.standard_normal((m, 2)), y


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


DATASETS: dict[str, Source] = {
    "digits": Source(partial(_stored, "digits"), 1347, 450, 10, scale=16, image_shape=(8, 8)),
    "mnist": Source(partial(_stored, "mnist"), 4000, 1000, 10, scale=255, image_shape=(28, 28)),
    "moons": Source(moons, 600, 200, 2),
    "circles": Source(circles, 600, 200, 2),
    "spirals": Source(spirals, 600, 200, 2),
}


def load(name: str, seed: int = 0, dtype: DTypeLike = np.float32) -> Dataset:
    """The data set `name`, split and shuffled by `seed` (an integer >= 0).

    Both parts hold the classes in the same proportions. Raises `InputError` with code "config"
    for a name that is not in `DATASETS`.
    """
    if name not in DATASETS:
        fields = {"field": "dataset", "expected": sorted(DATASETS), "got": name}
        raise InputError("config", fields)
    source = DATASETS[name]
    rng = np.random.default_rng([SEED_STREAM, seed])
    x, y = source.make(rng)
    train, test = stratified_split(y, source.n_test, rng)

    def part(rows: Array) -> tuple[Array, Array]:
        scaled = x[rows].astype(dtype)
        scaled /= source.scale
        return _locked(scaled), _locked(y[rows].astype(np.int64))

    return Dataset(*part(train), *part(test))


def stratified_split(y: Array, n_test: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Shuffled row numbers (train, test) in which each class keeps its share of the whole.

    The places in the test part are dealt out by largest remainder: each class gets its exact
    share rounded down, and the places left over go to those that lost most by rounding.
    """
    classes, counts = np.unique(y, return_counts=True)
    share = counts * n_test / len(y)
    places = np.floor(share).astype(int)
    neediest = np.argsort(places - share, kind="stable")
    places[neediest[: n_test - places.sum()]] += 1

    rows = [rng.permutation(np.flatnonzero(y == c)) for c in classes]
    test = np.concatenate([r[:k] for r, k in zip(rows, places, strict=True)])
    train = np.concatenate([r[k:] for r, k in zip(rows, places, strict=True)])
    return rng.permutation(train), rng.permutation(test)


def shares(y: Array, n: int) -> Array:
    """Row numbers, in order, of n examples among which each class keeps its share of y.

    A smaller n takes from what a larger one takes: the j-th of a class's N examples stands at
    (j + 1/2)/N, and the n that stand first are taken.
    """
    place = np.empty(len(y))
    for c in np.unique(y):
        rows = np.flatnonzero(y == c)
        place[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return np.sort(np.argsort(place, kind="stable")[:n])


def _locked(array: Array) -> Array:
    array.flags.writeable = False
    return array
