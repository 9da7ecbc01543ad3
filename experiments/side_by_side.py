"""Arms that train side by side, a step each in turn, and are looked at now and then.

An arm is a stack of runs, one for each seed. Arms of one comparison differ in their networks and
share everything else that their configs say. Batch norm predicts by exact statistics, those of
KNOWN training images under the weights of the moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bncore.config import RunConfig
from bncore.data import load
from bncore.network import Network
from experiments.descent import descend, initial, settle
from experiments.job import Report, Run, as_it_is
from experiments.reporting import Progress, ShouldStop, reported

KNOWN = 1000


@dataclass(frozen=True, eq=False)
class Curves:
    """A arms × S seeds, T looks. Fewer T where it was stopped."""

    step: np.ndarray  # (T,)
    accuracy: np.ndarray  # (A, S, T) on the test set; a run that broke down guesses
    loss: np.ndarray  # (A, S, T - 1) mean over the mini-batches since the look before, or infinite
    complete: bool


class Arm:
    """Runs in training. `looked`, if given, is called at each look with the network."""

    def __init__(
        self,
        configs: Sequence[RunConfig],
        network: Network | None = None,
        looked: Callable[[Network], None] | None = None,
    ) -> None:
        self.configs, self.looked = configs, looked
        self.network = initial(configs) if network is None else network
        self.known, self.x, self.y = examples(configs)
        self.accuracy: list[np.ndarray] = []
        self.loss: list[np.ndarray] = []

    def train(self, looks: Sequence[int]) -> Iterator[None]:
        """One step at a time. The looks are in order, and end with the last step."""
        losses: list[np.ndarray] = []
        for step, (_, loss) in enumerate(descend(self.configs, self.network)):
            if step in looks:
                self._look(losses)
                losses = []
            losses.append(loss)
            yield
        self._look(losses)

    def _look(self, losses: list[np.ndarray]) -> None:
        if self.looked is not None:
            self.looked(self.network)
        settle(self.network, self.known)
        with np.errstate(all="ignore"):
            logits = self.network.predict(self.x)
        self.accuracy.append((logits.argmax(axis=-1) == self.y).mean(axis=-1))
        if losses:
            mean = np.mean(losses, axis=0, dtype=np.float64)
            self.loss.append(np.where(np.isfinite(mean), mean, np.inf))


def examples(configs: Sequence[RunConfig]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each run: KNOWN training images (S, N, inputs), test images, their labels (S, N)."""
    data = [load(one.dataset, one.seed, one.dtype) for one in configs]
    known = np.stack([each.x_train[:KNOWN] for each in data])
    return known, np.stack([each.x_test for each in data]), np.stack([each.y_test for each in data])


def every(k: int, steps: int) -> tuple[int, ...]:
    """0, k, 2k, ... and the last step."""
    return (*range(0, steps, k), steps)


class Handing:
    """A `Progress` that also hands over what a run has come to by now: for a page that shows it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.piece: Any = None

    def __call__(self, done: int, of: int, **told: Any) -> None:
        piece, self.piece = self.piece, None
        self._report(done, of, **{"piece": piece, **told})


def in_sight(run: Run, progress: Report, should_stop: ShouldStop) -> Any:
    """The same run, as a job from which what it comes to is seen while it trains."""
    return run(Handing(progress), should_stop)


def train(
    arms: Sequence[Arm],
    looks: Sequence[int],
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
    so_far: Callable[[Curves], Any] = as_it_is,
) -> Curves:
    """All of them, from beginning to end, or until `should_stop()`.

    `so_far` makes of the curves of a run `in_sight` what is handed over after each look.
    """
    turns, told = zip(*(arm.train(looks) for arm in arms), strict=True), 0
    for _ in reported(turns, looks[-1], progress, should_stop):
        if isinstance(progress, Handing) and len(arms[0].accuracy) > told:
            told = len(arms[0].accuracy)
            progress.piece = so_far(_curves(arms, looks))
    return _curves(arms, looks)


def _curves(arms: Sequence[Arm], looks: Sequence[int]) -> Curves:
    seen = len(arms[0].accuracy)
    return Curves(
        step=np.array(looks[:seen]),
        accuracy=_by_seed([arm.accuracy for arm in arms], len(arms[0].configs)),
        loss=_by_seed([arm.loss for arm in arms], len(arms[0].configs)),
        complete=seen == len(looks),
    )


def _by_seed(looks: list[list[np.ndarray]], seeds: int) -> np.ndarray:
    """A lists of T arrays (S,) → (A, S, T); T may be 0."""
    return np.array(looks).reshape(len(looks), len(looks[0]), seeds).swapaxes(1, 2)


def packed(found: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Arrays of dataclasses by name, as <name>.<field>, to be stored; measured ones in float32."""
    return {
        f"{name}.{field}": value.astype(np.float32) if value.dtype == np.float64 else value
        for name, each in found.items()
        for field, value in vars(each).items()
        if isinstance(value, np.ndarray)
    }


def by_setting(settings: Mapping[str, RunConfig], seeds: Sequence[int]) -> dict[str, Any]:
    """What evidence says it was made with, where there are several settings."""
    return {
        setting: {"config": config.to_dict(), "seeds": list(seeds)}
        for setting, config in settings.items()
    }


def outcome(
    found: Mapping[str, Any], numbers: Callable[[Any], Mapping[str, np.ndarray]]
) -> dict[str, Any]:
    """What came out of each setting."""
    return {setting: {"outcome": mean_and_sd(numbers(each))} for setting, each in found.items()}


def mean_and_sd(numbers: Mapping[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Of each array (S,) over seeds, for the record."""
    return {
        name: {"mean": float(values.mean()), "sd": float(values.std(ddof=1))}
        for name, values in numbers.items()
    }
