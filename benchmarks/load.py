"""A class on one server: `make load`, or `python -m benchmarks.load --help`.

Each session is one student: opens a scene, moves its slider, rests two to five seconds, and one
time in ten goes to another lesson. Then all come at once: the herd that opens one link. What is
measured is what a visitor waits for, from sending to the end of the run, and what it takes: the
WebSocket's messages and bytes, and the server's processor time where it was started from here.

The app may run anywhere on this computer; other computers are not loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import os
import random
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.visitor import Answered, Visitor, arriving
from tools.serve import running
from ui.lessons import HOME, LESSONS

REST = 2.0, 5.0  # s between two actions of one student
OPENS = 0.1  # of all actions
HERD = 3.0  # s in which all come
MOST = 3600  # sessions, or seconds


class Slider(NamedTuple):
    """A scene with a component whose sliders ask Python."""

    lesson: str
    scene: str
    component: str


MIX = (
    Slider("mini_batch", "gamma_beta", "bends"),
    Slider("noise", "draw", "draws"),
    Slider("noise", "kinds", "kinds"),
    Slider("test_time", "averages", "drag-averages"),
    Slider("test_time", "world", "drag-light"),
)


class Done(NamedTuple):
    """One action of one student."""

    what: str
    answered: Answered


async def student(url: str, number: int, seconds: float, done: list[Done]) -> None:
    """One session, until its time is over."""
    dice = random.Random(number)
    slider = MIX[number % len(MIX)]
    await asyncio.sleep(dice.uniform(0, REST[1]))
    until = time.monotonic() + seconds
    async with arriving(url) as session:
        visitor = Visitor(url, session)
        done.append(Done("arrive", await visitor.open(slider.lesson, scene=slider.scene, seen=1)))
        while time.monotonic() < until:
            await asyncio.sleep(dice.uniform(*REST))
            if dice.random() < OPENS:
                lesson = dice.choice([each for each in LESSONS if each != HOME])
                done.append(Done("open", await visitor.go(lesson)))
                back = await visitor.open(slider.lesson, scene=slider.scene, seen=1)
                done.append(Done("open", back))
            else:
                done.append(Done("move", await move(visitor, slider, dice)))


async def move(visitor: Visitor, slider: Slider, dice: random.Random) -> Answered:
    """Put each slider of the scene anywhere."""
    tracks = visitor.components[slider.component].numbers
    values = {name: dice.choice(options) for name, options in tracks.items()}
    return await visitor.drag(slider.component, **values)


async def herd(url: str, lesson: str, sessions: int) -> float:
    """Seconds until all who opened one link within a few seconds have been served."""
    began = time.monotonic()

    async def one(number: int) -> None:
        await asyncio.sleep(HERD * number / sessions)
        async with arriving(url) as session:
            await Visitor(url, session).open(lesson)

    await asyncio.gather(*map(one, range(sessions)))
    return time.monotonic() - began - HERD


async def before_class(url: str) -> None:
    """The teacher has looked at every lesson: what a server reads once, it has read."""
    async with arriving(url) as session:
        visitor = Visitor(url, session)
        for slider in MIX:
            await visitor.open(slider.lesson, scene=slider.scene, seen=1)
        for lesson in LESSONS:
            if lesson != HOME:
                await visitor.go(lesson)


async def a_class(url: str, sessions: int, seconds: float) -> list[Done]:
    """All students at once."""
    done: list[Done] = []
    async with asyncio.TaskGroup() as group:
        for number in range(sessions):
            group.create_task(student(url, number, seconds, done))
    return done


def processor_seconds(process: int) -> float:
    """What a process and all that it started have used so far; Linux alone tells."""
    used: dict[int, float] = {}
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended
            used[int(entry.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    todo, total = [process], 0.0
    while todo:
        total += used.get(todo[0], 0.0)
        todo += children.get(todo.pop(0), [])
    return total


def measure(url: str, sessions: int, seconds: float, process: int | None) -> dict[str, Any]:
    """The table's numbers."""
    asyncio.run(before_class(url))
    used = processor_seconds(process) if process else None
    done = asyncio.run(a_class(url, sessions, seconds))
    rows: dict[str, Any] = {}
    for what in ("move", "open", "arrive"):
        rows[what] = row([each.answered for each in done if each.what == what])
    found: dict[str, Any] = {"sessions": sessions, "seconds": seconds, "actions": rows}
    if used is not None and process:
        found["processor_ms_per_action"] = 1000 * (processor_seconds(process) - used) / len(done)
    found["herd_s"] = {
        lesson: asyncio.run(herd(url, lesson, sessions)) for lesson in LESSONS if lesson != HOME
    }
    return found


def row(answers: list[Answered]) -> dict[str, float]:
    """What many actions of a kind came to."""
    if not answers:
        return {"n": 0}
    waits = sorted(1000 * each.seconds for each in answers)
    at = {"p50": len(waits) // 2, "p95": min(len(waits) - 1, int(0.95 * len(waits)))}
    return {
        "n": len(answers),
        **{f"{name}_ms": waits[index] for name, index in at.items()},
        "messages": sum(each.messages for each in answers) / len(answers),
        "kB": sum(each.bytes for each in answers) / len(answers) / 1000,
        "failed": sum(not each.ok for each in answers),
    }


def table(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['sessions']} sessions for {found['seconds']:g} s"
    yield f"{'':8}" + "".join(
        f"{name:>10}" for name in ("n", "p50 ms", "p95 ms", "messages", "kB", "failed")
    )
    for what, numbers in found["actions"].items():
        yield f"{what:8}" + "".join(f"{number:10.0f}" for number in numbers.values())
    if "processor_ms_per_action" in found:
        yield f"{found['processor_ms_per_action']:.1f} ms of the server's processor an action"
    for lesson, seconds in found["herd_s"].items():
        yield f"{found['sessions']} open {lesson} in {HERD:g} s: all served {seconds:.1f} s later"


def here(url: str) -> str:
    """An address on this computer, without a slash at its end."""
    at = urlsplit(url)
    if at.scheme not in ("http", "https") or not at.hostname:
        raise argparse.ArgumentTypeError(f"{url!r} is no address such as http://127.0.0.1:8501")
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(at.hostname, at.port)}
    except OSError as error:
        raise argparse.ArgumentTypeError(f"nothing answers to the name {at.hostname}") from error
    if not all(ipaddress.ip_address(address).is_loopback for address in found):
        raise argparse.ArgumentTypeError(
            f"{at.hostname} is another computer; this loads only an app on this one"
        )
    return url.rstrip("/")


def positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= MOST:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {MOST}")
    return number


def whole(text: str) -> int:
    number = positive(text)
    if not number.is_integer():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(number)


@contextmanager
def _app(url: str | None) -> Iterator[tuple[str, int | None]]:
    """The address to load, and the process of an app that was started for it."""
    if url:
        yield url, None
        return
    with running(port=0, log=Path(os.devnull)) as server:
        yield server.url, server.process.pid


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--url", type=here, help="an app that runs already; else one is started")
    parser.add_argument("--sessions", type=whole, default=60)
    parser.add_argument("--seconds", type=positive, default=30.0)
    parser.add_argument("--json", action="store_true", help="for programs")
    asked = parser.parse_args(arguments)
    with _app(asked.url) as (url, process):
        found = measure(url, asked.sessions, asked.seconds, process)
    print(json.dumps(found, indent=2) if asked.json else "\n".join(table(found)))
    if any(numbers.get("failed") for numbers in found["actions"].values()):
        sys.exit("some actions failed: see the app's log")


if __name__ == "__main__":
    main()
