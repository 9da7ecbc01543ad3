"""What browser tests say in one line."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from ui.lessons import HOME, LESSONS

# Charts wait until they come near the screen, or, where a whole lesson is open, for their turn.
NO_CHART_TO_COME = """() => [...document.querySelectorAll('.lab-chart:not([data-drawn])')]
  .every(chart => {
    const { top, bottom } = chart.getBoundingClientRect(), near = 400;
    return !chart.checkVisibility() || !location.search.includes("view=all")
      && (top > innerHeight + near || bottom < -near);
  })"""


def settled(page: Page) -> Page:
    """Wait until Streamlit has finished the run that is going on."""
    page.locator(".st-key-footer").wait_for(state="attached")  # the last element of a run
    page.locator(".stApp[data-test-script-state='notRunning']").wait_for()
    return page


def visit(page: Page, url: str) -> Page:
    """Open an address and wait for the lesson to stand."""
    page.goto(url)
    return settled(page)


def address(app_url: str, lesson: str) -> str:
    """Where a lesson lives: the first one at `/`, the others under their names."""
    return f"{app_url}/" if lesson == HOME else f"{app_url}/{lesson}"


def numbers_on_screen(page: Page) -> list[str]:
    """What a lesson computed and shows, apart from the language: formulas and marked readouts.

    Formulas are read from the LaTeX that KaTeX keeps; readouts from `data-value` attributes, also
    those inside components.
    """
    return page.evaluate(
        r"""() => {
          const found = [];
          const walk = node => {
            if (node.dataset?.value !== undefined) found.push(node.dataset.value);
            if (node.localName === 'annotation') {
              const tex = node.textContent.replace(/\\text\{[^}]*\}/g, '');
              if (/\d\.\d/.test(tex)) found.push(tex);
            }
            for (const child of node.shadowRoot?.children ?? []) walk(child);
            for (const child of node.children) walk(child);
          };
          walk(document.querySelector('.stMain'));
          return found;
        }"""
    )


def overflow(page: Page) -> int:
    """How many pixels the page can be pushed sideways; 0 where it fits."""
    return page.evaluate(
        "() => Math.max(...[document.scrollingElement, document.querySelector('.stMain')]"
        ".map(box => box.scrollWidth - box.clientWidth))"
    )


def still(page: Page) -> Page:
    """Wait until nothing moves any more: a drawer that opens, letters that arrive with a font.

    A click lasts; what moves away between its press and its release is not clicked.
    """
    page.evaluate(
        """async () => {
          await document.fonts.ready;
          const ends = animation => animation.effect.getTiming().iterations < Infinity;
          const moving = document.getAnimations().filter(ends);
          await Promise.allSettled(moving.map(animation => animation.finished));
        }"""
    )
    return page


def framed(page: Page) -> Page:
    """Wait until what a hand has done is painted: pictures are painted once a frame."""
    page.evaluate("() => new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))")
    return page


def painted(page: Page) -> Page:
    """Wait until what comes after the words (charts, components, style sheets) stands, too."""
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    page.wait_for_function(NO_CHART_TO_COME)
    return still(page)


def steady(page: Page, script: str) -> Any:
    """What a script comes to once it stays the same for a while: words and boxes have settled."""
    seen, same = page.evaluate(script), 0
    while same < 3:
        page.wait_for_timeout(150)
        now = page.evaluate(script)
        seen, same = now, same + 1 if now == seen else 0
    return seen


def places() -> list[str]:
    """Every lesson, opened out where it has scenes, as they follow the app's address."""
    return [
        f"{lesson}?view=all" if entry.scenes else ("" if lesson == HOME else lesson)
        for lesson, entry in LESSONS.items()
    ]


def drawn_out(page: Page, drawers: str) -> Page:
    """Open all drawers that a selector finds, also those inside drawers, one after the other."""
    closed = page.locator(f".stMain {drawers}:not([open]) > summary")
    while closed.count():
        closed.first.evaluate("summary => summary.click()")
        settled(page)
    return page


def opened_up(page: Page) -> Page:
    """Open every drawer, and wait for what is in them."""
    drawn_out(page, "details")
    page.get_by_test_id("stSkeleton").first.wait_for(state="detached")
    return still(settled(page))
