"""A browser hands on what a link says, shows it, and keeps it in the other language.

That every control of every lesson does so, alone of what Python sends, is seen without a browser in
`tests/pages/test_links.py`; what components make of it is seen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    address,
    few_charts,
    framed,
    numbers_on_screen,
    painted,
    settled,
    visit,
)
from tests.pages.helpers import in_link
from tests.pages.test_links import DECIDED, another_value
from ui.lessons import LESSONS
from ui.state import HANDFUL

HANGUL = re.compile("[가-힣]")


def query(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_link_shows_the_same_numbers_in_both_languages(
    app_url: str, new_page: Callable[..., Page], lesson: str
) -> None:
    controls = LESSONS[lesson].controls
    values = {control.name: another_value(control) for control in controls} | DECIDED.get(
        lesson, {}
    )
    view = {"view": "all"} if LESSONS[lesson].scenes else {}
    asked = {control.name: control.write(values[control.name]) for control in controls} | view
    link = in_link(lesson, values) | view
    page = few_charts(new_page(reduced_motion="reduce"), most=0)  # what plays stands at its end
    visit(page, f"{address(app_url, lesson)}?{urlencode({'lang': 'ko'} | asked)}")
    assert query(page) == {"lang": "ko"} | link
    expect(page.locator("h1").first).to_have_text(HANGUL)
    shown = drawn(page)
    for lang in 3 * ("en", "ko"):  # the first look may come before all is drawn
        before, shown = shown, in_language(page, lang)
        assert query(page) == {"lang": lang} | link
        if shown == before:
            break
    assert shown and shown == before


def in_language(page: Page, lang: str) -> list[str]:
    """The numbers of the page, once it is in that language."""
    page.get_by_role("radio", name={"en": "English", "ko": "한국어"}[lang]).check(force=True)
    page.wait_for_url(re.compile(rf"\blang={lang}\b"))
    title = expect(settled(page).locator("h1").first)
    (title.to_have_text if lang == "ko" else title.not_to_have_text)(HANGUL)
    return drawn(page)


def drawn(page: Page) -> list[str]:
    """The numbers of the page, once no more of them come: another language draws all anew."""
    found, before = numbers_on_screen(painted(page)), None
    while found != before:
        page.wait_for_timeout(300)
        before, found = found, numbers_on_screen(framed(page))
    return found


def test_a_bad_value_gives_the_default_and_a_sentence(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    """What is said of the controls of every lesson is seen in `tests/pages/test_frame.py`."""
    controls = LESSONS["mini_batch"].controls
    bad = urlencode({"lang": "en"} | {control.name: "?!" for control in controls})
    page = visit(new_page(), f"{app_url}/mini_batch?{bad}")
    assert query(page) == {"lang": "en", "scene": LESSONS["mini_batch"].scenes[0].name}
    notice = page.get_by_test_id("stAlert").first.inner_text()
    for control in controls[:HANDFUL]:
        assert re.search(rf"\b{control.name}\b", notice, re.ASCII), notice
    assert str(len(controls) - HANDFUL) in notice.splitlines()[-1]
