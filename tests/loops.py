"""Coroutines in tests, run to their ends where no browser of other tests keeps a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def finished(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What it comes to, in a thread of its own: `asyncio.run` refuses one with a running loop.

    A worker that has opened a browser keeps the browser's loop until it ends.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
