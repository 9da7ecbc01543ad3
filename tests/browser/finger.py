"""A finger on a page: where it may come down, how it swipes, and what it may not change.

Touches go through the browser's own recognizer of gestures, which sends `pointercancel` when it
takes one over for scrolling.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Page, TimeoutError

from tests.browser.conftest import PATIENCE
from tests.browser.helpers import OFTEN

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
        far = [at["top"], SWIPE / 3]
        try:
            self.page.wait_for_function(MOVED, arg=far, polling=OFTEN / 4, timeout=PATIENCE / 20)
        except TimeoutError:
            return False
        return True


def places(page: Page) -> list[ElementHandle]:
    """What a finger may come down on, large enough to do so."""
    return [place for place in page.query_selector_all(PLACES) if place.evaluate(LARGE, 60)]


def at_rest(page: Page) -> list[str]:
    """What must not change, once components have drawn what they got: that is after the charts."""
    before, now = [], page.evaluate(STATE)
    while now != before:
        page.wait_for_timeout(500)
        before, now = now, page.evaluate(STATE)
    return now


def faults(page: Page) -> list[str]:
    """What a swipe over any of these places does but scroll the page."""
    finger, before, found = Finger(page), at_rest(page), []
    for place in places(page):
        upright = place.evaluate("e => e.matches(\"input, [style*='touch-action']\")")
        for across in (0.2, 0.8) if upright else (0.5,):
            if not finger.over(place, across):
                found.append(f"does not scroll: {place.evaluate(NAME)}")
        if (now := page.evaluate(STATE)) != before:
            change = [pair for pair in zip(before, now, strict=False) if pair[0] != pair[1]]
            found.append(f"changes {change[:3]}: {place.evaluate(NAME)}")
            before = now
    return found
