"""What browser tests say in one line."""

from __future__ import annotations

from playwright.sync_api import Page

from ui.lessons import HOME


def settled(page: Page) -> Page:
    """Wait until Streamlit has finished the run that is going on."""
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
    those inside components. Waits until components have painted and nothing changes any more.
    """
    before, now = None, _numbers_now(page)
    while now != before or page.get_by_test_id("stSkeleton").count():
        page.wait_for_timeout(400)
        before, now = now, _numbers_now(page)
    return now


def _numbers_now(page: Page) -> list[str]:
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
