"""Why batch norm works, in a real browser: the scenes on inputs and on shifts answer the hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from experiments.why import cats, coloured
from pages.why import LESSON
from pages.why.cats import MET, SHOWN
from pages.why.charts_shift import LOOKS
from pages.why.inks import ink_arms
from tests.browser.helpers import overflow, settled, still, visit

NewPage = Callable[..., Page]
SIZES = pytest.mark.parametrize(
    ("size", "lang"), [((1366, 768), "en"), ((390, 844), "ko")], ids=["desktop", "phone"]
)


def lesson(page: Page, app_url: str, **query: object) -> Page:
    return visit(page, f"{app_url}/why?{urlencode(query)}")


def drawer(page: Page, scene: str) -> Locator:
    """Opened."""
    box = page.locator(f".st-key-more-{scene}")
    box.locator("summary").click()
    return box


def expect_shares(page: Page, name: str, *shares: float) -> None:
    """The first number of each row of a table comes to be these."""
    for row, share in enumerate(shares):
        cell = page.locator(f"table.{name} tbody tr").nth(row).locator("td").first
        expect(cell).to_have_attribute("data-value", f"{share:.4f}")


def answers(page: Page) -> Locator:
    return page.locator(".pixels .answer")


@SIZES
def test_a_guess_moves_the_bowls(
    app_url: str, new_page: NewPage, size: tuple[int, int], lang: str
) -> None:
    page = lesson(new_page(*size, lang, dark=lang == "ko"), app_url, scene="bowl", lang=lang)
    bowls = page.locator("img.valley")
    expect(bowls).to_have_count(2)
    before = [bowl.get_attribute("src") for bowl in bowls.all()]
    assert before[0] == before[1]  # neither tells anything yet
    page.locator(".st-key-guess-same button").click()
    expect(bowls.first).not_to_have_attribute("src", before[0] or "")
    expect(page.locator(".st-key-answer-why-rounder")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]seen=1(&|$)"))
    boxes = bowls.evaluate_all("all => all.map(i => [i.naturalWidth, i.clientWidth])")
    assert all(natural and width > 300 for natural, width in boxes)
    assert overflow(page) == 0
    page.locator(".st-key-scene-next button").click()
    expect(page.locator(".pixels img")).to_have_count(SHOWN)
    expect(answers(page)).to_have_count(0)  # the next scene asks first


def test_steps_cross_at_right_angles_and_divergence_is_told(
    app_url: str, new_page: NewPage
) -> None:
    """One scale on both axes, whatever the room; start and lowest point are in the picture."""
    page = lesson(new_page(), app_url, scene="wines", lr=0.009, seen=1)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)
    still(settled(page))
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
    rate = page.get_by_role("slider", name="Learning rate")
    told = page.get_by_text("Diverges", exact=True)
    for key, lr, diverging in (("ArrowRight", "0.0098", 0), ("ArrowRight", "0.01", 1)):
        rate.press(key)
        expect(page).to_have_url(re.compile(rf"[?&]lr={re.escape(lr)}(&|$)"))
        expect(told).to_have_count(diverging)
    rate.press("End")
    expect(told).to_have_count(2)


def test_another_coat_changes_the_pictures_and_what_is_said(
    app_url: str, new_page: NewPage
) -> None:
    page = lesson(new_page(), app_url, scene="cats", learner="before", coat=0.0, seen=1)
    expect(answers(page)).to_have_count(2 * SHOWN)
    assert_pixels_are_crisp(page)
    large = page.locator(".pixels img").first
    black = large.get_attribute("src")
    drawer(page, "cats")
    coat = page.get_by_role("slider", name="Fur: black → cream")
    for key, shift in (("End", 1.0), ("ArrowLeft", 0.9)):
        coat.press(key)
        column, found = cats.SHIFTS.index(shift), cats.over_seeds()
        expect_shares(page, "coats", *(getattr(found, arm)[:, column].mean() for arm in LOOKS))
        seen = cats.seen(shift, SHOWN, MET, "before")
        right = [(seen.cat[i] >= 0.5) == (seen.y[i] == cats.CAT) for i in range(SHOWN)]
        for i in range(SHOWN):
            expect(answers(page).nth(2 * i)).to_have_text(re.compile("✓" if right[i] else "✗"))
        assert large.get_attribute("src") != black


def assert_pixels_are_crisp(page: Page) -> None:
    looks = page.locator(".pixels img").evaluate_all(
        """all => all.map(i => [i.naturalWidth, i.clientWidth, i.clientHeight,
             getComputedStyle(i).imageRendering, getComputedStyle(i).objectFit, i.alt])"""
    )
    assert looks
    for natural, width, height, rendering, fit, alt in looks:
        assert natural == cats.SIZE and alt
        assert abs(width - height) <= 1 and width >= 2.9 * natural
        assert (rendering, fit) == ("pixelated", "fill")


def test_another_ink_changes_the_digits_and_the_table(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, scene="inks")
    met = page.locator(".pixels img").last
    orange = met.get_attribute("src")
    drawer(page, "inks")
    page.get_by_role("radio", name="yellow").click()
    column = list(coloured.INKS).index("yellow")
    expect_shares(page, "inks", *(arm[:, column].mean() for arm in ink_arms().values()))
    expect(met).not_to_have_attribute("src", orange or "")


def test_a_link_of_older_versions_opens_what_it_meant(app_url: str, new_page: NewPage) -> None:
    page = lesson(new_page(), app_url, part="speed", test="rates", depth=16, rate=1.0)
    expect(page).to_have_url(re.compile(r"[?&]scene=map(&|$)"))
    expect(page.locator("h1")).to_have_text("How deep, and at which learning rate?")
    expect(page.get_by_text("16 hidden layers at a rate of 1.")).to_be_visible()
    assert LESSON.scene_of("map").question is not None
