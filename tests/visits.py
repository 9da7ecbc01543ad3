"""How a test under AppTest goes to a lesson."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash


def visit(at: AppTest, lesson: str) -> AppTest:
    """By its address, as a link does; run it then.

    AppTest's own `switch_page` takes a page's file name for its address until the app has run once,
    and every lesson's file is page.py. The private name is the one that `switch_page` sets.
    """
    at._page_hash = calc_hash(lesson)
    return at
