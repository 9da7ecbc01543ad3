"""On paper: the whole lesson, as wide as the paper, dark on white, without what only clicks."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page

from tests.browser.helpers import address, visit
from ui.lessons import LESSONS

#: A4 less the margins of print.css, in CSS pixels
TALL = 1123 - 2 * 53


def pages() -> Iterator[tuple[str, str]]:
    """Every lesson, and every part of a lesson that has parts."""
    for lesson, entry in LESSONS.items():
        parts = [control.options for control in entry.controls if control.name == "part"]
        for part in parts[0] if parts else [""]:
            yield lesson, f"?part={part}" if part else ""


ON_PAPER = """() => {
  const block = document.querySelector('.stMainBlockContainer');
  const frame = block.getBoundingClientRect();
  const clipped = [];
  for (let box = block; box; box = box.parentElement) {
    const {overflowX, overflowY} = getComputedStyle(box);
    const {height} = box.getBoundingClientRect();
    const clips = [overflowX, overflowY].some(way => way !== 'visible');
    if (clips || height < frame.height - 1) clipped.push(box.className || box.localName);
  }
  const seen = selector => [...document.querySelectorAll(selector)].filter(box => {
    const {width, height} = box.getBoundingClientRect();
    return width * height > 0;
  });
  const wide = seen('.stPlotlyChart, .stBidiComponent, .stImage img, table, .katex-display > *')
    .filter(box => box.getBoundingClientRect().right > frame.right + 2);
  const first = document.querySelector('h1').getBoundingClientRect();
  const last = document.querySelector('.st-key-footer').getBoundingClientRect();
  return {
    clipped, width: frame.width, height: frame.height,
    shown: seen('.stSidebar, .stAppHeader, .st-key-header, .stButton, .modebar-container')
      .map(box => box.className),
    wide: wide.map(box => box.className || box.localName),
    whole: first.top >= frame.top - 1 && last.bottom <= frame.bottom + 1 && last.top > first.bottom,
  };
}"""


@pytest.mark.parametrize(("lesson", "part"), pages())
def test_a_lesson_is_printed_whole(
    app_url: str, new_tab: Callable[[], Page], lesson: str, part: str
) -> None:
    """0.3.0 printed one window's height of it, with the menu beside."""
    page = new_tab()
    page.set_default_timeout(90_000)  # a slow machine may take its time
    visit(page, f"{address(app_url, lesson)}{part}")
    page.wait_for_function("document.documentElement.style.getPropertyValue('--paper-width')")
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    page.emulate_media(media="print")
    found = page.evaluate(ON_PAPER)
    assert not found["clipped"] and not found["shown"] and not found["wide"]
    assert found["whole"] and found["width"] <= 691
    assert math.ceil(found["height"] / TALL) <= sheets <= 2 + 2 * found["height"] / TALL


@pytest.mark.parametrize("dark", [False, True])
def test_paper_is_white_and_ink_is_dark(
    app_url: str, new_page: Callable[..., Page], dark: bool
) -> None:
    page = new_page(dark=dark)
    page.set_default_timeout(90_000)
    visit(page, f"{app_url}/mini_batch")
    scheme = "dark" if dark else "light"
    page.locator(f":root[data-paper={scheme}]").wait_for(state="attached")
    page.emulate_media(media="print", color_scheme=scheme)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("L")
    assert ImageStat.Stat(picture).mean[0] > 220
    assert picture.getpixel((1400, 850)) == 255
    assert picture.crop((0, 0, 690, 120)).getextrema()[0] < 80  # the heading
