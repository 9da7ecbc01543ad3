"""Convolutions as dense layers on patches, and batch norm in them: per channel, over N, H and W.

The numbers of m images with C channels stand as rows of pixels, (..., m·H·W, C), an image after
the other. A convolution looks at k×k pixels at a time: laid beside each other they are a row of
k·k·C numbers, and the convolution of all rows is one matrix product. So a layer of `Network` is a
convolution when `Patches` stand ahead of its dense part, and its batch norm is the same as ever:
its examples are the pixels of all images, its units the channels.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(4, 3, 8, 8))  # 4 images, 3 channels
    >>> y, _ = batch_norm_2d(x, gamma=np.ones(3), beta=np.zeros(3))
    >>> y.mean(axis=(0, 2, 3)).round(9) + 0, y.std(axis=(0, 2, 3)).round(4)
    (array([0., 0., 0.]), array([1., 1., 1.]))

    >>> from bncore.network import Network
    >>> Network((64, 8, 16, 10), ahead=for_digits(), seed=0).predict(np.ones((5, 64))).shape
    (5, 10)

Source: Ioffe & Szegedy 2015, arXiv 1502.03167, section 3.2; Chellapilla, Puri & Simard 2006, "High
Performance Convolutional Neural Networks for Document Processing", for the patches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from bncore import checks
from bncore.batchnorm import Cache, batch_norm_backward, batch_norm_forward


class Ahead(Protocol):
    """What is done to rows before a dense layer sees them. Holds sizes alone, no numbers."""

    @property
    def inputs(self) -> int:
        """Numbers of an example that it takes."""

    @property
    def fan_in(self) -> int:
        """Numbers in a row that it gives: the rows of the dense layer's W."""

    @property
    def rows(self) -> int:
        """Rows that it gives for each example."""

    def forward(self, a: np.ndarray) -> np.ndarray:
        """Rows (..., m · rows, fan_in) for a, whose last two axes hold m · inputs numbers."""

    def backward(self, d: np.ndarray) -> np.ndarray:
        """The gradient of a, as rows of pixels, from that of the rows."""


@dataclass(frozen=True)
class Patches:
    """For each place of a k×k window its k·k·C numbers. Half a window of zeros stands around.

    The window moves by `stride`; an image of H×W pixels has ⌈H/stride⌉ × ⌈W/stride⌉ places.
    """

    height: int
    width: int
    channels: int
    kernel: int = 3  # odd
    stride: int = 1

    @property
    def inputs(self) -> int:
        return self.height * self.width * self.channels

    @property
    def fan_in(self) -> int:
        return self.kernel**2 * self.channels

    @property
    def places(self) -> tuple[int, int]:
        """Of the window: down, across."""
        return -(-self.height // self.stride), -(-self.width // self.stride)

    @property
    def rows(self) -> int:
        return self.places[0] * self.places[1]

    def forward(self, a: np.ndarray) -> np.ndarray:
        """The patches (..., m · places, k · k · C); C is the fastest, as in a row of pixels."""
        lead, k, half = a.shape[:-2], self.kernel, self.kernel // 2
        padded = self._padded(a.reshape(*lead, -1, *self._image), half)
        seen = sliding_window_view(padded, (k, k), axis=(-3, -2))[self._every]
        return np.moveaxis(seen, -3, -1).reshape(*lead, -1, self.fan_in)

    def backward(self, d: np.ndarray) -> np.ndarray:
        """Each pixel gathers the gradients of all patches that it is in, (..., m · H · W, C)."""
        lead, k, half = d.shape[:-2], self.kernel, self.kernel // 2
        down, across = self.places
        d = d.reshape(*lead, -1, down, across, k, k, self.channels)
        height, width, channels = self._image
        gathered = np.zeros((*d.shape[:-5], height + 2 * half, width + 2 * half, channels), d.dtype)
        s = self.stride
        for i in range(k):
            for j in range(k):
                window = (slice(i, i + s * down, s), slice(j, j + s * across, s), slice(None))
                gathered[(..., *window)] += d[..., i, j, :]
        inside = gathered[..., half : half + height, half : half + width, :]
        return inside.reshape(*lead, -1, channels)

    @property
    def _image(self) -> tuple[int, int, int]:
        return self.height, self.width, self.channels

    @property
    def _every(self) -> tuple[Any, ...]:
        """Of all windows those that the stride stops at."""
        step = slice(None, None, self.stride)
        return (..., step, step, slice(None), slice(None), slice(None))

    @staticmethod
    def _padded(images: np.ndarray, half: int) -> np.ndarray:
        *lead, height, width, channels = images.shape
        padded = np.zeros((*lead, height + 2 * half, width + 2 * half, channels), images.dtype)
        padded[..., half : half + height, half : half + width, :] = images
        return padded


@dataclass(frozen=True)
class Average:
    """The mean of each channel over all pixels of an image: a row for each example."""

    pixels: int
    channels: int

    @property
    def inputs(self) -> int:
        return self.pixels * self.channels

    @property
    def fan_in(self) -> int:
        return self.channels

    @property
    def rows(self) -> int:
        return 1

    def forward(self, a: np.ndarray) -> np.ndarray:
        """(..., m, C) from rows of pixels (..., m · pixels, C)."""
        return a.reshape(*a.shape[:-2], -1, self.pixels, self.channels).mean(axis=-2)

    def backward(self, d: np.ndarray) -> np.ndarray:
        """Every pixel gets its share, (..., m · pixels, C)."""
        return np.repeat(d / self.pixels, self.pixels, axis=-2)


def for_digits(channels: tuple[int, int] = (8, 16)) -> tuple[Ahead, ...]:
    """What makes `Network((64, *channels, 10), ahead=...)` a small convolutional one for digits.

    3×3 on all 8×8 pixels; 3×3 on every other pixel, 4×4; the mean of each channel; a dense layer.
    """
    first, second = channels
    return Patches(8, 8, 1), Patches(8, 8, first, stride=2), Average(16, second)


# --- the same for one layer, in the layout of images (m, C, H, W) ---


class ConvCache(NamedTuple):
    """What the way back needs."""

    rows: np.ndarray  # (m · places, k · k · C)
    W: np.ndarray  # (units, C, k, k)
    patches: Patches


def conv_forward(
    x: ArrayLike, W: ArrayLike, b: ArrayLike, stride: int = 1
) -> tuple[np.ndarray, ConvCache]:
    """Images x (m, C, H, W) by filters W (units, C, k, k), k odd, and b (units,).

    Returns z (m, units, ⌈H/stride⌉, ⌈W/stride⌉), with zeros around the images as PyTorch's
    `Conv2d` with padding k//2 has them, and the cache. It is a correlation: W is not turned over.
    Raises InputError for shapes that do not fit, NaN and infinity.
    """
    x, W, b = _images(x, "x"), _images(W, "W"), checks.floats(b, "b")
    m, channels, height, width = x.shape
    units, kernel = W.shape[0], W.shape[-1]
    checks.shape(W, "W", (units, channels, kernel - 1 + kernel % 2, kernel))
    checks.shape(b, "b", (units,))
    stride = checks.whole(stride, "stride", 1, min(height, width))
    patches = Patches(height, width, channels, kernel, stride)
    rows = patches.forward(pixels(x))
    z = rows @ W.transpose(2, 3, 1, 0).reshape(-1, units) + b
    return images(z, m, *patches.places), ConvCache(rows, W, patches)


def conv_backward(dz: ArrayLike, cache: ConvCache) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx (m, C, H, W), dW like W and db (units,) from dz, which has z's shape."""
    rows, W, patches = cache
    units, channels, kernel, _ = W.shape
    m = len(rows) // patches.rows
    dz = _images(dz, "dz")
    checks.shape(dz, "dz", (m, units, *patches.places))
    d = pixels(dz)
    dW = (rows.T @ d).reshape(kernel, kernel, channels, units).transpose(3, 2, 0, 1)
    dx = patches.backward(d @ W.transpose(2, 3, 1, 0).reshape(-1, units).T)
    return images(dx, m, patches.height, patches.width), dW, d.sum(axis=0)


def batch_norm_2d(
    x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-5
) -> tuple[np.ndarray, Cache]:
    """Batch norm of images x (m, C, H, W): every channel over all its m·H·W numbers.

    gamma and beta (C,), one for each channel: the same for all its pixels, since a convolution
    treats them alike. Returns y, like x, and the cache of `batch_norm_forward`, whose rows are
    pixels. Raises what that raises.
    """
    x = _images(x, "x")
    m, _, height, width = x.shape
    y, cache = batch_norm_forward(pixels(x), gamma, beta, eps)
    return images(y, m, height, width), cache


def batch_norm_2d_backward(
    dy: ArrayLike, cache: Cache
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """dx like dy (m, C, H, W), dgamma and dbeta (C,)."""
    dy = _images(dy, "dy")
    m, _, height, width = dy.shape
    dx, dgamma, dbeta = batch_norm_backward(pixels(dy), cache)
    return images(dx, m, height, width), dgamma, dbeta


def pixels(x: np.ndarray) -> np.ndarray:
    """Images (m, C, H, W) as rows (m·H·W, C): the pixels of one image after those of another."""
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def images(rows: np.ndarray, m: int, height: int, width: int) -> np.ndarray:
    """And back, (m, C, H, W)."""
    return np.moveaxis(rows.reshape(m, height, width, -1), -1, 1)


def _images(value: ArrayLike, field: str) -> np.ndarray:
    """Four axes of finite numbers, none of them empty."""
    array = checks.floats(value, field)
    fits = array.ndim == 4 and array.size > 0
    checks.shape(array, field, array.shape if fits else ("m", "C", "H", "W"))
    checks.finite(array, field)
    return array
