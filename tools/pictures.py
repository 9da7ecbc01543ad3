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
    "home": "?lang=en&frame=3",
    "mini_batch": "mini_batch?lang=en&scene=four_steps&seen=1&step=4&gamma=1.5&beta=-1",
    "network": "network?lang=en",
    "training": "training?lang=en&frame=40",
    "why": "why?lang=en&scene=verdicts&claim=shift_explains&show=everything",
    "test_time": "test_time?lang=en&seen=1",
    "noise": "noise?lang=en&m=16",
}
SCREEN: ViewportSize = {"width": 1440, "height": 1000}


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with running() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        for name, address in PICTURES.items():
            page = browser.new_page(viewport=SCREEN)
            page.goto(f"{server.url}/{address}")
            page.locator(".stApp[data-test-script-state='notRunning']").wait_for()
            page.wait_for_timeout(2000)  # fonts, and the component's first painting
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
