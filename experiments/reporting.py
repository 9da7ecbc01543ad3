"""Telling how far a run has come, and stopping it: for those who let one wait for it.

>>> said = []
>>> steps = reported(iter("abcd"), 4, lambda done, of: said.append((done, of)), lambda: False)
>>> "".join(steps), said[-1]
('abcd', (4, 4))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Progress = Callable[[int, int], None]  # (steps done, steps in all)
ShouldStop = Callable[[], bool]

TIMES = 100  # about so often it is told, and asked


def reported(
    items: Iterable[Item],
    of: int,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
    done: int = 0,
) -> Iterator[Item]:
    """The same items, up to where one is asked to stop; at least one, so that there is a result.

    There are `of` in all, `done` of which went by before these.
    """
    every, first = max(1, of // TIMES), done
    remaining = iter(items)
    while should_stop is None or done == first or done % every or not should_stop():
        try:
            yield next(remaining)
        except StopIteration:
            return
        done += 1
        if progress is not None and (done % every == 0 or done == of):
            progress(done, of)
