"""The lesson on train and test in a real browser: screens, draws, averages by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from bncore import BatchNorm
from experiments.at_test_time import companions, dimming
from experiments.trained import trained
from tests.browser.helpers import few_charts, overflow, painted, visit

NewPage = Callable[..., Page]
NewTab = Callable[[], Page]
AGAIN = {"en": "Draw again", "ko": "다시 뽑기"}
DECAY = {"en": "ρ, the weight of the past", "ko": "과거의 비중 ρ"}


@pytest.fixture(scope="module")
def lesson(app_url: str) -> str:
    return f"{app_url}/test_time"


def test_digits_stand_in_full_rows(lesson: str, new_page: NewPage) -> None:
    """That its charts stand, within the page, is seen in `test_charts.py`."""
    page = few_charts(new_page(), most=0)
    visit(page, f"{lesson}?lang=en&view=all")
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        digits_stand(painted(page))


def digits_stand(page: Page) -> None:
    images = page.locator(":is(.digits, .dozen) img")
    expect(images.first).to_be_visible()
    assert images.evaluate_all(
        "all => all.every(i => i.naturalWidth > 0 && i.getBoundingClientRect().width > 15"
        " && getComputedStyle(i).imageRendering === 'pixelated'"
        " && (i.alt || i.closest('figure').innerText)"
        " && i.getBoundingClientRect().right <= innerWidth)"
    )
    assert overflow(page) == 0
    rows = page.locator(".dozen > div figure").evaluate_all(
        "all => all.map(figure => figure.offsetTop)"
    )
    alone = [top for top in rows if rows.count(top) == 1]
    assert not alone, "an image stands alone in its row"


def expect_counts(page: Page, wanted: list[int]) -> None:
    for digit, count in enumerate(wanted):
        cell = page.locator(".votes tbody tr").nth(digit).locator("td.share")
        expect(cell).to_have_attribute("data-value", str(count))


def test_draw_again_draws_other_companions_and_changes_the_link(
    lesson: str, new_tab: NewTab
) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en&m=4")
    expect_counts(page, companions.meet(11, 4, 0).counts.tolist())
    page.get_by_role("button", name=AGAIN["en"]).click()
    expect_counts(page, companions.meet(11, 4, 1).counts.tolist())
    page.wait_for_url(re.compile(r"[?&]seed=1(&|$)"))
    assert parse_qs(urlsplit(page.url).query)["m"] == ["4"]


def kept(decay: float, steps: int, unit: int) -> tuple[float, float]:
    """Running mean and variance of a unit of layer 1 as the core's own layer keeps them."""
    net = trained()
    m, n = net.config.batch_size, net.config.width
    layer = BatchNorm(n, momentum=1 - decay)
    for mean, var in zip(net.batch_mean[:steps, 0], net.batch_var[:steps, 0], strict=True):
        sd = var.astype(float) ** 0.5  # half the batch one sd above its mean, half below
        layer.forward([mean + sd] * (m // 2) + [mean - sd] * (m // 2))
    return layer.running_mean[unit - 1], layer.running_var[unit - 1]


def close(shown: str | None, wanted: float) -> bool:
    return shown is not None and float(shown) == pytest.approx(wanted, rel=2e-5)


def test_the_bars_move_by_keyboard_and_the_numbers_are_the_cores(
    lesson: str, new_tab: NewTab
) -> None:
    page = visit(new_tab(), f"{lesson}?lang=ko&scene=averages&decay=0.99&stop=75&unit=7&seen=1")
    slider = page.get_by_role("slider", name=DECAY["ko"])
    slider.focus()
    newest = page.locator(".weights figcaption b.num[data-value]")
    expect(newest).to_have_attribute("data-value", re.compile(r"^0\.0100"))
    page.keyboard.press("ArrowLeft")  # from .99 to .95: at once in the browser
    expect(newest).to_have_attribute("data-value", re.compile(r"^0\.0500"))
    read = page.locator(".followed").locator("figcaption span:nth-child(2) b")
    moved = [read.nth(k).get_attribute("data-value") for k in (0, 1)]
    page.wait_for_url(re.compile(r"[?&]decay=0\.95(&|$)"))
    expect(page.locator(".fading[data-state=still]")).to_be_visible()
    rested = [read.nth(k).get_attribute("data-value") for k in (0, 1)]
    for shown in (moved, rested):
        assert all(map(close, shown, kept(0.95, 75, 7)))


def test_the_light_goes_down_and_the_bars_follow(lesson: str, new_tab: NewTab) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en&scene=world")
    bars = page.locator(".light li b")
    five = dimming.over_seeds()
    expect(bars.nth(1)).to_have_attribute("data-value", f"{five.frozen[:, 0].mean():.4f}")
    page.locator(".st-key-guess-robust button").click()
    expect(bars.nth(1)).to_have_attribute("data-value", f"{five.frozen[:, 7].mean():.4f}")
    expect(page.locator(".light li i").nth(1)).not_to_be_empty()  # where the guess was
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    expect(bars.nth(0)).to_have_attribute("data-value", f"{five.plain[:, -1].mean():.4f}")
    page.wait_for_url(re.compile(r"[?&]dim=0\.05(&|$)"))


def test_all_that_can_be_set_can_be_reached_by_keyboard(lesson: str, new_tab: NewTab) -> None:
    page = painted(visit(few_charts(new_tab(), most=0), f"{lesson}?lang=en&view=all"))
    reached = set()
    page.locator(".st-key-test_time-image input").focus()
    for _ in range(110):
        reached.add(
            page.evaluate(
                """() => {
                  let at = document.activeElement;
                  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
                  return at?.closest('[class*=st-key-test_time]')
                    ?.className.match(/st-key-test_time-([a-z]+)/)?.[1]
                    ?? at?.closest('[data-control]')?.dataset.control;
                }"""
            )
        )
        page.keyboard.press("Tab")
    wanted = {"image", "m", "order", "decay", "stop", "regime", "layer", "unit", "start"}
    wanted |= {"corrected", "convention", "batch", "mode", "dim", "k"}
    assert wanted <= reached


def test_the_right_mode_gives_the_right_answers(lesson: str, new_tab: NewTab) -> None:
    page = visit(new_tab(), f"{lesson}?lang=en&scene=modes")
    wrong = page.locator(".digits .answer").filter(has_text="✗")
    expect(wrong).to_have_count(0)
    page.locator(".st-key-just-show-me button").click()
    expect(wrong).not_to_have_count(0)
    page.locator(".st-key-test_time-mode").get_by_text("eval()", exact=True).click()
    expect(wrong).to_have_count(0)
