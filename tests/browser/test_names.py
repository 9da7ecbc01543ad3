"""What a screen reader is told, and where keys lead: names, the menu, PageDown, Tab, dialogs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import (
    Profiles,
    free_port,
    fresh_pages,
    profile,
    start,
    wait_until_up,
)
from tests.browser.helpers import few_charts, settled, visit

NewPage = Callable[..., Page]
HANGUL = re.compile("[가-힣]")
LATIN_WORD = re.compile(r"[A-Za-z]{3,}")
#: English that a Korean reader may still meet, and why
LEFT = {
    "the menu of a column in a table to scroll: Sort ascending, Pin column …": (
        "a library of its own; only in the two drawers that hold such a table"
    ),
    "Record a screencast, and what follows it": "Streamlit's dialog about a browser's permission",
    "what is said before the first run, by a server that never answers": (
        "no script of ours is on the page yet"
    ),
}


@pytest.fixture(scope="module")
def lesson(app_url: str, profiles: Profiles) -> Iterator[Page]:
    """One on which keys are pressed that change nothing."""
    with fresh_pages(profiles) as open_page:
        yield visit(open_page(), f"{app_url}/mini_batch?scene=own")


@pytest.fixture
def page(lesson: Page) -> Page:
    """The lesson as one comes to it: the next Tab is the first."""
    lesson.evaluate("document.activeElement.blur(), getSelection().collapse(document.body, 0)")
    return lesson


#: Whatever Tab should stop at, in the order of the page, components included. Of radio buttons one
#: of a group is a stop; the marks of the stage are one stop.
STOPS = """() => {
  window.stops = [];
  const seen = element => element.checkVisibility({ visibilityProperty: true });
  const walk = node => {
    const box = node.closest?.('details:not([open])');
    if (box && !node.matches('summary')) return;
    const keyed = node.matches?.('button, input, select, textarea, a[href], summary, [tabindex]');
    const radio = node.type === 'radio' && !node.checked && node.getRootNode().querySelector(
      `input[type=radio][name="${node.name}"]:checked`);
    const open = (node.tabIndex >= 0 || node.localName === 'summary') && !node.disabled && !radio;
    if (keyed && open && seen(node)) window.stops.push(node);
    for (const child of node.shadowRoot?.children ?? []) walk(child);
    for (const child of node.children) walk(child);
  };
  walk(document.body);
  return window.stops.length;
}"""
AT = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return [window.stops.indexOf(at), at.outerHTML.slice(0, 160)];
}"""


def test_tab_alone_walks_through_a_lesson(page: Page) -> None:
    expect(page.locator(".stage[data-state='still']")).to_be_attached()
    count = page.evaluate(STOPS)
    walked: list[int] = []
    for _ in range(2 * count):
        page.keyboard.press("Tab")
        at, html = page.evaluate(AT)
        if html.startswith("<body"):
            break  # round: all of the page is behind
        walked += [at] if at >= 0 else []
    else:
        raise AssertionError(f"Tab never left the page; it stands at {html}")
    assert walked == sorted(walked), "Tab jumps back"  # a table of cells keeps it for a row
    missed = page.evaluate(
        """walked => window.stops.filter((stop, i) => !walked.includes(i))
          .filter(stop => stop.type !== 'radio' && stop.role !== 'radio')  // one of a group is
          .map(stop => stop.outerHTML.slice(0, 120))""",
        walked,
    )
    assert missed == []


def test_the_sliders_of_the_stage_by_name(page: Page) -> None:
    for name in ("ε added to σ²", "γ scale", "β shift"):
        slider = page.get_by_role("slider", name=name, exact=True)
        expect(slider).to_have_count(1)
        expect(slider).to_have_attribute("aria-valuetext", re.compile(r"(mean|deviation) of z"))
    eps = page.get_by_role("slider", name="ε added to σ²")
    expect(eps).to_have_attribute("aria-valuetext", re.compile("^1 times ten to the power -5;"))


def test_the_menu_tells_the_open_page_from_the_one_under_the_keys(page: Page) -> None:
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    expect(links.nth(1)).to_have_attribute("aria-current", "page")
    expect(page.locator(".stSidebar [aria-current]")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the lesson")).to_be_focused()

    def look(nth: int) -> list[str]:
        script = "link => ['outlineStyle', 'backgroundColor'].map(s => getComputedStyle(link)[s])"
        return links.nth(nth).evaluate(script)

    unfocused, current = look(3), look(1)
    if page.get_by_test_id("stSidebarCollapseButton").is_visible():  # always, where no mouse is
        page.keyboard.press("Tab")
    for nth in range(4):
        page.keyboard.press("Tab")
        expect(links.nth(nth)).to_be_focused()
    expect(links.nth(3)).to_have_css("outline-style", "solid")
    assert look(1) == current and current[0] == "none" and current[1] != unfocused[1]
    assert look(3)[1] != current[1]


def test_the_open_page_in_the_menu_follows_the_lesson(app_url: str, new_page: NewPage) -> None:
    page = visit(few_charts(new_page(), most=0), f"{app_url}/training?view=all")
    links = page.get_by_test_id("stSidebar").get_by_role("link")
    expect(links.nth(3)).to_have_attribute("aria-current", "page")
    links.nth(6).focus()
    page.keyboard.press("Enter")
    expect(links.nth(6)).to_have_attribute("aria-current", "page")
    expect(links.nth(3)).not_to_have_attribute("aria-current", "page")
    settled(page)
    page.keyboard.press("PageDown")  # from the menu, where the focus still is
    page.wait_for_function("document.querySelector('.stMain').scrollTop > 100")


def test_streamlits_own_words_follow_the_language(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(lang="ko"), f"{app_url}/mini_batch")
    page.get_by_role("button", name="페이지 메뉴").click()
    menu = page.get_by_role("menu")
    expect(menu).to_contain_text("어둡게")
    assert not LATIN_WORD.findall(
        re.sub(r"light_mode|dark_mode|contrast|Streamlit", "", menu.inner_text())
    )
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="English").check(force=True)
    settled(page)
    page.get_by_role("button", name="Page menu").click()
    expect(menu).to_contain_text("Dark")
    assert not HANGUL.search(menu.inner_text())


def test_streamlits_dialogs_are_in_the_readers_language(browser: Browser) -> None:
    """A wrong address, and a server that goes away: neither may leave the page watched."""
    server = start(port := free_port())
    context = profile(browser, 1280, 720, "ko")
    try:
        wait_until_up(url := f"http://127.0.0.1:{port}", server)
        page = context.new_page()
        visit(page, f"{url}/nonsense?lang=ko")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("이 주소에는 페이지가 없어")
        expect(dialog.get_by_role("heading")).to_have_text("없는 페이지")
        dialog.get_by_role("button", name="닫기").click()
        server.terminate()
        expect(dialog.get_by_role("heading")).to_have_text("연결 끊김")
        assert not LATIN_WORD.findall(dialog.inner_text())
    finally:
        context.close()
        server.kill()
        server.wait(20)
