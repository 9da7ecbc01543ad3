"""A finger: wherever it begins to swipe, the page scrolls and nothing else happens.

Pictures, sliders and tables are found by what they are, lessons in the registry: a new one is
swiped over without a line here. Touches go through the browser's own recognizer of gestures, which
sends `pointercancel` when it takes one over for scrolling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ElementHandle, Locator, Page, TimeoutError, expect

from tests.browser.conftest import PATIENCE, Profiles, fresh_pages
from tests.browser.helpers import address, settled, still, visit
from tests.browser.helpers import places as places_of_lessons

NewPage = Callable[..., Page]
PHONE: dict[str, Any] = {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
SWIPE, STEPS = 180, 5  # px and touches of a swipe
LEAST = 40  # px of what is touched
SMALL = (Path(__file__).parent / "small.js").read_text("utf-8")
#: where a finger may come down, outside of components and in their shadow
CHART = ".lab-chart .nsewdrag"
SLIDERS = ".stSlider [style*='touch-action']:has(input), input[type='range']:not(.stSlider *)"
PICTURES = ".stBidiComponent :is(canvas, svg, button[data-node])"
READ = ".stMain :is(h1, table, .stDataFrame, img, :is(.stMarkdown, .stHtml) svg:not(.katex *))"
PLACES = f"{CHART}, {SLIDERS}, {PICTURES}, {READ}"
# Seen, and no icon.
LARGE = """(element, px) => {
  const box = element.getBoundingClientRect();
  const [small, large] = [box.width, box.height].sort((a, b) => a - b);
  return element.checkVisibility() && small > 0 && large >= px;
}"""
NAME = """element => {
  const near = element.getRootNode().host ?? element;
  const key = near.closest('[class*=st-key-]')?.className.match(/st-key-\\S+/);
  return `${element.localName} in ${key}`;
}"""

# All that a swipe may not change: values, choices, what is held, axes.
STATE = """() => {
  const TOLD = ['aria-pressed', 'aria-checked', 'aria-valuetext', 'data-state', 'data-unsaved'];
  const found = [location.href];
  const walk = node => {
    for (const child of [...node.shadowRoot?.children ?? [], ...node.children ?? []]) {
      if (child.localName === 'input') found.push(`${child.value} ${child.checked}`);
      if (child.localName === 'output') found.push(child.textContent);
      for (const name of TOLD)
        if (child.hasAttribute(name)) found.push(`${name} ${child.getAttribute(name)}`);
      if (child._fullLayout)
        for (const [name, axis] of Object.entries(child._fullLayout))
          if (/^[xy]axis/.test(name)) found.push(`${name} ${axis.range}`);
      walk(child);
    }
  };
  walk(document.querySelector('.stMain'));
  return found;
}"""
# The middle of the screen, or as near as the page lets it: there is room to scroll from there.
BRING = """(element, across) => {
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  const box = element.getBoundingClientRect(), main = document.querySelector('.stMain');
  const y = Math.min(Math.max(box.top + box.height / 2, 140), innerHeight - 60);
  const below = main.scrollHeight - main.clientHeight - main.scrollTop;
  const x = Math.min(Math.max(box.left + across * box.width, 10), innerWidth - 10);
  return { x, y, top: main.scrollTop, up: below > 120 };
}"""
# On a busy machine the page follows a moment later.
MOVED = "([top, far]) => Math.abs(document.querySelector('.stMain').scrollTop - top) > far"
# Values were shown, if only until a browser without windows thinks of its mouse elsewhere.
HOVERED = """chart => new MutationObserver(() => {
  window.hovered ||= chart.querySelector('.hoverlayer text') !== null;
}).observe(chart, { subtree: true, childList: true })"""


class Finger:
    """One finger on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def _send(self, kind: str, *points: dict[str, float]) -> None:
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    def swipe(self, x: float, y: float, *, right: float = 0, down: float = 0) -> None:
        self._send("touchStart", {"x": x, "y": y})
        for k in range(1, STEPS + 1):
            self._send("touchMove", {"x": x + right * k / STEPS, "y": y + down * k / STEPS})
        self._send("touchEnd")

    def over(self, place: ElementHandle, across: float = 0.5) -> bool:
        """Swipe upright over a place, wherever there is room; whether the page has scrolled."""
        at = place.evaluate(BRING, across)
        self.swipe(at["x"], at["y"], down=-SWIPE if at["up"] else SWIPE)
        try:
            self.page.wait_for_function(MOVED, arg=[at["top"], SWIPE / 3], timeout=PATIENCE / 20)
        except TimeoutError:
            return False
        return True


def opened(page: Page, url: str) -> Page:
    """A page with all its pictures painted and its drawers open, those that show code aside."""
    visit(page, url)
    drawers = page.locator(".stMain details:not([open]):not([class*='st-key-source-'] *) > summary")
    for drawer in reversed(drawers.all()):
        drawer.click()
        settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    charts = page.locator(".lab-chart").count()
    expect(page.locator(".lab-chart:has(.nsewdrag)")).to_have_count(charts)
    return still(page)


def places(page: Page) -> list[ElementHandle]:
    """What a finger may come down on, large enough to do so."""
    return [place for place in page.query_selector_all(PLACES) if place.evaluate(LARGE, 60)]


@pytest.fixture(scope="module", params=places_of_lessons())
def phone(request: pytest.FixtureRequest, profiles: Profiles, app_url: str) -> Iterator[Page]:
    """A lesson, or a part of one, in a hand."""
    with fresh_pages(profiles) as open_page:
        yield opened(open_page(390, 844, **PHONE), f"{app_url}/{request.param}")


def at_rest(page: Page) -> list[str]:
    """What must not change, once components have drawn what they got: that is after the charts."""
    before, now = [], page.evaluate(STATE)
    while now != before:
        page.wait_for_timeout(500)
        before, now = now, page.evaluate(STATE)
    return now


def test_a_swipe_scrolls_the_page_and_changes_nothing(phone: Page) -> None:
    finger, before = Finger(phone), at_rest(phone)
    found, faults = places(phone), []
    assert found
    for place in found:
        upright = place.evaluate("e => e.matches(\"input, [style*='touch-action']\")")
        for across in (0.2, 0.8) if upright else (0.5,):
            if not finger.over(place, across):
                faults.append(f"does not scroll: {place.evaluate(NAME)}")
        if (now := phone.evaluate(STATE)) != before:
            change = [pair for pair in zip(before, now, strict=False) if pair[0] != pair[1]]
            faults.append(f"changes {change[:3]}: {place.evaluate(NAME)}")
            before = now
    phone.wait_for_timeout(400)  # a component tells Python of what was set after 250 ms
    assert not faults
    assert settled(phone).evaluate(STATE) == before
    expect(phone.locator(".lab-chart").locator("button, a, [tabindex]")).to_have_count(0)


def test_whatever_is_touched_is_large_enough(phone: Page) -> None:
    assert not phone.evaluate(SMALL, LEAST)


#: a scene whose picture is a chart
CHART = "why?scene=smooth&seen=1"


def middle(place: Locator, across: float = 0.5) -> tuple[float, float]:
    at = place.evaluate(BRING, across)
    return at["x"], at["y"]


def axes(chart: Locator) -> list[list[float]]:
    return chart.locator(".js-plotly-plot").evaluate(
        "({ _fullLayout: all }) => [all.xaxis.range, all.yaxis.range]"
    )


def test_a_finger_moves_what_it_means_to_move(app_url: str, new_page: NewPage) -> None:
    page = visit(new_page(390, 844, **PHONE), f"{app_url}/{CHART}")
    finger = Finger(page)

    chart = page.locator(".lab-chart").first
    chart.locator(".nsewdrag").wait_for()
    whole = axes(still(page).locator(".lab-chart").first)
    chart.evaluate(HOVERED)
    page.touchscreen.tap(*middle(chart.locator(".nsewdrag")))
    page.wait_for_function("window.hovered")  # values are read by a tap
    finger.swipe(*middle(chart.locator(".nsewdrag"), 0.3), right=100)
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
    page = visit(new_page(1366, 768, "ko"), f"{app_url}/{CHART}")
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
