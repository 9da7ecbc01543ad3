"""What Streamlit makes of two requests that come in the same breath, mended (`ui.streamlits`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import Visitor, arriving
from tests.loops import finished
from tools.serve import running

LEFT, ENTERED = "noise", "mini_batch"
APP = Path(__file__).parent / "two_fragments.py"
PATIENCE = 30  # seconds until the rest may come
QUIET = 2  # seconds in which nothing comes: the app has said all it has to say


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with running(port=0) as server:
        yield server.url


def asked(page: str, fragment: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = fragment
    message.rerun_script.query_string = "lang=en"
    return message.SerializeToString()


async def pages_after_leaving(app: str, pause: float) -> list[str]:
    """The pages that the app runs when a hand moves something just after it has left."""
    async with arriving(app) as session:
        visitor = Visitor(app, session)
        await visitor.open(LEFT, scene="free", seen=1)
        touched = next(iter(visitor.components.values()))
        names = {name: lesson for lesson, name in visitor.pages.items()}
        await session.send(asked(visitor.pages[ENTERED]))
        await asyncio.sleep(pause)
        await session.send(asked(visitor.page, touched.fragment))
        run, patience = [], None
        with suppress(TimeoutError):
            while True:
                heard = ForwardMsg.FromString(await asyncio.wait_for(session.recv(), patience))
                if heard.WhichOneof("type") == "new_session":
                    page = heard.new_session.page_script_hash
                    run.append(names.get(page, page))
                if heard.WhichOneof("type") == "script_finished":
                    patience = QUIET
        return run


@pytest.mark.parametrize("pause", [0, 0.005, 0.1])
def test_a_last_press_does_not_bring_the_page_back(app: str, pause: float) -> None:
    assert finished(pages_after_leaving(app, pause)) == [ENTERED]


@pytest.fixture(scope="module")
def two_fragments() -> Iterator[str]:
    with running(port=0, app=APP) as server:
        yield server.url


async def said_after_both_moved(app: str) -> list[str]:
    """What the two parts say last, when both switches were moved and one part is named."""
    async with arriving(app) as session:

        async def heard(until: Callable[[], bool]) -> None:
            while not until():
                message = ForwardMsg.FromString(await asyncio.wait_for(session.recv(), PATIENCE))
                if message.WhichOneof("type") == "delta":
                    element = message.delta.new_element
                    if element.WhichOneof("type") == "checkbox":
                        switches[element.checkbox.label] = element.checkbox.id
                        fragments[element.checkbox.label] = message.delta.fragment_id
                    if element.WhichOneof("type") == "text":
                        said[element.text.body.partition(":")[0]] = element.text.body

        switches: dict[str, str] = {}
        fragments: dict[str, str] = {}
        said: dict[str, str] = {}
        await session.send(asked(""))
        await heard(lambda: len(said) == 2)
        message = BackMsg()
        message.rerun_script.fragment_id = fragments["one"]
        for name in ("one", "two"):
            message.rerun_script.widget_states.widgets.add(id=switches[name], bool_value=True)
        await session.send(message.SerializeToString())
        with suppress(TimeoutError):
            await heard(lambda: set(said.values()) == {"one: on", "two: on"})
        return sorted(said.values())


def test_what_two_hands_move_at_once_is_heard_of_both(two_fragments: str) -> None:
    assert finished(said_after_both_moved(two_fragments)) == ["one: on", "two: on"]
