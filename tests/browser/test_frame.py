"""The frame in a real browser: cold links, languages, light and dark, no word to other hosts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import settled, visit
from ui.lessons import HOME, LESSONS

DEEP = [name for name in LESSONS if name != HOME]


def test_a_cold_server_opens_a_deep_link_inside_the_frame(
    cold_app: Callable[[], str], new_page: Callable[..., Page]
) -> None:
    page = visit(new_page(), f"{cold_app()}/{DEEP[-1]}?lang=ko")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    menu = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink")
    expect(menu).to_have_count(len(LESSONS))


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_browsers_language_is_taken_unless_the_link_names_one(
    app_url: str, new_page: Callable[..., Page], lang: str
) -> None:
    other = {"en": "ko", "ko": "en"}[lang]
    own = visit(new_page(lang=lang), app_url)
    assert bool(re.search("[가-힣]", own.locator("h1").inner_text())) == (lang == "ko")
    expect(own.locator(f"html[lang={lang}]")).to_have_count(1)
    linked = visit(new_page(lang=lang), f"{app_url}/?lang={other}")
    expect(linked.locator(f"html[lang={other}]")).to_have_count(1)
    assert bool(re.search("[가-힣]", linked.locator("h1").inner_text())) == (other == "ko")


def test_back_returns_to_the_state_before(app_url: str, new_page: Callable[..., Page]) -> None:
    page = visit(new_page(), f"{app_url}/?lang=ko")
    before = page.locator("h1").inner_text()
    page.get_by_test_id("stSidebar").get_by_role("link").nth(1).click()
    expect(page.locator("h1")).not_to_have_text(before)
    settled(page).get_by_text("English", exact=True).click()
    expect(page.locator("h1")).not_to_have_text(re.compile("[가-힣]"))
    settled(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text(before)
