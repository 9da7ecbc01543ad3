"""What only batch norm has, measured: four things done to a network, under each normalizer.

    companions  an image meets another mini-batch (batch norm as in training)
    unit        the weights of one unit of the first hidden layer are multiplied by 3
    layer       those of all its units
    image       the image itself is multiplied by ½: darker

and whether its answer is the same: how far its logits move, as a share of how much logits differ
from image to image, and for how many images another digit is named. The networks are those of the
arms, 64-50-50-50-10 with ReLU, trained on the 8×8 digits at one rate that suits them all: nothing
here compares how well they learn.

`load` reads assets/evidence/rivals_only.npz and trains nothing; `tools/build_evidence.py` made it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import load as load_data
from bncore.model import Model
from experiments import evidence
from experiments.descent import descend
from experiments.rivals.arms import ARMS, of_arm, start

DEEDS = ("companions", "unit", "layer", "image")
FACTOR, DIMMER = 3.0, 0.5
M = 32  # the mini-batch that companions come from
UNITS = range(10)  # whose weights are multiplied, one after the other
SEEDS = range(5)
CONFIG = RunConfig(depth=3, width=50, lr=0.1, batch_size=32, steps=400, record_every=400)
STAYS = 0.01  # a share of the spread of logits: what moves less has stayed, but for ε and rounding


@dataclass(frozen=True, eq=False)
class Evidence:
    """A arms (`ARMS`) × D deeds (`DEEDS`) × S seeds."""

    moved: np.ndarray  # (A, D, S) root mean square move of the logits over their spread
    changed: np.ndarray  # (A, D, S) share of test images for which another digit is named
    running: np.ndarray  # (A,) running statistics that the network keeps
    accuracy: np.ndarray  # (A, S) on the test set

    def of(self, name: str, arm: str, deed: str) -> float:
        """The mean over seeds of "moved" or "changed"."""
        found = getattr(self, name)[ARMS.index(arm), DEEDS.index(deed)]
        return float(found.mean())

    def stays(self, arm: str, deed: str) -> bool:
        """Whether the answer does not notice, with any seed."""
        return bool(self.moved[ARMS.index(arm), DEEDS.index(deed)].max() < STAYS)


def load() -> Evidence:
    """What shipped."""
    return EVIDENCE.shipped


def trained(arm: str, seed: int) -> Model:
    """In float64, so that what stays is told from rounding."""
    config = replace(of_arm(CONFIG, arm), seed=seed)
    network = start(arm)([config])
    for _ in descend([config], network):
        pass
    model = network.model()
    alone: dict[str, Any] = {
        name: tuple(None if each is None else each[0] for each in getattr(model, name))
        for name in ("W", "b", "gamma", "beta", "running_mean", "running_var", "alpha")
    }
    return replace(model, **alone).astype(np.float64)


def deed(model: Model, name: str, x: np.ndarray, rng: np.random.Generator) -> Any:
    """Pairs of logits (..., 10), before and after, of test images x (N, 64).

    Companions matter to a network in training. In everything else batch norm has the statistics of
    all images, whose network it is: x with what was done to it, as one batch.
    """
    if name == "companions":
        return _other_companions(model, x, rng)
    before = model.forward(x).logits
    if name == "image":  # each alone, in the world that the others have left as it was
        known = model.forward(x)
        statistics = (known.mean, known.var)
        return before, model.forward(DIMMER * x, statistics).logits
    units = [[u] for u in UNITS] if name == "unit" else [list(range(model.W[0].shape[-1]))]
    after = [_multiplied(model, each).forward(x).logits for each in units]
    return np.broadcast_to(before, (len(after), *before.shape)), np.stack(after)


def _multiplied(model: Model, units: list[int]) -> Model:
    """The same with these units' weights (and b, which is one of them) in layer 1 times FACTOR."""
    W, b = model.W[0].copy(), model.b[0]
    W[:, units] *= FACTOR
    if b is not None:
        b = b.copy()
        b[units] *= FACTOR
    return replace(model, W=(W, *model.W[1:]), b=(b, *model.b[1:]))


def _other_companions(
    model: Model, x: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Each image in two mini-batches of M that have nothing else in common: (N, 10) twice."""
    found = []
    for _ in range(2):
        rows = np.stack([rng.choice(len(x) - 1, M - 1, replace=False) for _ in x])
        rows += rows >= np.arange(len(x))[:, None]  # not itself
        batches = np.concatenate([np.arange(len(x))[:, None], rows], axis=1)
        found.append(model.forward(x[batches], keep=False).logits[:, 0])
    return found[0], found[1]


def measure(arm: str, seed: int) -> tuple[list[tuple[float, float]], int, float]:
    """(moved, changed) of each deed, how many running statistics there are, and the accuracy."""
    data, model = load_data(CONFIG.dataset, seed, "float64"), trained(arm, seed)
    x = data.x_test
    spread = float(model.forward(x).logits.std(axis=0).mean())
    found = []
    for name in DEEDS:
        before, after = deed(model, name, x, np.random.default_rng((seed, 1)))
        moved = float(np.sqrt(((after - before) ** 2).mean())) / spread
        changed = float((after.argmax(axis=-1) != before.argmax(axis=-1)).mean())
        found.append((moved, changed))
    kept = sum(each.size for each in (*model.running_mean, *model.running_var))
    return found, kept, float(model.score(x, data.y_test))


def measure_all() -> tuple[evidence.Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    table = np.empty((2, len(ARMS), len(DEEDS), len(SEEDS)))
    running, accuracy = np.empty(len(ARMS), int), np.empty((len(ARMS), len(SEEDS)))
    for a, arm in enumerate(ARMS):
        for s, seed in enumerate(SEEDS):
            found, running[a], accuracy[a, s] = measure(arm, seed)
            table[:, a, :, s] = np.array(found).T
    arrays = {"moved": table[0], "changed": table[1], "running": running, "accuracy": accuracy}
    return arrays, {
        "mean": {name: table[k].mean(-1).tolist() for k, name in enumerate(("moved", "changed"))}
    }


#: what does not notice what, by the sums of the four steps
FORGETS: dict[str, set[str]] = {
    "none": {"companions"},
    "batch": {"unit", "layer"},
    "layer": {"companions", "layer", "image"},
    "group": {"companions", "layer", "image"},
    "rms": {"companions", "layer", "image"},
    "dyt": {"companions"},
}


def _as_the_sums_say(found: Evidence) -> bool:
    return all(found.stays(arm, deed) == (deed in FORGETS[arm]) for arm in ARMS for deed in DEEDS)


def _batch_norm_alone_keeps_statistics(found: Evidence) -> bool:
    return [arm for arm, kept in zip(ARMS, found.running, strict=True) if kept] == ["batch"]


CLAIMS: dict[str, Callable[[Evidence], bool]] = {
    "as_the_sums_say": _as_the_sums_say,
    "batch_norm_alone_keeps_statistics": _batch_norm_alone_keeps_statistics,
    "all_have_learned": lambda found: bool(found.accuracy.min() > 0.9),
}


def read(arrays: evidence.Arrays) -> Evidence:
    """What ships."""
    return Evidence(**arrays)


EVIDENCE = evidence.Evidence(
    "rivals_only",
    {"config": CONFIG.to_dict(), "seeds": list(SEEDS), "arms": list(ARMS), "deeds": list(DEEDS)},
    measure_all,
    CLAIMS,
    read,
)
