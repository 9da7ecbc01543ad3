"""The convolutional network of this lesson, and arms that each train at a rate of their own.

3×3 filters on all pixels of the 8×8 digits, 3×3 on every other pixel, the mean of each channel, a
dense layer: `bncore.conv.for_digits`. A config says all else; its depth and width are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bncore.batches import WEIGHTS, stream
from bncore.config import RunConfig
from bncore.conv import for_digits
from bncore.network import Network
from experiments.evidence import Arrays, under
from experiments.intervals import half_widths
from experiments.rates import Search, search
from experiments.reporting import Progress, ShouldStop
from experiments.side_by_side import Arm, Curves, every, train

CHANNELS = (8, 16)
PIXELS = (64, 16)  # of an image in each of the two layers
USABLE = 0.9  # accuracy on validation images, in the mean of the seeds that pick
LOOKS = (0, -10, -20)  # at which a rate is judged
PICKERS = range(
    100, 106
)  # more seeds than usual: a rate at which one in six breaks down is not best

Start = Callable[[Sequence[RunConfig]], Network]


def started(configs: Sequence[RunConfig]) -> Network:
    """The convolutional network before its first step, a run for each config in front."""
    config = configs[0]
    network = Network(
        (64, *CHANNELS, 10),
        config.activation,
        config.norm,
        config.eps,
        config.momentum,
        runs=(len(configs),),
        ahead=for_digits(CHANNELS),
    )
    network.initialize(config.init, config.init_scale, [stream(one, WEIGHTS) for one in configs])
    return network


@dataclass(frozen=True, eq=False)
class Arms:
    """A arms × S seeds, T looks. Fewer T where it was stopped."""

    seeds: np.ndarray  # (S,)
    rate: np.ndarray  # (A,) learning rates
    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set, batch norm with exact statistics
    complete: bool = True
    usable: np.ndarray | None = None  # (A,) the largest rate that validates above USABLE; 0: none

    @property
    def last(self) -> np.ndarray:
        """(A, S) at the end."""
        return self.accuracy[..., -1].astype(float)

    @property
    def mean(self) -> np.ndarray:
        """(A,) the same over seeds."""
        return self.last.mean(axis=1)

    @property
    def half(self) -> np.ndarray:
        """(A,) half the width of the 95 % interval of that mean."""
        return half_widths(self.last.T)


@dataclass(frozen=True)
class Kind:
    """One arm: its config but for rate and seed, how it begins, and which rates may be best."""

    config: RunConfig
    start: Start
    rates: tuple[float, ...]

    def find(self) -> Search:
        """The best rate, by other seeds and on images that are neither trained nor tested with."""
        return search(self.config, LOOKS, self.rates, PICKERS, self.start)

    def arm(self, rate: float, seeds: Sequence[int]) -> Arm:
        """So many runs of it."""
        configs = [replace(self.config, lr=rate, seed=seed) for seed in seeds]
        return Arm(configs, self.start(configs))


def compared(
    kinds: Sequence[Kind],
    rates: Sequence[float],
    seeds: Sequence[int],
    looks_every: int,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Arms:
    """All of them side by side, from beginning to end or until `should_stop()`."""

    def found(curves: Curves) -> Arms:
        return Arms(
            seeds=np.array(seeds),
            rate=np.array(rates),
            step=curves.step,
            accuracy=curves.accuracy,
            complete=curves.complete,
        )

    arms = [kind.arm(rate, seeds) for kind, rate in zip(kinds, rates, strict=True)]
    looks = every(looks_every, kinds[0].config.steps)
    return found(train(arms, looks, progress, should_stop, found))


def each_at_its_best(
    kinds: Mapping[str, Kind], seeds: Sequence[int], looks_every: int
) -> tuple[Arms, dict[str, Any]]:
    """Every arm at its own best rate, and for the record how that was found."""
    searches = {name: kind.find() for name, kind in kinds.items()}
    found = compared(
        list(kinds.values()), [each.best for each in searches.values()], seeds, looks_every
    )
    found = replace(found, usable=np.array([usable(each) for each in searches.values()]))
    about = {
        name: {
            "rate": each.best,
            "validation": dict(
                zip(map(str, each.rates.tolist()), each.score.mean(axis=1).tolist(), strict=True)
            ),
            "mean": float(found.mean[a]),
            "half_width": float(found.half[a]),
        }
        for a, (name, each) in enumerate(searches.items())
    }
    return found, about


def usable(found: Search) -> float:
    """The largest rate of a grid with which networks still learn; 0 if there is none."""
    return max(found.rates[found.score.mean(axis=1) > USABLE], default=0.0)


def stored(found: Arms, name: str) -> dict[str, np.ndarray]:
    """As evidence keeps it."""
    rates = {} if found.usable is None else {f"{name}.usable": found.usable}
    return rates | {
        f"{name}.seeds": found.seeds,
        f"{name}.rate": found.rate,
        f"{name}.step": found.step,
        f"{name}.accuracy": found.accuracy.astype(np.float32),
    }


def arms_of(arrays: Arrays, name: str) -> Arms:
    """And gives it back."""
    return Arms(**under(arrays, name))
