"""What is printed, as Chromium prints it: how many sheets, and what stands on which."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE
from tests.browser.helpers import framed

HERE = Path(__file__).parent
ON_PAPER = (HERE / "on_paper.js").read_text("utf-8")
MARKS = (HERE / "marks.js").read_text("utf-8")
#: what pictures and formulas may still be until they are painted anew
LATER = ("unfit", "coarse", "small")
#: A4 less the margins of print.css, in CSS pixels
WIDE, TALL = 794 - 2 * 45, 1123 - 2 * 53
POINTS = 776 * 0.9 * 0.75  # so wide is what stands on it


def printed(page: Page) -> bytes:
    """The page as a PDF, whatever is laid over it."""
    return page.pdf(format="A4", prefer_css_page_size=True)


@contextmanager
def media_of_paper(page: Page) -> Iterator[None]:
    """As on paper for a while; what is emulated is what would be printed, so it ends."""
    page.emulate_media(media="print")
    framed(page)
    yield
    page.emulate_media(media="null")


def sheets(pdf: bytes) -> list[set[str]]:
    """For every sheet the marks on it: the last parts of the links to `paper.test`."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"(?m)^(\d+) 0 obj\b(.*?)\bendobj", pdf, re.DOTALL)
    }
    found = []
    for body in objects.values():
        if not re.search(rb"/Type\s*/Page\b", body):
            continue
        listed = re.search(rb"/Annots\s*\[(.*?)\]", body, re.DOTALL)
        parts = [objects[int(n)] for n in re.findall(rb"(\d+) 0 R", listed[1])] if listed else []
        links = re.findall(rb"paper\.test/([\w-]+)", b"".join([body, *parts]))
        found.append({link.decode() for link in links})
    return found


def across(pdf: bytes) -> float:
    """In points, from the first to the last place in a line that a link stands at."""
    ends = [tuple(map(float, x)) for x in re.findall(rb"/Rect\s*\[([\d.-]+) \S+ ([\d.-]+)", pdf)]
    return max(right for _, right in ends) - min(left for left, _ in ends)


def letters(pdf: bytes) -> int:
    """How many are written as text, which can be searched and copied; one in a picture is none."""
    shown = 0
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            drawn = zlib.decompress(packed)
        except zlib.error:
            continue
        codes = re.findall(rb"<([\da-fA-F]+)>[\s\d.-]*\]?\s*T[jJ]\b", drawn)
        shown += sum(max(1, len(each) // 4) for each in codes)  # two bytes each, or one alone
    return shown


def torn(page: Page, marks: list[list[str]]) -> tuple[list[str], int]:
    """What is split over two sheets, headings alone at the foot of one, and how many there are."""
    pdf = printed(page)
    found = sheets(pdf)
    page.evaluate(MARKS, True)
    on = {name: [k for k, sheet in enumerate(found) if name in sheet] for name, _ in marks}
    wrong = [f"on {len(on[name])} sheets: {what}" for name, what in marks if len(on[name]) != 1]
    for (head, what), (after, _) in pairwise(marks):
        if head.startswith("head-") and on[head] != on[after]:
            wrong.append(f"alone at the foot of a sheet: {what}")
    if (wide := across(pdf)) < 0.97 * POINTS:
        wrong.append(f"printed at {wide / POINTS:.0%} of its size")
    return wrong, len(found)


def faults(page: Page) -> list[str]:
    """All that is wrong with a page on paper."""
    with media_of_paper(page):
        laid: dict[str, Any] = page.evaluate(ON_PAPER)
        deadline = time.monotonic() + PATIENCE / 1000
        while any(laid[kind] for kind in LATER) and time.monotonic() < deadline:
            page.wait_for_timeout(300)  # pictures are painted anew, one after the other
            laid = page.evaluate(ON_PAPER)
        marks: list[list[str]] = page.evaluate(MARKS, False)
    wrong, count = torn(page, marks)
    for kind in ("clipped", "shown", "wide", "small", "unfit", "coarse"):
        wrong += [f"{kind}: {what}" for what in laid[kind]]
    if not laid["whole"] or laid["width"] > WIDE:
        wrong.append(f"{laid['width']} px wide, whole: {laid['whole']}")
    least = laid["height"] / TALL
    if not int(least / 2) <= count <= 2 + 2 * least:
        wrong.append(f"{count} sheets for what fills {least:.1f}")
    return wrong
