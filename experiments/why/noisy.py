"""Batch norm with its calm taken away: noise after it, drawn anew for each unit and step.

If batch norm trained faster because distributions stay where they are, distributions that jump
more than those of the plain network should train as slowly as that. Here each hidden unit's
z_tilde is multiplied by a factor between 1 and 2, and an offset between −2 and 2 is added: one
factor and one offset for the whole batch, others in the next step. The same is done to the plain
network's z.

Source: Santurkar et al. 2018, arXiv 1805.11604, section 2.1, on a small fully connected network.
Theirs draws noise for every example from a distribution that changes each step; ours is that change
alone.

The noise is training's: accuracy is measured without it, with exact statistics.

How much a network shifts depends on the measure. In distance noisy batch norm moves ten times as
far as the plain network. By Kolmogorov-Smirnov, which is blind to scale, the plain network moves
most of all while it learns nothing, since its units hardly tell one image from another; only later
does noisy batch norm overtake it. Beside batch norm without noise it moves more by any measure.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.model import Hook
from bncore.network import Network
from bncore.shift import ks, wasserstein1
from experiments.descent import initial
from experiments.evidence import Arrays, Evidence, under
from experiments.presets import FIGURE_1, PLAIN_DEAD
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, by_setting, every, examples, outcome, packed, train

ARMS = ("plain", "noisy_plain", "bn", "noisy_bn")
EVERY = 20  # steps from one look to the next
OFFSET, FACTOR = 2.0, 2.0  # the largest; the least are −2 and 1
PROBE = 300  # test images that the shift is measured on
PERCENTILES = (15, 50, 85)
SEEDS = range(5)

# Of the arm "bn". MNIST; "three" is that of the paper on batch norm, "five" is dead without it.
SETTINGS: dict[str, RunConfig] = {
    "three": replace(FIGURE_1, steps=300),
    "five": replace(PLAIN_DEAD, steps=300),
}


@dataclass(frozen=True, eq=False)
class Noisy:
    """A arms in the order of ARMS × S seeds, T looks. Fewer T where a run was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,) 0, EVERY, 2 EVERY, ...
    accuracy: np.ndarray  # (A, S, T) on the test set
    loss: np.ndarray  # (A, S, T - 1) mean over the mini-batches since the look before
    shift: np.ndarray  # (A, S, T - 1) Wasserstein-1 since the look before, mean over units
    shift_in_sd: np.ndarray  # (A, S, T - 1) each unit's divided by its sd at the look before
    ks: np.ndarray  # (A, S, T - 1) Kolmogorov-Smirnov, which is blind to scale
    percentiles: np.ndarray  # (A, S, T, 3) of what enters the activation of one unit, layer L
    complete: bool


def one_seed(
    seed: int,
    setting: str = "three",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Noisy:
    """Train the four arms side by side, S = 1, in a second or two.

    They share split, initial W and batches, the noisy ones the noise. `progress(done, of)` and
    `should_stop()` are called about a hundred times; stopped, it returns what it has.
    """
    return train_all((seed,), setting, progress, should_stop)


def train_all(
    seeds: Sequence[int],
    setting: str,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Noisy:
    """The same with several seeds at once."""
    arms, looks = [], []
    for arm in ARMS:
        base = SETTINGS[setting] if arm.endswith("bn") else SETTINGS[setting].twin()
        configs = [replace(base, seed=seed) for seed in seeds]
        network = initial(configs)
        if arm.startswith("noisy"):
            network = jolted(network)
        looks.append(Looks(examples(configs)[1][:, :PROBE]))
        arms.append(Arm(configs, network, looks[-1].look))
    steps = SETTINGS[setting].steps
    curves = train(arms, every(EVERY, steps), progress, should_stop)
    return Noisy(
        seeds=np.array(seeds),
        **vars(curves),
        shift=np.stack([each.between(wasserstein1) for each in looks]),
        shift_in_sd=np.stack([each.between(in_sd) for each in looks]),
        ks=np.stack([each.between(ks) for each in looks]),
        percentiles=np.stack([each.percentiles() for each in looks]),
    )


def jolted(network: Network) -> Network:
    """The same network, with noise in training."""
    twin = Network(**(network.settings | {"jolt": (OFFSET, FACTOR)}))
    twin.params[...] = network.params
    return twin


class Looks:
    """What enters the activations of the last hidden layer for x (S, N, inputs), look by look."""

    def __init__(self, x: np.ndarray) -> None:
        self.x = x
        self.seen: list[np.ndarray] = []  # (S, n, N) each

    def look(self, network: Network) -> None:
        """As in training: statistics of x itself, and the jolts of the step."""
        self.seen.append(entering(network, self.x).swapaxes(-1, -2))

    def between(self, distance: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
        """(S, T - 1) from each look to the next, mean over units."""
        moved = [distance(*two).mean(axis=-1) for two in itertools.pairwise(self.seen)]
        return np.array(moved).reshape(len(moved), len(self.x)).T

    def percentiles(self) -> np.ndarray:
        """(S, T, 3) of the first unit."""
        first = np.stack([u[:, 0] for u in self.seen], axis=1)
        return np.moveaxis(np.percentile(first, PERCENTILES, axis=-1), 0, -1)


def in_sd(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Wasserstein-1 in standard deviations of `before`; samples on the last axis."""
    return wasserstein1(before, after) / before.std(axis=-1)


def entering(network: Network, x: np.ndarray) -> np.ndarray:
    """(S, N, n): what enters the last hidden activation, with the jolts drawn last."""
    jolts = network.jolts

    def jolt(layer: int, y: np.ndarray) -> np.ndarray:
        return y * jolts[layer].factor + jolts[layer].offset

    return network.model().forward(x, hook=Hook(y=jolt) if jolts else None).u[-1]


def load(setting: str = "three") -> Noisy:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    return EVIDENCE.shipped[setting]


def numbers(found: Noisy) -> dict[str, np.ndarray]:
    """(S,) each: "accuracy.<arm>" at the end, "shift.<arm>" and "ks.<arm>" mean of all looks.

    And "late_ks.<arm>" over the last third, when the plain network has got going. NaN for shifts
    of a run that was stopped before its second look.
    """
    T = found.ks.shape[-1]
    measures = {
        "accuracy": found.accuracy[..., -1],
        "shift": _mean(found.shift),
        "ks": _mean(found.ks),
        "late_ks": _mean(found.ks[..., -(T // 3) :]),
    }
    return {
        f"{name}.{arm}": values[a]
        for name, values in measures.items()
        for a, arm in enumerate(ARMS)
    }


def _mean(looks: np.ndarray) -> np.ndarray:
    return looks.mean(axis=-1) if looks.shape[-1] else np.full(looks.shape[:-1], np.nan)


# What it is shown for.


def _noise_does_not_slow(found: Mapping[str, Noisy]) -> bool:
    """Noisy batch norm does as well as batch norm, to 2 points, and far better than plain."""
    for each in found.values():
        n = numbers(each)
        level = np.abs(n["accuracy.noisy_bn"] - n["accuracy.bn"]).mean() < 0.02
        if not level or not (n["accuracy.noisy_bn"] > n["accuracy.plain"] + 0.1).all():
            return False
    return True


def _it_shifts_far_more(found: Mapping[str, Noisy]) -> bool:
    """Than batch norm, by any measure; and than plain: in distance, and, late, in KS."""
    for each in found.values():
        n = numbers(each)
        than_bn = [n[f"{m}.noisy_bn"] > 5 * n[f"{m}.bn"] for m in ("shift", "ks", "late_ks")]
        than_plain = n["shift.noisy_bn"] > 5 * n["shift.plain"]
        if not (np.all(than_bn) and than_plain.all()):
            return False
    late = numbers(found["three"])
    return bool((late["late_ks.noisy_bn"] > 1.2 * late["late_ks.plain"]).all())


def _scale_decides_early(found: Mapping[str, Noisy]) -> bool:
    """By KS the plain network shifts most while it learns nothing: its units hardly differ."""
    n = numbers(found["five"])
    return bool((n["ks.plain"] > 2 * n["ks.noisy_bn"]).all() and (n["accuracy.plain"] < 0.2).all())


CLAIMS: dict[str, Callable[[Mapping[str, Noisy]], bool]] = {
    "noise_does_not_slow": _noise_does_not_slow,
    "it_shifts_far_more": _it_shifts_far_more,
    "scale_decides_early": _scale_decides_early,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Every setting: arrays, and what came out."""
    found = {setting: train_all(SEEDS, setting) for setting in SETTINGS}
    return packed(found), outcome(found, numbers)


def read(arrays: Arrays) -> dict[str, Noisy]:
    """By setting."""
    return {one: Noisy(**under(arrays, one), complete=True) for one in SETTINGS}


EVIDENCE = Evidence("noisy", by_setting(SETTINGS, SEEDS), measure_all, CLAIMS, read)
