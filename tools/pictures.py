"""Take the README's pictures of the running app.

    make pictures

Needs the packages of requirements-dev.txt and a Chromium (CHROMIUM=… names one).
"""

import os
import shutil
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

from tools.serve import running

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "images"
PICTURES = {
    "home": "?lang=en&frame=6",
    "mini_batch": "mini_batch?lang=en&scene=four_steps&seen=1&step=4",
    "network": "network?lang=en",
    "training": "training?lang=en&scene=one_unit&seen=1",
    "why": "why?lang=en&scene=verdicts&claim=shift_explains&show=everything",
    "test_time": "test_time?lang=en&seen=1",
    "noise": "noise?lang=en&seen=1",
}
SCREEN: ViewportSize = {"width": 1366, "height": 768}


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        for name, address in PICTURES.items():
            # what moves stands at its end
            page = browser.new_page(viewport=SCREEN, reduced_motion="reduce")
            page.goto(f"{server.url}/{address}")
            page.locator(".stApp[data-test-script-state='notRunning']").wait_for()
            page.wait_for_timeout(2000)  # fonts, and the component's first painting
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
