"""The scenes on layers, on speed, and the verdicts in a real browser: one can play."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from experiments.claims import board as claims
from experiments.why import disturb
from pages.why import EIGHT
from tests.browser.helpers import overflow, settled, still, visit

NewPage = Callable[..., Page]
CLAIMS = tuple(claims.board())
SIZES = pytest.mark.parametrize(
    ("size", "lang"), [((1366, 768), "en"), ((390, 844), "ko")], ids=["desktop", "phone"]
)


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/why?{urlencode(query)}")


def drawer(page: Page, scene: str) -> None:
    """Open a scene's drawer; what comes into it may still be on its way."""
    page.locator(f".st-key-more-{scene} summary").first.click()
    settled(page)


def test_a_harder_disturbance_shows_the_experiments_numbers(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, scene="apart", kind="noise", seen=1)
    drawer(page, "apart")
    page.get_by_role("slider").first.press("End")
    expect(page).to_have_url(re.compile(r"[?&]strength=6(&|$)"))
    found = disturb.disturb("noise", disturb.STRENGTHS["noise"][6], 0)
    cell = page.locator("table.disturbed tbody td").nth(1)
    expect(cell).to_have_attribute("data-value", f"{found.accuracy[0]:.4f}")


def test_a_visitor_trains_the_framed_place(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="map", depth=2, draw=41, seen=1)
    drawer(page, "map")
    page.locator(".st-key-train-why-rates button").click()
    expect(page.locator(".st-key-rates-cell .js-plotly-plot")).to_be_visible()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)


def test_a_run_can_be_stopped_and_keeps_what_is_trained(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="once", once="deep", draw=43, seen=1)
    drawer(page, "once")
    page.locator(".st-key-train-why-once button").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Step")
    page.locator(".st-key-stop-why-once button").click()
    expect(page.get_by_text(re.compile(r"Stopped at step \d+"))).to_be_visible()
    expect(page.locator("table.once thead :is(th, td)")).to_have_count(5)


@SIZES
def test_one_plays_the_board(
    app_url: str, new_page: NewPage, size: tuple[int, int], lang: str
) -> None:
    page = lesson(new_page(*size, lang, dark=lang == "ko"), app_url, scene="verdicts", lang=lang)
    button = page.locator(".st-key-predictions button")
    expect(button).to_have_count(4)
    expect(page.locator(".board-outcome, .board-strips")).to_have_count(0)
    for number, claim in enumerate(EIGHT[:2], start=1):
        right = claims.board()[claim].verdict
        said = right if number == 1 else "weak"
        page.locator(f".st-key-predict-{said} button").click()
        outcome = page.locator(".board-outcome")
        expect(outcome).to_have_attribute("data-verdict", right)
        chosen = page.locator(".st-key-board-head button[aria-checked='true']")
        expect(chosen).to_have_text(re.compile("★" if said == right else "☆"))
        if number == 1:
            page.locator(".st-key-board-next button").click()
            expect(button).to_have_count(4)
    expect(page.locator(".board-score b")).to_have_text("★ 1/2")
    still(settled(page))
    assert overflow(page) == 0
    inside = page.locator(".board-strips").evaluate("""box => {
      const r = box.getBoundingClientRect();
      return [...box.querySelectorAll('span, b, i')].every(e => {
        const s = e.getBoundingClientRect();
        return s.left >= r.left - 8 && s.right <= r.right + 8; }) }""")
    assert inside


def test_a_lecturer_uncovers_everything_and_reads_the_other_numbers(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, part="board", all=1, claim="any_init")
    drawer(page, "board")
    expect(page.locator(".board-columns li")).to_have_count(len(CLAIMS))
    expect(page.locator(".st-key-more-board .board-strips .strip").first).to_be_visible()
    lesson(page, app_url, part="board", all=1, claim="folds")
    expect(page.locator(".board-outcome")).to_have_attribute("data-verdict", "exact")
