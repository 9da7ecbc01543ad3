"""The control that changes the story: normalize once, before the first step, and never again.

At step 0 every hidden layer of a network with batch norm gets the statistics of the training
images; batch norm is then folded into W and b (`bncore.folding`), and what remains is a plain
network with a better start. It trains without batch norm, beside the plain network and the one
that keeps batch norm. How much of batch norm's lead does the start explain? At the end, where both
have come to rest, nearly all of it; so the whole way counts, and the steps to an accuracy of GOOD.

The settings are chosen so that the plain network fails: where it does not, there is no lead to be
explained.

Sources of the idea: Mishkin & Matas 2015, arXiv 1511.06422; Krähenbühl et al. 2015,
arXiv 1511.06856.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.folding import fold
from bncore.model import gain
from bncore.network import Network
from experiments.descent import initial, settle
from experiments.evidence import Arrays, Evidence, under
from experiments.presets import FIGURE_1, PLAIN_DEAD
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, by_setting, every, examples, outcome, packed, train

ARMS = ("plain", "once", "bn")
EARLY, OFTEN, EVERY = 200, 5, 20  # up to EARLY a look each OFTEN steps, then each EVERY
GOOD = 0.8  # the accuracy up to which steps are counted
SEEDS = range(5)

# Of the arm "bn".
SETTINGS: dict[str, RunConfig] = {
    "figure1": replace(FIGURE_1, lr=0.1, steps=300),
    "five": replace(PLAIN_DEAD, steps=1000),
    "deep": RunConfig(
        dataset="mnist", depth=8, width=64, init="normal", init_scale=0.02, steps=1000
    ),
}


@dataclass(frozen=True, eq=False)
class Once:
    """A arms in the order of ARMS × S seeds, T looks. Fewer T where a run was stopped."""

    seeds: np.ndarray  # (S,)
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set, batch norm with exact statistics
    loss: np.ndarray  # (A, S, T - 1) mean over the mini-batches since the look before
    spread: (
        np.ndarray
    )  # (A, S, L) sd of what enters each hidden activation at step 0, mean of units
    complete: bool

    def steps_to(self, level: float = GOOD) -> np.ndarray:
        """(A, S) the first look with that accuracy; NaN if there is none."""
        there = self.accuracy >= level
        return np.where(there.any(axis=-1), self.step[there.argmax(axis=-1)], np.nan)


def normalized_once(network: Network, x: np.ndarray) -> Network:
    """A plain network that computes at x (R, N, inputs) what one with batch norm does there.

    `network`, with R runs in front, is left as it was.
    """
    measured = network.copy()
    settle(measured, x)
    return fold(measured)


def starts(configs: Sequence[RunConfig]) -> dict[str, Network]:
    """The arms of ARMS before their first step, for configs of the arm "bn"."""
    bn = initial(configs)
    return {
        "plain": initial([one.twin() for one in configs]),
        "once": normalized_once(bn, examples(configs)[0]),
        "bn": bn,
    }


def one_seed(
    seed: int,
    setting: str = "figure1",
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Once:
    """Train the three arms side by side, S = 1; "figure1" in about a second.

    They share split, batches and the W that they are made from. `progress(done, of)` and
    `should_stop()` are called about a hundred times; stopped, it returns what it has.
    """
    return train_all((seed,), setting, progress, should_stop)


def train_all(
    seeds: Sequence[int],
    setting: str,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Once:
    """The same with several seeds at once."""
    configs = [replace(SETTINGS[setting], seed=seed) for seed in seeds]
    networks = starts(configs)
    x = examples(configs)[0]
    spread = np.stack([entering_sd(network, x) for network in networks.values()])
    arms = [Arm(configs, network) for network in networks.values()]
    curves = train(arms, looks(configs[0].steps), progress, should_stop)
    return Once(seeds=np.array(seeds), **vars(curves), spread=spread)


def looks(steps: int) -> tuple[int, ...]:
    """Often where the curves are steep."""
    early = range(0, min(EARLY, steps), OFTEN)
    return (*early, *every(EVERY, steps)[len(range(0, early.stop, EVERY)) :])


def entering_sd(network: Network, x: np.ndarray) -> np.ndarray:
    """(S, L) sd of what enters each hidden activation over x (S, N, inputs), mean of units."""
    found = []
    for z in network.model().forward(x).z:
        sd = z.std(axis=-2)
        if network.norm != "none":
            sd = gain(sd, sd**2, network.eps)  # γ is 1 before the first step
        found.append(sd.mean(axis=-1))
    return np.stack(found, axis=-1)


def load(setting: str) -> Once:
    """What shipped; trains nothing. KeyError for a setting that is not in SETTINGS."""
    return EVIDENCE.shipped[setting]


def numbers(found: Once) -> dict[str, np.ndarray]:
    """(S,) each, of a run to its end.

    "accuracy.<arm>" at the end. "share" of bn's lead over plain that once has at the end, and
    "share_whole" on the whole way, by the area between the curves. "steps.<arm>" to GOOD, all of
    them where that is not reached, and "slower", those of once over those of bn.
    """
    accuracy, end = found.accuracy.astype(np.float64), int(found.step[-1])
    steps = np.nan_to_num(found.steps_to(), nan=end)
    by_arm = {f"accuracy.{arm}": accuracy[a, :, -1] for a, arm in enumerate(ARMS)}
    by_arm |= {f"steps.{arm}": steps[a] for a, arm in enumerate(ARMS)}
    whole = np.trapezoid(accuracy, found.step, axis=-1)
    shares = {"share": _share(accuracy[..., -1]), "share_whole": _share(whole)}
    return by_arm | shares | {"slower": steps[1] / steps[2]}


def _share(of_arms: np.ndarray) -> np.ndarray:
    """Of bn's lead over plain (A, S), what once has."""
    plain, once, bn = of_arms
    return (once - plain) / (bn - plain)


# What it is shown for.


def _in_the_end_the_start_is_most_of_it(found: Mapping[str, Once]) -> bool:
    """Normalizing once gives most of batch norm's lead where the plain network is at chance."""
    plain = [(numbers(each)["accuracy.plain"] < 0.3).all() for each in found.values()]
    share = [(numbers(each)["share"] > 0.85).all() for each in found.values()]
    return all(plain) and all(share)


def _on_the_way_it_is_slower(found: Mapping[str, Once]) -> bool:
    """To GOOD it takes at least a third more steps, with every seed."""
    return all((numbers(each)["slower"] > 1.33).all() for each in found.values())


CLAIMS: dict[str, Callable[[Mapping[str, Once]], bool]] = {
    "in_the_end_the_start_is_most_of_it": _in_the_end_the_start_is_most_of_it,
    "on_the_way_it_is_slower": _on_the_way_it_is_slower,
}


def measure_all() -> tuple[Arrays, dict[str, Any]]:
    """Every setting: arrays, and what came out."""
    found = {setting: train_all(SEEDS, setting) for setting in SETTINGS}
    return packed(found), outcome(found, numbers)


def read(arrays: Arrays) -> dict[str, Once]:
    """By setting."""
    return {one: Once(**under(arrays, one), complete=True) for one in SETTINGS}


EVIDENCE = Evidence("once", by_setting(SETTINGS, SEEDS), measure_all, CLAIMS, read)
