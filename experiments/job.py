"""What a visitor can start: a function that trains, and a reduction to what the page shows.

    job = Job(key, function, reduce)

Both run in the worker's process (`experiments.worker`), which finds them by name as pickle does:
functions of a module of `bncore` or `experiments`, or `functools.partial` of such. What comes back
to the server is what `reduce` returns and nothing else.

`function(progress, should_stop)` calls `progress(done, of)` often, every few hundredths of a second
at least: between two calls nobody else's run moves. It looks at `should_stop()` as often, and then
returns what it has. A function that can say at any time what it had at an earlier step tells so,
by `upto`; then several visitors share one run and each may stop it for himself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, Protocol

from bncore.config import RunConfig
from experiments.pair import Pair, PairRun, seconds

Lane = Literal["short", "long"]
LONG = 5.0  # seconds of training alone on a slow core
STEPS_AT_A_TIME = 4  # of a pair, between two reports


class Report(Protocol):
    """How a run tells where it is. `progress` of older experiments, which tell `done` and `of`."""

    def __call__(
        self,
        done: int,
        of: int,
        *,
        seen: Any = None,
        upto: Callable[[int], Any] | None = None,
        piece: Any = None,
    ) -> None:
        """`seen` is shown while it goes on, `upto(step)` is what a stop at `step` gives.

        `piece` is handed over at once: what the page may paint before the run has ended.
        """


ShouldStop = Callable[[], bool]
Run = Callable[[Report, ShouldStop], Any]


def as_it_is(found: Any) -> Any:
    """The reduction of what is small already."""
    return found


@dataclass(frozen=True)
class Job:
    """`key` names what comes out of it: the same key, the same result for everybody."""

    key: Hashable
    function: Run
    reduce: Callable[[Any], Any] = as_it_is
    lane: Lane = "short"
    steps: int = 1  # how many there will be, as long as it has told nothing
    shared: bool = False  # `function` tells `upto`


Watch = Callable[[PairRun], Any]


def pair_job(
    config: RunConfig,
    reduce: Callable[[Pair], Any] = as_it_is,
    watch: Callable[[RunConfig], Watch] | None = None,
) -> Job:
    """Train `config` beside its twin without batch norm.

    `watch(config)` is asked after every few steps for what is to be handed over; None is nothing.
    """
    lane: Lane = "long" if seconds(config) > LONG else "short"
    return Job(
        (config, _name(reduce), None if watch is None else _name(watch)),
        partial(train_pair, config, watch=watch),
        reduce,
        lane,
        config.steps,
        shared=True,
    )


def train_pair(
    config: RunConfig,
    progress: Report,
    should_stop: ShouldStop,
    watch: Callable[[RunConfig], Watch] | None = None,
) -> Pair:
    """The function of `pair_job`: both arms in turn, with the latest accuracies on the way."""
    run = PairRun(config)
    look = watch(config) if watch is not None else None

    def tell() -> None:
        piece = look(run) if look is not None else None
        progress(run.step, config.steps, seen=run.accuracies, upto=run.upto, piece=piece)

    tell()
    while not run.done and not should_stop():
        run.advance(STEPS_AT_A_TIME)
        tell()
    return run.pair()


def _name(function: Callable[..., Any]) -> Hashable:
    """Tells reductions apart, in any process."""
    if isinstance(function, partial):
        return (_name(function.func), *(map(_name, function.args)))
    return f"{function.__module__}.{function.__qualname__}"
