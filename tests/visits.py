"""What a test under AppTest does that AppTest cannot: go to a lesson, send as a component, count.

Both take private names of Streamlit, and tests have them from here alone; one that is gone in a new
version fails in the first test that calls them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def visit(at: AppTest, lesson: str) -> AppTest:
    """By its address, as a link does; run it then.

    AppTest's own `switch_page` takes a page's file name for its address until the app has run once,
    and every lesson's file is page.py. The private name is the one that `switch_page` sets.
    """
    at._page_hash = calc_hash(lesson)
    return at


def send(at: AppTest, name: str, event: str, value: str) -> None:
    """A run in which the browser says, as JSON, that this is what the component sends.

    AppTest does not know components of the second kind; what a browser would send for one is added
    to what it sends for the widgets that it does know.
    """
    for element in at.get("bidi_component"):
        if element.proto.component_name == name:
            states = at._tree.get_widget_states()
            kept = WidgetState(id=element.proto.id, json_value=f'{{"{event}": {value}}}')
            news = WidgetState(id=_make_trigger_id(element.proto.id, "events"))
            news.json_trigger_value = f'[{{"event": "{event}", "value": {value}}}]'
            states.widgets.extend([kept, news])
            at._run(states)
            return
    raise AssertionError(f"no {name} on the page")


@contextmanager
def counting() -> Iterator[list[Delta]]:
    """Every element and every container that is sent meanwhile."""
    sent: list[Delta] = []
    enqueue = ForwardMsgQueue.enqueue

    def counted(queue: ForwardMsgQueue, message: ForwardMsg) -> None:
        if message.WhichOneof("type") == "delta":
            sent.append(message.delta)
        enqueue(queue, message)

    with mock.patch.object(ForwardMsgQueue, "enqueue", counted):
        yield sent
