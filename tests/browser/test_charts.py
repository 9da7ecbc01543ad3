"""What a page weighs, and how its charts come: late, once, and in place from then on."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import profile, watch
from tests.browser.helpers import OFTEN, address, painted, settled, visit
from tests.browser.test_touch import axes
from ui import library
from ui.lessons import LESSONS

NewPage = Callable[..., Page]
WEIGHT = 1_500_000  # bytes on the wire of all files of a first visit
MESSAGES = 250_000  # and of what comes through the WebSocket: words, numbers, components
#: a lesson with charts in most of its scenes, fewer than others
MANY = "test_time"
#: no chart reaches beyond the page
WITHIN = """() => [...document.querySelectorAll('.js-plotly-plot .main-svg:first-child')]
  .map(svg => svg.getBoundingClientRect())
  .every(({ left, right, width }) => width > 100 && left >= 0 && right <= innerWidth)"""
#: a scene whose picture is a chart that follows a control
CHART = "why?scene=smooth&seen=1"


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_first_visit_is_light(lesson: str, app_url: str, browser: Browser) -> None:
    """All that comes until the first scene stands, files and messages, into an empty browser."""
    context, complaints = profile(browser, 1366, 768, "en"), []
    try:
        page = context.new_page()
        watch(page, complaints)
        files, loaded, frames = {}, {}, []
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", lambda e: files.update({e["requestId"]: e}))
        network.on("Network.loadingFinished", lambda e: loaded.update({e["requestId"]: e}))
        network.on("Network.webSocketFrameReceived", lambda e: frames.append(e["response"]))
        painted(visit(page, address(app_url, lesson)))
        page.wait_for_load_state("networkidle")
        weights = {
            files[name]["response"]["url"]: end["encodedDataLength"]
            for name, end in loaded.items()
            if name in files
        }
        told = sum(len(base64.b64decode(frame["payloadData"])) for frame in frames)
        heaviest = sorted(weights.items(), key=lambda each: -each[1])[:8]
        assert sum(weights.values()) <= WEIGHT, heaviest
        assert told <= MESSAGES
        assert not [url for url in weights if url.endswith(library.address())]
        for url, weight in heaviest:  # whatever is large is packed, or was before
            assert weight < 200_000 or url.endswith(".woff2"), heaviest
    finally:
        context.close()
    assert not complaints


def test_a_chart_is_changed_in_place_and_stays_as_a_hand_left_it(
    app_url: str, new_page: NewPage
) -> None:
    page = visit(new_page(1366, 768), f"{app_url}/{CHART}")
    chart = page.locator(".lab-chart")
    expect(chart).to_have_attribute("data-drawn", "")
    assert chart.get_attribute("role") == "figure" and chart.get_attribute("aria-label")
    plot = chart.locator(".js-plotly-plot").element_handle()
    whole, box = axes(chart), chart.locator(".nsewdrag").bounding_box()
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 100, steps=4)
    page.mouse.up()
    closer = axes(chart)
    told = "plot => JSON.stringify(plot.data.map(trace => trace.y))"
    before = plot.evaluate(told)
    page.locator(".st-key-why-smooth").get_by_role("radio", checked=False).first.click()
    page.wait_for_function(
        f"before => ({told})(document.querySelector('.js-plotly-plot')) !== before", arg=before
    )
    settled(page)
    assert plot.evaluate("plot => plot.isConnected")
    assert axes(chart)[0] == closer[0] != whole[0]  # the other axis has become another one


def test_what_draws_charts_comes_once_and_late(app_url: str, new_page: NewPage) -> None:
    """Not before a chart comes near; then for all charts, and none is left out on the way."""
    page = new_page(1366, 768)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    def loaded() -> int:
        return sum(url.endswith(library.address()) for url in asked)

    painted(visit(page, f"{app_url}/why"))
    assert loaded() == 0
    page.goto(f"{app_url}/{MANY}?view=all")
    expect(settled(page).locator(".lab-chart").nth(3)).to_be_attached()
    expect(page.locator(".lab-chart:not([data-drawn])")).to_have_count(0)
    assert loaded() == 1
    charts = page.locator(".js-plotly-plot .main-svg:first-child")
    expect(charts).to_have_count(page.locator(".lab-chart").count())
    for width in (1366, 390):
        page.set_viewport_size({"width": width, "height": 768})
        painted(page)
        page.wait_for_function(WITHIN, polling=OFTEN)
