"""One channel of a trained convolutional network: its maps of a few images, and all their pixels.

What batch norm takes the mean of are the numbers of one channel, of all pixels of all images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore import data
from bncore.model import Model
from experiments.conv import twin
from experiments.conv.net import CHANNELS, PIXELS, started

IMAGES = 4  # that are shown
BATCH = 64  # images of the mini-batch that is asked about
SIDE = 8  # pixels of an image


@dataclass(frozen=True, eq=False)
class Channel:
    """In the first layer of the trained network, before batch norm."""

    digits: np.ndarray  # (k, 8, 8) what the images show, 0..1
    maps: np.ndarray  # (k, 8, 8) z
    gamma: float
    beta: float

    @property
    def z(self) -> np.ndarray:
        """(k · 8 · 8,) all of them, an image after the other."""
        return self.maps.reshape(-1)


@cache
def network() -> Model:
    """The one that shipped."""
    shipped, config = twin.load(), twin.CONFIG
    found = started([config])
    found.params[0], found.running[0] = shipped.params, shipped.running
    return found.model()


@cache
def channel(c: int) -> Channel:
    """Channel c, from 0, of the first training images."""
    model, x = network(), data.load("digits").x_train[:IMAGES]
    z = model.forward(x[None]).z[0][0]
    return Channel(
        x.reshape(IMAGES, SIDE, SIDE),
        z[:, c].reshape(IMAGES, SIDE, SIDE),
        float(model.gamma[0][0, c]),
        float(model.beta[0][0, c]),
    )


def counts(images: int = BATCH) -> dict[str, int]:
    """In the first layer: channels, pixels, and how many numbers one mean comes from."""
    return {
        "channels": CHANNELS[0],
        "pixels": PIXELS[0],
        "numbers": images * PIXELS[0],
        "per_pixel": CHANNELS[0] * PIXELS[0],
    }
