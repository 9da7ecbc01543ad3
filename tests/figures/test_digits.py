"""Digits as a PNG: every pixel where it belongs, in light and in dark."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from figures.digits import data_uri, montage, png
from figures.theme import INK, PAPER

IMAGES = np.random.default_rng(0).random((5, 8, 6))


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_ink_is_the_colour_of_text_and_the_gap_that_of_the_page(mode) -> None:
    images = np.zeros((3, 8, 8))
    images[0, 2, 3] = images[2, 7, 7] = 1
    sheet = montage(images, 2, mode)
    assert sheet.shape == (17, 17, 3)
    assert tuple(sheet[2, 3]) == tuple(sheet[16, 7]) == rgb(INK[mode])
    for gap in (sheet[8, 0], sheet[0, 8], sheet[12, 12]):  # and where no image is left to stand
        assert tuple(gap) == rgb(PAPER[mode])
    assert tuple(sheet[0, 0]) not in (rgb(INK[mode]), rgb(PAPER[mode]))


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_more_ink_is_nearer_to_the_ink(mode) -> None:
    images = np.linspace(0, 1, 6).reshape(1, 1, 6)
    distance = np.abs(montage(images, 1, mode)[0].astype(int) - rgb(INK[mode])).sum(axis=1)
    assert (np.diff(distance) < 0).all()


def test_a_reader_of_png_finds_the_same_pixels() -> None:
    pixels = montage(IMAGES, 3, "light")
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(pixels)))), pixels)


def test_the_address_holds_the_picture_and_says_its_width() -> None:
    uri, width = data_uri(IMAGES, 3, "dark")
    assert uri.startswith("data:image/png;base64,") and width == 3 * 6 + 2
