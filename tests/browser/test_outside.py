"""What a stranger writes into a link, or a browser keeps, is shown or dropped, and does nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.browser.helpers import settled, visit
from tests.ui.hostile import HOSTILE
from ui.lessons import LESSONS

NewPage = Callable[..., Page]
SENDABLE = [value.encode("utf-8", "replace").decode()[:200] for value in HOSTILE]
#: what Markdown makes of a text beyond letters: each is looked for in the notice
MADE = "a, img, h1, h2, h3, ul, ol, table, blockquote, strong, em, del, sup, svg, .katex, [style]"


def made(page: Page) -> tuple[list[str], str]:
    """The elements in the notice that its own words do not have, and what it says."""
    return page.get_by_test_id("stAlert").first.evaluate(
        """(box, kinds) => {
          const body = box.querySelector('[data-testid="stMarkdownContainer"]');
          const inside = [...body.querySelectorAll(kinds + ', span[translate], span[role=img]')];
          return [inside.map(element => element.outerHTML), body.textContent];
        }""",
        MADE,
    )


def test_a_link_writes_nothing_into_the_page_but_what_it_says(
    app_url: str, new_page: NewPage
) -> None:
    page = new_page()  # fails where anything is fetched from another host
    half = (len(SENDABLE) + 1) // 2
    for values in (SENDABLE[:half], SENDABLE[half:]):
        # as many as are said at once: five of a name that is given more than once, and two names
        places = ["lang", "run", "frame"] * 5
        query = [*zip(places, values, strict=False), *((name, "1") for name in values[15:])]
        visit(page, f"{app_url}/?{urlencode(query)}")
        elements, text = made(page)
        assert not elements
        for value in values:
            seen = value.strip("\n")[:8]
            assert not seen.isprintable() or seen in text, "what it says can be read"
    names = dict.fromkeys(SENDABLE, "1") | {f"name{i}": "" for i in range(300)}
    visit(page, f"{app_url}/?{urlencode({'lang': 'ko'} | names)}")
    elements, text = made(page)
    assert not elements and len(text) < 1000


def test_what_a_browser_keeps_may_be_damaged(app_url: str, new_page: NewPage) -> None:
    page = new_page()
    visit(page, app_url)
    far = page.locator(".far.opened")
    for kept, opened in (
        ('{"last": [], "done": {"mini_batch": [[]], "noise": 1, "why": ["gone", null]}}', 2),
        ('{"last": {}, "done": ["noise"]}', 0),
        ("{", 0),
    ):
        page.evaluate("kept => localStorage.setItem('batch-norm-lab', kept)", kept)
        page.reload()
        expect(far).to_have_count(opened)
        settled(page)
    # the next step of its owner puts it right
    page.evaluate("""localStorage.setItem('batch-norm-lab', '{"last": [], "done": []}')""")
    visit(page, f"{app_url}/training")
    page.wait_for_function("localStorage.getItem('batch-norm-lab').includes('training')")
    kept = json.loads(page.evaluate("localStorage.getItem('batch-norm-lab')"))
    first = LESSONS["training"].scenes[0].name
    here = {"last": "training", "done": {"training": []}, "at": {"training": first}}
    assert kept == here | {"show": None}
