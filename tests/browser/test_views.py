"""Every scene before a class and in a frame of another page: what is seen, how it is turned.

A scene is covered by being in its lesson's list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import OFTEN, framed, painted, settled, visit
from ui.lesson import Lesson, Scene
from ui.lessons import LESSONS

HERE = Path(__file__).parent
LAST_ROW, PENS = ((HERE / name).read_text("utf-8") for name in ("last_row.js", "pens.js"))
STAGED = [lesson for lesson in LESSONS.values() if lesson.scenes]
PROJECTORS = [(1920, 1080), (1280, 720), (1024, 768)]
LETTERS = 22 / 1080  # of a projector's height: what the last row can read
EMPTY = 1 / 3  # of the height, at most, between a picture and Back and Next
FRAMES = [(800, 500), (720, 560)]
IN_A_FRAME = 9.9  # px: letters of 12.5 px, in a picture that is drawn smaller
LOOKS = 4  # until what is wrong stays wrong
#: the picture of a scene has found its room
AT_HOME = "scene => document.documentElement.dataset.room?.includes(`st-key-picture-${scene} `)"

#: another address on the same page, which is not opened anew
AS_BACK_WOULD = """address => {
  History.prototype.replaceState.call(history, { entry: address }, "", address);
  dispatchEvent(new PopStateEvent("popstate", { state: { entry: address } }));
}"""


def standing(page: Page, scene: Scene, state: str) -> None:
    page.locator(f".st-key-scene-{scene.name}-{state}").wait_for()
    painted(settled(page))


def unread(page: Page, scene: Scene, size: tuple[int, int], **limits: float) -> list[str]:
    """What cannot be read in a window of another size, once the picture has found its room there.

    What belongs to it may still come in, and its room be measured again.
    """
    page.set_viewport_size({"width": size[0], "height": size[1]})
    framed(page)
    for _ in range(LOOKS):
        page.wait_for_function(AT_HOME, arg=scene.name, polling=OFTEN)
        framed(painted(page))
        if not (found := page.evaluate(LAST_ROW, limits)):
            break
    return found


def beats(page: Page, app_url: str, lesson: Lesson, lang: str) -> Iterator[tuple[Scene, str]]:
    """A lesson as a clicker turns it; the first of the deeper scenes is gone to by its link."""
    for before, scene in zip((None, *lesson.scenes), lesson.scenes, strict=False):
        if before is None or (scene.deep and not before.deep):
            visit(page, f"{app_url}/{lesson}?lang={lang}&scene={scene.name}&view=class")
        else:
            page.keyboard.press("PageDown")
        if scene.question is not None:
            standing(page, scene, "ask")
            yield scene, "asked"
            page.keyboard.press("PageDown")
        standing(page, scene, "seen")
        yield scene, "seen"


@pytest.mark.parametrize("lesson", STAGED)
def test_the_last_row_reads_every_scene(
    app_url: str, new_page: Callable[..., Page], lesson: Lesson
) -> None:
    """Nothing is smaller than 22 px at 1080p, cut, covered or out of sight, and nothing scrolls.

    English and Korean take turns from lesson to lesson: a page is opened once for each.
    """
    lang = "ko" if STAGED.index(lesson) % 2 else "en"
    page = new_page(*PROJECTORS[0], lang, dark=lang == "ko")
    page.add_init_script(PENS)
    wrong: dict[str, list[str]] = {}
    for scene, state in beats(page, app_url, lesson, lang):
        for size in PROJECTORS:
            empty = EMPTY if state == "seen" else 1
            if found := unread(page, scene, size, least=LETTERS * size[1], empty=empty):
                wrong[f"{scene.name} {state}, {size}"] = found
    assert not wrong


@pytest.mark.parametrize("lesson", STAGED)
def test_a_frame_elsewhere_holds_the_picture_whole(
    app_url: str, new_page: Callable[..., Page], lesson: Lesson
) -> None:
    """The picture and its controls alone, without scrolling."""
    lang = "en" if STAGED.index(lesson) % 2 else "ko"
    page = new_page(*FRAMES[0], lang)
    page.add_init_script(PENS)
    wrong: dict[str, list[str]] = {}
    visit(page, f"{app_url}/{lesson}?lang={lang}&view=embed")
    for scene in lesson.scenes:
        page.evaluate(AS_BACK_WOULD, f"?lang={lang}&scene={scene.name}&seen=1&view=embed")
        standing(page, scene, "seen")
        for gone in ("h1", ".st-key-scene-next", ".stSidebar", ".stAppHeader", ".st-key-footer"):
            expect(page.locator(gone).locator("visible=true")).to_have_count(0)
        for size in FRAMES:
            if found := unread(page, scene, size, least=IN_A_FRAME, empty=1):
                wrong[f"{scene.name}, {size}"] = found
    assert not wrong


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
    page.wait_for_function(AT_HOME, arg=at.name)
    slider = page.locator(".stMain input[type=range]:visible").first
    plot = page.locator(".st-key-drag-alpha .plot").first
    # A hand reaches what it points at, although the picture is enlarged.
    box, largest = plot.bounding_box(), int(slider.get_attribute("max"))
    plot.click(position={"x": box["width"] - 3, "y": box["height"] / 2})
    expect(slider).to_have_value(str(largest))
    plot.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(slider).not_to_have_value(str(largest))
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
