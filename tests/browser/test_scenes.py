"""Every scene of every lesson in a real browser: one walk along each lesson, scene by scene.

What is checked is found in the page: a scene is covered by being in its lesson's list. The walk is
made in English on a laptop and in Korean on a phone. That answers move the pictures is seen on the
laptop; on the phone everything stands at once, and charts leave their boxes empty.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.helpers import few_charts, overflow, painted, settled, steady, visit
from tests.sent import as_text
from ui.files import NOTEBOOKS
from ui.lesson import Lesson, Scene
from ui.lessons import HOME, LESSONS

LAPTOP, PHONE = (1366, 768), (390, 844)
WALKS = [
    pytest.param(lesson, *walk, id=f"{lesson}-{walk[1]}")
    for lesson in LESSONS.values()
    if lesson.scenes
    for walk in ((LAPTOP, "en"), (PHONE, "ko"))
]
#: numbers that say something: three digits or more, with a decimal point, and not just 10.0
NUMBER = re.compile(r"(?<![\d.])(?:\d+\.\d{2,}|\d{2,}\.(?!0(?!\d))\d+)(?![\d.])")
TEXT = """place => {
  const HEARD = ['alt', 'aria-label', 'aria-valuetext'];
  const said = [];
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
    for (const name of HEARD) said.push(node.getAttribute?.(name) ?? '');
    for (const child of node.shadowRoot?.childNodes ?? []) walk(child);
    for (const child of node.childNodes) walk(child);
  };
  walk(place);
  return said.join('\\n');
}"""
#: lessons whose pictures are as tall asked as revealed: what stands below stays where it is
KEEP = ("mini_batch",)
#: the heights of a scene's components and charts
TALL = """() => [...document.querySelectorAll('[class*="st-key-scene-"] .stBidiComponent')]
  .map(part => Math.round(part.getBoundingClientRect().height)).filter(height => height > 100)"""
BOTTOM = "place => place.getBoundingClientRect().bottom"


class Sent:
    """Everything that the server has sent to a page, as text."""

    def __init__(self, page: Page) -> None:
        self.frames: list[bytes] = []
        page.on("websocket", lambda socket: socket.on("framereceived", self._keep))

    def _keep(self, payload: str | bytes) -> None:
        self.frames.append(payload.encode() if isinstance(payload, str) else payload)

    def numbers(self) -> set[str]:
        """What was sent since it was asked last, as it is written."""
        found = set(NUMBER.findall(as_text(b"\n".join(self.frames))))
        self.frames.clear()
        return found


def written(place: Locator) -> set[str]:
    """The numbers that can be read or heard there, within components too."""
    return set(NUMBER.findall(place.evaluate(TEXT)))


def standing(page: Page, scene: Scene, state: str) -> Locator:
    found = page.locator(f".st-key-scene-{scene.name}-{state}")
    found.wait_for()
    painted(settled(page))
    return found


def fits(page: Page, size: tuple[int, int]) -> str | None:
    """What is wrong with the height or the width of the page."""
    tall = page.evaluate("document.querySelector('.stMain').scrollHeight")
    most = size[1] if size == LAPTOP else 2 * size[1]
    if tall > most + 1:
        return f"{tall} px tall"
    return f"{overflow(page)} px too wide" if overflow(page) else None


def picture(page: Page, scene: Scene) -> bytes:
    return page.locator(f".st-key-picture-{scene.name}").screenshot()


def grown(page: Page, heights: list[int]) -> list[str]:
    """Which pictures are not as tall as they were, once they are revealed."""
    now = steady(page, TALL)
    return [] if now == pytest.approx(heights, abs=2) else [f"was {heights} px tall, now {now}"]


def reveal(page: Page, lesson: Lesson, scene: Scene, sent: Sent) -> list[str]:
    """Ask to be shown; what was given away before, what did not move, and what has grown."""
    asked = standing(page, scene, "ask")
    heights = steady(page, TALL) if lesson in KEEP else []
    told, before = sent.numbers(), written(asked)
    on_phone = page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}
    was = b"" if on_phone else picture(page, scene)
    page.locator(".st-key-just-show-me button").click()
    if on_phone:
        answer_is_brought_up(page, scene)
    new = written(standing(page, scene, "seen")) - before
    wrong = [f"{number} was sent before" for number in sorted(new & told)]
    wrong += grown(page, heights) if lesson in KEEP else []
    deadline = time.monotonic() + PATIENCE / 2000
    while not on_phone and picture(page, scene) == was:  # it may only begin to move
        if time.monotonic() > deadline:
            return [*wrong, "the picture has not changed"]
        page.wait_for_timeout(500)
    return wrong


def answer_is_brought_up(page: Page, scene: Scene) -> None:
    """On a phone the answer comes to the top, as far as the page is long: the picture is below."""
    page.wait_for_function(
        """() => {
          const answer = document.querySelector('[class*=st-key-answer-]');
          if (!answer) return false; // it is on its way
          const top = document.querySelector('.stAppHeader').getBoundingClientRect().bottom;
          const gap = answer.getBoundingClientRect().top - top;
          const main = document.querySelector('.stMain');
          const atEnd = main.scrollTop + main.clientHeight >= main.scrollHeight - 2;
          return Math.abs(gap) < 20 || (atEnd && gap >= 0);
        }"""
    )


def what_stands_before_the_picture(page: Page, scene: Scene) -> list[str]:
    """On a phone: what is opened, and what is left open, may not push the picture away."""
    end = page.locator(f".st-key-picture-{scene.name}").evaluate(BOTTOM)
    later = page.locator(f".st-key-more-{scene.name}, .st-key-onward")
    return [
        f"before the picture: {place.inner_text()[:40]}"
        for place in later.all()
        if place.evaluate("place => place.getBoundingClientRect().top") < end - 1
    ]


def next_is(page: Page, lesson: Lesson, scene: Scene) -> None:
    """On to the scene that follows, by the button; a deeper one is gone to by the way."""
    if scene.deep:
        at = [each.name for each in lesson.scenes].index(scene.name)
        page.locator(".st-key-scene-way button").nth(at).click()
    else:
        page.locator(".st-key-scene-next button").click()


@pytest.mark.parametrize(("lesson", "size", "lang"), WALKS)
def test_a_walk_along_the_lesson(
    app_url: str,
    new_page: Callable[..., Page],
    lesson: Lesson,
    size: tuple[int, int],
    lang: str,
) -> None:
    page = new_page(*size, lang, reduced_motion="no-preference" if size == LAPTOP else "reduce")
    if size == PHONE:
        few_charts(page, most=0)  # their boxes are there, and pictures are looked at on the laptop
    sent = Sent(page)
    visit(page, f"{app_url}/{lesson}")
    wrong: dict[str, list[str]] = {}
    last = [scene for scene in lesson.scenes if not scene.deep][-1]
    for scene in lesson.scenes:
        if scene != lesson.scenes[0]:
            sent.frames.clear()
            next_is(page, lesson, scene)
        found = []
        if scene.question is not None:
            standing(page, scene, "ask")
            found += [f"asked: {why}" for why in [fits(page, size)] if why]
            found += reveal(page, lesson, scene, sent)
        standing(page, scene, "seen")
        found += [why for why in [fits(page, size)] if why]
        if size == PHONE:
            found += what_stands_before_the_picture(page, scene)
        expect(page.locator("h1")).to_have_count(1)
        if found:
            wrong[scene.name] = found
    assert not wrong
    page.locator(".st-key-scene-way button").nth(lesson.scenes.index(last)).click()
    standing(page, last, "seen")
    page.locator(".st-key-scene-next button").click()
    following = [*LESSONS, HOME][list(LESSONS).index(lesson) + 1]
    path = "/" if following == HOME else f"/{following}"
    page.wait_for_url(re.compile(rf"^{re.escape(app_url + path)}(\?|$)"))


def test_a_clicker_goes_beat_by_beat(app_url: str, new_page: Callable[..., Page]) -> None:
    """Question, reveal, next scene; nothing else is on the screen."""
    lesson = next(lesson for lesson in LESSONS.values() if lesson.scenes)
    first, second = lesson.scenes[:2]
    page = new_page(1920, 1080)
    visit(page, f"{app_url}/{lesson}?view=class")
    standing(page, first, "ask")
    for gone in (".stSidebar", ".stAppHeader", ".st-key-header"):
        expect(page.locator(gone).locator("visible=true")).to_have_count(0)
    page.keyboard.press("PageDown")
    standing(page, first, "seen")
    page.keyboard.press("PageDown")
    standing(page, second, "ask" if second.question else "seen")
    page.keyboard.press("PageUp")
    standing(page, first, "seen")


def test_the_link_the_code_and_the_line_for_another_page_hold_the_scene(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    lesson = next(lesson for lesson in LESSONS.values() if lesson.scenes)
    page = new_page(*LAPTOP)
    visit(page, f"{app_url}/{lesson}?lang=en")
    page.locator(".st-key-share button").click()
    codes = page.locator(".stPopoverBody code, [data-testid=stPopoverBody] code")
    expect(codes.first).to_contain_text(f"/{lesson}?lang=en&scene={lesson.scenes[0].name}")
    expect(codes.last).to_contain_text("view=embed")
    assert page.locator(".qr img").evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    with page.expect_download() as taken:
        page.locator(".st-key-notebook button").click()
    notebook = NOTEBOOKS / "en" / f"{lesson}.ipynb"
    assert taken.value.suggested_filename == notebook.name
    assert Path(taken.value.path()).read_bytes() == notebook.read_bytes()
