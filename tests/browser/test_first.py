"""The first words of a page stand in its HTML, where the app will draw them, and give way to it.

Streamlit's program is held back here until they have been looked at.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import STREAMLITS_OWN_404
from tests.browser.helpers import address, painted, settled, still
from ui import first, text
from ui.lessons import HOME

NewPage = Callable[..., Page]
APART = 12  # px that a word may move when the app takes its place
#: one with words beside its picture, one with words above; the start page
PLACES = [
    ("noise", "draw", 1366, 768),
    ("training", "all_layers", 1366, 768),
    ("noise", "law", 390, 844),
    (HOME, "", 1366, 768),
]


@pytest.mark.parametrize(("lesson", "scene", "width", "height"), PLACES)
def test_the_first_words_stand_until_the_apps_own_do(
    lesson: str, scene: str, width: int, height: int, app_url: str, new_page: NewPage
) -> None:
    page, held = new_page(width, height, dark=lesson == "training"), list[Route]()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/static/js/index.*.js", lambda route: held.append(route))
    link = f"{address(app_url, lesson)}?lang=en" + (f"&scene={scene}" if scene else "")
    page.goto(link, wait_until="commit")
    words = page.locator(".lab-first p")
    expect(words).to_have_count(3)
    expect(words.nth(0)).to_be_visible()
    expect(words.nth(2)).to_be_hidden()
    page.evaluate("document.getAnimations().forEach(each => each.currentTime = 8001)")
    expect(words.nth(2)).to_be_visible()
    expect(words.nth(2)).to_have_text(text.in_all_languages("connection")["en"]["slow"])
    still(page)
    title, task, picture = places(page, ".lab-first p", ".lab-first p + p", ".lab-first b")
    assert picture["width"] > width / 3 and picture["height"] > 200
    light = page.locator(".lab-first").evaluate("e => getComputedStyle(e).color")
    assert (light == "rgb(29, 36, 48)") == (lesson != "training")

    for route in held:
        route.continue_()
    painted(settled(page))
    expect(page.locator(".lab-first")).to_have_count(0)
    own_title, own_task = places(page, ".stMain h1", ".stMain .stMarkdown p")
    assert (
        page.locator(".stMain h1").first.inner_text()
        == first.words(first.Place(lesson, scene, "en", True))[0]
    )
    for was, now in ((title, own_title), (task, own_task)):
        assert abs(was["x"] - now["x"]) <= APART and abs(was["y"] - now["y"]) <= APART
    assert not [url for url in asked if STREAMLITS_OWN_404.search(url)]


def places(page: Page, *selectors: str) -> list[dict[str, float]]:
    """Where the first of each stands."""
    return page.evaluate(
        """names => names.map(name => {
          const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
          return { x, y, width, height };
        })""",
        list(selectors),
    )
