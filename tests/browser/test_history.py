"""The browser's history: an entry for each scene and lesson, with its state and its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import settled, visit
from ui import text

TOP = "document.querySelector('.stMain').scrollTop"
#: a window in which a scene is scrolled, and how far
LOW, PLACE = (1440, 520), 80


def entries(page: Page) -> int:
    return page.evaluate("history.length")


def reached(page: Page, address: str | re.Pattern[str]) -> None:
    """Wait until the address is this one, as long as anything may take."""
    page.wait_for_url(address, wait_until="commit")


def go(page: Page, lesson: str) -> None:
    """To a lesson, by the menu."""
    menu, title = page.get_by_test_id("stSidebar"), text._labels("en", lesson)["title"]
    menu.get_by_role("link", name=title).click()
    reached(page, re.compile(rf"/{lesson}\?.*lang="))
    settled(page)


def setting(page: Page, name: str) -> str:
    return parse_qs(urlsplit(page.url).query)[name][0]


def at_place(page: Page, place: float) -> None:
    page.wait_for_function(f"place => Math.abs({TOP} - place) <= 2", arg=place)


def moved(page: Page, slider: Locator) -> str:
    """Move a slider down by a step, and tell where it stands; the address follows."""
    before = page.url
    slider.press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=before)
    settled(page)
    return slider.input_value()


def test_each_lesson_is_one_entry_and_back_brings_its_state_and_its_place(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(*LOW, reduced_motion="reduce")
    page.goto("about:blank")
    before = entries(page)
    visit(page, f"{app_url}/?lang=en")
    assert entries(page) == before + 1
    assert setting(page, "run") == "figure1"

    go(page, "mini_batch")
    assert entries(page) == before + 2
    slider = page.locator(".st-key-picture-bowl input[type=range]").first
    first, second = moved(page, slider), moved(page, slider)
    assert first != second
    assert page.evaluate(f"{TOP} = {PLACE}, {TOP}") == PLACE
    lesson = page.url

    go(page, "training")
    at_place(page, 0)
    assert entries(page) == before + 3
    following = page.url

    page.go_back()
    reached(page, lesson)
    settled(page)
    at_place(page, PLACE)
    expect(slider).to_have_value(second)
    assert page.url == lesson

    page.go_back()
    reached(page, re.compile(r"/\?lang=en&run=figure1"))
    settled(page)
    at_place(page, 0)

    page.go_forward()
    reached(page, lesson)
    settled(page)
    page.go_forward()
    reached(page, following)
    settled(page)
    assert (page.url, entries(page)) == (following, before + 3)

    page.go_back()
    reached(page, lesson)
    settled(page)
    at_place(page, PLACE)
    page.reload()
    settled(page)
    at_place(page, PLACE)
    assert (page.url, entries(page)) == (lesson, before + 3)


def test_what_is_kept_of_places_may_be_damaged(app_url: str, new_page: Callable[..., Page]) -> None:
    page = new_page()
    for kept in ("{", '[["x", "y"], 3]'):
        page.add_init_script(f"sessionStorage.setItem('batch-norm-lab.places', {kept!r})")
        visit(page, f"{app_url}/?lang=en&frame=3")
        assert "run=figure1" in page.url and "frame=3" in page.url


def at_scene(page: Page, name: str, state: str) -> None:
    """A scene stands, and the address says so."""
    page.locator(f".st-key-scene-{name}-{state}").wait_for()
    reached(page, re.compile(rf"[?&]scene={name}(&|$)"))
    settled(page)


def turn(page: Page) -> None:
    page.locator(".st-key-scene-next button").click()


def test_each_scene_is_one_entry_and_back_brings_it_asked_or_revealed_as_it_was(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto("about:blank")
    before = entries(page)
    visit(page, f"{app_url}/mini_batch?lang=en&scene=four_steps")
    at_scene(page, "four_steps", "ask")
    first = page.url
    turn(page)  # this one begins with another γ
    at_scene(page, "gamma_beta", "ask")
    page.locator(".st-key-just-show-me button").click()
    at_scene(page, "gamma_beta", "seen")
    turn(page)
    at_scene(page, "epsilon", "ask")
    assert entries(page) == before + 3

    page.go_back()
    at_scene(page, "gamma_beta", "seen")
    page.go_back()
    at_scene(page, "four_steps", "ask")
    assert page.url == first
    page.go_forward()
    page.go_forward()
    at_scene(page, "epsilon", "ask")

    go(page, "network")
    other = parse_qs(urlsplit(page.url).query)["scene"][0]  # asks nothing
    assert entries(page) == before + 4
    page.go_back()
    at_scene(page, "epsilon", "ask")
    page.go_forward()
    at_scene(page, other, "seen")
    page.go_back()
    page.go_forward()  # before the page that is left has said where it is
    page.go_back()
    at_scene(page, "epsilon", "ask")
    page.reload()
    at_scene(page, "epsilon", "ask")
    assert entries(page) == before + 4


def test_back_leads_past_a_link_to_a_scene_that_there_is_not(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto("about:blank")
    before = entries(page)
    visit(page, f"{app_url}/mini_batch?lang=en&scene=nowhere")
    reached(page, re.compile(r"[?&]scene=bowl(&|$)"))
    assert entries(page) == before + 1
