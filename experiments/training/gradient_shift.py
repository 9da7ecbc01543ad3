"""What a layer's gradient makes of the steps below it: the other internal covariate shift.

Distributions tell how the inputs of a layer move. Santurkar et al. 2018 (arXiv 1805.11604,
definition 2.1) ask what that does to the layer's own task: G is the gradient of its W on the
mini-batch of a step, G' that of the same W on the same mini-batch once the layers below alone have
made their step. Without such a shift both are equal: the difference of the two, in norms of G, is
0, and the cosine of the angle between them 1.

Two networks: that of the paper's Figure 1, where the lesson watches distributions move, with both
arms at its own rate; and five ReLU layers on the digits, each arm at the rate that is best on
a validation split (`experiments.rates`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.batches import Feed
from bncore.config import RunConfig
from bncore.descent import descend
from bncore.network import Network
from bncore.optimizers import OPTIMIZERS
from experiments.descent import initial
from experiments.evidence import Arrays, Evidence, under
from experiments.presets import PRESETS
from experiments.rates import Search, search
from experiments.side_by_side import by_setting, outcome, packed

ARMS = ("plain", "bn")
TIMES = 40  # about so many, evenly over the steps
LATE = 0.25  # the last part of them
LAST = -2  # of the layers, the last hidden one
SEEDS = range(5)

# Of the arm "bn".
SETTINGS: dict[str, RunConfig] = {
    "figure1": PRESETS["figure1"],
    "relu": RunConfig(depth=5, width=50, steps=300),
}
CHOSEN = "relu"  # where each arm has a rate of its own
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
CHOOSING = range(20, 25)  # the seeds that choose


@dataclass(frozen=True, eq=False)
class GradientShift:
    """A arms in the order of ARMS × S seeds × T times × L layers: the second to the output."""

    seeds: np.ndarray  # (S,)
    rates: np.ndarray  # (A,)
    step: np.ndarray  # (T,)
    distance: np.ndarray  # (A, S, T, L) norm of G' - G
    norm: np.ndarray  # (A, S, T, L) of G
    cosine: np.ndarray  # (A, S, T, L) of the angle between G and G'

    @property
    def relative(self) -> np.ndarray:
        """(A, S, T, L) the distance in norms of G."""
        return self.distance / self.norm

    @property
    def late(self) -> slice:
        """The times of the last quarter."""
        return slice(len(self.step) - max(1, round(LATE * len(self.step))), None)


def train_all(
    seeds: Sequence[int], setting: str, rates: Mapping[str, float] | None = None
) -> GradientShift:
    """Both arms, all seeds side by side; at the rates that are chosen, or others by arm."""
    base = SETTINGS[setting]
    rates = rates or rates_of(setting)
    arms = {"plain": base.twin(), "bn": base}
    step = np.unique(np.linspace(0, base.steps - 1, TIMES).round().astype(int))
    found = [
        watched([replace(arms[arm], lr=rates[arm], seed=seed) for seed in seeds], step)
        for arm in ARMS
    ]
    return GradientShift(
        np.array(seeds),
        np.array([rates[arm] for arm in ARMS]),
        step,
        **{name: np.stack([each[name] for each in found]) for name in found[0]},
    )


def watched(configs: Sequence[RunConfig], steps: np.ndarray) -> dict[str, np.ndarray]:
    """Train, and measure at these steps, in order: distance, norm, cosine (S, T, L)."""
    network, feed = initial(configs), Feed(configs, (len(configs),))
    lr = np.array([one.lr for one in configs], configs[0].dtype)[:, None]
    optimizer = OPTIMIZERS[configs[0].optimizer](network.params, lr)
    batches, asked = itertools.islice(feed, configs[0].steps), set(steps.tolist())
    found, pending = [], None
    for step, _ in enumerate(descend(network, batches, optimizer)):
        if pending is not None:  # the step that was asked for has been made
            found.append(below_first(network, *pending))
        pending = None
        if step in asked:
            pending = network.copy(), feed.x.copy(), feed.targets.copy()
    if pending is not None:
        found.append(below_first(network, *pending))
    names = ("distance", "norm", "cosine")
    return {name: np.stack([one[i] for one in found], axis=1) for i, name in enumerate(names)}


def below_first(
    after: Network, before: Network, x: np.ndarray, targets: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the step from `before`, for every layer that has some below it: (S, L) each.

    Leaves `before` with the hidden layers of `after`.
    """
    with np.errstate(all="ignore"):
        before.gradient(x, targets)
        G = [dW.astype(np.float64) for dW in before.dW]
        rows = []
        for layer in range(1, before.depth + 1):
            _move(before, after, layer - 1)
            before.gradient(x, targets)
            rows.append(_compared(G[layer], before.dW[layer].astype(np.float64)))
    distance, norm, cosine = (np.stack(each, axis=-1) for each in zip(*rows, strict=True))
    return distance, norm, cosine


def _move(network: Network, other: Network, layer: int) -> None:
    """Give one hidden layer all parameters of the other network's."""
    for name in ("W", "b", "gamma", "beta"):
        mine, theirs = getattr(network, name), getattr(other, name)
        if layer < len(mine) and mine[layer] is not None:
            mine[layer][...] = theirs[layer]


def _compared(G: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    norm, other = (np.linalg.norm(each, axis=(-2, -1)) for each in (G, moved))
    cosine = (G * moved).sum(axis=(-2, -1)) / (norm * other)
    return np.linalg.norm(moved - G, axis=(-2, -1)), norm, cosine


# --- what ships ---


@dataclass(frozen=True, eq=False)
class Shipped:
    """Both settings, and the accuracies on validation images by which the rates are chosen."""

    found: dict[str, GradientShift]
    accuracy: np.ndarray  # (A, R, S)


def shipped() -> Shipped:
    """Trains nothing."""
    return EVIDENCE.shipped


def rates_of(setting: str) -> dict[str, float]:
    """By arm."""
    if setting != CHOSEN:
        return dict.fromkeys(ARMS, SETTINGS[setting].lr)
    return best_rates(shipped().accuracy)


def best_rates(accuracy: np.ndarray) -> dict[str, float]:
    """By arm, from the validation images."""
    return {arm: Search(np.array(RATES), accuracy[a]).best for a, arm in enumerate(ARMS)}


def numbers(found: GradientShift) -> dict[str, np.ndarray]:
    """(S,) each, of the last hidden layer: "<what>.<arm>" in the mean of all times, and late."""
    numbers = {}
    for a, arm in enumerate(ARMS):
        for when, times in (("", slice(None)), ("late_", found.late)):
            for name in ("distance", "relative", "cosine"):
                of = getattr(found, name)[a, :, times, LAST]
                numbers[f"{when}{name}.{arm}"] = of.mean(axis=1)
    return numbers


def searched(config: RunConfig) -> Search:
    """Train it at all rates with the seeds that choose."""
    return search(config, rates=RATES, seeds=CHOOSING, settled=True)


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Arrays, and what came out."""
    base = SETTINGS[CHOSEN]
    accuracy = np.stack([searched(one).score for one in (base.twin(), base)])
    rates = {CHOSEN: best_rates(accuracy)}
    found = {name: train_all(SEEDS, name, rates.get(name)) for name in SETTINGS if name != CHOSEN}
    found[CHOSEN] = train_all(SEEDS, CHOSEN, rates[CHOSEN])
    return packed(found) | {"accuracy": accuracy}, outcome(found, numbers)


def read(arrays: Arrays) -> Shipped:
    """What ships."""
    settings = {name: GradientShift(**under(arrays, name)) for name in SETTINGS}
    return Shipped(settings, arrays["accuracy"])


def _both_learn(shipped: Shipped) -> bool:
    """Each at its own rate, on validation images."""
    return bool((shipped.accuracy.mean(axis=-1).max(axis=-1) > 0.9).all())


CLAIMS: dict[str, Callable[[Shipped], bool]] = {"both_learn": _both_learn}

EVIDENCE = Evidence(
    "gradient_shift",
    by_setting(SETTINGS, SEEDS) | {"rates": list(RATES), "chosen_by": list(CHOOSING)},
    measure_all,
    CLAIMS,
    read,
)
