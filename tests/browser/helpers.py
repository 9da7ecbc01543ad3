"""What browser tests say in one line."""

from __future__ import annotations

from playwright.sync_api import Page


def settled(page: Page) -> Page:
    """Wait until Streamlit has finished the run that is going on."""
    page.locator(".stApp[data-test-script-state='notRunning']").wait_for()
    return page


def visit(page: Page, url: str) -> Page:
    """Open an address and wait for the lesson to stand."""
    page.goto(url)
    return settled(page)


def overflow(page: Page) -> int:
    """How many pixels the page can be pushed sideways; 0 where it fits."""
    return page.evaluate(
        "() => Math.max(...[document.scrollingElement, document.querySelector('.stMain')]"
        ".map(box => box.scrollWidth - box.clientWidth))"
    )
