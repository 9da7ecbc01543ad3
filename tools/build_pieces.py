"""Take every picture along: a static site in pieces/, and a page that shows them.

    make pieces
    make pieces BASE=https://lab.example.org ONLY="mini_batch/four_steps noise/law"

Each piece is what the button of its scene saves (`ui.pieces`), with the scene revealed as it
begins; charts are drawn by the browser that presses it. BASE is where the app lives that the pieces
link to. Any server of files, or a disk, serves them to any number of people.

Needs the packages of requirements-dev.txt and a Chromium (CHROMIUM=… names one).
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tools.serve import running
from ui import pieces
from ui.lessons import LESSONS

FOLDER = Path(__file__).resolve().parents[1] / "pieces"
PATIENCE = 120_000  # ms
BASE = "http://127.0.0.1:8501"  # as `make run` starts it


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--base", default=BASE, help="where the app lives that the pieces link to")
    asked.add_argument("only", nargs="*", help="lesson/scene; else all of them")
    given = asked.parse_args()
    FOLDER.mkdir(exist_ok=True)
    chosen = [each for each in pieces.leaving() if not given.only or "/".join(each) in given.only]
    with running() as server, sync_playwright() as playwright:
        browser = _browser(playwright)
        page = browser.new_context(accept_downloads=True, reduced_motion="reduce").new_page()
        page.set_default_timeout(PATIENCE)
        for lesson, scene in chosen:
            text = saved(page, server.url + revealed(lesson, scene)).replace(
                server.url, given.base.rstrip("/")
            )
            (FOLDER / pieces.file_name(lesson, scene)).write_text(text, "utf-8")
            print(f"{lesson}/{scene}: {len(text.encode()) / 1000:.0f} kB", flush=True)
        browser.close()
    index = FOLDER / "index.html"
    index.write_text(pieces.index(lambda name: (FOLDER / name).is_file()), "utf-8")
    print(index)


def _browser(playwright: Playwright) -> Browser:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium, args=sandbox)


def revealed(lesson: str, scene: str) -> str:
    """The address of a scene with what it asks answered."""
    entry = LESSONS[lesson].scene_of(scene)
    more = ("&seen=1" if entry.question else "") + ("&show=everything" if entry.asks else "")
    return f"/{lesson}?lang=en&scene={scene}{more}"


def saved(page: Page, address: str) -> str:
    """What the button of the scene at this address saves."""
    page.goto(address)
    page.locator(".st-key-share button").first.click()
    with page.expect_download() as download:
        page.locator(".st-key-take-along").get_by_role("button").click()
    return Path(download.value.path()).read_text("utf-8")


if __name__ == "__main__":
    main()
