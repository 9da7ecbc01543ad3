"""Every lesson in every width: nothing is cut, nothing is pushed sideways, nothing is too small.

A page is opened once for each lesson and language and then drawn wider and narrower. What is
checked is found in the page, not listed here, so that a new table or picture is covered by being
on a page of the registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import address, overflow, settled, still, visit
from ui.lessons import LESSONS

SIZES = [
    *((320, 568), (360, 740), (390, 844), (768, 1024), (820, 1180), (844, 390), (900, 700)),
    *((1024, 768), (1280, 800), (1366, 768), (1920, 1080)),
]
BESIDE = [size for size in SIZES if size[0] > 768]  # where Streamlit opens the menu
NARROW, LOW = 1024, 500  # px: below, the menu beside the page is a rail
TOUCH = 40  # px
CUT = (Path(__file__).parent / "cut.js").read_text("utf-8")
SMALL = (Path(__file__).parent / "small.js").read_text("utf-8")


def parts() -> list[str]:
    """Each lesson, and each part of one that has parts."""
    pages = []
    for lesson, entry in LESSONS.items():
        if entry.titled:
            options = entry.control(entry.titled).options
            pages += [f"{lesson}?{entry.titled}={option}" for option in options]
        else:
            pages.append(lesson)
    return pages


def link(app_url: str, part: str, lang: str = "en") -> str:
    lesson, _, query = part.partition("?")
    return f"{address(app_url, lesson)}?lang={lang}" + (f"&{query}" if query else "")


def painted(page: Page) -> Page:
    """Wait until what comes after the words (charts, components, style sheets) stands, too."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)
    return still(page)


def open_drawers(page: Page) -> Page:
    """All but those with code, which scrolls in its own box as everywhere."""
    closed = ".stMain .stExpander:not([class*='st-key-source']) details:not([open]) > summary"
    for _ in range(page.locator(closed).count()):
        page.locator(closed).first.click()
        settled(page)
    return painted(page)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("part", parts())
def test_nothing_is_cut_or_pushed_sideways_in_any_width(
    app_url: str, new_page: Callable[..., Page], part: str, lang: str
) -> None:
    page = open_drawers(painted(visit(new_page(1280, 800, lang), link(app_url, part, lang))))
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        if wrong := lasting(page):
            found[f"{width}×{height}"] = wrong
    assert not found


def lasting(page: Page) -> list[str]:
    """What is wrong with the layout, once charts and pictures have followed the window."""
    wrong: list[str] = []
    for _ in range(20):
        page.wait_for_timeout(150)
        wrong = page.evaluate(CUT)
        if sideways := overflow(page):
            wrong.append(f"the page can be pushed {sideways} px sideways")
        if not wrong:
            break
    return wrong


@pytest.mark.parametrize("part", parts())
def test_whatever_is_touched_is_large_enough(
    app_url: str, new_page: Callable[..., Page], part: str
) -> None:
    page = new_page(390, 844, has_touch=True, is_mobile=True)
    open_drawers(painted(visit(page, link(app_url, part))))
    assert not page.evaluate(SMALL, TOUCH)


def test_the_menu_leaves_the_page_its_room(app_url: str, new_page: Callable[..., Page]) -> None:
    page = painted(visit(new_page(*BESIDE[0]), app_url))
    menu, last = page.get_by_test_id("stSidebar"), list(LESSONS)[-1]
    for width, height in BESIDE:
        page.set_viewport_size({"width": width, "height": height})
        rail = width < NARROW or height < LOW
        room = menu.evaluate("menu => menu.offsetWidth")
        assert room <= (64 if rail else 260), (width, height)
        if not rail:  # every title is whole
            cut = "all => all.filter(p => p.scrollWidth > p.parentElement.clientWidth).length"
            assert menu.locator("p").evaluate_all(cut) == 0
    # the rail is a menu all the same: it opens under the keyboard, and its links have their names
    page.set_viewport_size({"width": 844, "height": 390})
    links = menu.get_by_test_id("stPageLink-NavLink")
    expect(links).to_have_count(len(LESSONS))
    links.last.focus()
    expect(links.last.locator("p")).to_be_in_viewport(ratio=1)
    links.last.click()
    expect(page).to_have_url(re.compile(rf"^{app_url}/{last}\b"))


def test_the_tab_names_the_part_that_is_open(app_url: str, new_page: Callable[..., Page]) -> None:
    titled = [part for part in parts() if "?" in part]
    page, titles = new_page(), set()
    for part in titled[:2]:
        visit(page, link(app_url, part))
        titles.add(page.title())
    assert len(titles) == 2
