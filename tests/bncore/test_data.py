"""The data sets: nothing lost or doubled by the split, labels still with their examples."""

import numpy as np
import pytest

from bncore.data import DATASETS, load, read_images
from bncore.errors import InputError

SIZES = {"digits": (1347, 450, 64), "mnist": (4000, 1000, 784)} | dict.fromkeys(
    ("moons", "circles", "spirals"), (600, 200, 2)
)
IMAGES = ["digits", "mnist"]
TOYS = ["moons", "circles", "spirals"]


def rows(x):
    """The examples as a sorted list of bytes, to compare sets of rows."""
    return sorted(row.tobytes() for row in np.ascontiguousarray(x))


def nearest(data):
    """Share of test examples that have the class of the nearest training example."""
    distance = np.square(data.x_test[:, None] - data.x_train[None]).sum(axis=2)
    return np.mean(data.y_train[distance.argmin(axis=1)] == data.y_test)


@pytest.mark.parametrize("name", DATASETS)
def test_shapes_dtypes_and_read_only(name):
    n_train, n_test, width = SIZES[name]
    for dtype in (np.float32, np.float64):
        data = load(name, dtype=dtype)
        assert data.x_train.shape == (n_train, width) and data.x_test.shape == (n_test, width)
        assert data.y_train.shape == (n_train,) and data.y_test.shape == (n_test,)
        assert data.x_train.dtype == data.x_test.dtype == dtype
        assert data.y_train.dtype == data.y_test.dtype == np.int64
        assert data.n_features == width
        assert data.n_classes == (10 if name in IMAGES else 2)
        for array in data:
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


@pytest.mark.parametrize("name", DATASETS)
def test_the_seed_decides_everything(name):
    one, same, other = load(name, seed=3), load(name, seed=3), load(name, seed=4)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not np.array_equal(one.x_train, other.x_train)
    assert rows(one.x_test) != rows(other.x_test)


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_is_used_exactly_once(name):
    x, y = read_images(name)
    data = load(name, seed=5, dtype=np.float64)
    scale = DATASETS[name].scale
    assert rows(np.concatenate([data.x_train, data.x_test])) == rows(x / scale)
    assert np.array_equal(np.bincount(np.concatenate([data.y_train, data.y_test])), np.bincount(y))
    assert data.x_train.min() == 0 and data.x_train.max() == 1


@pytest.mark.parametrize("name", IMAGES)
def test_every_image_keeps_its_label(name):
    x, y = read_images(name)
    label = {row.tobytes(): int(c) for row, c in zip(x / DATASETS[name].scale, y, strict=True)}
    data = load(name, seed=6, dtype=np.float64)
    for images, classes in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert [label[row.tobytes()] for row in images] == classes.tolist()


@pytest.mark.parametrize("name", DATASETS)
def test_both_parts_hold_the_classes_in_the_same_proportions(name):
    data = load(name, seed=7)
    in_train, in_test = np.bincount(data.y_train), np.bincount(data.y_test)
    exact = (in_train + in_test) * len(data.y_test) / (len(data.y_test) + len(data.y_train))
    assert np.all(np.abs(in_test - exact) < 1)


@pytest.mark.parametrize("name", DATASETS)
def test_the_order_is_shuffled(name):
    """MNIST is stored sorted by class; a batch of neighbours must not hold one class."""
    for y in (load(name).y_train, load(name).y_test):
        changes = np.mean(y[1:] != y[:-1])
        by_chance = 1 - np.sum((np.bincount(y) / len(y)) ** 2)
        assert abs(changes - by_chance) < 0.15


def test_the_images_are_the_ones_we_name():
    """Figures of the two packages' own descriptions, and digits that look like their label."""
    assert np.bincount(read_images("digits")[1]).tolist() == [
        178, 182, 177, 183, 181, 182, 181, 179, 174, 180,
    ]  # fmt: skip
    assert np.bincount(read_images("mnist")[1]).tolist() == [500] * 10
    assert nearest(load("digits")) > 0.97


@pytest.mark.parametrize("name", TOYS)
def test_toy_sets_are_centred_balanced_and_not_linearly_separable(name):
    data = load(name, seed=8, dtype=np.float64)
    x, y = data.x_train, data.y_train
    assert np.all(np.abs(x.mean(axis=0)) < 0.15)
    assert 0.7 < np.abs(x).max() < 1.5
    assert np.bincount(y).tolist() == [300, 300]
    assert nearest(data) > 0.95

    design = np.column_stack([x, np.ones(len(x))])
    line = np.linalg.lstsq(design, 2.0 * y - 1, rcond=None)[0]
    by_line = np.mean((design @ line > 0) == (y == 1))
    assert by_line < 0.9


def test_an_unknown_name_is_an_input_error():
    with pytest.raises(InputError) as caught:
        load("imagenet")
    assert caught.value.code == "config"
    assert caught.value.fields["got"] == "imagenet"
    assert set(caught.value.fields["expected"]) == set(DATASETS)
