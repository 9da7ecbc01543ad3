"""The charts of the lesson on convolutions and depth."""

from __future__ import annotations

import base64

import numpy as np

from figures.digits import png
from figures.theme import FAINT, PAPER, Mode, colour


def tinted(values: np.ndarray, mode: Mode) -> str:
    """A map (h, w) of numbers from −1 to 1 as a picture of its pixels, to stand in a page.

    0 has the ground's colour, the largest that of z, the smallest that of a mean.
    """
    ground = (2 * _rgb(PAPER[mode]) + _rgb(FAINT[mode])) / 3
    high, low = _rgb(colour("z", mode)), _rgb(colour("mean", mode))
    share = np.abs(np.clip(values, -1, 1))[..., None]
    ends = np.where((values > 0)[..., None], high, low)
    pixels = ((1 - share) * ground + share * ends).round().astype(np.uint8)
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def _rgb(hue: str) -> np.ndarray:
    return np.array([int(hue[i : i + 2], 16) for i in (1, 3, 5)], float)
