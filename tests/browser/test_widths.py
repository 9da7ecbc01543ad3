"""The menu in every width, and the name of an open scene."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.helpers import painted, visit
from ui.lessons import LESSONS

#: where Streamlit opens the menu
BESIDE = [(820, 1180), (844, 390), (900, 700), (1024, 768), (1280, 800), (1366, 768), (1920, 1080)]
NARROW, LOW = 1024, 500  # px: below, the menu beside the page is a rail


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


def test_the_rail_opens_where_a_pointer_rests_and_closes_on_a_choice(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    """It opened for every pointer that came by, and stayed open over the lesson that was chosen."""
    page = painted(visit(new_page(*BESIDE[0]), app_url))
    menu, opened = page.get_by_test_id("stSidebarContent"), re.compile(r"^2\d\d(\.\d+)?px$")
    page.mouse.move(30, 1000)
    expect(menu).to_have_css("transition-delay", re.compile(r"0\.25s"))
    expect(menu).to_have_css("width", opened)
    link = menu.get_by_test_id("stPageLink-NavLink").nth(1)
    link.click()
    expect(page).to_have_url(re.compile(rf"^{app_url}/{list(LESSONS)[1]}\b"))
    page.locator("[class*='st-key-picture-']").wait_for()
    expect(menu).not_to_have_css("width", opened)  # although the pointer is still there
    page.mouse.move(600, 600)
    page.mouse.move(30, 1000)
    expect(menu).to_have_css("width", opened)


def test_the_tab_names_the_scene_that_is_open(app_url: str, new_page: Callable[..., Page]) -> None:
    lesson = next(entry for entry in LESSONS.values() if entry.scenes)
    page, titles = new_page(), set()
    for scene in lesson.scenes[:2]:
        visit(page, f"{app_url}/{lesson}?scene={scene.name}")
        titles.add(page.title())
    assert len(titles) == 2
