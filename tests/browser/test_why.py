"""Why batch norm works, in a real browser: the parts on inputs and on shifts fit and answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.why import cats, coloured
from pages.why.charts_shift import LOOKS
from pages.why.shift import SHOWN, ink_arms
from tests.browser.helpers import overflow, settled, still, visit

NewPage = Callable[..., Page]
CHARTS = {"inputs": 5, "shift": 5}


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/why?{urlencode(query)}")


def expect_shares(page: Page, name: str, *shares: float) -> None:
    """The first number of each row of a table comes to be these."""
    for row, share in enumerate(shares):
        cell = page.locator(f"table.{name} tbody tr").nth(row).locator("td").first
        expect(cell).to_have_attribute("data-value", f"{share:.4f}")


def painted(page: Page, part: str) -> Page:
    expect(page.locator(".js-plotly-plot")).to_have_count(CHARTS[part])
    return still(settled(page))


def answers(page: Page) -> Locator:
    return page.locator(".pixels .answer")


@pytest.mark.parametrize(
    ("size", "lang"), [((1440, 900), "en"), ((390, 844), "ko")], ids=["desktop", "phone"]
)
@pytest.mark.parametrize("part", CHARTS)
def test_it_fits_and_every_chart_is_drawn(
    app_url: str, new_page: NewPage, part: str, size: tuple[int, int], lang: str
) -> None:
    page = lesson(new_page(*size, lang, dark=lang == "ko"), app_url, lang=lang, part=part)
    painted(page, part)
    assert overflow(page) == 0
    cut = page.locator(".js-plotly-plot").evaluate_all(
        "all => all.filter(p => p.scrollWidth > p.clientWidth + 1).length"
    )
    assert cut == 0
    if part == "inputs":
        assert_steps_cross_at_right_angles(page)
    else:
        assert_pixels_are_crisp(page)


def assert_steps_cross_at_right_angles(page: Page) -> None:
    """One scale on both axes, whatever the room; start and lowest point are in the picture."""
    for name in ("raw", "scaled"):
        drawn = page.locator(f".st-key-bowl-{name} .js-plotly-plot").evaluate(
            """p => ['xaxis', 'yaxis'].map(a => { const f = p._fullLayout[a];
              return [f._length, f.range[0], f.range[1]]; })"""
        )
        x, y = (length / (high - low) for length, low, high in drawn)
        assert x == pytest.approx(y, rel=0.01)
        marks = page.locator(f".st-key-bowl-{name} .textpoint text")
        expect(marks).to_have_count(2)
        assert all(mark.is_visible() for mark in marks.all())


def assert_pixels_are_crisp(page: Page) -> None:
    images = page.locator(".pixels img")
    expect(images).to_have_count(5 * SHOWN)
    looks = images.evaluate_all(
        """all => all.map(i => [i.naturalWidth, i.clientWidth, i.clientHeight,
             getComputedStyle(i).imageRendering, getComputedStyle(i).objectFit, i.alt])"""
    )
    for natural, width, height, rendering, fit, alt in looks:
        assert natural in (cats.SIZE, 8) and alt
        assert abs(width - height) <= 1 and width >= 2.9 * natural
        assert (rendering, fit) == ("pixelated", "fill")


def test_the_learning_rate_moves_both_ways_and_divergence_is_told(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url)
    rate = page.get_by_role("slider", name="Learning rate")
    told = page.get_by_text("Diverges", exact=True)
    for key, lr, diverging in (
        ("ArrowLeft", "0.009", 0),
        ("ArrowRight", "0.0098", 0),
        ("ArrowRight", "0.01", 1),
    ):
        rate.press(key)
        expect(page).to_have_url(re.compile(rf"[?&]lr={re.escape(lr)}(&|$)"))
        expect(told).to_have_count(diverging)
    rate.press("End")
    expect(told).to_have_count(2)
    rate.press("Home")
    expect(told).to_have_count(0)


def test_the_next_part_begins_at_the_top_and_leaves_this_one(
    app_url: str, new_page: NewPage
) -> None:
    page = painted(lesson(new_page(), app_url), "inputs")
    page.get_by_role("button", name="On to: Shifted data").click()
    expect(page.locator(".pixels").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]part=shift(&|$)"))
    expect(page.locator("table.bowl")).to_have_count(0)
    painted(page, "shift")
    assert page.locator(".stMain").evaluate("main => main.scrollTop") == 0
    expect(page.locator("h1")).to_be_in_viewport()


def test_another_coat_changes_the_pictures_and_what_is_said(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, part="shift", learner="before")
    expect(answers(page)).to_have_count(2 * SHOWN)
    large = page.locator(".pixels img").nth(2 * SHOWN)
    black = large.get_attribute("src")
    coat = page.get_by_role("slider", name="Fur: black → cream")
    for key, shift in (("End", 1.0), ("ArrowLeft", 0.9)):
        coat.press(key)
        column, found = cats.SHIFTS.index(shift), cats.over_seeds()
        expect_shares(page, "coats", *(getattr(found, arm)[:, column].mean() for arm in LOOKS))
        seen = cats.seen(shift, SHOWN, norm="before")
        right = [(seen.cat[i] >= 0.5) == (seen.y[i] == cats.CAT) for i in range(SHOWN)]
        for i in range(SHOWN):
            expect(answers(page).nth(2 * i)).to_have_text(re.compile("✓" if right[i] else "✗"))
        assert large.get_attribute("src") != black


def test_another_ink_changes_the_digits_and_the_table(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, part="shift")
    met = page.locator(".pixels img").last
    orange = met.get_attribute("src")
    page.get_by_role("radio", name="yellow").click()
    column = list(coloured.INKS).index("yellow")
    expect_shares(page, "inks", *(arm[:, column].mean() for arm in ink_arms().values()))
    expect(met).not_to_have_attribute("src", orange or "")
