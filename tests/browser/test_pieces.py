"""Pieces in a browser: saved by the button of their scene, opened from a disk, with no request.

That every scene's piece carries what the app shows is said in tests/ui/test_pieces.py; here a few
kinds of them are what they promise.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from bncore import batch_norm_forward
from tests.browser.helpers import painted, visit

MOST = 150_000  # bytes
#: a piece forbids whatever looks into it; one test opens it as it is
LOOKED_INTO = {"bypass_csp": True}
#: in the app and in a piece, through every shadow: what was computed, beside what is written of it
VALUES = """selector => {
  const found = [];
  const walk = node => {
    if (node.dataset?.value !== undefined) found.push(node.dataset.value);
    for (const child of [...(node.shadowRoot?.children ?? []), ...node.children]) walk(child);
  };
  walk(document.querySelector(selector));
  return found;
}"""
CHARTS = """() => [...document.querySelectorAll('.lab-chart .plot')].map(plot =>
  plot._fullData.map(trace => ['x', 'y', 'z'].map(axis => trace[axis] && [...trace[axis]].map(
    value => value && typeof value === 'object' ? [...value] : value))))"""


def take(page: Page, address: str, folder: Path) -> Path:
    """What the button of a scene saves."""
    painted(visit(page, address))
    page.locator(".st-key-share button").first.click()
    with page.expect_download() as download:
        page.locator(".st-key-take-along").get_by_role("button").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(page.locator(".piece")).not_to_be_empty()
    assert file.stat().st_size < MOST, file.name
    return file


def opened(page: Page, file: Path) -> Page:
    """A file from a disk, which asks for nothing but itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.locator("html[data-mode]").wait_for()
    page.wait_for_load_state("networkidle")
    assert asked == [file.as_uri()]
    return page


def numbers(found: list[Any]) -> list[float]:
    flat = np.concatenate([np.ravel(np.array(each, dtype=object)) for each in found or [[]]])
    return sorted(float(x) for x in flat if isinstance(x, int | float))


def test_the_four_steps_move_in_a_piece_as_in_the_app(
    app_url: str, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    app = new_page(reduced_motion="reduce")
    scene = f"{app_url}/mini_batch?lang=en&scene=four_steps&seen=1&step=4&gamma=1.5"
    file = take(app, scene, tmp_path)
    stage = app.locator(".st-key-stage-four_steps .stage")
    expect(stage).to_have_attribute("data-state", "still")
    there = app.evaluate(VALUES, ".st-key-stage-four_steps")
    app.close()

    page = opened(new_page(reduced_motion="reduce", **LOOKED_INTO), file)
    stage = page.locator(".stage")
    expect(stage).to_have_attribute("data-state", "still")
    assert there and page.evaluate(VALUES, "main") == there
    # a hand that the app does not hear of: what follows is the core's all the same
    slider = stage.locator("#gamma")
    slider.focus()
    slider.press("ArrowRight")
    expect(stage).to_have_attribute("data-state", "still")
    data = json.loads(page.evaluate("piece.payload.languages.en.parts.at(-1).json"))
    written = stage.locator("[data-control=gamma] output").get_attribute("data-value")
    gamma = float(written)
    assert gamma != data["gamma"]
    z = np.array(data["z"])[:, None]
    z_tilde, cache = batch_norm_forward(z, np.array([gamma]), np.array([0.0]), data["eps"])
    for row, exact in (("z_norm", cache.z_norm), ("z_tilde", z_tilde)):
        marks = stage.locator(f".mark[data-row={row}]")
        shown = marks.evaluate_all("all => all.map(mark => Number(mark.dataset.value))")
        np.testing.assert_allclose(shown, exact[:, 0], rtol=0, atol=1e-12)
    # another language, and the dark: what the hand has set stays
    colour = "() => getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour), page.locator("h1:visible").inner_text()
    page.locator("nav [lang=ko]").click()
    page.locator("nav .mode").click()
    assert page.evaluate(colour) != before[0]
    assert page.locator("h1:visible").inner_text() != before[1]
    palette = page.evaluate("piece.payload.colours")
    mine = stage.evaluate("stage => stage.style.getPropertyValue('--z')")
    assert mine in palette.values() and mine not in palette
    output = stage.locator("[data-control=gamma] output")
    expect(output).to_have_attribute("data-value", written)
    assert "lang=ko" in page.locator("footer:visible a").first.get_attribute("href")


def test_a_replay_plays_in_a_piece(
    app_url: str, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    app = new_page(390, 844, reduced_motion="reduce", has_touch=True)
    scene = f"{app_url}/training?lang=ko&scene=one_unit&seen=1&frame=60"
    file = take(app, scene, tmp_path)
    said = app.locator(".replay .spoken").first.text_content()
    app.close()
    page = opened(new_page(390, 844, reduced_motion="reduce", has_touch=True), file)
    expect(page.locator(".replay .spoken").first).to_have_text(said)


@pytest.mark.parametrize(("lesson", "scene"), [("why", "wines"), ("why", "cats")])
def test_a_chart_is_drawn_in_a_piece_and_stands_in_numbers(
    app_url: str, new_page: Callable[..., Page], tmp_path: Path, lesson: str, scene: str
) -> None:
    app = new_page()
    file = take(app, f"{app_url}/{lesson}?lang=en&scene={scene}&seen=1", tmp_path)
    drawn = [
        numbers([axis for trace in chart for axis in trace if axis])
        for chart in app.evaluate(CHARTS)
    ]
    app.close()
    page = opened(new_page(**LOOKED_INTO), file)
    for at, chart in enumerate(page.locator(".chart").all()):
        expect(chart.locator("svg").first).to_be_visible()
        wide = chart.locator("svg").first.bounding_box()["width"]
        chart.locator("summary").click()
        chart.locator("td").first.wait_for()
        cells = chart.locator("td, th").evaluate_all(
            "all => all.map(cell => cell.dataset.value ?? cell.textContent)"
        )
        shown = {float(cell) for cell in cells if is_number(cell)}
        assert {
            x for x in drawn[at] if not any(abs(x - y) < 1e-12 for y in near(shown, x))
        } == set()
        assert wide > 500
    page.set_viewport_size({"width": 390, "height": 844})
    first = page.locator(".chart svg").first
    page.wait_for_function("() => piece.narrow")
    assert first.bounding_box()["width"] <= 390
    english = first.text_content()
    page.locator("nav [lang=ko]").click()
    assert page.locator(".chart svg").first.text_content() != english


def is_number(cell: str) -> bool:
    try:
        return bool(cell) and np.isfinite(float(cell))
    except ValueError:
        return False


def near(shown: set[float], x: float) -> list[float]:
    """It itself where it is there; else all, to look for one that is near."""
    return [x] if x in shown else list(shown)


def test_what_only_the_app_can_answer_stays_as_it_was(
    app_url: str, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    app = new_page()
    file = take(app, f"{app_url}/mini_batch?lang=en&scene=next_batch&seen=1", tmp_path)
    app.close()
    page = opened(new_page(**LOOKED_INTO), file)
    there = page.evaluate(VALUES, "main")
    page.locator(".press").click()
    page.locator(".press").press("Enter")
    assert there and page.evaluate(VALUES, "main") == there
