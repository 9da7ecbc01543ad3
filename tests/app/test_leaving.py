"""A page that is left is not heard any more, whatever it still sends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import Visitor, arriving
from tests.loops import finished
from tools.serve import running

LEFT, ENTERED = "noise", "mini_batch"
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
