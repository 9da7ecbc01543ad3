"""A scene before a class: how it is turned and touched, and what the last row reads."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.helpers import painted, settled, visit
from ui.lesson import Scene
from ui.lessons import LESSONS

STAGED = [lesson for lesson in LESSONS.values() if lesson.scenes]
PROJECTORS = [(1920, 1080), (1280, 720), (1024, 768)]
LETTERS = 22 / 1080  # of a projector's height: what the last row can read


def standing(page: Page, scene: Scene, state: str) -> None:
    page.locator(f".st-key-scene-{scene.name}-{state}").wait_for()
    painted(settled(page))


def test_a_clicker_turns_the_page_whatever_has_the_focus(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    """A slider in hand keeps its arrows; the keys that go on and back are the clicker's."""
    lesson = LESSONS["inside"]
    scenes = [scene.name for scene in lesson.scenes]
    at = lesson.scenes[scenes.index("scale")]
    before, after = (lesson.scenes[scenes.index("scale") + way] for way in (-1, 1))
    page = new_page(*PROJECTORS[0])
    visit(page, f"{app_url}/{lesson}?scene={at.name}&seen=1&view=class")
    standing(page, at, "seen")
    slider = page.locator(".stMain input[type=range]:visible").first
    plot = page.locator(".st-key-drag-alpha .plot").first
    # A hand reaches what it points at, although the picture is enlarged.
    box, largest = plot.bounding_box(), int(slider.get_attribute("max"))
    plot.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    expect(slider).to_have_value(str(largest))
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    reached = int(slider.input_value())
    assert abs(reached - largest / 2) <= 0.12 * largest
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value(str(reached + 1))
    for key in (
        "b",
        ".",
        "Tab",
    ):  # a clicker's black screen, and on to what stands after the slider
        page.keyboard.press(key)
    slider.focus()
    page.keyboard.press("PageDown")
    standing(page, after, "ask" if after.question else "seen")
    page.keyboard.press("PageUp")
    standing(page, at, "seen")
    page.keyboard.press("PageUp")
    standing(page, before, "ask" if before.question else "seen")


def test_the_code_is_read_from_the_last_row(app_url: str, new_page: Callable[..., Page]) -> None:
    for size in PROJECTORS[::2]:
        page = new_page(*size)
        visit(page, f"{app_url}/{STAGED[0]}?view=class")
        page.locator(".st-key-share button").click()
        code = page.locator(".qr img")
        expect(code).to_be_in_viewport(ratio=1)
        assert code.bounding_box()["height"] >= size[1] / 3
        link = page.get_by_test_id("stPopoverBody").locator("code").first
        letters = "code => parseFloat(getComputedStyle(code).fontSize) * code.currentCSSZoom"
        assert link.evaluate(letters) >= LETTERS * size[1] - 0.3
