"""A list of Streamlit's, opened while the page still says that it was scrolled (`lists.js`)."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.helpers import framed, painted, visit

# In one breath, as a browser does it under load: the page is scrolled, which its scripts hear of a
# frame later, and before that the button is pressed.
SCROLLED_AND_PRESSED = """button => {
  document.querySelector('.stMain').scrollTop += 40;
  const { left, top } = button.getBoundingClientRect(), pointer = {
    pointerId: 1, pointerType: 'mouse', isPrimary: true, width: 1, height: 1, pressure: .5,
    detail: 1, clientX: left + 4, clientY: top + 4, bubbles: true, cancelable: true, composed: true,
  };
  for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    const Kind = kind.startsWith('pointer') || kind === 'click' ? PointerEvent : MouseEvent;
    button.dispatchEvent(new Kind(kind, { ...pointer, buttons: Number(kind.endsWith('down')) }));
  }
  return document.querySelector('.stMain').scrollTop;
}"""


def test_a_list_opened_right_after_a_scroll_stays_open_until_the_next_one(
    app_url: str, new_page: Callable[..., Page]
) -> None:
    page = new_page(1366, 420)
    painted(visit(page, f"{app_url}/mini_batch?scene=own"))
    button = page.locator(".stSelectbox button").first
    expect(button).to_have_attribute("aria-expanded", "false")
    assert button.evaluate(SCROLLED_AND_PRESSED) == 40
    framed(framed(page))
    expect(button).to_have_attribute("aria-expanded", "true")
    page.locator(".stMain").evaluate("main => { main.scrollTop += 30; }")
    expect(button).to_have_attribute("aria-expanded", "false")
