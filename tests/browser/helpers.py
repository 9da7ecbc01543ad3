"""What browser tests say in one line."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from ui.lessons import HOME, LESSONS

#: ms between two looks at a large page. Playwright looks in every frame unless it is told: the page
#: lays itself out sixty times a second for that, and charts that wait for a quiet moment get none.
OFTEN = 200

# Charts wait until they come near the screen, or, where a whole lesson is open, for their turn.
# They come onto the page after its run has ended: more may, until a look finds as many as the last.
NO_CHART_TO_COME = """() => {
  const parts = document.querySelectorAll('.stBidiComponent, .lab-chart').length;
  const all = [...document.querySelectorAll('.lab-chart:not([data-drawn])')];
  const before = window.partsBefore;
  window.partsBefore = parts;
  return parts === before && all.every(chart => {
    const { top, bottom } = chart.getBoundingClientRect(), near = 400;
    return chart.leftOut || !chart.checkVisibility()
      || (window.fewCharts || !location.search.includes("view=all"))
      && (top > innerHeight + near || bottom < -near);
  });
}"""
FEW_CHARTS = """((most, but) => {
  const { observe } = IntersectionObserver.prototype;
  let charts = 0;
  window.fewCharts = true;
  window.requestIdleCallback = () => 0;  // their turn
  IntersectionObserver.prototype.observe = function(element) {
    element.leftOut = element.matches('.lab-chart') && !element.closest(but) && ++charts > most;
    if (!element.leftOut) observe.call(this, element);
  };
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
    page.evaluate("delete window.partsBefore")
    page.wait_for_function(NO_CHART_TO_COME, polling=OFTEN)
    return still(page)


def few_charts(page: Page, most: int = 2, but: str = ".every-chart") -> Page:
    """Leave all charts but the first ones undrawn, on whatever opens here next.

    For what is said of a whole lesson and not of its charts: to draw them takes several times as
    long as all the rest of it. `but` those that a selector finds, or finds a box around.
    """
    page.add_init_script(f"{FEW_CHARTS}({most}, {but!r})")
    return page


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


#: drawers that show code, and all the others
CODE = "[class*='st-key-source-']"
WORDS = f"details:not({CODE} *)"
#: a drawer that is opened stands open, and has something in it; or another one is in its place
FILLED = """summary => !summary.isConnected || summary.parentElement.open
  && (!summary.closest('.stExpander') || summary.parentElement.querySelector('.stElementContainer'))
"""


def drawn_out(page: Page, drawers: str) -> Page:
    """Open all drawers that a selector finds, also those inside drawers, one after the other."""
    closed = page.locator(f".stMain {drawers}:not([open]) > summary")
    while closed.count():
        summary = closed.first.element_handle()
        summary.evaluate("summary => summary.click()")
        page.wait_for_function(FILLED, arg=summary, polling=OFTEN)
        settled(page)
    return page


def opened_up(page: Page) -> Page:
    """Open every drawer, of those that show code the first, and wait for what is in them.

    A thousand coloured words cost more than the lesson they stand in, and all come from one place.
    """
    drawn_out(page, WORDS)
    names = "all => all.flatMap(e => [...e.classList].filter(name => name.includes('key-source-')))"
    for code in page.locator(f".stMain {CODE}").evaluate_all(names)[:1]:
        drawn_out(page, f".{code} details")
    return painted(page)
