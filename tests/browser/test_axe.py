"""axe on every lesson: both languages, both themes, on a desktop and on a phone, drawers open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.helpers import opened_up, places, visit

NewPage = Callable[..., Page]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SLOW = 60_000  # ms: a page with everything open, on a busy machine

#: rules that axe leaves out unless they are named
EXTRA = (
    *("label-content-name-mismatch", "focus-order-semantics", "td-has-header", "p-as-heading"),
    *("table-fake-caption", "css-orientation-lock"),
)
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {rule: {"enabled": True} for rule in EXTRA},
}

#: (rule, what its element's HTML begins with) → why it stays; all of it Streamlit's own
STREAMLITS: dict[tuple[str, str], str] = {}


def findings(page: Page) -> Iterator[str]:
    """What axe finds that is ours, a line each."""
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        for node in violation["nodes"]:
            known = any(
                violation["id"] == rule and node["html"].startswith(html)
                for rule, html in STREAMLITS
            )
            if not known:
                yield f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"


def settled_findings(page: Page) -> list[str]:
    """The same once all has been drawn and named."""
    deadline = time.monotonic() + SLOW / 3000
    while (found := list(findings(page))) and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("place", places())
def test_axe_finds_nothing(
    app_url: str, new_page: NewPage, place: str, lang: str, dark: bool
) -> None:
    """Each theme is opened for itself: what Python colours follows it with the next run only."""
    page = new_page(lang=lang, dark=dark)
    page.set_default_timeout(SLOW)
    opened_up(visit(page, f"{app_url}/{place}"))
    found = {}
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found[size] = settled_findings(opened_up(page))
    assert not any(found.values()), found
