"""The parts `layers`, `speed`, `board` in a real browser: they fit, they answer, one can play."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from experiments.claims import board as claims
from experiments.why import disturb
from tests.browser.helpers import overflow, settled, still, visit

NewPage = Callable[..., Page]
CLAIMS = tuple(claims.board())
SIZES = pytest.mark.parametrize(
    ("size", "lang"), [((1440, 900), "en"), ((390, 844), "ko")], ids=["desktop", "phone"]
)
# What is drawn by Plotly; the charts of the other experiments are laid out as some of these.
CHARTS = {"part=layers": 4, "part=speed&test=noisy": 2, "part=speed&test=rates": 3}


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/why?{urlencode(query)}")


@SIZES
def test_every_part_fits(app_url: str, new_page: NewPage, size: tuple[int, int], lang: str) -> None:
    page = new_page(*size, lang, dark=lang == "ko")
    for query, charts in CHARTS.items():
        visit(page, f"{app_url}/why?{query}&lang={lang}")
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_have_count(charts)
        still(settled(page))
        assert overflow(page) == 0, query
        cut = page.locator(".js-plotly-plot").evaluate_all(
            "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length"
        )
        assert cut == 0, query


def test_a_harder_disturbance_shows_the_experiments_numbers(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, part="layers", kind="noise")
    page.get_by_role("slider").first.press("End")
    expect(page).to_have_url(re.compile(r"[?&]strength=6(&|$)"))
    found = disturb.disturb("noise", disturb.STRENGTHS["noise"][6], 0)
    cell = page.locator("table.disturbed tbody td").nth(1)
    expect(cell).to_have_attribute("data-value", f"{found.accuracy[0]:.4f}")


def test_a_visitor_trains_the_framed_place(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, part="speed", test="rates", depth=2, draw=41)
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    page.locator(".st-key-train-why-rates button").click()
    expect(page.locator(".st-key-rates-cell .js-plotly-plot")).to_be_visible()
    expect(page.get_by_test_id("stProgress")).to_have_count(0)


def test_a_run_can_be_stopped_and_keeps_what_is_trained(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, part="speed", test="once", once="deep", draw=43)
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    page.locator(".st-key-train-why-once button").click()
    expect(page.get_by_test_id("stProgress")).to_contain_text("Step")
    page.locator(".st-key-stop-why-once button").click()
    expect(page.get_by_text(re.compile(r"Stopped at step \d+"))).to_be_visible()
    expect(page.locator("table.once thead :is(th, td)")).to_have_count(5)


@SIZES
def test_one_plays_the_board(
    app_url: str, new_page: NewPage, size: tuple[int, int], lang: str
) -> None:
    page = lesson(new_page(*size, lang, dark=lang == "ko"), app_url, part="board", lang=lang)
    button = page.locator(".st-key-predictions button")
    expect(button).to_have_count(4)
    expect(page.locator(".board-outcome, .board-strips")).to_have_count(0)
    for number, claim in enumerate(CLAIMS[:2], start=1):
        right = claims.board()[claim].verdict
        said = right if number == 1 else "weak"
        page.locator(f".st-key-predict-{said} button").click()
        outcome = page.locator(".board-outcome")
        expect(outcome).to_have_attribute("data-verdict", right)
        tile = page.locator(f".board-columns .{right} li[data-claim='{number}']")
        expect(tile).to_contain_text("★" if said == right else "☆")
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


def test_a_lecturer_uncovers_everything_and_reads_the_folded_numbers(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, part="board", all=1, claim="any_init")
    expect(page.locator(".board-columns li")).to_have_count(len(CLAIMS))
    folded = page.locator(".board-more .strip").first
    expect(folded).not_to_be_visible()
    page.locator(".board-more summary").click()
    expect(folded).to_be_visible()
    number = str(CLAIMS.index("folds") + 1)
    page.get_by_test_id("stButtonGroup").get_by_text(number, exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]claim=folds(&|$)"))
    expect(page.locator(".board-outcome")).to_have_attribute("data-verdict", "exact")
