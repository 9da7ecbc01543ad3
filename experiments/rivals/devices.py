"""One batch of 64 on several devices: whose statistics, and what gradient comes of it.

    parts        each device normalizes its part by the part's own μ and σ, forward and backward,
                 and the gradients are averaged ("ghost batch norm" of that size)
    accumulated  one device takes the parts one after the other, and adds their gradients up before
                 it takes a step
    synchronized the devices tell each other their sums, so that μ and σ are those of all 64

The network is the shipped one of `experiments.trained` after a few steps, in float64. What is
compared is the gradient of all parameters with that of the 64 as one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from bncore.losses import one_hot
from bncore.network import Network
from experiments.trained import trained

M = 64
DEVICES = (1, 2, 4, 8, 16, 32)
DRAWS = 20  # batches
STEP = 30  # of the network's training, where gradients are not yet small


@dataclass(frozen=True, eq=False)
class Apart:
    """Over DRAWS batches: relative distances ‖g − g₆₄‖/‖g₆₄‖ for each of DEVICES, and the noise."""

    parts: np.ndarray  # (K, D) by the parts' statistics, from that of the 64
    accumulated: np.ndarray  # (K, D) the same of gradients added up part by part
    between: np.ndarray  # (K, D) from accumulated ones to those by parts
    synchronized: np.ndarray  # (K, D) statistics put together from sums, from those of the 64
    layer: np.ndarray  # (K, D) as accumulated, under layer norm
    noise: (
        np.ndarray
    )  # (K,) sd of a part's mean around that of its 64, over σ; all units of layer 1
    law: np.ndarray  # (K,) what drawing m/k of m without putting back says of that


@cache
def network(normalizer: str = "batch", group: int = 0) -> Network:
    """The shipped network at STEP, in float64; with its weights under another normalizer."""
    shipped = trained()
    at = shipped.at(list(shipped.snapshots).index(STEP))
    changed = {"dtype": "float64", "normalizer": normalizer, "group": group}
    found = Network(**(at.settings | changed))
    found.params[...] = at.params
    return found


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A batch: images (64, 64) and their one-hot labels."""
    data = trained().data
    rows = np.random.default_rng((seed, 9)).choice(len(data.x_train), M, replace=False)
    return data.x_train[rows].astype(np.float64), one_hot(data.y_train[rows], 10, np.float64)


def gradient(of: Network, x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Of all parameters, a copy."""
    of.gradient(x, targets)
    return of.grads.copy()


def accumulated(of: Network, x: np.ndarray, targets: np.ndarray, k: int) -> np.ndarray:
    """Part after part, added up; the mean over the parts, since each loss is a mean."""
    total = np.zeros_like(of.grads)
    for part, wanted in zip(np.split(x, k), np.split(targets, k), strict=True):
        total += gradient(of, part, wanted)
    return total / k


def means(x: np.ndarray, k: int, layer: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(k, n) mean and variance of each part's z in a layer, all of it seen as one batch below."""
    z = network().model().forward(x).z[layer].reshape(k, M // k, -1)
    return z.mean(axis=1), z.var(axis=1)


def together(mean: np.ndarray, var: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """μ and σ² of all parts from those of each: what synchronized batch norm sends around."""
    whole = mean.mean(axis=0)
    return whole, (var + mean**2).mean(axis=0) - whole**2


@cache
def apart() -> Apart:
    """All of it: some hundred small gradients, a second."""
    shape = (len(DEVICES), DRAWS)
    found = {name: np.zeros(shape) for name in ("parts", "accumulated", "between", "layer")}
    synchronized, off = np.zeros(shape), [list[np.ndarray]() for _ in DEVICES]
    for d in range(DRAWS):
        x, targets = drawn(d)
        whole = gradient(network(), x, targets)
        whole_layer = gradient(network("layer"), x, targets)
        (mean,), (var,) = means(x, 1)
        for k, devices in enumerate(DEVICES):
            group = M // devices if devices > 1 else 0
            by_parts = gradient(network("batch", group), x, targets)
            added = accumulated(network(), x, targets, devices)
            added_layer = accumulated(network("layer"), x, targets, devices)
            found["parts"][k, d] = distance(by_parts, whole)
            found["accumulated"][k, d] = distance(added, whole)
            found["between"][k, d] = distance(added, by_parts)
            found["layer"][k, d] = distance(added_layer, whole_layer)
            own = means(x, devices)
            both = np.concatenate(together(*own)), np.concatenate([mean, var])
            synchronized[k, d] = distance(*both)
            alive = var > 0
            off[k].append(((own[0] - mean) / np.sqrt(np.where(alive, var, 1)))[:, alive].ravel())
    parts = M / np.array(DEVICES)
    law = np.sqrt((M - parts) / (parts * (M - 1)))
    noise = np.array([np.sqrt((np.concatenate(each) ** 2).mean()) for each in off])
    return Apart(**found, synchronized=synchronized, noise=noise, law=law)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """How far one is from the other, over the other's length."""
    return float(np.linalg.norm(one - other) / np.linalg.norm(other))
