"""Fine-tuning on few images: the whole network in train(), or with its batch norm frozen.

A frozen layer normalizes by its running statistics in training too. It is then a straight line,
so that the folded network (`bncore.folding`) has its outputs; its gradients are handed back to W,
γ and β by the chain rule, and it is folded again after each update.

A page tunes one network; `over_seeds` reads assets/evidence/clinic_few_images.npz.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from bncore.descent import Batch, descend
from bncore.folding import fold, line
from bncore.losses import one_hot
from bncore.model import deviation
from bncore.network import Network
from bncore.optimizers import SGD
from experiments.at_test_time.shifts import shifted
from experiments.clinic.answers import Answers
from experiments.evidence import Arrays, Evidence
from experiments.trained import trained

FREEZE = ("none", "stats", "all")  # nothing; the statistics; γ and β too
SIZES = (2, 4, 8)
LIGHTS = ("same", "dim")
IMAGES, STEPS, LR = 20, 100, 0.01
SEEDS = range(10)  # which images, and in what batches


@dataclass(frozen=True, eq=False)
class Tuned:
    """The test images, in the light that the network was tuned in."""

    before: Answers
    after: Answers


class ThroughFrozen:
    """SGD on W, γ, β and b of a network, from the gradients of what it folds to.

    With s = γ/√(running_var + ε) the folded W' is W s and its b' is β − running_mean s, so that
    dW = dW' s, dβ = db' and dγ = (Σ dW' W − running_mean db')/√(running_var + ε).
    """

    def __init__(self, folded: Network, network: Network, lr: float, affine: bool) -> None:
        self.folded, self.network, self.lr, self.affine = folded, network, lr, affine

    def update(self, params: np.ndarray, grads: np.ndarray) -> None:
        """One step of the network; params, the folded one's, become those that it folds to."""
        network, folded = self.network, self.folded
        for layer in range(network.depth):
            W, gamma, beta = network.W[layer], network.gamma[layer], network.beta[layer]
            dW, db = folded.dW[layer], folded.db[layer]
            assert db is not None  # batch norm has become its b
            std = deviation(network.running_var[layer], network.eps)
            slope = (dW * W).sum(axis=0, keepdims=True) - network.running_mean[layer] * db
            W -= self.lr * dW * (gamma / std)
            if self.affine:
                gamma -= self.lr * slope / std
                beta -= self.lr * db
        last_b, last_db = network.b[-1], folded.db[-1]
        assert last_b is not None and last_db is not None
        network.W[-1] -= self.lr * folded.dW[-1]
        last_b -= self.lr * last_db
        self._fold_again()

    def _fold_again(self) -> None:
        """As `bncore.folding.fold` does, into the network that there is."""
        network, folded = self.network, self.folded
        for layer in range(network.depth):
            scale, shift = line(network, layer)
            b = folded.b[layer]
            assert b is not None
            folded.W[layer][...], b[...] = network.W[layer] * scale, shift
        last, own = folded.b[-1], network.b[-1]
        assert last is not None and own is not None
        folded.W[-1][...], last[...] = network.W[-1], own


def tune(freeze: str, m: int, light: str = "same", seed: int = 0, steps: int = STEPS) -> Network:
    """The trained network, tuned further on `IMAGES` of its training images, in batches of m.

    Which images, and the batches, come from the seed. KeyError for another way to freeze.
    """
    network = trained().network.copy()
    batches = _batches(m, light, seed, steps)
    if freeze == "none":
        for _ in descend(network, batches, SGD(network.params, LR)):
            pass
        return network
    affine = {"stats": True, "all": False}[freeze]
    folded = fold(network)
    for _ in descend(folded, batches, ThroughFrozen(folded, network, LR, affine)):
        pass
    return network


def _batches(m: int, light: str, seed: int, steps: int) -> Iterator[Batch]:
    data, rng = trained().data, np.random.default_rng(seed)
    rows = rng.choice(len(data.x_train), IMAGES, replace=False)
    x, targets = lit(data.x_train[rows], light), one_hot(data.y_train[rows], data.n_classes)
    for _ in range(steps):
        chosen = rng.choice(IMAGES, m, replace=False)
        yield x[chosen], targets[chosen]


def lit(x: np.ndarray, light: str) -> np.ndarray:
    """Images as they are, or in a light that the network was not trained in."""
    return x if light == "same" else shifted(light, x)


@lru_cache(maxsize=32)
def tuned(freeze: str, m: int, light: str = "same", seed: int = 0) -> Tuned:
    """What tuning comes to on the test images, before and after."""
    data = trained().data
    x = lit(data.x_test, light)
    before, after = trained().network.predict(x), tune(freeze, m, light, seed).predict(x)
    return Tuned(Answers.of(before, data.y_test), Answers.of(after, data.y_test))


# --- over seeds ---


def over_seeds(light: str) -> np.ndarray:
    """Test accuracy after tuning, (FREEZE, SIZES, SEEDS); trains nothing."""
    found: np.ndarray = EVIDENCE.shipped["right"]
    return found[LIGHTS.index(light)]


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    right = np.array(
        [
            [
                [
                    [
                        Answers.of(_predicted(freeze, m, light, seed), _labels()).right
                        for seed in SEEDS
                    ]
                    for m in SIZES
                ]
                for freeze in FREEZE
            ]
            for light in LIGHTS
        ]
    )
    return {"right": right}, {"mean": right.mean(axis=-1).tolist()}


def _predicted(freeze: str, m: int, light: str, seed: int) -> np.ndarray:
    return tune(freeze, m, light, seed).predict(lit(trained().data.x_test, light))


def _labels() -> np.ndarray:
    return trained().data.y_test


def _frozen_statistics_keep_it_whole(found: Arrays) -> bool:
    """With batches of two, in the light of training: whatever becomes of γ and β."""
    none, stats, every = found["right"][0, :, 0]
    return bool((none < 0.9).all() and min(stats.min(), every.min()) > 0.95)


def _in_another_light_they_keep_out_what_is_new(found: Arrays) -> bool:
    """With batches of eight."""
    none, stats, every = found["right"][1, :, -1]
    return bool((none > stats).all() and (none > every).all())


EVIDENCE: Evidence[Arrays] = Evidence(
    "clinic_few_images",
    {
        "images": IMAGES,
        "steps": STEPS,
        "lr": LR,
        "freeze": list(FREEZE),
        "m": list(SIZES),
        "light": list(LIGHTS),
        "seeds": list(SEEDS),
    },
    measure_all,
    {
        "frozen statistics keep it whole": _frozen_statistics_keep_it_whole,
        "in another light they keep out what is new": _in_another_light_they_keep_out_what_is_new,
    },
)
