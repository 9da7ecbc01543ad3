"""The lesson on train and test in a real browser: screens, draws, averages by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from bncore import BatchNorm
from experiments.at_test_time import companions
from experiments.trained import trained
from tests.browser.helpers import overflow, visit

NewPage = Callable[..., Page]
NewTab = Callable[[], Page]
AGAIN = {"en": "Draw again", "ko": "다시 뽑기"}
DECAY = {"en": "ρ, the weight of the past", "ko": "과거의 비중 ρ"}
CHARTS = 8


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/test_time"


@pytest.mark.parametrize(
    ("lang", "width", "height"),
    [("en", 1440, 900), ("ko", 390, 844)],
    ids=["en-desktop", "ko-phone"],
)
def test_charts_and_digits_stand_and_nothing_is_too_wide(
    lesson: str, new_page: NewPage, lang: str, width: int, height: int
) -> None:
    page = visit(new_page(width, height, lang, dark=lang == "ko"), f"{lesson}?lang={lang}")
    charts = page.locator(".js-plotly-plot .main-svg:first-child")
    expect(charts).to_have_count(CHARTS)
    for box in charts.evaluate_all("all => all.map(svg => svg.getBoundingClientRect())"):
        assert box["left"] >= 0 and box["right"] <= width
    images = page.locator(".digits img")
    expect(images.first).to_be_visible()
    assert images.evaluate_all(
        "all => all.every(i => i.naturalWidth > 0 && getComputedStyle(i).imageRendering"
        " === 'pixelated' && (i.alt || i.closest('figure').innerText)"
        " && i.getBoundingClientRect().right <= innerWidth)"
    )
    assert overflow(page) == 0


def expect_counts(page: Page, wanted: list[int]) -> None:
    for digit, count in enumerate(wanted):
        cell = page.locator(".votes tbody tr").nth(digit).locator("td.share")
        expect(cell).to_have_attribute("data-value", str(count))


@pytest.mark.parametrize("lang", ["en"])
def test_draw_again_draws_other_companions_and_changes_the_link(
    lesson: str, new_tab: NewTab, lang: str
) -> None:
    page = visit(new_tab(), f"{lesson}?lang={lang}&m=4")
    expect_counts(page, companions.meet(11, 4, 0).counts.tolist())
    page.get_by_role("button", name=AGAIN[lang]).click()
    expect_counts(page, companions.meet(11, 4, 1).counts.tolist())
    page.wait_for_url(re.compile(r"[?&]seed=1(&|$)"))
    assert parse_qs(urlsplit(page.url).query)["m"] == ["4"]


def kept(decay: float, steps: int, unit: int) -> tuple[str, str]:
    """Running mean and variance of a unit of layer 1 as the core's own layer keeps them."""
    net = trained()
    m, n = net.config.batch_size, net.config.width
    layer = BatchNorm(n, momentum=1 - decay)
    for mean, var in zip(net.batch_mean[:steps, 0], net.batch_var[:steps, 0], strict=True):
        sd = var.astype(float) ** 0.5  # half the batch one sd above its mean, half below
        layer.forward([mean + sd] * (m // 2) + [mean - sd] * (m // 2))
    return layer.running_mean[unit - 1], layer.running_var[unit - 1]


@pytest.mark.parametrize("lang", ["ko"])
def test_the_decay_moves_by_keyboard_and_the_numbers_are_the_cores(
    lesson: str, new_tab: NewTab, lang: str
) -> None:
    page = visit(new_tab(), f"{lesson}?lang={lang}&stop=75&unit=7")
    slider = page.get_by_role("slider", name=DECAY[lang])
    slider.focus()
    page.keyboard.press("ArrowLeft")  # from .99 to .95
    page.wait_for_url(re.compile(r"[?&]decay=0\.95(&|$)"))
    row = page.locator("table.kept tbody tr").nth(1)
    for cell, wanted in zip((0, 1), kept(0.95, 75, 7), strict=True):
        shown = re.compile("^" + re.escape(f"{wanted:.4g}"[:6]))
        expect(row.locator("td").nth(cell)).to_have_attribute("data-value", shown)


def test_all_that_can_be_set_can_be_reached_by_keyboard(lesson: str, new_tab: NewTab) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en")
    expect(page.locator(".js-plotly-plot .main-svg:first-child")).to_have_count(CHARTS)
    reached = set()
    page.locator(".stMain").get_by_role("radio").first.focus()
    for _ in range(90):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "() => document.activeElement?.closest('[class*=st-key-test_time]')"
                "?.className.match(/st-key-test_time-([a-z]+)/)?.[1]"
            )
        )
    wanted = {"image", "m", "order", "decay", "stop", "regime", "layer", "unit", "start"}
    wanted |= {"corrected", "convention", "batch", "mode", "dim", "k"}
    assert wanted <= reached


def test_the_right_mode_gives_the_right_answers(lesson: str, new_tab: NewTab) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en")
    wrong = page.locator(".digits .answer").filter(has_text="✗")
    expect(wrong).not_to_have_count(0)
    page.get_by_text("eval()", exact=True).and_(page.locator("p")).first.click()
    expect(wrong).to_have_count(0)
