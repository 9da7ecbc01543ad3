"""A finger moves what it means to move, and scrolls the page without stopping what plays.

That it scrolls wherever it comes down, and that what is touched is large enough, is looked at on
every page in `test_every_page.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.finger import BRING, PHONE, SLIDERS, SWIPE, Finger
from tests.browser.helpers import address, still, visit

NewPage = Callable[..., Page]
# Values were shown, if only until a browser without windows thinks of its mouse elsewhere.
HOVERED = """chart => new MutationObserver(() => {
  window.hovered ||= chart.querySelector('.hoverlayer text') !== null;
}).observe(chart, { subtree: true, childList: true })"""


#: a scene whose picture is a chart
SMOOTH = "why?scene=smooth&seen=1"


def middle(place: Locator, across: float = 0.5) -> tuple[float, float]:
    at = place.evaluate(BRING, across)
    return at["x"], at["y"]


def axes(chart: Locator) -> list[list[float]]:
    return chart.locator(".js-plotly-plot").evaluate(
        "({ _fullLayout: all }) => [all.xaxis.range, all.yaxis.range]"
    )


def test_a_finger_moves_what_it_means_to_move(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(390, 844, **PHONE), f"{app_url}/{SMOOTH}")
    finger = Finger(page)

    chart = page.locator(".lab-chart").first
    chart.locator(".nsewdrag").wait_for()
    whole = axes(still(page).locator(".lab-chart").first)
    chart.evaluate(HOVERED)
    page.touchscreen.tap(*middle(chart.locator(".nsewdrag")))
    page.wait_for_function("window.hovered")  # values are read by a tap
    finger.swipe(*middle(chart.locator(".nsewdrag"), 0.3), right=100)
    assert finger.over(chart.locator(".nsewdrag").element_handle())
    assert axes(chart) == whole
    expect(chart.locator(".modebar-btn, .zoombox")).to_have_count(0)

    visit(page, f"{address(app_url, 'mini_batch')}?scene=own&source=digits")
    gamma = page.locator(".stage [data-control=gamma] input")
    gamma.wait_for()
    finger.swipe(*middle(gamma, 0.6), right=80)
    page.wait_for_url(re.compile(r"[?&]gamma=(?!1\.0(&|$))"))
    assert float(gamma.input_value()) > 1.2

    slider = page.locator(".st-key-mini_batch-m")
    m, track = slider.get_by_role("slider"), slider.locator(SLIDERS).first
    page.touchscreen.tap(*middle(track, 0.5))
    page.wait_for_url(re.compile(r"[?&]m=12\d(&|$)"))
    thumb = slider.locator("[style*='touch-action'] [style*='touch-action']").first
    for away in (-SWIPE, SWIPE):  # a swipe that begins on the handle
        finger.swipe(*middle(thumb), down=away)
        assert re.fullmatch(r"12\d", m.input_value())
    finger.swipe(*middle(thumb), right=-60)
    page.wait_for_url(re.compile(r"[?&]m=[3-9]\d(&|$)"))


def test_a_finger_that_scrolls_does_not_stop_what_plays(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(390, 844, **PHONE | {"reduced_motion": "no-preference"}), app_url)
    hero = page.locator(".hero[data-run]")
    expect(hero).to_have_attribute("data-playing", "true")
    finger, track = Finger(page), hero.get_by_role("slider")
    assert finger.over(track.element_handle(), 0.9)
    assert int(hero.get_attribute("data-frame") or "") < 80
    expect(hero).to_have_attribute("data-playing", "true")
    finger.swipe(*middle(track, 0.4), right=100)
    expect(hero).to_have_attribute("data-playing", "false")
    page.wait_for_url(re.compile(r"[?&]frame=[5-8]\d"))


def test_a_mouse_looks_closer_and_is_told_the_way_back_in_its_language(
    app_url: str, new_page: NewPage
) -> None:
    page = visit(new_page(1366, 768, "ko"), f"{app_url}/{SMOOTH}")
    chart = page.locator(".lab-chart").first
    chart.locator(".nsewdrag").wait_for()
    still(page)
    whole, (x, y) = axes(chart), middle(chart.locator(".nsewdrag"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 60, steps=4)
    page.mouse.up()
    notice = page.locator(".plotly-notifier")
    expect(notice).to_contain_text(re.compile("[가-힣]"))
    assert not re.search("[A-Za-z]", notice.inner_text().replace("×", ""))
    assert axes(chart) != whole
    page.mouse.dblclick(x, y)
    page.wait_for_function(
        "whole => JSON.stringify(document.querySelector('.lab-chart .js-plotly-plot')"
        "._fullLayout.xaxis.range) === JSON.stringify(whole)",
        arg=whole[0],
    )
    expect(page.locator(".modebar-btn")).to_have_count(0)


def test_a_finger_moves_the_start_of_descent_and_a_swipe_over_it_does_not(
    app_url: str, new_page: NewPage
) -> None:
    page = visit(new_page(390, 844, **PHONE), f"{address(app_url, 'mini_batch')}?scene=bowl&seen=1")
    finger, grip = Finger(page), page.locator(".bowl .grip").last
    page.locator(".bowl[data-state=still]").wait_for()
    was = grip.get_attribute("aria-valuetext")
    assert finger.over(grip.element_handle())
    page.wait_for_timeout(400)  # a component tells Python of what was set after 250 ms
    assert grip.get_attribute("aria-valuetext") == was and "start_" not in page.url
    finger.swipe(*middle(grip), right=60)
    page.wait_for_url(re.compile("start_alcohol"))
    assert grip.get_attribute("aria-valuetext") != was
