"""What the page says and does by itself: without its WebSocket, and before it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import profile
from tests.browser.helpers import settled
from tests.browser.proxy import proxy

LOCALES = Path(__file__).parents[2] / "assets" / "locales"
#: what the notice said, and how long the page knew no connection, by the page's own clock
KEEP_SAID = """(() => {
  window.said = []; window.waited = 0;
  let began = null;
  new MutationObserver(() => {
    const text = document.querySelector('.lab-connection')?.textContent;
    if (text && !window.said.includes(text)) window.said.push(text);
    const state = document.querySelector('.stApp')?.dataset.testConnectionState;
    if (state) began ??= performance.now();
    if (state === 'CONNECTED' && !window.waited) window.waited = performance.now() - began;
  }).observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
})()"""


def words(lang: str) -> dict[str, str]:
    return tomllib.loads((LOCALES / lang / "ui.toml").read_text("utf-8"))["connection"]


@pytest.fixture
def open_page(browser: Browser):
    """Pages that may log what the browser thinks of a refused connection."""
    contexts = []

    def new(lang: str, **more) -> Page:
        contexts.append(profile(browser, 1024, 700, lang, **more))
        page = contexts[-1].new_page()
        page.add_init_script(KEEP_SAID)
        return page

    yield new
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("lang", "link"), [("ko", ""), ("ko", "?lang=en-GB")])
def test_a_refused_websocket_is_said_and_unsaid(app_url, open_page, lang: str, link: str) -> None:
    """0.3.0 showed an empty page for ever."""
    said_in = "en" if link else lang
    with proxy(app_url) as between:
        page = open_page(lang)
        page.goto(f"{between.url}/training{link}")
        expect(page.locator(f"html[lang={said_in}]")).to_have_count(1)
        notice = page.get_by_role("alert").and_(page.locator(".lab-connection"))
        expect(notice).to_have_text(words(said_in)["never"])
        box = notice.bounding_box()
        assert box["width"] == 1024 and 0 < box["y"] < box["y"] + box["height"] <= 700
        between.open.set()
        expect(notice).to_have_count(0)
        settled(page)


def test_a_slow_start_is_not_called_a_fault_and_a_lost_connection_is(app_url, open_page) -> None:
    with proxy(app_url, refuse=False) as between:
        page = open_page("ko")
        page.goto(between.url)
        page.locator(".stApp").wait_for(state="attached")
        page.wait_for_timeout(3000)  # somewhere on the way the WebSocket is slow
        between.open.set()
        settled(page)
        waited = page.evaluate("window.waited")
        assert waited > 2000
        assert page.evaluate("window.said") == [] or waited >= 8000

        between.hang_up()
        expect(page.get_by_role("alert").filter(has_text=words("ko")["lost"])).to_be_visible()
